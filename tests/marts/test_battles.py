"""Battles, recomputed from the mails: which mails and sides a battle has is taken as given, all else counted anew."""

import pandas as pd
import pytest

from tests.marts.conftest import Frames, Query

BATTLE, PILOT = ["battle_id"], ["battle_id", "character_id"]
ISK = ["destroyed_isk", "dropped_isk", "total_isk"]
"""Counted in hundredths here, as whole numbers: sums are exact."""
LINK = "link_evidence, linked_killmail_id, link_seconds, link_entity_ids"


def centi(*columns: str) -> str:
    """The columns in hundredths, as they are asked for."""
    return ", ".join(f"({column} * 100)::bigint as {column}" for column in columns)


@pytest.fixture(scope="module")
def mails(frames: Frames, query: Query) -> pd.DataFrame:
    """The mails of battles: each with its battle, its victim's side and whether the loss was a ship."""
    members = query(
        "select battle_id::text, unnest(killmail_ids) as killmail_id, unnest(victim_sides) as side "
        "from core.battle_details"
    )
    capsules = query("select type_id from core.types where group_name = 'Capsule'").type_id
    found = frames.killmails.merge(members, on="killmail_id", validate="one_to_one")
    assert len(found) == len(members)
    found[ISK] = (found[ISK] * 100).astype("int64")
    return found.assign(is_ship=~found.victim_ship_type_id.isin(capsules))


@pytest.fixture(scope="module")
def shots(frames: Frames, mails: pd.DataFrame) -> pd.DataFrame:
    """The attackers on those mails, but for pilots on their own loss."""
    of_mails = mails[["killmail_id", "battle_id", "killmail_time", "side", "victim_character_id"]]
    found = frames.attackers.merge(of_mails, on="killmail_id")
    return found[found.character_id != found.victim_character_id]


def same(found: pd.DataFrame, expected: pd.DataFrame, key: list[str]) -> None:
    """Both have the same rows, whatever their order and types."""
    found, expected = (
        frame.sort_values(key).reset_index(drop=True)[list(expected.columns)] for frame in (found, expected)
    )
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_a_battle_has_the_totals_of_its_mails(mails: pd.DataFrame, query: Query) -> None:
    expected = mails.groupby("battle_id", as_index=False).agg(
        started_at=("killmail_time", "min"),
        ended_at=("killmail_time", "max"),
        total_killmails=("killmail_id", "size"),
        total_ships_lost=("is_ship", "sum"),
        destroyed_isk=("destroyed_isk", "sum"),
        dropped_isk=("dropped_isk", "sum"),
    )
    expected["duration_seconds"] = (expected.ended_at - expected.started_at).dt.total_seconds().astype(int)
    expected["day"] = expected.started_at.dt.date
    counts = "day, started_at, ended_at, duration_seconds, total_killmails, total_ships_lost"
    found = query(f"select battle_id::text, {counts}, {centi('destroyed_isk', 'dropped_isk')} from marts.fct_battles")
    same(found, expected, BATTLE)
    assert len(found) > 20


def test_a_battle_lists_its_mails(mails: pd.DataFrame, query: Query) -> None:
    columns = ["killmail_id", "killmail_time", "solar_system_id", "victim_ship_type_id"]
    columns += ["victim_character_id", "victim_corporation_id", "victim_alliance_id"]
    expected = mails[["battle_id", *columns, *ISK]].assign(victim_side=mails.side, killmail_day=mails.day)
    listed = ", ".join([*columns, centi(*ISK), "victim_side", "killmail_day"])
    same(query(f"select battle_id::text, {listed} from marts.fct_battle_killmails"), expected, ["killmail_id"])


def test_why_mails_are_in_a_battle_stands_in_the_order_they_happened(mails: pd.DataFrame, query: Query) -> None:
    ordered = mails.sort_values(["battle_id", "killmail_time", "killmail_id"])
    expected = ordered[["battle_id", "killmail_id"]].assign(position=ordered.groupby("battle_id").cumcount() + 1)
    links = query(f"select battle_id::text, killmail_id, position, {LINK} from marts.fct_battle_links")
    same(links, expected, ["killmail_id"])
    listed = query(f"select battle_id::text, killmail_id, {LINK} from marts.fct_battle_killmails")
    same(links, listed, ["killmail_id"])
    assert listed.link_evidence.notna().any()


def test_pilots_are_counted_over_the_mails(mails: pd.DataFrame, shots: pd.DataFrame, query: Query) -> None:
    killers = shots.assign(kills=1, final_blows=shots.final_blow.astype(int), isk_lost=0)
    losers = mails.rename(columns={"victim_character_id": "character_id", "victim_ship_type_id": "ship_type_id"})
    losers = losers.assign(losses=1, damage_received=losers.damage_taken, isk_lost=losers.total_isk)
    seen = pd.concat([killers, losers]).dropna(subset="character_id")
    counts = ["kills", "final_blows", "losses", "damage_done", "damage_received"]
    expected = seen.groupby(PILOT, as_index=False).agg(
        **{name: (name, "sum") for name in counts},
        isk_lost=("isk_lost", "sum"),
        first_seen_at=("killmail_time", "min"),
        last_seen_at=("killmail_time", "max"),
        ship_type_ids=("ship_type_id", lambda types: sorted(set(types.dropna().astype(int)))),
    )
    columns = ", ".join(["character_id", *counts, "first_seen_at, last_seen_at, ship_type_ids", centi("isk_lost")])
    found = query(f"select battle_id::text, {columns} from marts.fct_battle_participants")
    found["ship_type_ids"] = found.ship_type_ids.map(sorted)
    same(found, expected, PILOT)

    rosters = query("select battle_id::text, unnest(character_ids) as character_id from marts.fct_battle_rosters")
    same(rosters, expected[PILOT], PILOT)


