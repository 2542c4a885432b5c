"""Doctrines, recomputed from the mails: bursts, fits, shopping lists, who flies them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

import pandas as pd
import pytest

from battlescope_assets.settings import Settings
from tests.marts.conftest import Frames, Query

FEWEST = Settings.model_fields["war_doctrine_min_fleet_size"].default
HOUR = timedelta(hours=1)
FITTED = {**dict.fromkeys(range(27, 35), "high"), **dict.fromkeys(range(19, 27), "mid")}
FITTED |= {**dict.fromkeys(range(11, 19), "low"), **dict.fromkeys(range(92, 100), "rig")}
FITTED |= dict.fromkeys(range(125, 133), "subsystem")
Fit = tuple[int, ...]
"""Killmail ids of a fit's losses in a burst, ascending."""


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """Its rows, fields by name."""
    return iter(frame.itertuples(index=False))


class Loss(NamedTuple):
    """A ship lost, with what was aboard."""

    killmail_id: int
    moment: datetime
    system: int
    hull: int
    pilot: int
    group: int
    isk: float
    battle: UUID | None
    side: int
    aboard: Counter[tuple[str, int, int]]
    """(place, family, type) -> units."""

    @property
    def modules(self) -> Counter[int]:
        """Family -> copies."""
        found: Counter[int] = Counter()
        for (place, family, _), units in self.aboard.items():
            found[family] += units if place in FITTED.values() else 0
        return +found


@pytest.fixture(scope="module")
def losses(frames: Frames, query: Query) -> dict[int, Loss]:
    """Every ship lost to players in the golden war by killmail id, capsules apart."""
    types = {row.type_id: row for row in each(query("select * from core.types"))}
    sides = {
        row.killmail_id: (row.battle_id, row.victim_side)
        for row in each(
            query(
                "select battle_id, killmail_id, victim_side from core.battle_details, "
                "unnest(killmail_ids, victim_sides) as mails (killmail_id, victim_side)"
            )
        )
    }
    aboard: dict[int, Counter[tuple[str, int, int]]] = defaultdict(Counter)
    for item in each(frames.items):
        item_type = types[item.item_type_id]
        category = item_type.category_name
        family = -item_type.group_id if pd.isna(item_type.market_group_id) else int(item_type.market_group_id)
        place = FITTED.get(item.flag, "cargo") if category in {"Module", "Subsystem"} else "cargo"
        place = category.lower() if category in {"Charge", "Drone", "Fighter"} else place
        key = place, family if place in FITTED.values() else item.item_type_id, item.item_type_id
        aboard[item.killmail_id][key] += item.quantity_destroyed + item.quantity_dropped
    found = {}
    for mail in each(frames.killmails):
        lost = types[mail.victim_ship_type_id]
        if lost.category_name != "Ship" or lost.group_name == "Capsule" or not mail.is_player_kill:
            continue
        corporation = mail.victim_corporation_id if mail.victim_corporation_id >= 2_000_000 else float("nan")
        groups = (mail.victim_alliance_id, corporation, mail.victim_character_id)
        battle, side = sides.get(mail.killmail_id, (None, 0))
        found[mail.killmail_id] = Loss(
            mail.killmail_id, mail.killmail_time, mail.solar_system_id, mail.victim_ship_type_id,
            int(mail.victim_character_id), int(next(g for g in groups if not pd.isna(g))),
            0 if pd.isna(mail.total_isk) else mail.total_isk, battle, side, aboard[mail.killmail_id],
        )  # fmt: skip
    return found


@pytest.fixture(scope="module")
def bursts(losses: dict[int, Loss]) -> list[list[Loss]]:
    """Losses that make a burst."""
    found = []
    in_battles, elsewhere = defaultdict(list), defaultdict(list)
    for loss in losses.values():
        if loss.battle and loss.side:
            in_battles[loss.battle, loss.side, loss.hull].append(loss)
        else:
            elsewhere[loss.system, loss.group, loss.hull].append(loss)
    for together in in_battles.values():
        if len(together) >= FEWEST:
            found.append(together)
        else:
            for loss in together:
                elsewhere[loss.system, loss.group, loss.hull].append(loss)
    for together in elsewhere.values():
        together.sort(key=lambda loss: (loss.moment, loss.killmail_id))
        many: set[int] = set()
        for first in range(len(together)):
            hour = [i for i in range(first, len(together)) if together[i].moment - together[first].moment <= HOUR]
            many.update(hour if len(hour) >= FEWEST else ())
        chain = [together[i] for i in sorted(many)]
        cuts = [i for i, (one, next_one) in enumerate(pairwise(chain), 1) if next_one.moment - one.moment > HOUR]
        found += [chain[start:end] for start, end in pairwise([0, *cuts, len(chain)]) if end > start]
    return found


