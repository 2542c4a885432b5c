"""Linking a million mails and finding their sides, against sorting as many attackers; and one fight of 5,000 mails."""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path
from subprocess import run

import msgspec
import numpy as np

from battlescope_assets.domain.battle_params import BattleParams
from battlescope_assets.domain.battles import reconstruct
from battlescope_assets.domain.engagements import memberships
from battlescope_assets.domain.killmail import Killmail, as_columns
from battlescope_assets.domain.mails import ItemLosses, Mails
from battlescope_assets.domain.sides import find_sides
from battlescope_assets.domain.universe import CombatWorld, StaticData
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.simulator.profiles import BULK_MIX
from battlescope_assets.simulator.war import War

FIRST_DAY = date(2026, 9, 7)
DRAWN_DAYS, MAILS_PER_DAY = 7, 7_500
"""Drawing a mail takes far longer than linking it: one week is drawn and comes again until there are enough mails."""
WEEK_SECONDS = DRAWN_DAYS * 86_400
FEW, MANY = 100_000, 1_000_000
FIGHT_MAILS, FIGHT_PILOTS, FIGHT_GROUPS = 5_000, 3_000, 40
LIMIT_SECONDS, LIMIT_FIGHT_SECONDS, LIMIT_MIB, LIMIT_GROWTH = 15.0, 5.0, 2_048, 1.3
SORTS = 8
"""Linking and sides sort the attackers by one key after another; so many bare sorts are what is compared with."""


def reconstruction(_: Warehouse) -> bool:
    """Prints the figures; tells whether all are within their limits."""
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        week = _week(read_snapshot())
        for count in (FEW, MANY):
            files[count] = Path(folder) / f"{count}.npz"
            np.savez(files[count], **vars(_repeated(week, count)))
        measured = {count: _measured(file) for count, file in files.items()}
    growth = (measured[MANY].seconds / MANY) / (measured[FEW].seconds / FEW)
    fight = _fight_seconds()
    for count, one in measured.items():
        print(
            f"links and sides of {count:,} mails ({one.attackers / count:.1f} attackers each): {one.seconds:.2f} s, "
            f"{one.peak_mib:,} MiB; {one.engagements:,} sets; {SORTS} sorts of attackers {one.sorts_seconds:.2f} s, "
            f"ratio {one.seconds / one.sorts_seconds:.1f}"
        )
    print(
        f"a million: limit {LIMIT_SECONDS:.0f} s and {LIMIT_MIB:,} MiB; per mail {growth:.2f} times as long as of "
        f"{FEW:,} (limit {LIMIT_GROWTH})"
    )
    print(
        f"one fight of {FIGHT_MAILS:,} mails and {FIGHT_PILOTS:,} pilots, statistics included: {fight:.2f} s "
        f"(limit {LIMIT_FIGHT_SECONDS:.0f})"
    )
    return (
        measured[MANY].seconds <= LIMIT_SECONDS
        and measured[MANY].peak_mib <= LIMIT_MIB
        and growth <= LIMIT_GROWTH
        and fight <= LIMIT_FIGHT_SECONDS
    )


class Measured(msgspec.Struct):
    """What a process found that did nothing else."""

    seconds: float
    sorts_seconds: float
    peak_mib: int
    attackers: int
    engagements: int


def _measured(file: Path) -> Measured:
    """In a process of its own, or the peak would be that of whatever ran before."""
    done = run([sys.executable, "-m", __name__, file], capture_output=True, check=True)  # noqa: S603  # our own module
    return msgspec.json.decode(done.stdout, type=Measured)


def _measure(file: Path) -> Measured:
    world, params = _world(read_snapshot()), BattleParams()
    with np.load(file) as columns:
        mails = Mails(**columns)
    seconds, engagements = [], 0
    # The faster of two runs is the code's; what else the machine does only adds.
    for _ in range(2):
        begun = time.process_time()
        engagement = memberships(mails, world, params).engagement
        find_sides(mails, engagement, params)
        seconds.append(time.process_time() - begun)
        engagements = int(engagement.max()) + 1
    key = np.random.default_rng(1).permutation(len(mails.damage_done))
    begun = time.process_time()
    for _ in range(SORTS):
        np.argsort(key)
    return Measured(min(seconds), time.process_time() - begun, _peak_mib(), len(mails.damage_done), engagements)


