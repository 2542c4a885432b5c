"""Parameters and answers of the routes of faction warfare."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas import examples
from api.schemas.fields import (
    SORT,
    Answer,
    Cursor,
    Isk,
    Limit,
    Named,
    Parameters,
    Ratio,
    Ship,
    SmallId,
    SolarSystem,
    TradeHub,
)
from api.schemas.lists import DataStatus, Listing


class HotspotSort(StrEnum):
    """Sorts of systems of faction warfare; `-` runs from the largest. Ties run by system id, the same way."""

    CONTESTED = "contested_percent"
    CONTESTED_DOWN = "-contested_percent"
    KILLMAILS = "killmails_24h"
    KILLMAILS_DOWN = "-killmails_24h"


class HotspotParameters(Parameters):
    """Which systems of faction warfare, in which order, how many."""

    min_contested: Annotated[float, Field(ge=0, le=100)] = Field(
        50, description="Contested at least so far, in percent: 50 is a hotspot, 90 vulnerable, 0 gives every system."
    )
    faction_id: SmallId | None = Field(None, description="A faction that occupies or attacks it.", examples=[500001])
    region_id: SmallId | None = Field(None, description="The region it is in.")
    sort: HotspotSort = Field(HotspotSort.CONTESTED_DOWN, description=SORT)
    limit: Limit = 50
    cursor: Cursor = None


class StatusParameters(Parameters):
    """How far back."""

    days: Annotated[int, Field(ge=1, le=30)] = Field(7, description="Days of history, up to the newest answer of ESI.")


class LostModule(Answer):
    """A type of module, and how many were destroyed."""

    item: Named
    group: str | None
    quantity: int


class LostHull(Answer):
    """A type of ship, and how many were lost."""

    ship: Ship
    quantity: int


class FlipForecast(Answer):
    """When a system will be fully contested and can be taken, if the pace of the last 24 hours stays."""

    expected_at: datetime | None = Field(description="null where there is no such pace; `reason` says why.")
    hours: Ratio | None = Field(description="From `as_of` until then.")
    hours_low: Ratio | None = Field(description="In 90 % of cases not earlier.")
    hours_high: Ratio | None = Field(description="In 90 % of cases not later; null where it may as well never be.")
    reason: str = Field(description="The forecast, or why there is none, in a sentence.")


class FactionWarfareSystem(Answer):
    """A solar system of faction warfare, as ESI last said."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.FACTION_WARFARE_SYSTEM]})

    system: SolarSystem
    constellation: Named | None
    region: Named | None
    hub: TradeHub | None = Field(description="The nearest trade hub; null where no stargates lead to one.")
    owner: Named = Field(description="The faction whose territory it is by right.")
    occupier: Named = Field(description="The faction that holds it.")
    attacker: Named | None = Field(description="The occupier's enemy; null for a faction that has no militia.")
    contested: str = Field(description="ESI's word: `uncontested`, `contested`, `vulnerable` or `captured`.")
    victory_points: int = Field(description="The attacker's.")
    victory_points_threshold: int = Field(description="With so many the system can be taken.")
    contested_percent: Ratio = Field(description="100 * victory_points / victory_points_threshold.", examples=[88.125])
    is_hotspot: bool = Field(description="50 % or more.")
    is_vulnerable: bool = Field(description="90 % or more.")
    percent_per_hour_6h: Ratio | None = Field(
        description="Change of contested_percent an hour over the last 6 hours watched; null where it was watched for "
        "less than one."
    )
    percent_per_hour_24h: Ratio | None = Field(description="The same over the last 24 hours watched.")
    percent_per_hour_24h_error: Ratio | None = Field(description="Its standard error.")
    observed_hours: Ratio | None = Field(
        description="How long it was watched since its last capture, at most 24 hours."
    )
    flip: FlipForecast
    killmails_24h: int = Field(description="Killmails there in the newest 24 clock hours that have any anywhere.")
    isk_destroyed_24h: Isk
    hulls_lost_7d: list[LostHull] = Field(description="The five hulls most lost there in 7 days, capsules apart.")
    modules_lost_7d: list[LostModule] = Field(description="The five modules most destroyed there in 7 days.")
    as_of: datetime = Field(description="Moment of ESI's answer.")


class FactionWarfareSystemList(Listing[FactionWarfareSystem]):
    """A page of systems of faction warfare."""


class FactionWarfareState(Answer):
    """A state of a system of faction warfare, from `first_seen_at` until `ended_at`."""

    first_seen_at: datetime
    ended_at: datetime | None = Field(description="When another state was first seen; null for today's.")
    occupier: Named
    contested: str
    victory_points: int
    contested_percent: Ratio


class FactionWarfareStatus(FactionWarfareSystem):
    """A system of faction warfare with its history."""

    model_config = ConfigDict(json_schema_extra=None)  # an example of the list would not fit

    history: list[FactionWarfareState] = Field(
        description="By time, the first one from before the window: steps for a chart. What did not change "
        "has no new state."
    )
    data_status: DataStatus
