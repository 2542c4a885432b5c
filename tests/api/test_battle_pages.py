"""Pages of battles over twenty years: whatever filters and sort, a walk is the sorted list of all that match."""

import asyncio
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.json import Json

from api.deps import connection_options
from api.paging import read_cursor, write_cursor
from api.queries.battles import BATTLE_ORDERS, battle_page, count_battles
from api.schemas.battles import BattleFilters, BattleSort, Kind
from battlescope_assets.io.warehouse import Rows, Warehouse, insert_rows
from battlescope_assets.settings import Settings
from tests.conftest import Dbt

BEGINNING = datetime(2007, 12, 5, tzinfo=UTC)
DAYS = 365 * 20
BATTLES = 400
REGIONS = {1: 10, 2: 10, 3: 20, 4: 20}
"""System → region; battles of system 9, which the static data lacks, are in none."""
ALLIANCES, CORPORATIONS, CHARACTERS = (11, 12, 13), (21, 22), (31, 32, 33)
COLUMNS = (
    "battle_id", "slug", "day", "kind", "started_at", "ended_at", "solar_system_id", "first_killmail_id",
    "total_killmails", "total_pilots", "total_ships_lost", "destroyed_isk", "dropped_isk", "is_decisive",
    "outcome_reason", "systems", "alliance_ids", "corporation_ids", "sides", "content_digest", "created_at",
    "updated_at",
)  # fmt: skip


class Stored(NamedTuple):
    """A battle as far as filters and sorts see it."""

    battle_id: UUID
    kind: Kind
    started_at: datetime
    solar_system_id: int
    total_pilots: int
    total_killmails: int
    destroyed_isk: Decimal
    alliance_ids: list[int]
    corporation_ids: list[int]
    character_ids: list[int]

    def meets(self, filters: BattleFilters) -> bool:
        """Whether every filter holds."""
        return all(
            (
                self.kind in filters.kind if filters.kind else self.kind not in {Kind.CAMP, Kind.GANK},
                filters.start is None or self.started_at >= filters.start,
                filters.end is None or self.started_at < filters.end,
                filters.system_id in {None, self.solar_system_id},
                filters.region_id in {None, REGIONS.get(self.solar_system_id)},
                filters.alliance_id in {None, *self.alliance_ids},
                filters.corporation_id in {None, *self.corporation_ids},
                filters.character_id in {None, *self.character_ids},
            )
        )


def drawn() -> Iterator[Stored]:
    """Alliance 11 fights all the time, 12 in one early year, 13 twice; many battles begin in the same second."""
    draw = random.Random(7)  # noqa: S311  # no secret
    for number in range(BATTLES):
        day = draw.choice([draw.randrange(DAYS), draw.randrange(60)])
        alliances = [11] if draw.random() < 0.5 else []
        alliances += [12] * (day < 365 and draw.random() < 0.5) + [13] * (number in {50, 200})
        yield Stored(
            UUID(int=draw.getrandbits(128)),
            draw.choice([*Kind]),
            BEGINNING + timedelta(days=day, hours=draw.choice([0, 23])),
            draw.choice([*REGIONS, 9]),
            draw.choice([3, 4, 50]),
            draw.choice([2, 3, 40]),
            Decimal(draw.choice(["0.01", "0.02", "9000000000"])),
            alliances,
            draw.sample(CORPORATIONS, draw.randint(0, 2)),
            draw.sample(CHARACTERS, draw.randint(0, 3)),
        )


STORED = list(drawn())


