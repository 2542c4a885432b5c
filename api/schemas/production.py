"""Parameters and answers of the production alerts."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas import examples
from api.schemas.fields import SORT, Answer, Cursor, Isk, Limit, Named, Parameters, Ratio, SmallId
from api.schemas.lists import Listing


class AlertKind(StrEnum):
    """Why to build or haul: a timer ahead, a region's busiest hours, a hub that a region's losses feed."""

    SOVEREIGNTY_TIMER = "sovereignty_timer"
    PRIME_TIME = "prime_time"
    HUB_DEMAND = "hub_demand"


class AlertSort(StrEnum):
    """Sorts of alerts; `-` runs from the largest or latest. What has no start or cost comes last; ties run by `id`."""

    STARTS_AT = "starts_at"
    STARTS_AT_DOWN = "-starts_at"
    SHIPS_LOST = "ships_lost"
    SHIPS_LOST_DOWN = "-ships_lost"
    ISK_LOST = "isk_lost"
    ISK_LOST_DOWN = "-isk_lost"


class AlertParameters(Parameters):
    """Which alerts, in which order, how many."""

    region_id: SmallId | None = Field(None, description="About this region.", examples=[10000060])
    hub_id: SmallId | None = Field(None, description="That say to stock up in this trade hub.", examples=[30000142])
    kind: list[AlertKind] | None = Field(None, description="One or more kinds; repeat it for several.")
    hours: Annotated[int, Field(ge=0, le=96)] | None = Field(
        None, description="What is on, or begins within so many hours by the clock."
    )
    sort: AlertSort = Field(AlertSort.STARTS_AT, description=SORT + " What has no start or cost comes last.")
    limit: Limit = 50
    cursor: Cursor = None


class ProductionAlert(Answer):
    """A reason to build or haul now."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PRODUCTION_ALERT]})

    id: str = Field(description="Of the alert: its kind and what it is about.")
    kind: AlertKind
    region: Named | None = Field(description="null for a timer in an unknown system.")
    system: Named | None = Field(description="Where the timer is; null of other kinds.")
    hub: Named | None = Field(description="The trade hub to stock up in; null where no stargates lead to one.")
    hub_jumps: int | None = Field(description="From there: to the timer's system, or to a region's losses on average.")
    starts_at: datetime | None = Field(
        description="When the timer or the prime time begins; null of hub_demand, which is of the last 7 days."
    )
    hours_until: Ratio | None = Field(description="Until then by the clock; 0 while a prime time is on.")
    ships_lost: int | None = Field(
        description="What half of the fights over such timers cost, or what the region lost in 7 days; null of prime "
        "times, and where it is not known."
    )
    isk_lost: Isk | None = Field(description="The same in ISK.")
    sentence: str = Field(description="All of this in words.")


class ProductionAlertList(Listing[ProductionAlert]):
    """A page of reasons to build or haul now."""