def _peak_mib() -> int:
    """The most memory this process has held, as Linux counts it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


def _world(static_data: StaticData) -> CombatWorld:
    return CombatWorld(
        static_data.stargates,
        {one.type_id: one.group_id for one in static_data.types},
        {one.type_id: one.category_id for one in static_data.types},
    )


def _week(static_data: StaticData) -> Mails:
    """A week of the simulator's bulk mix."""
    war = War(static_data, seed=5, mails_per_day=MAILS_PER_DAY, mix=BULK_MIX)
    mails = []
    for number in range(DRAWN_DAYS):
        bodies = war.killmails(FIRST_DAY + timedelta(days=number))
        mails += [msgspec.convert(body, Killmail) for body in bodies]
    return as_columns(mails)[0]


def _repeated(week: Mails, count: int) -> Mails:
    """So many mails: the same weeks one after the other, each with ids of its own."""

    def weeks() -> Iterator[Mails]:
        for number in range(-(-count // len(week))):
            ids = week.killmail_id + number * (int(week.killmail_id.max()) + 1)
            yield replace(week, killmail_id=ids, time_seconds=week.time_seconds + number * WEEK_SECONDS)

    parts = list(weeks())
    columns = {f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Mails)}
    counts = np.concatenate([np.diff(part.attacker_offset) for part in parts])
    columns["attacker_offset"] = np.concatenate(([0], np.cumsum(counts)))
    return Mails.ordered(**columns).take(np.arange(count))


def _fight_seconds() -> float:
    """Two coalitions of many alliances shoot each other for three hours; the middle of three runs."""
    draw = np.random.default_rng(7)
    static_data = read_snapshot()
    counts = draw.integers(5, 60, FIGHT_MAILS)
    side = draw.integers(0, 2, FIGHT_MAILS)
    pilots = FIGHT_PILOTS // 2
    victim = side * pilots + draw.integers(0, pilots, FIGHT_MAILS)
    attacker = np.repeat(1 - side, counts) * pilots + draw.integers(0, pilots, counts.sum())
    offset = np.concatenate(([0], np.cumsum(counts)))
    final_blow = np.zeros(len(attacker), np.bool_)
    final_blow[offset[:-1]] = True

    def alliance(pilot: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return 99_000_000 + pilot // pilots * FIGHT_GROUPS + pilot % FIGHT_GROUPS

    mails = Mails.ordered(
        killmail_id=np.arange(1, FIGHT_MAILS + 1),
        time_seconds=1_789_400_000 + np.sort(draw.integers(0, 3 * 3_600, FIGHT_MAILS)),
        solar_system_id=np.full(FIGHT_MAILS, 30_002_187),
        victim_character_id=90_000_000 + victim,
        victim_corporation_id=alliance(victim) - 1_000_000,
        victim_alliance_id=alliance(victim),
        victim_faction_id=np.zeros(FIGHT_MAILS, np.int64),
        victim_ship_type_id=np.full(FIGHT_MAILS, 587),
        damage_taken=draw.integers(1_000, 100_000, FIGHT_MAILS),
        position_m=draw.normal(1e11, 5e4, (FIGHT_MAILS, 3)),
        destroyed_isk=draw.uniform(1e6, 1e9, FIGHT_MAILS),
        dropped_isk=np.zeros(FIGHT_MAILS),
        attacker_offset=offset,
        attacker_character_id=90_000_000 + attacker,
        attacker_corporation_id=alliance(attacker) - 1_000_000,
        attacker_alliance_id=alliance(attacker),
        attacker_faction_id=np.zeros(len(attacker), np.int64),
        attacker_ship_type_id=np.full(len(attacker), 587),
        damage_done=draw.integers(0, 2_000, len(attacker)),
        final_blow=final_blow,
    )
    items = ItemLosses(*(np.zeros(0, np.int64) for _ in range(4)))
    seconds = []
    for _ in range(3):
        begun = time.process_time()
        (fight,) = reconstruct(mails, items, _world(static_data), BattleParams())
        seconds.append(time.process_time() - begun)
        if fight.total_killmails != FIGHT_MAILS:
            raise AssertionError(fight.total_killmails)
    return statistics.median(seconds)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(_measure(Path(sys.argv[1]))))