def similarity(one: Counter[int], other: Counter[int]) -> float:
    return (one & other).total() / max((one | other).total(), 1)


@pytest.fixture(scope="module")
def fits(bursts: list[list[Loss]]) -> dict[Fit, list[Loss]]:
    """The bursts' fits, with the burst each is of."""
    found: dict[Fit, list[Loss]] = {}
    for burst in bursts:
        fitted = sorted((loss for loss in burst if loss.modules), key=lambda loss: loss.killmail_id)
        rank = {
            loss.killmail_id: (
                sum(similarity(loss.modules, other.modules) >= 0.7 for other in fitted),
                sum(loss.modules == other.modules for other in fitted),
                -min(other.killmail_id for other in fitted if other.modules == loss.modules),
            )
            for loss in fitted
        }
        followers = defaultdict(list)
        leaders = [
            loss
            for loss in fitted
            if all(
                rank[other.killmail_id] <= rank[loss.killmail_id]
                for other in fitted
                if similarity(loss.modules, other.modules) >= 0.7
            )
        ]
        for loss in fitted:
            alike = [leader for leader in leaders if similarity(loss.modules, leader.modules) >= 0.7]
            if alike:
                leader = max(alike, key=lambda one: (similarity(loss.modules, one.modules), rank[one.killmail_id]))
                followers[rank[leader.killmail_id]].append(loss.killmail_id)
        found |= {tuple(sorted(ids)): burst for ids in followers.values() if len(ids) >= FEWEST}
    return found


