"""Ways between systems and how safe they are, and the alerts along them."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from itertools import chain
from operator import itemgetter
from typing import Annotated, Any, NamedTuple

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api import problems
from api.deps import AppSettings, Connection, CurrentReading, ReadConnection, Reading, Row
from api.queries import routes as queries
from api.revision import CurrentDataStatus
from api.schemas.fields import Named, SmallId, SolarSystem
from api.schemas.lists import DataStatus
from api.schemas.routes import (
    AlertBattle,
    AlertParameters,
    AlertTimer,
    ConflictAlert,
    ConflictZone,
    Preference,
    Reason,
    ReasonBattle,
    ReasonKind,
    RouteParameters,
    RouteSafety,
    Step,
)
from api.star_map import CurrentStarMap, StarMap
from battlescope_assets.domain.routes import Way, danger_of, risk_of_way

router = APIRouter(prefix="/api/war", tags=["routes"])

PROBLEMS = problems.responses(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
MOST_BATTLES = 3
"""Battles of a system that are reasons; a trade hub has a gank every few minutes."""
MOST_CONFLICT_ZONES = 5


class _Events(NamedTuple):
    """What happened in some systems in the 24 hours before the newest killmail, and what is ahead, by system."""

    until: datetime
    kills: Mapping[int, Row]
    battles: Mapping[int, list[Row]]
    timers: Mapping[int, list[Row]]
    conflict_zone_kills: int

    def lost(self, system_id: int) -> tuple[int, int]:
        """Ships lost in the hour and in the 24 hours."""
        row = self.kills.get(system_id)
        return (row["ships_lost_1_hour"], row["ships_lost_24_hours"]) if row else (0, 0)

    def is_conflict_zone(self, system_id: int) -> bool:
        return self.lost(system_id)[1] >= self.conflict_zone_kills


class _Step(NamedTuple):
    """A system on a way, whichever way it is."""

    written: str
    """A `Step` as JSON without its first field, `jump`, and without the brace before it."""
    ships_lost_1_hour: int
    ships_lost_24_hours: int
    warnings: list[str]


StepsOf = Callable[[Collection[int]], Awaitable[Mapping[int, _Step]]]


@dataclass
class _OneMoment:
    """What was read and written in one moment of the data."""

    moment: tuple[str | None, datetime | None]
    star_map: StarMap
    steps: dict[int, _Step] = field(default_factory=dict)
    events: _Events | None = None
    """Of every system, once they are read."""
    readers: int = 0
    """Requests that needed PostgreSQL."""


class KeptSteps:
    """Systems as steps of ways, kept by the process from when a way leads there until the moment of the data is over.

    Who asks first reads what happened in the systems of his ways. The second reads it for every system, so that none
    who follow need PostgreSQL; who comes meanwhile, or after that failed, does as the first did.
    """

    def __init__(self, conflict_zone_kills: int) -> None:
        """Keeps nothing yet."""
        self._conflict_zone_kills = conflict_zone_kills
        self._kept: _OneMoment | None = None

    async def of(
        self, reading: Reading, star_map: StarMap, data_status: DataStatus, system_ids: Collection[int]
    ) -> Mapping[int, _Step]:
        """The steps of these systems, and perhaps of others, by id."""
        moment, kept = (reading.moment, data_status.as_of), self._kept
        if kept is None or reading.moment is None or moment != kept.moment or star_map is not kept.star_map:
            self._kept = kept = _OneMoment(moment, star_map)
        if unknown := {system_id for system_id in system_ids if system_id not in kept.steps}:
            events = kept.events or await self._read(kept, reading, data_status, unknown)
            kept.steps.update(_steps(star_map, events, unknown))
        return kept.steps

    async def _read(
        self, kept: _OneMoment, reading: Reading, data_status: DataStatus, system_ids: Collection[int]
    ) -> _Events:
        kept.readers += 1
        is_second = kept.readers == 2
        wanted = kept.star_map.systems if is_second else system_ids
        events = await _events(await reading.connection(), wanted, data_status, self._conflict_zone_kills)
        if is_second:
            kept.events = events
        return events


async def _current_steps(
    request: Request, reading: CurrentReading, star_map: CurrentStarMap, data_status: CurrentDataStatus
) -> StepsOf:
    return partial(request.app.state.kept_steps.of, reading, star_map, data_status)


CurrentSteps = Annotated[StepsOf, Depends(_current_steps)]
"""Gives the steps of systems, and perhaps of others, by id."""


@router.get(
    "/route-safety/{from_system_id}/{to_system_id}",
    summary="Ways between two systems",
    responses=PROBLEMS,
    response_model=RouteSafety,
)
async def get_route_safety(
    star_map: CurrentStarMap,
    steps_of: CurrentSteps,
    from_system_id: Annotated[SmallId, Path(description="Where the ways start.", examples=[30000142])],
    to_system_id: Annotated[SmallId, Path(description="Where they end.", examples=[30002187])],
    parameters: Annotated[RouteParameters, Query()],
    data_status: CurrentDataStatus,
) -> Response:
    """The shortest and the safer way, or others asked for, system by system, with what was lost there and why.

    The safer way takes 10 jumps more to lose one ship less in 100. No way leads through Zarzakh. Systems to avoid may
    be where a way starts or ends.
    """
    written = await _written(star_map, steps_of, (from_system_id, to_system_id), parameters, data_status)
    return Response(written, media_type="application/json")


async def find_routes(
    star_map: StarMap, steps_of: StepsOf, ends: tuple[int, int], parameters: RouteParameters, data_status: DataStatus
) -> RouteSafety:
    """The same for pages, which look into it."""
    return RouteSafety.model_validate_json(await _written(star_map, steps_of, ends, parameters, data_status))


async def _written(
    star_map: StarMap, steps_of: StepsOf, ends: tuple[int, int], parameters: RouteParameters, data_status: DataStatus
) -> bytes:
    """A `RouteSafety` as JSON; only its steps are checked field by field, once each. The tests check the rest."""
    start, end = (_system(star_map, system_id) for system_id in ends)
    avoided = [_system(star_map, system_id) for system_id in sorted(set(parameters.avoid_system_id))]
    closed = {system.id for system in avoided}
    ways = {each: star_map.ways[each].way(start.id, end.id, closed) for each in parameters.preference}
    steps = await steps_of({system_id for way in ways.values() for system_id in way or ()})
    silence = _silence(data_status.as_of or datetime.now(UTC))
    answer = {
        "from_system": start.model_dump(),
        "to_system": end.model_dump(),
        "avoided_systems": [{"id": system.id, "name": system.name} for system in avoided],
        "routes": [
            _route(star_map, preference, way, steps, silence)
            if way
            else _no_route(preference, _why_none(star_map, preference, start, end, closed))
            for preference, way in ways.items()
        ],
        "risks_as_of": star_map.risks_as_of,
        "data_status": dict(data_status),
    }
    return orjson.dumps(answer, option=orjson.OPT_UTC_Z)


@router.get("/conflict-alert", summary="A warning about a system or a way", responses=PROBLEMS)
async def get_conflict_alert(
    connection: ReadConnection,
    star_map: CurrentStarMap,
    parameters: Annotated[AlertParameters, Query()],
    settings: AppSettings,
    data_status: CurrentDataStatus,
) -> ConflictAlert:
    """How dangerous a system is to pass, or a way to go, small enough to stand beside something else."""
    if parameters.system_id is not None:
        way: Way | None = [_system(star_map, parameters.system_id).id]
        risk = star_map.risks.get(parameters.system_id)
        nowhere = ""
    else:
        start, end = (_system(star_map, each or 0) for each in (parameters.from_system_id, parameters.to_system_id))
        way = star_map.ways[parameters.preference].way(start.id, end.id)
        risk = risk_of_way(star_map.risks, way) if way else None
        nowhere = "" if way else _why_none(star_map, parameters.preference, start, end, ())
    events = await _events(connection, way or [], data_status, settings.war_heatmap_min_kills)
    lost_1_hour, lost_24_hours = _all_lost(events, way or [])
    zones = sorted(filter(events.is_conflict_zone, way or ()), key=lambda one: (-events.lost(one)[1], one))
    biggest = _biggest_battle(events)
    timers = chain.from_iterable(events.timers.values())
    return ConflictAlert(
        danger=danger_of(risk),
        risk=risk,
        sentence=nowhere
        or " ".join([f"{_lost(lost_1_hour, lost_24_hours)}; {_chance(risk)}.", *_silence(events.until)]),
        systems=len(way or ()),
        ships_lost_1_hour=lost_1_hour,
        ships_lost_24_hours=lost_24_hours,
        conflict_zones=[
            ConflictZone(
                system=_system(star_map, system_id),
                ships_lost_1_hour=events.lost(system_id)[0],
                ships_lost_24_hours=events.lost(system_id)[1],
            )
            for system_id in zones[:MOST_CONFLICT_ZONES]
        ],
        biggest_battle=biggest and _alert_battle(star_map, biggest),
        timers=[_alert_timer(star_map, row) for row in sorted(timers, key=itemgetter("starts_at", "campaign_id"))],
        risks_as_of=star_map.risks_as_of,
        data_status=data_status,
    )


def _system(star_map: StarMap, system_id: int) -> SolarSystem:
    row = star_map.systems.get(system_id)
    if row is None:
        raise problems.unknown("solar system", system_id)
    return SolarSystem(id=system_id, name=row["solar_system_name"], security_status=row["security_status"])


def _why_none(
    star_map: StarMap, preference: Preference, start: SolarSystem, end: SolarSystem, closed: Collection[int]
) -> str:
    for system in (start, end):
        if system.id not in star_map.gates.onward:
            return f"{system.name} has no stargates."
        if preference is Preference.SECURE and system.id not in star_map.highsec:
            return f"{system.name} is not in high security."
    around = " without the systems to avoid" if closed else ""
    if preference is Preference.SECURE:
        return f"No way from {start.name} to {end.name} stays in high security{around}."
    return f"No stargates lead from {start.name} to {end.name}{around}."


async def _events(
    connection: Connection, system_ids: Collection[int], data_status: DataStatus, conflict_zone_kills: int
) -> _Events:
    until = data_status.as_of or datetime.now(UTC)
    return _Events(
        until,
        await queries.kills(connection, system_ids, until),
        _by_system(await queries.battles(connection, system_ids, until)),
        _by_system(await queries.timers(connection, system_ids)),
        conflict_zone_kills,
    )


def _biggest_battle(events: _Events) -> Row | None:
    """The battle that destroyed most ISK, in the system of these that saw most of it."""
    battles = chain.from_iterable(events.battles.values())
    return max(battles, key=itemgetter("destroyed_isk", "battle_id", "killmails"), default=None)


def _all_lost(events: _Events, system_ids: Way) -> tuple[int, int]:
    lost = [events.lost(system_id) for system_id in system_ids]
    return sum(each[0] for each in lost), sum(each[1] for each in lost)


def _steps(star_map: StarMap, events: _Events, system_ids: Iterable[int]) -> dict[int, _Step]:
    steps = {}
    for system_id in system_ids:
        row = star_map.systems[system_id]
        lost_1_hour, lost_24_hours = events.lost(system_id)
        risk = star_map.risks.get(system_id)
        kills = events.kills.get(system_id)
        step = Step(
            jump=0,  # on each way another
            system=_system(star_map, system_id),
            region=Named(id=row["region_id"], name=row["region_name"]),
            security_class=row["security_class"],
            ships_lost_1_hour=lost_1_hour,
            ships_lost_24_hours=lost_24_hours,
            is_conflict_zone=events.is_conflict_zone(system_id),
            camp_share=row["camp_share"],
            risk=risk,
            danger=danger_of(risk),
            reasons=_reasons(events.until, events.battles.get(system_id, []), kills, events.timers.get(system_id, [])),
            killmail_ids=kills["killmail_ids"] if kills else [],
        )
        written = step.model_dump_json(exclude={"jump"})[1:]
        steps[system_id] = _Step(written, lost_1_hour, lost_24_hours, _warnings(step))
    return steps


def _by_system(rows: Iterable[Row]) -> Mapping[int, list[Row]]:
    by_system: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_system[row["solar_system_id"]].append(row)
    return by_system


def _reasons(until: datetime, battles: list[Row], kills: Row | None, timers: list[Row]) -> list[Reason]:
    reasons = [
        Reason(kind=ReasonKind.BATTLE, sentence=_battle_in_words(row, until), battle=_battle(row))
        for row in battles[:MOST_BATTLES]
    ]
    if kills:
        for count, of, kind, how in (
            (kills["smart_bombed"], kills["ships_lost_24_hours"], ReasonKind.SMART_BOMBS, "were hit by smart bombs"),
            (kills["at_stargates"], kills["located"], ReasonKind.STARGATES, "whose place is known were at a stargate"),
        ):
            if count:
                reasons.append(
                    Reason(kind=kind, sentence=f"{count} of {of} ships lost in 24 hours {how}.", battle=None)
                )
    reasons += [Reason(kind=ReasonKind.SOVEREIGNTY_TIMER, sentence=_timer_in_words(row), battle=None) for row in timers]
    return reasons


def _route(
    star_map: StarMap, preference: Preference, way: Way, steps: Mapping[int, _Step], silence: list[str]
) -> dict[str, Any]:
    on_way = [steps[system_id] for system_id in way]
    risk = risk_of_way(star_map.risks, way)
    lost_1_hour = sum(step.ships_lost_1_hour for step in on_way)
    lost_24_hours = sum(step.ships_lost_24_hours for step in on_way)
    written = ",".join([f'{{"jump":{jump},{step.written}' for jump, step in enumerate(on_way)])
    return {
        "preference": preference,
        "jumps": len(way) - 1,
        "risk": risk,
        "danger": danger_of(risk),
        "ships_lost_1_hour": lost_1_hour,
        "ships_lost_24_hours": lost_24_hours,
        "sentence": f"{_jumps(len(way) - 1)}; {_lost(lost_1_hour, lost_24_hours)}; {_chance(risk)}.",
        "warnings": [*silence, *chain.from_iterable(step.warnings for step in on_way)],
        "steps": orjson.Fragment(f"[{written}]"),
    }


def _no_route(preference: Preference, reason: str) -> dict[str, Any]:
    return {
        "preference": preference,
        "jumps": None,
        "risk": None,
        "danger": danger_of(None),
        "ships_lost_1_hour": 0,
        "ships_lost_24_hours": 0,
        "sentence": reason,
        "warnings": [],
        "steps": [],
    }


def _warnings(step: Step) -> list[str]:
    warnings = []
    if step.is_conflict_zone:
        kills = f"{step.ships_lost_24_hours} kills in 24 h, {step.ships_lost_1_hour} in the last hour"
        warnings.append(f"Passes through a conflict zone: {step.system.name}, {kills}.")
    warnings += [
        f"{step.system.name}: {reason.sentence}"
        for reason in step.reasons
        if reason.kind is not ReasonKind.BATTLE or (reason.battle and reason.battle.status == "open")
    ]
    return warnings


def _battle(row: Row) -> ReasonBattle:
    return ReasonBattle(id=row["battle_id"], slug=row["slug"], kind=row["kind"], status=row["status"])


def _alert_battle(star_map: StarMap, row: Row) -> AlertBattle:
    return AlertBattle(
        **dict(_battle(row)),
        system=_named_system(star_map, row["solar_system_id"]),
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        total_killmails=row["total_killmails"],
        total_pilots=row["total_pilots"],
        isk_destroyed=row["destroyed_isk"],
    )


def _alert_timer(star_map: StarMap, row: Row) -> AlertTimer:
    defender_id = row["defender_alliance_id"]
    return AlertTimer(
        campaign_id=row["campaign_id"],
        system=_named_system(star_map, row["solar_system_id"]),
        defender=defender_id and Named(id=defender_id, name=row["defender_alliance_name"]),
        starts_at=row["starts_at"],
        seconds_until_start=row["seconds_until_start"],
        sentence=_timer_in_words(row),
    )


def _named_system(star_map: StarMap, system_id: int) -> Named:
    return Named(id=system_id, name=star_map.systems[system_id]["solar_system_name"])


def _battle_in_words(row: Row, until: datetime) -> str:
    kind = row["kind"].replace("_", " ").capitalize()
    ago = max((until - row["ended_at"]).total_seconds(), 0)
    state = "going on" if row["status"] == "open" else f"ended {_duration(ago)} before the newest killmail"
    return f"{kind} of {row['total_pilots']} pilots, {state}: {row['killmails']} killmails here."


def _timer_in_words(row: Row) -> str:
    seconds = row["seconds_until_start"]
    when = "under way" if seconds is None else f"in {_duration(seconds)}"
    defender = row["defender_alliance_name"]
    return f"Sovereignty timer {when}{f', defended by {defender}' if defender else ''}."


def _duration(seconds: float) -> str:
    minutes = int(seconds) // 60
    if minutes >= 24 * 60:
        return f"{minutes // (24 * 60)} d {minutes // 60 % 24} h"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def _silence(until: datetime) -> list[str]:
    """What is to be said where the newest killmail is too old to speak of the last hour."""
    age = datetime.now(UTC) - until
    if age < queries.HOUR:
        return []
    return [f"The newest killmail is {_duration(age.total_seconds())} old: what happened since is not known."]


def _jumps(jumps: int) -> str:
    return f"{jumps} jump" if jumps == 1 else f"{jumps} jumps"


def _lost(lost_1_hour: int, lost_24_hours: int) -> str:
    ships = "1 ship" if lost_24_hours == 1 else f"{lost_24_hours} ships"
    return f"{ships} lost to players in 24 hours, {lost_1_hour} in the last hour"


def _chance(risk: float | None) -> str:
    if risk is None:
        return "how many ships pass unharmed is not known"
    return f"about 1 of {1 / risk:,.0f} passing ships is lost" if risk else "no jump, no risk"