@pytest.fixture(scope="module")
def database_url(warehouse: Warehouse, dbt: Dbt) -> str:
    """Battles in the module's database, and the marts over them."""
    with warehouse.transaction() as connection:
        connection.execute("insert into core.regions select unnest(array[10, 20]), 'Region'")
        connection.execute("insert into core.constellations values (5, 'Constellation', 10), (6, 'Constellation', 20)")
        for system, region in REGIONS.items():
            connection.execute(
                "insert into core.solar_systems values (%s, 'System', %s, %s, -0.5, 'kspace', 'nullsec', 0, 0, 0)",
                [system, {10: 5, 20: 6}[region], region],
            )
        insert_rows(connection, "core.battles", Rows(COLUMNS, [_row(battle) for battle in STORED]))
        for battle in STORED:
            connection.execute(
                """
                insert into core.battle_details values (
                    %(id)s, %(pilots)s, %(ones)s::smallint[], %(ones)s::real[], %(ones)s::smallint[],
                    %(ones)s::bigint[], '{}', '{}', '{}', '{}', '{}', '{}', '{}', '[]', '[]'
                )
                """,
                {"id": battle.battle_id, "pilots": battle.character_ids, "ones": [1 for _ in battle.character_ids]},
            )
    built = dbt("run", "--select", "+fct_battles", "+fct_battle_rosters", "+dim_solar_systems", "+dim_entity_names")
    assert built.success, built.exception
    with warehouse.transaction() as connection:
        connection.execute("analyze core.battles, core.battle_details")
    return warehouse.url


def _row(battle: Stored) -> tuple[Any, ...]:
    return (
        battle.battle_id, f"BR-{battle.battle_id}", battle.started_at.date(), battle.kind.value, battle.started_at,
        battle.started_at, battle.solar_system_id, 1, battle.total_killmails, battle.total_pilots, 1,
        battle.destroyed_isk, 0, False, "", Json([]),
        battle.alliance_ids, battle.corporation_ids, Json([]), b"", battle.started_at, battle.started_at,
    )  # fmt: skip


moments = st.one_of(
    st.none(), st.integers(-10, DAYS + 10).map(lambda day: BEGINNING + timedelta(days=day)), st.just(BEGINNING)
)
filters = st.builds(
    BattleFilters,
    start=moments,
    end=moments,
    system_id=st.sampled_from([None, None, 1, 3, 9, 77]),
    region_id=st.sampled_from([None, None, 10, 20, 30]),
    alliance_id=st.sampled_from([None, *ALLIANCES, CORPORATIONS[0], 99]),
    corporation_id=st.sampled_from([None, None, *CORPORATIONS, ALLIANCES[0]]),
    character_id=st.sampled_from([None, None, None, *CHARACTERS]),
    kind=st.sampled_from([None, [*Kind], [Kind.BATTLE], [Kind.CAMP], [Kind.GANK, Kind.BATTLE]]),
)
sorts = st.sampled_from([*BattleSort])


@given(filters=filters, sort=sorts, limit=st.sampled_from([1, 7, 100]))
@settings(max_examples=60)
def test_a_walk_is_the_sorted_list_of_all_that_match(
    database_url: str, filters: BattleFilters, sort: BattleSort, limit: int
) -> None:
    order = BATTLE_ORDERS[sort]
    expected = sorted(
        (battle for battle in STORED if battle.meets(filters)),
        key=lambda battle: (getattr(battle, order.column), battle.battle_id),
        reverse=order.is_descending,
    )
    found, total = asyncio.run(_walked(database_url, filters, sort, limit, 20 * limit))
    assert found == [battle.battle_id for battle in expected][: 20 * limit]
    assert total == len(expected)


async def _walked(url: str, filters: BattleFilters, sort: BattleSort, limit: int, most: int) -> tuple[list[UUID], int]:
    """Ids in the order of the pages, `most` at most, and how many there are."""
    found: list[UUID] = []
    cursor: str | None = None
    connecting = psycopg.AsyncConnection.connect(url, autocommit=True, **connection_options(Settings()))
    async with await connecting as connection:
        while True:
            after = read_cursor(cursor, sort, BATTLE_ORDERS[sort])
            page = await battle_page(connection, filters, sort, after, limit)
            found += [UUID(json.loads(summary)["id"]) for summary in page.summaries]
            cursor = write_cursor(sort, page.end) if page.end else None
            if cursor is None or len(found) >= most:
                return found, await count_battles(connection, filters)
