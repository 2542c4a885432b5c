import gzip
import json
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from battlescope_assets.domain.killmail import Killmail, parse
from battlescope_assets.domain.universe import SpaceType, StaticData
from battlescope_assets.domain.window import Window
from battlescope_assets.simulator.bodies import Body
from battlescope_assets.simulator.scenarios import MIX, fleet_fight
from battlescope_assets.simulator.truth import TruthRow, write_truth
from battlescope_assets.simulator.war import War


def test_the_same_seed_gives_the_same_days_in_any_order(static_data: StaticData, war: War, days: list[date]) -> None:
    again = War(static_data, seed=11, mails_per_day=1_500)
    for day in reversed(days):
        assert again.killmails(day) == war.killmails(day)
        assert again.truth(day) == war.truth(day)
        assert again.market_history(day) == war.market_history(day)
    assert again.names == war.names


def test_another_seed_gives_another_war(static_data: StaticData, war: War, days: list[date]) -> None:
    other = War(static_data, seed=12, mails_per_day=1_500)
    assert other.killmails(days[0]) != war.killmails(days[0])
    assert other.names != war.names


@settings(max_examples=4)
@given(seed=st.integers(0, 2**32), size=st.sampled_from([40, 300]), ordinal=st.integers(0, 7_000))
def test_every_mail_of_any_war_is_one_the_domain_accepts(
    static_data: StaticData, seed: int, size: int, ordinal: int
) -> None:
    day = date(2007, 12, 6) + timedelta(days=ordinal)
    war = War(static_data, seed, size)
    for mail in war.killmails(day):
        parsed = parse(msgspec.json.encode(mail), Window.of_day(day), mail["killmail_id"])
        assert isinstance(parsed, Killmail), parsed
        assert sum(attacker.final_blow for attacker in parsed.attackers) == 1


def test_days_have_about_as_many_mails_as_asked_for(war: War) -> None:
    week = [len(war.killmails(date(2026, 11, day))) for day in range(2, 9)]
    assert 1_200 < sum(week) / 7 < 1_800
    assert min(week) > 900


def test_ids_are_unique_over_days_and_grow_with_time(war: War, days: list[date]) -> None:
    mails = [mail for day in days for mail in war.killmails(day)]
    ids = [mail["killmail_id"] for mail in mails]
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids)
    turned_back = sum(b["killmail_time"] < a["killmail_time"] for a, b in pairwise(mails))
    assert turned_back <= len(days) + 1, "only what runs past midnight keeps the earlier day's ids"


def test_a_day_holds_its_own_time_only_and_misses_nothing_of_the_night(war: War, days: list[date]) -> None:
    battles: dict[str, set[str]] = defaultdict(set)
    for day in days:
        for row in war.truth(day):
            assert row["killmail_time"][:10] == f"{day}"
            if row["kind"] == "midnight":
                battles[row["battle"]].add(row["killmail_time"][:10])
    assert any(len(on) == 2 for on in battles.values())


def test_truth_covers_every_mail(war: War, days: list[date]) -> None:
    for day in days:
        rows, mails = war.truth(day), war.killmails(day)
        assert [row["killmail_id"] for row in rows] == [mail["killmail_id"] for mail in mails]
        for row, mail in zip(rows, mails, strict=True):
            assert row["solar_system_id"] == mail["solar_system_id"]
            if row["kind"] != "noise":
                assert set(row["sides"]) == {str(c) for c in characters(mail)}


def characters(mail: Body) -> list[int]:
    return [who["character_id"] for who in (mail["victim"], *mail["attackers"]) if "character_id" in who]


@pytest.fixture(scope="module")
def truth(war: War, days: list[date]) -> list[TruthRow]:
    return [row for day in days for row in war.truth(day)]


def test_every_kind_of_scenario_happens(truth: list[TruthRow]) -> None:
    scenarios = {row["scenario"].split("-")[0] for row in truth}
    assert scenarios == set(MIX)


def test_narrow_battles_lie_inside_wide_ones_and_have_more_than_one_mail(war: War) -> None:
    rows = [row for day in range(1, 9) for row in war.truth(date(2026, 11, day))]
    wide_of: dict[str, set[str | None]] = defaultdict(set)
    for row in rows:
        if row["battle"]:
            wide_of[row["battle"]].add(row["battle_wide"])
    assert all(len(wide) == 1 and None not in wide for wide in wide_of.values())
    whole = [row for row in rows if row["scenario"].split("-")[1] not in {"20261031", "20261108"}]
    assert min(Counter(row["battle"] for row in whole if row["battle"]).values()) > 1
    assert all(row["battle"] is None for row in rows if row["kind"] == "noise")


def test_nobody_is_in_two_places_at_once(war: War, days: list[date]) -> None:
    """Per pilot, mails of different scenarios are minutes apart, also over midnight."""
    seen: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for day in days:
        for row, mail in zip(war.truth(day), war.killmails(day), strict=True):
            if row["strict"]:
                for character in characters(mail):
                    seen[character].append(
                        (datetime.fromisoformat(row["killmail_time"]), row["scenario"].split(".")[0])
                    )
    for moments in seen.values():
        for (earlier, a), (later, b) in pairwise(sorted(moments)):
            assert a == b or later - earlier > timedelta(minutes=15)


def test_what_runs_past_midnight_shares_nobody_and_no_system_with_the_next_morning(war: War) -> None:
    """The two days are drawn without knowing each other."""
    overrun = 0
    for day in (date(2026, 11, number) for number in range(2, 9)):
        night, morning = set[int](), set[int]()
        for row, mail in zip(war.truth(day), war.killmails(day), strict=True):
            started_today = f"-{day:%Y%m%d}-" in row["scenario"]
            if row["killmail_time"][11:] < "03:00" and row["strict"] and row["kind"] != "noise":
                (morning if started_today else night).update(characters(mail), [mail["solar_system_id"]])
        overrun += len(night)
        assert not night & morning
    assert overrun > 0


