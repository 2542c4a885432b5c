"""Killmails and what names their ids, recomputed from the mails and the static data that ships with the project."""

import pandas as pd
import pytest

from battlescope_assets.io.static_data import read_snapshot
from tests.conftest import Golden
from tests.marts.conftest import Frames, Query


def test_killmails_are_the_wars(frames: Frames, query: Query) -> None:
    columns = ["killmail_id", "day", "killmail_time", "solar_system_id", "damage_taken", "victim_ship_type_id"]
    columns += ["victim_character_id", "victim_corporation_id", "victim_alliance_id", "total_isk"]
    attackers = frames.attackers.groupby("killmail_id").size().rename("attacker_count")
    expected = frames.killmails[columns].merge(attackers, on="killmail_id").sort_values("killmail_id")
    found = query(f"select {', '.join(expected.columns)} from marts.fct_killmails order by killmail_id")
    pd.testing.assert_frame_equal(found, expected.reset_index(drop=True), check_dtype=False)


def test_player_kills_are_the_ships_that_players_shot(frames: Frames, query: Query) -> None:
    types = query("select type_id, group_id, category_id from core.types")
    mails = frames.killmails.merge(types, left_on="victim_ship_type_id", right_on="type_id")
    mails = mails[mails["is_player_kill"] & (mails["category_id"] == 6) & (mails["group_id"] != 29)]
    smart_bombs = set(types["type_id"][types["group_id"] == 72])
    bombed = frames.attackers.groupby("killmail_id")["weapon_type_id"].agg(
        lambda weapons: bool({*weapons} & smart_bombs)
    )
    expected = mails.merge(bombed.rename("is_smart_bombed"), on="killmail_id").sort_values("killmail_id")
    columns = ["day", "killmail_id", "killmail_time", "solar_system_id", "is_smart_bombed"]
    found = query(f"select {', '.join(columns)}, is_at_stargate from marts.fct_player_kills order by killmail_id")
    assert 100 < len(found) < len(frames.killmails)
    pd.testing.assert_frame_equal(found[columns], expected[columns].reset_index(drop=True), check_dtype=False)
    assert found["is_at_stargate"].isna().all(), "archives do not say where"


def test_stargates_are_those_of_the_static_data(query: Query) -> None:
    found = query("select from_solar_system_id, to_solar_system_id from marts.dim_stargates")
    assert sorted(found.itertuples(index=False, name=None)) == sorted(map(tuple, read_snapshot().stargates.tolist()))


def test_what_killmails_are_filtered_by_is_theirs(frames: Frames, query: Query) -> None:
    columns = ["killmail_id", "day", "killmail_time", "solar_system_id", "victim_ship_type_id", "victim_character_id"]
    columns += ["victim_corporation_id", "victim_alliance_id", "total_isk"]
    found = query("select * from marts.fct_killmail_attributes order by killmail_id")
    expected = frames.killmails[columns].sort_values("killmail_id").reset_index(drop=True)
    pd.testing.assert_frame_equal(found[columns], expected, check_dtype=False)
    place = {system.solar_system_id: system for system in read_snapshot().solar_systems}
    assert list(found.region_id) == [place[system].region_id for system in found.solar_system_id]
    assert list(found.security_class) == [place[system].security_class for system in found.solar_system_id]
    shown = query(
        "select region_id, security_class, is_npc, is_solo, is_awox from marts.fct_killmails order by killmail_id"
    )
    pd.testing.assert_frame_equal(found[list(shown.columns)], shown)
    npc = frames.killmails.sort_values("killmail_id").is_player_kill
    assert list(found.is_npc & ~npc.reset_index(drop=True)) == list(~npc)  # those NPCs alone shot are among them


