"""Parameters and answers of the routes between systems, and of the alerts along them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from api.schemas import examples
from api.schemas.battles import Kind, Status
from api.schemas.fields import Answer, Count, Isk, Named, Parameters, SmallId, SolarSystem
from api.schemas.lists import DataStatus
from battlescope_assets.domain.routes import Danger
from battlescope_assets.domain.universe import SecurityClass

RISK = "A passing ship's chance to be lost, 0 to 1; null where nobody counts the jumps, as in Pochven and wormholes."
DANGER = "The risk in a word: `moderate` from 1 in 500 on, `high` from 1 in 100 on, `extreme` from 1 in 20 on."
LOST_1_HOUR = "Ships, capsules apart, lost to players in the hour before `data_status.as_of`."
LOST_24_HOURS = "The same in the 24 hours before `data_status.as_of`."


class Preference(StrEnum):
    """Which way: the fewest jumps; fewer losses for more jumps; the fewest jumps that never leave high security."""

    SHORTEST = "shortest"
    SAFER = "safer"
    SECURE = "secure"


class RouteParameters(Parameters):
    """Which ways to look for."""

    preference: list[Preference] = Field(
        default=[Preference.SHORTEST, Preference.SAFER],
        min_length=1,
        max_length=len(Preference),
        description="Which ways; repeat it for several.",
    )
    avoid_system_id: list[SmallId] = Field(
        default=[], max_length=100, description="Systems the ways must not lead through; repeat it for several."
    )


class AlertParameters(Parameters):
    """Where: `system_id`, or both ends of a way."""

    system_id: SmallId | None = Field(None, description="One system.", examples=[30002813])
    from_system_id: SmallId | None = Field(None, description="Where a way starts.", examples=[30000142])
    to_system_id: SmallId | None = Field(None, description="Where it ends.", examples=[30002187])
    preference: Annotated[Preference, Field(description="Which way.")] = Preference.SHORTEST

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        ends = (self.from_system_id is not None, self.to_system_id is not None)
        if ends not in {(True, True), (False, False)} or any(ends) == (self.system_id is not None):
            message = "Give either system_id, or from_system_id and to_system_id"
            raise ValueError(message)
        return self


class ReasonKind(StrEnum):
    """What a reason is about."""

    BATTLE = "battle"
    SMART_BOMBS = "smart_bombs"
    STARGATES = "stargates"
    SOVEREIGNTY_TIMER = "sovereignty_timer"


class ReasonBattle(Answer):
    """A battle of any kind, camps and ganks included."""

    id: UUID
    slug: str
    kind: Kind
    status: Status


class Reason(Answer):
    """Why a system is dangerous."""

    kind: ReasonKind
    sentence: str
    battle: ReasonBattle | None = Field(description="null where the reason is no battle.")


class Step(Answer):
    """A system on a way."""

    jump: Count = Field(description="Jumps from the first system, which is 0.")
    system: SolarSystem
    region: Named
    security_class: SecurityClass
    ships_lost_1_hour: Count = Field(description=LOST_1_HOUR)
    ships_lost_24_hours: Count = Field(description=LOST_24_HOURS)
    is_conflict_zone: bool = Field(description="At least `WAR_HEATMAP_MIN_KILLS` ships lost in the 24 hours.")
    camp_share: float | None = Field(
        description="Of all killmails here in 7 days, those in camps and ganks; null where there are none."
    )
    risk: float | None = Field(description=f"{RISK} Of one jump into the system, at `risks_as_of`.")
    danger: Danger = Field(description=DANGER)
    reasons: list[Reason] = Field(description="What happened here in the 24 hours, and the timers of the next 24.")
    killmail_ids: list[int] = Field(description="The killmails counted in `ships_lost_24_hours`, the newest 20.")


class Route(Answer):
    """A way from system to system."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ROUTE]})

    preference: Preference
    jumps: Count | None = Field(description="null where there is no such way.")
    risk: float | None = Field(
        description="The chance to be lost on the way: 1 - the product of (1 - risk) of the systems jumped into, so "
        "without the first one; null where one of them is not known."
    )
    danger: Danger = Field(description=DANGER)
    ships_lost_1_hour: Count = Field(description=f"{LOST_1_HOUR} In all systems of the way.")
    ships_lost_24_hours: Count = Field(description=f"{LOST_24_HOURS} In all systems of the way.")
    sentence: str = Field(description="The way in a sentence, or why there is none.")
    warnings: list[str] = Field(description="What to know before undocking, in the order of the way.")
    steps: list[Step] = Field(description="Each system from the first to the last; empty where there is no such way.")


class RouteSafety(Answer):
    """Ways between two systems, and how safe they are."""

    from_system: SolarSystem
    to_system: SolarSystem
    avoided_systems: list[Named]
    routes: list[Route] = Field(description="One for each preference asked for, in that order.")
    risks_as_of: datetime | None = Field(
        description="The newest killmail that risks take into account, seldom more than an hour older than "
        "`data_status.as_of`; null where they were never estimated."
    )
    data_status: DataStatus


class ConflictZone(Answer):
    """A system where many ships are lost."""

    system: SolarSystem
    ships_lost_1_hour: Count = Field(description=LOST_1_HOUR)
    ships_lost_24_hours: Count = Field(description=LOST_24_HOURS)


class AlertBattle(ReasonBattle):
    """A battle with its size."""

    system: Named = Field(description="The one of the systems asked for that it touches most.")
    started_at: datetime
    ended_at: datetime
    total_killmails: Count
    total_pilots: Count
    isk_destroyed: Isk


class AlertTimer(Answer):
    """A sovereignty timer."""

    campaign_id: int
    system: Named
    defender: Named | None
    starts_at: datetime
    seconds_until_start: int | None = Field(description="By the clock; null where it has started.")
    sentence: str


class ConflictAlert(Answer):
    """A warning to show beside something else."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CONFLICT_ALERT]})

    danger: Danger = Field(description=f"{DANGER} Of the system, or of the whole way.")
    risk: float | None = Field(description=RISK)
    sentence: str
    systems: Count = Field(description="How many systems were looked at; 0 where no way leads there.")
    ships_lost_1_hour: Count = Field(description=LOST_1_HOUR)
    ships_lost_24_hours: Count = Field(description=LOST_24_HOURS)
    conflict_zones: list[ConflictZone] = Field(
        description="Systems with at least `WAR_HEATMAP_MIN_KILLS` ships lost in the 24 hours, most first, at most 5."
    )
    biggest_battle: AlertBattle | None = Field(
        description="Of those in the 24 hours before `data_status.as_of`, the one that destroyed most ISK; null: none."
    )
    timers: list[AlertTimer] = Field(description="Sovereignty timers under way, or to start in 24 hours by the clock.")
    risks_as_of: datetime | None = Field(description="The newest killmail that risks take into account; null: none.")
    data_status: DataStatus
