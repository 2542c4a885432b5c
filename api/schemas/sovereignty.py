"""Parameters and answers of the routes of sovereignty."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from api.schemas import examples
from api.schemas.battles import Kind
from api.schemas.fields import (
    Answer,
    Cursor,
    Id,
    Isk,
    Limit,
    Moment,
    Named,
    Parameters,
    Ratio,
    SmallId,
    SolarSystem,
    TradeHub,
)
from api.schemas.lists import Listing


class SovereigntyOutcome(StrEnum):
    """What became of a campaign: it was cancelled before its start, defended, lost, or nobody can tell."""

    CANCELLED = "cancelled"
    DEFENDED = "defended"
    LOST = "lost"
    UNKNOWN = "unknown"


class RegionSovereigntyCampaignParameters(Parameters):
    """Which campaigns of a region, how many."""

    hours: Annotated[int, Field(ge=1, le=168)] = Field(
        48, description="Those that start within so many hours from now, and those that have started and go on."
    )
    system_id: SmallId | None = Field(None, description="The structure's solar system.")
    alliance_id: Id | None = Field(None, description="The defending alliance.")
    limit: Limit = 50
    cursor: Cursor = None


class SovereigntyCampaignParameters(RegionSovereigntyCampaignParameters):
    """Which campaigns, how many."""

    region_id: SmallId | None = Field(None, description="The region of the structure's solar system.")


class PastSovereigntyCampaignParameters(Parameters):
    """Which campaigns that are over, how many."""

    start: Moment | None = Field(None, description="Over at or after this moment.", examples=["2026-01-01"])
    end: Moment | None = Field(None, description="Over before this moment.", examples=["2026-02-01"])
    region_id: SmallId | None = Field(None, description="The region of the structure's solar system.")
    system_id: SmallId | None = Field(None, description="The structure's solar system.")
    alliance_id: Id | None = Field(None, description="The defending alliance.")
    outcome: SovereigntyOutcome | None = Field(None, description="What became of it.")
    limit: Limit = 50
    cursor: Cursor = None


class Expectation(Answer):
    """What to expect of a timer: what became of timers like it in the last 30 days."""

    scope: str = Field(
        description="Which timers those are: of the same `defender`, `region` or `event_type`, or `all`; the nearest "
        "of which there are five."
    )
    timers: int = Field(description="How many those are.")
    fight_share: Ratio = Field(description="Share of them that were fought over, which is how likely this one will be.")
    fight_share_low: Ratio = Field(description="Lower bound of 90 % of cases; wide where there were few timers.")
    fight_share_high: Ratio = Field(description="Upper bound.")
    ships_lost: int | None = Field(
        description="Median of ships lost where there was a fight; null where there was none."
    )
    isk_lost: Isk | None = Field(description="Median of ISK lost where there was a fight; null where there was none.")


class Holding(Answer):
    """Who holds a solar system now, and how much it is used; all as ESI last said."""

    holder: Named | None = Field(description="An alliance or NPC faction; null where nobody holds it.")
    claimed_since: datetime | None
    is_capital_system: bool
    vulnerable_from: datetime | None = Field(description="When the sovereignty hub can be attacked next, or is by now.")
    vulnerable_until: datetime | None
    activity_defense_multiplier: float | None = Field(
        description="How much longer an attack takes because the system is used (ADM), 1 to 6.", examples=[4.2]
    )
    industrial_level: int | None = Field(description="0 to 5.")
    military_level: int | None = Field(description="0 to 5.")
    strategic_level: int | None = Field(description="0 to 5.")


class SovereigntyTimer(Answer):
    """What a campaign is about: a structure whose fate is decided from a moment on."""

    campaign_id: int = Field(description="ESI's.")
    event_type: str = Field(
        description="ESI's word: `ihub_defense`, `tcu_defense`, `station_defense` or `station_freeport`."
    )
    structure: str = Field(description="What is contested, in words.", examples=["sovereignty hub"])
    structure_id: int
    system: SolarSystem
    constellation: Named | None = Field(description="Where the command nodes appear.")
    region: Named | None = Field(description="null where the static data has no such system.")
    hub: TradeHub | None = Field(description="The nearest trade hub; null where no stargates lead to one.")
    defender: Named | None = Field(description="The defending alliance.")
    starts_at: datetime
    defender_score: float | None = Field(description="0 to 1; the defender wins at 1.")
    attackers_score: float | None = Field(description="0 to 1.")
    participants: list[Named] = Field(
        description="Alliances that ESI says took part; it says so of a station's freeport only."
    )


class SovereigntyCampaign(SovereigntyTimer):
    """A campaign ahead or going on."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SOVEREIGNTY_CAMPAIGN]})

    is_ongoing: bool
    seconds_until_start: int | None = Field(description="From now on; null once it has started.")
    summary: str = Field(description="How it stands, in a sentence.", examples=["It starts in 5 h 20 min."])
    holding: Holding | None = Field(description="null where ESI has not said anything of the system yet.")
    expectation: Expectation | None = Field(description="null while no timer of the last 30 days is over.")


class SovereigntyBattle(Answer):
    """A battle that followed a campaign's start."""

    id: UUID
    slug: str
    kind: Kind
    started_at: datetime
    ended_at: datetime
    minutes_after_start: int = Field(description="From the campaign's start to the battle's; negative: before it.")
    system: Named
    is_in_system: bool = Field(description="Else it is in the constellation, with the defender in it.")
    pilots: int
    ships_lost: int
    isk_lost: Isk = Field(description="Destroyed and dropped together.")
    attackers: list[Named] = Field(description="Alliances on sides against the defender's.")


class PastSovereigntyCampaign(SovereigntyTimer):
    """A campaign that is over, and what became of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PAST_SOVEREIGNTY_CAMPAIGN]})

    resolved_at: datetime = Field(description="When ESI first no longer showed it.")
    outcome: SovereigntyOutcome
    outcome_reason: str = Field(description="How that is known, or why it is not, in a sentence.")
    holder_after: Named | None = Field(
        description="The alliance that held the system afterwards; null: none, or not read."
    )
    ships_lost: int = Field(description="In the battles that followed.")
    isk_lost: Isk
    battles: list[SovereigntyBattle] = Field(description="By their start; empty where nobody fought.")


class OutcomeStatistics(Answer):
    """What became of the timers of the last 30 whole days; cancelled ones are left out."""

    scope: str = Field(description="`all`, or the `region` or `defender` that the list is of.")
    timers: int
    fought_timers: int = Field(description="With a battle.")
    defended_timers: int
    lost_timers: int
    fight_share: Ratio
    fight_share_low: Ratio = Field(description="Lower bound of 90 % of cases.")
    fight_share_high: Ratio = Field(description="Upper bound.")
    median_ships_lost: int | None = Field(description="Where there was a fight.")
    median_pilots: int | None = Field(description="Of the largest battle, where there was a fight.")
    median_isk_lost: Isk | None = Field(description="Where there was a fight.")
    largest_isk_lost: Isk | None


class SovereigntyCampaignList(Listing[SovereigntyCampaign]):
    """A page of campaigns, the next one first."""


class PastSovereigntyCampaignList(Listing[PastSovereigntyCampaign]):
    """A page of campaigns that are over, the newest first."""

    statistics: list[OutcomeStatistics] = Field(
        description="Of all, then of the region and the defender asked for, as far as there are timers of theirs."
    )
