"""Parameters and answers of the routes of characters, corporations and alliances."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas import examples
from api.schemas.battles import BattleConditions, BattleSort
from api.schemas.conflicts import Ally, Opponent
from api.schemas.doctrines import DoctrineSummary
from api.schemas.fields import SORT, Answer, Cursor, DayWindow, Isk, Limit, Named, Parameters, Ratio, Ship
from api.schemas.lists import DataStatus, Listing

EFFICIENCY = "isk_destroyed / (isk_destroyed + isk_lost), 0-1; null where both are 0."
ISK_DESTROYED = "Shares, by damage, in what others lost."
STATISTICS = "The last 7 and 30 whole days, then all days stored."
HULL = "null where the killmails do not say."


class EntityBattleParameters(BattleConditions):
    """Which of the battles, in which order, how many."""

    sort: BattleSort = Field(BattleSort.STARTED_AT_DOWN, description=SORT)
    limit: Limit = 50
    cursor: Cursor = None
    total: bool = Field(default=False, description="Also count all battles that meet the filters.")


class ShipSort(StrEnum):
    """Sorts of a pilot's hulls; `-` runs from the largest or newest. Ties run by type id, the same way."""

    KILLS = "kills"
    KILLS_DOWN = "-kills"
    LOSSES = "losses"
    LOSSES_DOWN = "-losses"
    ISK_DESTROYED = "isk_destroyed"
    ISK_DESTROYED_DOWN = "-isk_destroyed"
    LAST_SEEN_AT = "last_seen_at"
    LAST_SEEN_AT_DOWN = "-last_seen_at"


class ShipParameters(Parameters):
    """Over how many days, in which order, how many."""

    days: Annotated[int, Field(ge=1, le=36_600)] | None = Field(
        None, description="Only the last so many whole days; left out, all days stored."
    )
    sort: ShipSort = Field(ShipSort.LAST_SEEN_AT_DOWN, description=SORT)
    limit: Limit = 50
    cursor: Cursor = None


class GroupStatistics(Answer):
    """What an alliance or corporation did in some days."""

    days: int | None = Field(description="Length of the window in whole days; null = all days stored.")
    active_days: int = Field(description="Days with its killmails.")
    most_pilots: int = Field(description="Pilots on killmails on the day with most of them.")
    kills: int = Field(description="Killmails its pilots are on, each once; those of its own losses are not kills.")
    final_blows: int
    losses: int = Field(description="Killmails it is the victim of, capsules and structures included.")
    friendly_kills: int = Field(description="Losses of its own that its own pilots shot at.")
    isk_destroyed: Isk = Field(description=ISK_DESTROYED)
    isk_lost: Isk
    efficiency: Ratio | None = Field(description=EFFICIENCY)
    kills_trend: Ratio | None = Field(
        description="kills / those of as many days before, at least 1; null where these are not all stored."
    )
    losses_trend: Ratio | None = Field(description="The same of losses.")


class HourOfDay(Answer):
    """What happened in an hour of the day (UTC), summed over the window's days."""

    hour: int = Field(description="0-23.")
    active_days: int = Field(description="Days on which something happened in this hour.")
    kills: int
    losses: int
    isk_destroyed: Isk
    isk_lost: Isk


class GroupShip(Answer):
    """A hull a group's pilots fly."""

    ship: Ship | None = Field(description=HULL)
    pilot_days: int = Field(description="Pilots seen in it, each once a day.")
    pilot_kills: int = Field(description="Kills of its pilots in it; a killmail counts for each of them.")
    losses: int
    isk_destroyed: Isk = Field(description=ISK_DESTROYED)
    isk_lost: Isk


class GroupSystem(Answer):
    """A solar system a group's pilots were on killmails in."""

    system: Named
    region: Named | None
    pilot_days: int = Field(description="Pilots seen there, each once a day.")
    pilot_kills: int = Field(description="Kills of its pilots there; a killmail counts for each of them.")
    losses: int
    isk_destroyed: Isk = Field(description=ISK_DESTROYED)
    isk_lost: Isk


class GroupDetail(Answer):
    """An alliance or corporation and what it does; lists hold its ten largest."""

    id: int
    name: str | None = Field(description="null where the name is not known.")
    first_seen_on: date | None = Field(description="First UTC day on killmails; null while on none.")
    last_seen_on: date | None
    statistics: list[GroupStatistics] = Field(description=STATISTICS)
    window: DayWindow = Field(description="What the lists below are of.")
    hours: list[HourOfDay] = Field(description="All 24 hours of the day.")
    ships: list[GroupShip] = Field(description="Most flown first.")
    systems: list[GroupSystem] = Field(description="Most pilots first.")
    opponents: list[Opponent] = Field(description="Most killmails against each other first.")
    allies: list[Ally] = Field(description="Most killmails together first.")
    coalition: Named | None = Field(description="The coalition it fights in; null where it is in none.")
    doctrines: list[DoctrineSummary] = Field(description="What it flies in bulk, most lost in the last 7 days first.")
    data_status: DataStatus


class Alliance(GroupDetail):
    """An alliance."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ALLIANCE]})


class Corporation(GroupDetail):
    """A corporation; in an alliance it fights as its alliance: that one has opponents, allies and doctrines."""


class PilotStatistics(Answer):
    """What a pilot did in some days."""

    days: int | None = Field(description="Length of the window in whole days; null = all days stored.")
    active_days: int = Field(description="Days with his killmails.")
    kills: int = Field(description="Killmails he is an attacker on; those of his own group's losses are not kills.")
    final_blows: int
    losses: int = Field(description="Killmails he is the victim of, capsules included.")
    damage_done: int
    damage_received: int
    isk_destroyed: Isk = Field(description=ISK_DESTROYED)
    isk_lost: Isk
    efficiency: Ratio | None = Field(description=EFFICIENCY)


class PilotShip(Answer):
    """A hull a pilot was on killmails in."""

    ship: Ship | None = Field(description=HULL)
    kills: int
    losses: int
    isk_destroyed: Isk = Field(description=ISK_DESTROYED)
    isk_lost: Isk
    first_seen_at: datetime
    last_seen_at: datetime


class PilotShipHistory(PilotShip):
    """A hull a pilot was on killmails in, with all that is counted."""

    days: int = Field(description="Days he was seen in it.")
    final_blows: int
    damage_done: int
    damage_received: int


class PilotShipList(Listing[PilotShipHistory]):
    """A page of a pilot's hulls."""

    character: Named
    window: DayWindow | None = Field(description="null = all days stored.")


class PilotSystem(Answer):
    """A solar system a pilot was on killmails in."""

    system: Named
    region: Named | None
    days: int = Field(description="Days he was seen there.")
    kills: int
    losses: int
    isk_destroyed: Isk = Field(description=ISK_DESTROYED)
    isk_lost: Isk
    last_seen_at: datetime


class Character(Answer):
    """A pilot and what he does; lists hold the ten largest."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CHARACTER]})

    id: int
    name: str | None = Field(description="null where the name is not known.")
    corporation: Named | None = Field(description="On his newest killmail; null while on none.")
    alliance: Named | None = Field(description="On his newest killmail.")
    first_seen_at: datetime | None = Field(description="First killmail; null while on none.")
    last_seen_at: datetime | None
    statistics: list[PilotStatistics] = Field(description=STATISTICS)
    window: DayWindow = Field(description="What the lists below are of.")
    ships: list[PilotShip] = Field(description="Those flown on most days first.")
    systems: list[PilotSystem] = Field(description="Those seen in on most days first.")
    data_status: DataStatus
