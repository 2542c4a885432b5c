"""A small war followed from the archives to the marts: what went in comes out, once, and stays when repeated."""

import hashlib
from collections import Counter
from typing import Any

import dagster as dg
import pytest

from battlescope_assets.backfill import Runs, recluster
from battlescope_assets.build import LAND_DAYS, build_definitions
from battlescope_assets.domain.freshness import PROMISES
from battlescope_assets.io.footprint import footprints
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.partitions import tags_of_days
from battlescope_assets.upstream.faults import Fault, FaultKind
from tests.conftest import Golden

PARTITIONED = [
    ("raw", "killmails"),
    ("raw", "market_history"),
    ("raw", "snapshot_archives"),
    ("core", "killmail_values"),
    ("core", "battles"),
]
TABLES = [
    "raw.killmail_days",
    "raw.killmails",
    "raw.killmail_attackers",
    "raw.killmail_items",
    "raw.killmail_index",
    "raw.quarantined_mails",
    "raw.market_history_days",
    "raw.market_history",
    "core.killmail_values",
    "core.battles",
    "core.battle_details",
    "core.battle_lineage",
    "app.battle_outbox",
]

MEMBERS = "select unnest(killmail_ids) as killmail_id, battle_id from core.battle_details"


def rows(warehouse: Warehouse, query: str) -> list[tuple[Any, ...]]:
    with warehouse.transaction() as connection:
        return connection.execute(query.encode()).fetchall()


def checksums(warehouse: Warehouse) -> dict[str, str]:
    """A digest per table over its row versions: any rewrite, even to the same values, changes it."""
    return {
        table: hashlib.sha256(
            repr(rows(warehouse, f"select t.*::text, xmin::text from {table} t order by 1")).encode()
        ).hexdigest()
        for table in TABLES
    }


def test_every_mail_of_the_war_is_stored_once(golden: Golden) -> None:
    fought = [mail for day in golden.days for mail in golden.war.killmails(day)]
    stored = rows(golden.warehouse, "select killmail_id, solar_system_id, attacker_count from raw.killmails")
    assert sorted(stored) == sorted(
        (mail["killmail_id"], mail["solar_system_id"], len(mail["attackers"])) for mail in fought
    )
    ledger = rows(
        golden.warehouse, "select day, mails_expected, mails_stored, mails_quarantined from raw.killmail_days"
    )
    assert sorted(ledger) == [
        (day, len(golden.war.killmails(day)), len(golden.war.killmails(day)), 0) for day in golden.days
    ]


def test_every_mail_has_a_value_and_nearly_all_is_priced(golden: Golden) -> None:
    found = rows(
        golden.warehouse,
        "select count(*), count(v.killmail_id), avg((v.total_isk > 0)::int)::float8, "
        "avg((v.unpriced_types = 0)::int)::float8 "
        "from raw.killmails k left join core.killmail_values v using (day, killmail_id)",
    )
    ((mails, valued, worth_something, priced),) = found
    assert mails == valued
    assert worth_something > 0.95
    assert priced > 0.9


def test_every_asset_and_partition_is_materialised(golden: Golden) -> None:
    definitions = build_definitions(golden.settings)
    keys = definitions.resolve_asset_graph().materializable_asset_keys
    with dg.DagsterInstance.get() as instance:
        for key in keys:
            if tuple(key.path) in PARTITIONED:
                done = instance.get_materialized_partitions(key)
                assert done == {day.isoformat() for day in golden.days}, key
            elif key.path[-1] not in PROMISES:  # snapshots show what is now, not the war's days
                assert instance.get_latest_materialization_event(key) is not None, key


def test_everybody_in_a_battle_has_the_name_the_war_gave_him(golden: Golden) -> None:
    found = rows(
        golden.warehouse,
        "select e.entity_id, n.category, n.entity_name from ("
        "select unnest(alliance_ids || corporation_ids) as entity_id from core.battles "
        "union select unnest(character_ids) from core.battle_details"
        ") as e left join app.entity_names n using (entity_id)",
    )
    players = [row for row in found if row[0] in golden.war.names]
    assert len(players) > 100
    assert all(row[1:] == golden.war.names[row[0]] for row in players)


def test_battles_are_found_and_a_mail_is_in_one_at_most(golden: Golden) -> None:
    kinds: dict[str, int] = dict(rows(golden.warehouse, "select kind, count(*) from core.battles group by kind"))
    assert kinds["battle"] >= 3
    assert rows(golden.warehouse, f"select killmail_id from ({MEMBERS}) as m group by 1 having count(*) > 1") == []
    two_sided = rows(
        golden.warehouse,
        "select count(*) from core.battles b where kind = 'battle' and 2 <= "
        "(select count(*) from marts.fct_battle_sides s where s.battle_id = b.battle_id and s.side > 0)",
    )
    assert two_sided == [(kinds["battle"],)]


