"""Parameters and answers of the demand routes."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas import examples
from api.schemas.fields import (
    SORT,
    Answer,
    Count,
    Cursor,
    DayWindow,
    Isk,
    ItemType,
    Limit,
    Named,
    Parameters,
    Ratio,
    SmallId,
)
from api.schemas.lists import Listing
from api.schemas.losses import TypeLoss


class DemandSort(StrEnum):
    """Sorts of demand; `-` runs from the largest. What is not known comes last; ties run by id, the same way."""

    GAP_ISK = "gap_isk"
    GAP_ISK_DOWN = "-gap_isk"
    GAP_UNITS = "gap_units"
    GAP_UNITS_DOWN = "-gap_units"
    DEMAND_SCORE = "demand_score"
    DEMAND_SCORE_DOWN = "-demand_score"
    LOSSES_7D = "losses_7d"
    LOSSES_7D_DOWN = "-losses_7d"
    LOSSES_7D_ISK = "losses_7d_isk"
    LOSSES_7D_ISK_DOWN = "-losses_7d_isk"


class DemandParameters(Parameters):
    """Which demand, in which order, how much of it."""

    min_score: Annotated[float, Field(ge=0, le=10**9)] | None = Field(None, description="`demand_score` at least.")
    min_gap: Count | None = Field(None, description="`gap_units` at least.")
    is_flagged: bool | None = Field(
        None, description="Only what is short or in demand, and so has a `recommendation`; or only what is not."
    )
    sort: DemandSort = Field(DemandSort.GAP_ISK_DOWN, description=SORT + " What is not known comes last.")
    limit: Limit = 50
    cursor: Cursor = None


class RegionDemandParameters(DemandParameters):
    """Which types a region wants."""

    group_id: SmallId | None = Field(None, description="Only types of this group.", examples=[27])
    category_id: SmallId | None = Field(None, description="Only types of this category.", examples=[6])


class BacktestParameters(Parameters):
    """Of which place."""

    region_id: SmallId | None = Field(
        None,
        description="Of this region; without it, of all regions together, all trade hubs together, each trade hub, and "
        "New Eden.",
        examples=[10000060],
    )


class Demand(Answer):
    """What the last 7 days took of a type, against what is for sale; what is not known is null."""

    losses_7d: int = Field(description="Units destroyed in use: hulls, what was fitted, loaded, in bays; no freight.")
    dropped_7d: int = Field(description="Units left in wrecks besides.")
    losses_previous_7d: int | None = Field(
        description="Units destroyed in the 7 days before; null unless each of the 14 days has killmails."
    )
    trend: Ratio | None = Field(description="losses_7d / losses_previous_7d, within 0.5 and 3.")
    change_standard_errors: Ratio | None = Field(
        description="The change to the week before, in its standard errors: within 2 of 0 it is no more than chance."
    )
    losses_7d_isk: Isk | None = Field(description="losses_7d at the type's newest price.")
    market_days: int = Field(description="Days of the 7 with market history.")
    average_isk: Isk | None = Field(description="Mean price of what was sold on these days.")
    stock: int | None = Field(
        description="Units for sale in public orders, by the newest snapshot at the last run of dbt (hourly)."
    )
    lowest_sell_isk: Isk | None = Field(description="The lowest price they are for sale at.")
    gap_units: int | None = Field(description="losses_7d - stock: below 0, more is for sale than a week takes.")
    gap_isk: Isk | None = Field(description="gap_units at the type's newest price.")
    demand_score: Ratio | None = Field(
        description="losses_7d / units sold in 7 days (1 at least) x trend; above 1 the war takes more than is sold."
    )
    fights: Ratio | None = Field(description="As how many fights of like size made the losses; null where none did.")
    confidence: Ratio = Field(
        description="1 - 1 / sqrt(fights): how likely the next week is like this one; 0 where one fight took all."
    )
    is_short: bool | None = Field(description="gap_units is at least the server's WAR_ALERT_MIN_GAP_UNITS.")
    is_in_demand: bool | None = Field(
        description="demand_score is at least the server's WAR_ALERT_DEMAND_SCORE_THRESHOLD."
    )
    reason: str = Field(description="All of this in words.")
    recommendation: str | None = Field(
        description="What to bring or make; null where it is neither short nor in demand."
    )


class MarketDemand(Demand):
    """Demand against the markets of a region, or of all New Eden."""

    volume_7d: int | None = Field(description="Units sold in the last 7 days.")
    buy_volume: int | None = Field(description="Units wanted by public buy orders.")


class NearestHub(Answer):
    """The trade hub nearest to a region, and what it has of the type."""

    system: Named
    jumps: int = Field(description="From the region's systems: the median.")
    stock: int | None = Field(
        description="Units for sale there at the last run of dbt (hourly); null where no snapshot of orders is stored."
    )
    lowest_sell_isk: Isk | None = Field(description="The lowest price there at that time.")


class RegionDemand(MarketDemand):
    """What a region wants of a type."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.REGION_DEMAND]})

    region: Named | None = Field(description="null for systems unknown to the static data.")
    type: ItemType
    has_market: bool | None = Field(
        description="Whether market history or orders know the region: without one there is no volume, stock, gap or "
        "score. null where they know no region."
    )
    nearest_hub: NearestHub | None = Field(description="null where no stargates lead to one.")


