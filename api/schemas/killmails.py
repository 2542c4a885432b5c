"""Answers of the killmail routes."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from api.schemas import examples
from api.schemas.battles import Kind, Victim
from api.schemas.fields import Answer, Isk, SolarSystem


class KillmailBattle(Answer):
    """The battle a killmail is in."""

    id: UUID
    slug: str
    kind: Kind


class Zkb(Answer):
    """What zKillboard says of a killmail."""

    isk_total: Isk = Field(description="Its own total.")
    points: int
    npc: bool
    solo: bool
    awox: bool
    labels: list[str]


class Killmail(Answer):
    """A killmail."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SINGLE_KILLMAIL]})

    killmail_id: int
    killmail_time: datetime
    system: SolarSystem
    victim: Victim
    damage_taken: int
    attackers: int = Field(description="How many stand on the mail, NPCs included.")
    isk_destroyed: Isk | None = Field(description="null while the killmail has no price yet.")
    isk_dropped: Isk | None = Field(description="null while the killmail has no price yet.")
    isk_total: Isk | None = Field(description="Destroyed and dropped together.")
    battle: KillmailBattle | None = Field(description="null where it is in none.")
    zkb: Zkb | None = Field(description="null where the killmail came from an archive only, which has no such values.")
    zkillboard_url: str
    esi_url: str | None = Field(description="null where the killmail's hash is not known.")
