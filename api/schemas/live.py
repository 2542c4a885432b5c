"""Parameters and events of the live stream."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas import examples
from api.schemas.fields import Id, Parameters, SmallId
from api.schemas.killmails import KillmailSummary


class LiveParameters(Parameters):
    """Which killmails to be told of; a killmail must meet every filter given."""

    region_id: SmallId | None = Field(None, description="Lost in this region.")
    system_id: SmallId | None = Field(None, description="Lost in this solar system.")
    alliance_id: Id | None = Field(None, description="This alliance is on the mail, as victim or attacker.")
    ship_type_id: SmallId | None = Field(None, description="The type lost.")
    min_isk: Annotated[int, Field(ge=0, le=10**18)] | None = Field(
        None, description="Worth at least so much, destroyed and dropped together, in ISK."
    )
    after: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = Field(
        None,
        description="Begin after this event's id; a Last-Event-ID header comes first. Without both: now.",
    )


class LiveKillmail(KillmailSummary):
    """A killmail that has just been stored."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.LIVE_KILLMAIL]})

    landed_at: datetime = Field(description="When it was stored.")
    alliance_ids: list[int] = Field(description="Alliances on the mail, the victim's and the attackers'.")