def test_landings_name_the_alliances_on_the_mail(golden: Golden, frames: Frames, query: Query) -> None:
    assert query("select * from marts.fct_killmail_landings").empty  # the war is of another year
    with golden.warehouse.transaction() as connection:
        connection.execute("insert into raw.killmail_landings (killmail_id) select killmail_id from raw.killmail_index")
    found = query("select * from marts.fct_killmail_landings order by killmail_id")
    with golden.warehouse.transaction() as connection:
        connection.execute("delete from raw.killmail_landings")
    involved = pd.concat([
        frames.attackers[["killmail_id", "alliance_id"]],
        frames.killmails[["killmail_id", "victim_alliance_id"]].set_axis(["killmail_id", "alliance_id"], axis=1),
    ]).dropna()  # fmt: skip
    expected = {
        killmail_id: sorted(set(ids.astype(int))) for killmail_id, ids in involved.groupby("killmail_id").alliance_id
    }
    mails = frames.killmails.sort_values("killmail_id")
    assert list(found.killmail_id) == list(mails.killmail_id)
    assert list(found.day) == list(mails.day)
    assert list(found.alliance_ids) == [expected.get(killmail_id, []) for killmail_id in found.killmail_id]


def test_details_are_shown_as_they_are_stored(golden: Golden, query: Query) -> None:
    with golden.warehouse.transaction() as connection:
        for [killmail_id] in connection.execute("select killmail_id from raw.killmail_index limit 3").fetchall():
            connection.execute("select app.request_enrichment(%s)", [killmail_id])
    columns = "killmail_id, status, payload, error, attempts, created_at, fetched_at, updated_at"
    shown = query(f"select {columns} from marts.fct_killmail_enrichments order by 1")
    stored = query(f"select {columns} from app.killmail_enrichments order by 1")
    with golden.warehouse.transaction() as connection:
        connection.execute("delete from app.killmail_enrichments")
    assert len(shown) == 3
    pd.testing.assert_frame_equal(shown, stored)


def test_systems_regions_and_types_are_those_of_the_static_data(query: Query) -> None:
    data = read_snapshot()
    regions = {region.region_id: region.name for region in data.regions}
    constellations = {one.constellation_id: one.name for one in data.constellations}
    assert set(query("select region_id, region_name from marts.dim_regions").itertuples(index=False, name=None)) == set(
        regions.items()
    )
    found = query(
        "select solar_system_id, solar_system_name, constellation_id, constellation_name, region_id, region_name, "
        "security_status, space_type, security_class from marts.dim_solar_systems"
    )
    assert set(found.itertuples(index=False, name=None)) == {
        (
            s.solar_system_id, s.name, s.constellation_id, constellations[s.constellation_id], s.region_id,
            regions[s.region_id], s.security_status, s.space_type, s.security_class,
        )
        for s in data.solar_systems
    }  # fmt: skip
    places = query("select solar_system_id, map_x_ly * 9.46e15, map_y_ly * 9.46e15 from marts.dim_solar_systems")
    expected = {
        s.solar_system_id: (s.x_m if s.map_x_m is None else s.map_x_m, s.z_m if s.map_y_m is None else s.map_y_m)
        for s in data.solar_systems
    }
    for system, east, north in places.itertuples(index=False, name=None):
        assert (east, north) == pytest.approx(expected[system])
    gates = query("select from_solar_system_id, to_solar_system_id from marts.dim_stargates")
    assert sorted(gates.itertuples(index=False, name=None)) == sorted(map(tuple, data.stargates.tolist()))
    found = query(
        "select type_id, type_name, group_id, group_name, category_id, category_name, "
        "coalesce(slot, '') as slot from marts.dim_types"
    )
    assert set(found.itertuples(index=False, name=None)) == {
        (t.type_id, t.name, t.group_id, t.group_name, t.category_id, t.category_name, t.slot or "") for t in data.types
    }


def test_players_have_the_names_the_war_gave_them(golden: Golden, query: Query) -> None:
    found = query("select entity_id, category, entity_name from marts.dim_entity_names")
    assert found.entity_id.is_unique
    players = [row for row in found.itertuples(index=False, name=None) if row[0] in golden.war.names]
    assert len(players) > 100
    assert all(row[1:] == golden.war.names[row[0]] for row in players)
    factions = {(faction.faction_id, faction.name) for faction in read_snapshot().factions}
    assert factions <= set(found[["entity_id", "entity_name"]].itertuples(index=False, name=None))
