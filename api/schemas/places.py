"""Parameters and answers of the routes of solar systems, regions and types."""

from datetime import date, datetime

from pydantic import ConfigDict, Field

from api.schemas import examples
from api.schemas.battles import Kind
from api.schemas.doctrines import DoctrineSummary
from api.schemas.fields import Answer, DayWindow, Group, Isk, Named, Ratio, Ship, SolarSystem
from api.schemas.lists import DataStatus
from battlescope_assets.domain.universe import SecurityClass, SpaceType

ACTIVITY = "The last 1, 7 and 30 whole days."
BATTLES = "Battles that started there in the window, by kind; kinds without any are left out."
TIMERS = "Sovereignty timers ahead or going on, the next first, at most ten."


class LossesOfDays(Answer):
    """What was lost in a place in some days."""

    days: int = Field(description="Length of the window in whole days.")
    killmails: int
    npc_killmails: int = Field(description="Of these, losses to NPCs alone.")
    capsule_killmails: int = Field(description="Of these, capsules.")
    ships_lost_to_players: int = Field(description="Without capsules.")
    isk_destroyed: Isk
    isk_dropped: Isk
    trend: Ratio | None = Field(
        description="ships_lost_to_players / those of as many days before, at least 1; null where these are not all "
        "stored, or nothing was lost in either."
    )


class LossesOfHour(Answer):
    """What was lost in a place in an hour of the day (UTC), summed over the window's days."""

    hour: int = Field(description="0-23.")
    ships_lost_to_players: int = Field(description="Without capsules.")
    isk_destroyed: Isk


class PlaceLoss(Answer):
    """A type of ship, structure or deployable lost in a place."""

    ship: Ship
    quantity: int
    isk_destroyed: Isk
    isk_dropped: Isk


class Timer(Answer):
    """A sovereignty timer."""

    campaign_id: int
    event_type: str = Field(examples=["ihub_defense"])
    system: Named
    defender: Named | None
    starts_at: datetime


class Neighbour(Answer):
    """A solar system a stargate leads to."""

    system: SolarSystem
    region: Named | None
    security_class: SecurityClass | None


class Sovereignty(Answer):
    """Who holds a system, as ESI shows it now."""

    holder: Named | None = Field(description="null = nobody.")
    holder_category: str | None = Field(description="`alliance` or `faction`.")
    claimed_since: datetime | None
    vulnerable_from: datetime | None
    vulnerable_until: datetime | None
    is_vulnerable: bool
    activity_defense_multiplier: Ratio | None = Field(description="1-6: how slowly enemies capture it.")


class FactionWarfare(Answer):
    """A system of faction warfare, as of the newest snapshot."""

    system: Named
    occupier: Named
    attacker: Named | None = Field(description="The occupier's enemy.")
    contested: str = Field(examples=["contested"])
    contested_percent: Ratio = Field(description="Victory points / threshold, 0-100.")
    expected_flip_at: datetime | None = Field(
        description="At the pace of the last hours; null where none is to be seen."
    )