def at_least_half(copies: Iterable[int], losses: int) -> int:
    """As many as at least half of the losses have."""
    ranked = [*sorted(copies, reverse=True), *[0] * losses]
    return ranked[(losses + 1) // 2 - 1]


def items_of(lost: list[Loss]) -> dict[tuple[str, int], tuple[float, bool, int]]:
    """(place, type) -> share of the losses that carry it, whether half carry its family, units on a ship."""
    found = {}
    for place, family in {key[:2] for loss in lost for key in loss.aboard}:
        carried = [{t: n for (p, f, t), n in loss.aboard.items() if (p, f) == (place, family)} for loss in lost]
        total: Counter[int] = Counter()
        for one in carried:
            total.update(one)
        free = most = at_least_half((sum(one.values()) for one in carried), len(lost))
        if not most and place not in FITTED.values():
            continue
        types = sorted(total, key=lambda t: (-total[t], t))
        units = {}
        for item_type in types:
            units[item_type] = min(free, at_least_half((one.get(item_type, 0) for one in carried), len(lost)))
            free -= units[item_type]
        units[types[0]] += free
        for item_type in types:
            share = sum(item_type in one for one in carried) / len(lost)
            found[place, item_type] = share, most > 0, units[item_type]
    return found


def test_bursts_and_fits_equal_the_mails(
    fits: dict[Fit, list[Loss]], losses: dict[int, Loss], frames: Frames, query: Query
) -> None:
    flown = frames.attackers.dropna(subset=["character_id"])
    battle_of = {loss.killmail_id: loss.battle for loss in losses.values()}
    sides = {
        (row.battle_id, int(row.character_id)): row.side
        for row in each(query("select battle_id, character_id, side from marts.fct_battle_participants"))
    }
    mails = {
        row.killmail_id: row.battle_id
        for row in each(query("select killmail_id, battle_id from marts.fct_battle_killmails"))
    }
    assert {battle_of[i] for i in battle_of if battle_of[i]} <= set(mails.values())
    expected = set()
    for ids, burst in fits.items():
        lost = [losses[i] for i in ids]
        one = lost[0]
        survivors = None
        in_battle = len({(loss.battle, loss.side) for loss in burst}) == 1 and bool(one.battle and one.side)
        if in_battle:
            here = [killmail_id for killmail_id, battle in mails.items() if battle == one.battle]
            seen = flown[flown.killmail_id.isin(here) & flown.ship_type_id.eq(one.hull)]
            pilots = {int(p) for p in seen.character_id if sides[one.battle, int(p)] == one.side}
            lived = len(pilots - {loss.pilot for loss in burst})
            survivors = int(lived * len(lost) / len(burst) + 0.5)
        groups = Counter(loss.group for loss in lost)
        first = min(loss.moment for loss in burst)
        systems = Counter(loss.system for loss in lost)
        expected.add((
            first.date(), ids[0], min(loss.killmail_id for loss in burst), one.hull,
            min(systems, key=lambda s: (-systems[s], s)), one.battle if in_battle else None,
            tuple(sorted(groups, key=lambda g: (-groups[g], g))),
            min(loss.moment for loss in lost), max(loss.moment for loss in lost), len(lost),
            round(sum(loss.isk for loss in lost)), survivors,
        ))  # fmt: skip
    found = query(
        "select day, fit_id, burst_id, ship_type_id, solar_system_id, battle_id, group_ids, first_lost_at, "
        "last_lost_at, losses, round(isk_lost), survivors from marts.fct_doctrine_bursts"
    )
    rows = {tuple(_plain(value) for value in row) for row in each(found)}
    assert rows == expected
    assert len(rows) > 5


def _plain(value: Any) -> Any:
    """A cell as Python has it, comparable."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, pd.Timestamp | date) or value is None:
        return value
    return int(value) if isinstance(value, float) and not pd.isna(value) else None if pd.isna(value) else value


def test_shopping_lists_equal_the_mails(fits: dict[Fit, list[Loss]], losses: dict[int, Loss], query: Query) -> None:
    newest = query(
        "select distinct on (doctrine_id) doctrine_id, fit_id from marts.fct_doctrine_bursts "
        "order by doctrine_id, last_lost_at desc, fit_id desc"
    )
    restock = dict(each(query("select doctrine_id, expected_restock_units from marts.dim_doctrines")))
    by_first = {ids[0]: ids for ids in fits}
    for doctrine, fit in each(newest):
        expected = items_of([losses[i] for i in by_first[fit]])
        expected["hull", losses[fit].hull] = 1.0, True, 1
        found = query(f"select * from marts.fct_doctrine_items where doctrine_id = '{doctrine}'")
        rows = {
            (row.place, row.item_type_id): (row.share_carrying, row.is_core, row.quantity_per_ship)
            for row in each(found)
        }
        assert rows.keys() == expected.keys()
        for key, (share, is_core, units) in expected.items():
            assert rows[key] == (pytest.approx(share), is_core, units), key
        assert (found.restock_quantity == found.quantity_per_ship * restock[doctrine]).all()
        assert (found.restock_isk.dropna() == (found.restock_quantity * found.price_isk).dropna()).all()


def test_a_doctrine_is_a_hull_with_a_like_core(
    fits: dict[Fit, list[Loss]], losses: dict[int, Loss], query: Query
) -> None:
    def core(ids: Fit) -> Counter[int]:
        lost = [losses[i].modules for i in ids]
        families = {family for one in lost for family in one}
        return +Counter({f: at_least_half((one[f] for one in lost), len(lost)) for f in families})

    founders: list[tuple[int, Counter[int], list[Fit]]] = []
    for ids in sorted(fits, key=lambda ids: (min(losses[i].moment for i in ids), ids[0])):
        hull, mine = losses[ids[0]].hull, core(ids)
        alike = [(similarity(mine, other), members) for h, other, members in founders if h == hull]
        closest = max(alike, key=lambda one: one[0], default=(0.0, []))
        if closest[0] >= 0.7:
            closest[1].append(ids)
        else:
            founders.append((hull, mine, [ids]))

    query_of_days = query("select first_day, end_day from intermediate.int_windows__dated where window_days = 7")
    first_day, end_day = query_of_days.iloc[0]
    expected = set()
    for hull, _, members in founders:
        lost = [losses[i] for ids in members for i in ids]
        recent = [ids for ids in members if first_day <= min(loss.moment for loss in fits[ids]).date() < end_day]
        groups = Counter(loss.group for loss in lost)
        expected.add((
            hull, len({min(loss.killmail_id for loss in fits[ids]) for ids in members}), len(lost),
            round(sum(loss.isk for loss in lost)), sum(map(len, recent)), tuple(sorted(groups.items())),
        ))  # fmt: skip
    found = query(
        "select doctrine_id, ship_type_id, bursts, losses, round(isk_lost) as isk, losses_7d from marts.dim_doctrines"
    )
    flyers = query("select doctrine_id, group_id, losses from marts.fct_doctrine_groups")
    rows = {
        (
            row.ship_type_id, row.bursts, row.losses, int(row.isk), row.losses_7d,
            tuple(sorted((f.group_id, f.losses) for f in each(flyers) if f.doctrine_id == row.doctrine_id)),
        )
        for row in each(found)
    }  # fmt: skip
    assert rows == expected


def test_doctrines_in_words(query: Query) -> None:
    for row in each(query("select * from marts.dim_doctrines")):
        assert row.summary.startswith(
            f"{row.ship_type_name} with {row.modules}: {row.losses} lost in {row.bursts} fight"
        )
        restock = f"About {row.expected_restock_units} will be bought in the next 7 days."
        assert row.summary.endswith(restock if row.losses_7d else "None was lost in the last 7 days.")