class HubDemand(Demand):
    """What the reach of a trade hub wants of a type: the systems nearer to it by stargates than to another."""

    hub: Named | None = Field(description="null where no stargates lead to a hub: no market, no stock.")
    losses_near_7d: int = Field(description="Of losses_7d, those at most 10 jumps from the hub.")
    mean_jumps: Ratio | None = Field(description="From the hub to the losses.")
    region_volume_7d: int | None = Field(description="Units sold in the hub's region in the last 7 days.")
    region_buy_volume: int | None = Field(description="Units wanted by public buy orders in the hub's region.")


class UpcomingBattle(Answer):
    """A sovereignty timer ahead, or being fought over."""

    campaign_id: int
    event_type: str = Field(description="As ESI names it.", examples=["ihub_defense"])
    system: Named
    defender: Named | None = Field(description="The defending alliance.")
    starts_at: datetime
    seconds_until_start: int | None = Field(description="By the clock; null once it started.")
    hub: Named | None = Field(description="The nearest trade hub.")
    hub_jumps: int | None
    fight_share: Ratio | None = Field(description="Share of timers like it that were fought over.")
    expected_ships_lost: int | None = Field(description="Half of the fights over timers like it cost so many or more.")
    expected_isk_lost: Isk | None = Field(description="Half of them cost so much or more.")


class FwHotspot(Answer):
    """A faction warfare system that is at least half contested."""

    system: Named
    contested_percent: Ratio
    is_vulnerable: bool = Field(description="At least 90 % contested.")
    occupier: Named = Field(description="The militia that holds it.")
    attacker: Named | None = Field(description="The militia it would fall to.")
    expected_flip_at: datetime | None = Field(description="When it falls at the pace of the last day.")
    killmails_24h: int


class RegionDemandList(Listing[RegionDemand]):
    """What a region's war takes: market gaps, page by page, beside what was lost most and what is to come."""

    region: Named
    window: DayWindow | None = Field(description="The 7 days the losses are of; null while there are no killmails.")
    top_ships_lost: list[TypeLoss] = Field(description="The ten ships lost most in the window, capsules left out.")
    top_items_lost: list[TypeLoss] = Field(description="The ten items destroyed most in the window.")
    upcoming_battles: list[UpcomingBattle] = Field(description="The next ten sovereignty timers, what is on first.")
    fw_hotspots: list[FwHotspot] = Field(description="The ten systems most contested in faction warfare.")


class TypeDemandList(Listing[RegionDemand]):
    """Everywhere a type is wanted: regions, page by page, beside New Eden as a whole and its trade hubs."""

    type: ItemType
    window: DayWindow | None = Field(description="The 7 days the losses are of; null while there are no killmails.")
    new_eden: MarketDemand | None = Field(description="Against all markets; null where none was lost in 14 days.")
    hubs: list[HubDemand] = Field(description="By losses, the most first.")


class PlaceKind(StrEnum):
    """Within what types are compared."""

    REGION = "region"
    HUB = "hub"
    NEW_EDEN = "new_eden"


class BacktestOutcome(StrEnum):
    """What a high score should foretell: a higher mean price, or more units sold a day."""

    DEARER = "dearer"
    MORE_TRADED = "more_traded"


class Backtest(Answer):
    """Did what was in demand a week ago grow dearer, or sell more, in the week since?"""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.BACKTEST]})

    place_kind: PlaceKind
    region: Named | None = Field(description="null for all regions together, and of other kinds.")
    hub: Named | None = Field(description="null for all trade hubs together, and of other kinds.")
    outcome: BacktestOutcome
    end_day: date | None = Field(description="The day after the week scored; null where it cannot be.")
    is_trend_known: bool | None = Field(description="Whether the scores of then have a trend.")
    flagged_types: int = Field(description="Types that were in demand and can be judged.")
    flagged_hits: int = Field(description="Of these, with the outcome.")
    hit_rate: Ratio | None = Field(description="flagged_hits / flagged_types.")
    highest_score: Ratio | None = Field(description="The highest demand_score of all types judged.")
    other_types: int = Field(description="Types lost that were not in demand and can be judged.")
    other_hits: int = Field(description="Of these, with the outcome.")
    baseline_rate: Ratio | None = Field(description="other_hits / other_types.")
    lift: Ratio | None = Field(description="hit_rate / baseline_rate, smoothed; 1 says that the flag says nothing.")
    lift_low: Ratio | None = Field(description="Lower bound of its 95 % interval.")
    lift_high: Ratio | None = Field(description="Upper bound of its 95 % interval.")
    concordance: Ratio | None = Field(
        description="Share of pairs in which the type with the outcome had the higher score; 0.5 is chance."
    )
    concordance_standard_error: Ratio | None
    result: str = Field(description="All of this in words, or why it is not known.")


class BacktestList(Listing[Backtest]):
    """The back-tests asked for; there is no next page."""