class SystemDetail(SolarSystem):
    """A solar system and what happens in it."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SYSTEM]})

    constellation: Named | None
    region: Named | None
    space_type: SpaceType
    security_class: SecurityClass
    neighbours: list[Neighbour] = Field(description="Where its stargates lead.")
    activity: list[LossesOfDays] = Field(description=ACTIVITY)
    window: DayWindow = Field(description="What follows is of, but for timers, sovereignty and faction warfare.")
    hours: list[LossesOfHour] = Field(description="All 24 hours of the day.")
    ships_lost: list[PlaceLoss] = Field(description="Most lost first, at most ten.")
    battles: dict[Kind, int] = Field(description=BATTLES)
    timers: list[Timer] = Field(description=TIMERS)
    sovereignty: Sovereignty | None = Field(description="null where nobody can hold it.")
    faction_warfare: FactionWarfare | None = Field(description="null where there is none.")
    data_status: DataStatus


class HotSystem(Answer):
    """A system in which much is lost."""

    system: Named
    security_class: SecurityClass | None
    ships_lost_to_players: int = Field(description="Without capsules.")
    isk_destroyed: Isk
    trend: Ratio | None = Field(
        description="ships_lost_to_players / those of as many days before, at least 1; null where these are not all "
        "stored."
    )


class RegionDetail(Named):
    """A region and what happens in it."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.REGION]})

    systems: dict[SecurityClass, int] = Field(description="How many solar systems it has, by security class.")
    neighbours: list[Named] = Field(description="Regions its stargates lead to.")
    activity: list[LossesOfDays] = Field(description=ACTIVITY)
    window: DayWindow = Field(description="What follows is of, but for timers and faction warfare.")
    hours: list[LossesOfHour] = Field(description="All 24 hours of the day.")
    hot_systems: list[HotSystem] = Field(description="Most ships lost to players first, at most ten.")
    ships_lost: list[PlaceLoss] = Field(description="Most lost first, at most ten.")
    battles: dict[Kind, int] = Field(description=BATTLES)
    timers: list[Timer] = Field(description=TIMERS)
    faction_warfare: list[FactionWarfare] = Field(
        description="Its contested systems, most contested first, at most ten."
    )
    data_status: DataStatus


class TypeDay(Answer):
    """What was lost of a type on a day, anywhere."""

    day: date
    ships_lost: int = Field(description="Killmails whose victim flew, or was, this type.")
    quantity_destroyed: int = Field(description="Units destroyed aboard ships, cargo included.")
    quantity_dropped: int = Field(description="Units left in wrecks.")


class TypeRegion(Answer):
    """What was lost of a type in a region."""

    region: Named | None = Field(description="null = systems the static data does not know.")
    quantity: int = Field(description="Hulls lost and units destroyed aboard ships.")
    isk_destroyed: Isk = Field(description="Worth of the hulls' killmails, and of the units destroyed.")


class TypeDemand(Answer):
    """What the war takes of a type in a week, against all markets of New Eden."""

    losses_7d: int = Field(description="Units destroyed in use in the last 7 whole days; freight is left out.")
    losses_previous_7d: int | None = Field(description="In the 7 days before; null where a day of the 14 is missing.")
    volume_7d: int | None = Field(description="Units sold in these days; null without market history.")
    stock: int | None = Field(description="Units for sale now; null without a snapshot of orders.")
    gap_units: int | None = Field(description="losses_7d less stock; below 0 where there is plenty.")
    demand_score: Ratio | None = Field(description="losses_7d / volume_7d, by the trend; null without market history.")
    confidence: Ratio | None = Field(description="0 where one fight took all of it, 0.5 where four did.")
    recommendation: str | None = Field(description="What to do, in words; null where it is neither short nor wanted.")


class TypeGroup(Answer):
    """An alliance or corporation that flies a hull; a corporation is counted in its alliance too."""

    group: Group
    pilot_days: int = Field(description="Pilots seen in it, each once a day.")
    pilot_kills: int = Field(description="Kills of its pilots in it; a killmail counts for each of them.")
    losses: int
    isk_destroyed: Isk = Field(description="Shares, by damage, in what others lost.")
    isk_lost: Isk


class TypeDetail(Named):
    """A type of ship, module or anything else that is lost."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.TYPE]})

    group: Named
    category: Named
    window: DayWindow = Field(description="What follows is of, but for the demand.")
    days: list[TypeDay] = Field(description="The days it was lost on, in order.")
    regions: list[TypeRegion] = Field(description="Most lost first, at most ten.")
    demand: TypeDemand | None = Field(description="null where none was lost in the last 14 days.")
    flown_by: list[TypeGroup] = Field(description="Alliances and corporations that fly it most, at most ten of each.")
    doctrines: list[DoctrineSummary] = Field(
        description="Doctrines of this hull or with this module at their core, most lost first, at most ten."
    )
    data_status: DataStatus
