"""Parameters and answers of the routes of heat, maps and hours."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas import examples
from api.schemas.fields import Answer, Count, Day, DayWindow, Isk, Named, Parameters, Ratio, SmallId, SolarSystem
from api.schemas.lists import DataStatus, Listing
from battlescope_assets.domain.universe import SecurityClass, SpaceType

Days = Annotated[int, Field(ge=1, le=30)]


class HeatmapParameters(Parameters):
    """Over which days, from how many kills on."""

    days: Days = Field(7, description="Length of the window in UTC days.")
    day: Day | None = Field(
        None, description="Last day of the window, UTC; without it, the newest day stored.", examples=["2026-01-31"]
    )
    min_kills: Count | None = Field(
        None,
        description="Only systems where players destroyed so many ships; 0 = all with any killmail. Without it, the "
        "server's threshold (`WAR_HEATMAP_MIN_KILLS`, 5 unless set).",
    )


class ActivityParameters(Parameters):
    """Over how many days."""

    days: Days = Field(7, description="Length of the window in UTC days.")


class PlaceActivityParameters(ActivityParameters):
    """Over how many days, where."""

    region_id: SmallId | None = Field(None, description="A region; without it, all of New Eden.")


class MapParameters(Parameters):
    """Which part of the map."""

    region_id: SmallId | None = Field(
        None, description="Only this region, and the systems of others one stargate away; without it, everything."
    )


class HeatSystem(Answer):
    """What was lost in a solar system."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.HEAT_SYSTEM]})

    system: SolarSystem
    region: Named | None = Field(description="null where the static data has no such system.")
    space_type: SpaceType | None
    security_class: SecurityClass | None
    map_x_ly: float | None = Field(
        description="Where to draw it, towards the east, in light-years of 9.46e15 m: the game's flat map where the "
        "static data has it, else as seen from above. Wormholes and the abyss lie far from New Eden."
    )
    map_y_ly: float | None = Field(description="The same towards the north.")
    killmails: int = Field(description="All of them.")
    npc_killmails: int = Field(description="Of these, without a player among the attackers.")
    capsule_killmails: int = Field(description="Of these, capsules.")
    structure_killmails: int = Field(
        description="Of these, structures, starbases, sovereignty structures, customs offices."
    )
    ships_lost_to_players: int = Field(description="Of these, ships, capsules apart, lost to players: the heat.")
    isk_destroyed: Isk = Field(description="On all killmails.")
    isk_dropped: Isk


class Heatmap(Listing[HeatSystem]):
    """Every solar system with heat, the hottest first, whole: `next_cursor` is always null."""

    window: DayWindow
    min_kills: int = Field(description="The threshold that was applied.")


class HourOfDay(Answer):
    """What happens in an hour of the day."""

    hour_of_day: int = Field(description="UTC, 0 to 23.")
    share: Ratio | None = Field(description="Of what the prime time is judged by; null where there is nothing of it.")
    is_prime_time: bool


class PlaceHourOfDay(HourOfDay):
    """What is lost in an hour of the day, over all days of the window."""

    killmails: int
    ships_lost_to_players: int = Field(description="Capsules apart; the prime time is judged by them.")
    isk_destroyed: Isk


class AllianceHourOfDay(HourOfDay):
    """What an alliance does in an hour of the day, over all days of the window."""

    kills: int = Field(
        description="Killmails it is an attacker on; kills and losses are what the prime time is judged by."
    )
    losses: int
    isk_destroyed: Isk = Field(description="Its share, by damage, destroyed and dropped together.")
    isk_lost: Isk


class PlaceHour(Answer):
    """What was lost in a clock hour."""

    hour: datetime = Field(description="By its start.")
    killmails: int
    ships_lost_to_players: int
    isk_destroyed: Isk


class AllianceHour(Answer):
    """What an alliance did in a clock hour."""

    hour: datetime = Field(description="By its start.")
    kills: int
    losses: int
    isk_destroyed: Isk
    isk_lost: Isk


class Band(Answer):
    """A prime time that players know by name."""

    name: str = Field(description="`AUTZ`, `EUTZ` or `USTZ`.")
    from_hour: int = Field(description="First hour of day, UTC.")
    hours: int = Field(description="How many hours.")
    share: Ratio | None = Field(description="What falls into it; null where there is nothing.")


class PrimeTimeHours(Answer):
    """The fewest hours of day in a row, around midnight if need be, that hold half of it."""

    from_hour: int = Field(description="First hour of day, UTC.")
    hours: int = Field(description="How many hours.")
    band: str | None = Field(description="The named prime time that it covers most of, at least half; null where none.")


class Activity(Answer):
    """When it happens, over whole days."""

    window: DayWindow = Field(description="Ends with the newest day stored.")
    prime_time: PrimeTimeHours | None = Field(description="null where nothing happened.")
    bands: list[Band]
    data_status: DataStatus


class PlaceActivity(Activity):
    """When ships are lost in a region, or in all of New Eden."""

    region: Named | None = Field(description="null: all of New Eden, unknown systems included.")
    hours_of_day: list[PlaceHourOfDay] = Field(description="All 24.")
    hours: list[PlaceHour] = Field(description="The clock hours of the window that have killmails, by time.")


class AllianceActivity(Activity):
    """When an alliance fights."""

    alliance: Named
    hours_of_day: list[AllianceHourOfDay] = Field(description="All 24.")
    hours: list[AllianceHour] = Field(description="The clock hours of the window in which it is on killmails, by time.")


class MapRegion(Answer):
    """A region on the map."""

    id: int
    name: str
    map_x_ly: float = Field(description="Of the middle of its systems.")
    map_y_ly: float


class MapSystem(Answer):
    """A solar system on the map."""

    id: int
    name: str
    region_id: int
    security_status: float
    security_class: SecurityClass
    map_x_ly: float = Field(description="Where to draw it, towards the east; see the heat map.")
    map_y_ly: float = Field(description="The same towards the north.")


class StarMap(Answer):
    """Solar systems, their places and the stargates between them, as the static data has them."""

    regions: list[MapRegion] = Field(description="By name: those of the systems.")
    systems: list[MapSystem] = Field(description="By id.")
    stargates: list[tuple[int, int]] = Field(description="Pairs of system ids, each once, the smaller id first.")