def test_sides_lose_what_their_pilots_lose(mails: pd.DataFrame, query: Query) -> None:
    expected = mails.groupby(["battle_id", "side"], as_index=False).agg(
        ships_lost=("is_ship", "sum"), isk_lost=("total_isk", "sum")
    )
    found = query(f"select battle_id::text, side, ships_lost, {centi('isk_lost')} from marts.fct_battle_sides")
    both = found.merge(expected, on=["battle_id", "side"], how="outer", suffixes=("", "_expected")).fillna(0)
    assert (both.ships_lost == both.ships_lost_expected).all()
    assert ((both.isk_lost - both.isk_lost_expected).abs() <= 1).all()  # a side's was rounded once more


def test_the_timeline_adds_up_minutes(mails: pd.DataFrame, query: Query) -> None:
    expected = (
        mails.assign(minute_at=mails.killmail_time.dt.floor("min"))
        .groupby(["battle_id", "minute_at", "side"], as_index=False)
        .agg(killmails=("killmail_id", "size"), ships_lost=("is_ship", "sum"), isk_lost=("total_isk", "sum"))
    )
    columns = f"minute_at, side, killmails, ships_lost, {centi('isk_lost')}"
    found = query(f"select battle_id::text, {columns} from marts.fct_battle_timeline")
    same(found, expected, ["battle_id", "minute_at", "side"])


def test_friendly_fire_is_at_victims_of_the_own_side(shots: pd.DataFrame, query: Query) -> None:
    sides = query(
        "select battle_id::text, unnest(character_ids) as character_id, unnest(character_sides) as own_side "
        "from core.battle_details"
    )
    shooters = shots.merge(sides, on=PILOT)
    expected = shooters[(shooters.own_side == shooters.side) & (shooters.side > 0)]
    found = query(
        "select battle_id::text, killmail_id, character_id, damage_done from marts.fct_battle_friendly_fire "
        "where character_id is not null"
    )
    same(found, expected[list(found.columns)], ["killmail_id", "character_id"])


def test_retired_ids_lead_to_battles_that_are_there(query: Query) -> None:
    lineage = query("select old_battle_id::text, battle_id::text, slug from marts.fct_battle_lineage")
    battles = query("select battle_id::text, slug from marts.fct_battles")
    led = lineage.dropna(subset="battle_id").merge(battles, on=["battle_id", "slug"], how="left", indicator=True)
    assert (led._merge == "both").all()
    assert not set(lineage.old_battle_id) & set(lineage.battle_id.dropna())


def test_a_list_shows_the_sides_that_the_details_have(query: Query) -> None:
    listed = query(
        """
        select battle_id::text, (entry ->> 0)::smallint as side, (entry ->> 1)::integer as pilots,
            (entry ->> 2)::integer as ships_lost, (entry ->> 3)::float as ships_destroyed,
            (entry ->> 4)::numeric(24, 2)::float as isk_lost, (entry ->> 5)::numeric(24, 2)::float as isk_destroyed,
            entry -> 6 as top_alliances, entry -> 7 as top_corporations
        from marts.fct_battles cross join json_array_elements(sides) as entry
        """
    )
    detailed = query(
        """
        select battle_id::text, side, pilots, ships_lost, ships_destroyed, isk_lost::float, isk_destroyed::float, groups
        from marts.fct_battle_sides
        """
    )
    top = {
        kind: [
            [[group_id, pilots] for group_id, group_kind, pilots, *_ in groups if group_kind == kind][:3]
            for groups in detailed.groups
        ]
        for kind in ("alliance", "corporation")
    }
    detailed["top_alliances"] = pd.Series(top["alliance"])
    detailed["top_corporations"] = pd.Series(top["corporation"]).mask(detailed.top_alliances.map(bool), None)
    same(listed, detailed.drop(columns="groups"), ["battle_id", "side"])
    assert listed.top_alliances.map(len).max() == 3
    assert listed.top_corporations.dropna().map(len).max() == 3


def test_a_stretch_is_eight_days(query: Query) -> None:
    found = query("select day, alliance_ids || corporation_ids as group_ids, group_stretches from marts.fct_battles")
    stretches = (pd.to_datetime(found.day) - pd.Timestamp("2000-01-01")).dt.days // 8
    assert found.group_stretches.tolist() == [
        [group_id * 8192 + stretch for group_id in group_ids]
        for group_ids, stretch in zip(found.group_ids, stretches, strict=True)
    ]


def test_clusterings_account_for_every_battle(query: Query) -> None:
    found = query("select * from marts.fct_clusterings")
    assert (found.duration_seconds > 0).all()
    assert found.battles_created.sum() - found.battles_deleted.sum() == len(query("select from marts.fct_battles"))