def test_sides_do_not_shoot_themselves_but_for_awoxers(war: War, days: list[date]) -> None:
    friendly: Counter[str] = Counter()
    for day in days:
        for row in war.truth(day):
            if row["victim_side"] is not None and row["victim_side"] >= 0 and row["sides"]:
                shooters = list(row["sides"].values())[: len(row["sides"]) - (row["role"] != "structure")]
                friendly[row["kind"]] += row["victim_side"] in shooters
    assert friendly["awox"] > 0
    assert set(+friendly) == {"awox"}


def test_all_types_and_systems_exist(static_data: StaticData, war: War, days: list[date]) -> None:
    types = {t.type_id for t in static_data.types}
    systems = {s.solar_system_id: s for s in static_data.solar_systems}
    used: set[int] = set()
    spaces = set()
    for mail in war.killmails(days[0]):
        spaces.add(systems[mail["solar_system_id"]].space_type)
        used |= {mail["victim"]["ship_type_id"]}
        used |= {i["item_type_id"] for item in mail["victim"]["items"] for i in (item, *item.get("items", ()))}
        used |= {a[key] for a in mail["attackers"] for key in ("ship_type_id", "weapon_type_id") if key in a}
    assert used <= types
    assert spaces == set(SpaceType)


def test_damage_adds_up(war: War, days: list[date]) -> None:
    sound = 0
    for mail in war.killmails(days[0]):
        done = [attacker["damage_done"] for attacker in mail["attackers"]]
        sound += sum(done) == mail["victim"]["damage_taken"]
        assert done == sorted(done, reverse=True)
    assert sound >= len(war.killmails(days[0])) - 20, "a few mails have the negative damage of real ones"


def test_oddities_of_real_mails_occur(war: War) -> None:
    mails = [mail for day in range(1, 9) for mail in war.killmails(date(2026, 11, day))]
    items = [item for mail in mails for item in mail["victim"]["items"]]
    assert any("items" in item for item in items)
    assert any(item["singleton"] == 2 for item in items)
    assert {5, 87, 89, 158, 164, 179} <= {item["flag"] for item in items}
    assert any("killmail_hash" not in mail for mail in mails)
    assert any("character_id" not in mail["victim"] for mail in mails)
    assert any("war_id" in mail for mail in mails)
    assert any(a["damage_done"] < 0 for mail in mails for a in mail["attackers"])
    assert any(a["damage_done"] == 0 for mail in mails for a in mail["attackers"])
    assert any("character_id" not in a for mail in mails for a in mail["attackers"])


def test_everyone_invented_has_a_name(war: War, days: list[date]) -> None:
    for mail in war.killmails(days[0]):
        for who in (mail["victim"], *mail["attackers"]):
            for category in ("character", "corporation", "alliance"):
                entity = who.get(f"{category}_id")
                if entity:
                    assert war.names[entity][0] == category
    assert len({name for _, name in war.names.values()}) == len(war.names)


def test_fits_of_a_hull_vary_around_a_core(war: War) -> None:
    fits: dict[int, list[frozenset[int]]] = defaultdict(list)
    for day in range(1, 9):
        for mail in war.killmails(date(2026, 11, day)):
            fitted = frozenset(i["item_type_id"] for i in mail["victim"]["items"] if 11 <= i["flag"] <= 34)
            fits[mail["victim"]["ship_type_id"]].append(fitted)
    fleet_hull = max((fits_of_hull for fits_of_hull in fits.values() if fits_of_hull[0]), key=len)
    assert len(set(fleet_hull)) > 5
    core = Counter(type_id for fit in fleet_hull for type_id in fit).most_common(4)
    assert all(count > 0.8 * len(fleet_hull) for _, count in core)


def test_market_history_prices_what_is_lost(war: War, days: list[date]) -> None:
    rows = war.market_history(days[1])
    assert all(row.lowest <= row.average <= row.highest and row.volume >= 1 and row.order_count >= 1 for row in rows)
    assert len({(row.region_id, row.type_id) for row in rows}) == len(rows)
    in_the_forge = {row.type_id for row in rows if row.region_id == 10000002}
    hulls = Counter(mail["victim"]["ship_type_id"] for mail in war.killmails(days[1]))
    assert sum(n for hull, n in hulls.items() if hull in in_the_forge or hull == 670) > 0.95 * hulls.total()
    before = {(row.region_id, row.type_id): row.average for row in war.market_history(days[0])}
    changes = [
        row.average / before[row.region_id, row.type_id] for row in rows if (row.region_id, row.type_id) in before
    ]
    assert sum(0.85 < change < 1.18 for change in changes) > 0.97 * len(changes)


def test_a_single_large_fight_can_be_asked_for(static_data: StaticData) -> None:
    war = War(static_data, 5, 1_000, {"fleet": (fleet_fight, 1.0, (1_000, 1_000))})
    rows = war.truth(date(2026, 11, 7))
    assert {row["kind"] for row in rows} == {"fleet"}
    assert max(Counter(row["battle"] for row in rows).values()) > 500


def test_written_truth_reads_back(war: War, days: list[date], tmp_path: Path) -> None:
    path = write_truth(war, days[:2], tmp_path / "new")
    with gzip.open(path, "rt", encoding="ascii") as lines:
        assert [json.loads(line) for line in lines] == [row for day in days[:2] for row in war.truth(day)]