def test_battles_agree_with_the_truth(golden: Golden) -> None:
    """Pairs of mails that the truth puts together are together, and pairs it keeps apart are apart, nearly always."""
    truth = {row["killmail_id"]: row for day in golden.days for row in golden.war.truth(day)}
    battle_of: dict[int, object] = dict(rows(golden.warehouse, MEMBERS))
    strict = [row for row in truth.values() if row["strict"]]
    together = Counter((row["battle"], battle_of.get(row["killmail_id"])) for row in strict if row["battle"])
    size = Counter(row["battle"] for row in strict if row["battle"])
    largest: dict[str, int] = {}
    for (battle, found), count in together.items():
        if found is not None:
            largest[battle] = max(largest.get(battle, 0), count)
    fights = {battle for battle, count in size.items() if count > 1}
    assert sum(largest.get(battle, 0) for battle in fights) > 0.93 * sum(size[battle] for battle in fights)
    mixed = Counter(
        (battle_of[row["killmail_id"]], row["battle_wide"]) for row in strict if row["killmail_id"] in battle_of
    )
    purest: dict[object, int] = {}
    for (found, _), count in mixed.items():
        purest[found] = max(purest.get(found, 0), count)
    assert sum(purest.values()) > 0.93 * sum(mixed.values())


@pytest.mark.parametrize("number", [0, 1, 2])
def test_materialising_a_day_again_changes_no_row(golden: Golden, number: int) -> None:
    before = checksums(golden.warehouse)
    day = golden.days[number]
    Runs(golden.settings, lambda _line: None).execute(LAND_DAYS, f"{day}", tags_of_days(day, day))
    assert checksums(golden.warehouse) == before


def test_reclustering_days_in_any_order_changes_no_row(golden: Golden) -> None:
    before = checksums(golden.warehouse)
    for day in (golden.days[2], golden.days[0], golden.days[1]):
        recluster(golden.settings, day, day, lambda _line: None)
    recluster(golden.settings, golden.days[0], golden.days[2], lambda _line: None)
    assert checksums(golden.warehouse) == before


def test_every_change_was_counted(golden: Golden) -> None:
    assert rows(golden.warehouse, "select * from app.day_changes") == []


def test_marts_hold_what_the_tables_hold(golden: Golden) -> None:
    lost = dict(rows(golden.warehouse, "select day, sum(ships_lost)::int from marts.fct_ship_losses group by day"))
    assert lost == {day: len(golden.war.killmails(day)) for day in golden.days}
    isk = rows(
        golden.warehouse,
        "select (select sum(destroyed_isk) from marts.fct_ship_losses), "
        "(select sum(destroyed_isk) from core.killmail_values)",
    )
    assert isk[0][0] == isk[0][1]
    battles = rows(
        golden.warehouse, "select (select count(*) from marts.fct_battles), (select count(*) from core.battles)"
    )
    assert battles[0][0] == battles[0][1]


def test_the_footprint_shares_out_every_byte(golden: Golden) -> None:
    with golden.warehouse.transaction() as connection:
        found = footprints(connection)
    ((size, count),) = rows(
        golden.warehouse,
        "select pg_total_relation_size('core.battles') + pg_total_relation_size('core.battle_details'), "
        "(select count(*) from core.battles)",
    )
    assert sum(kind.battles for kind in found) == count
    assert sum(kind.battles * (kind.row_bytes + kind.index_bytes) for kind in found) == pytest.approx(size)


def test_a_damaged_archive_fails_loudly_changes_nothing_and_the_next_run_heals(golden: Golden) -> None:
    day = golden.days[1]
    before = checksums(golden.warehouse)
    runs = Runs(golden.settings, lambda _line: None)
    golden.upstream.faults.switch_on(Fault(route=f"killmails/*{day}*", kind=FaultKind.WRONG_CONTENT))
    with pytest.raises(RuntimeError, match=r"land_days for .* failed"):
        runs.execute(LAND_DAYS, f"{day}", tags_of_days(golden.days[0], golden.days[2]))
    assert checksums(golden.warehouse) == before
    golden.upstream.faults.heal()
    runs.execute(LAND_DAYS, f"{day}", tags_of_days(golden.days[0], golden.days[2]))
    assert checksums(golden.warehouse) == before
