"""Mails of tables put into PostgreSQL, and all that is stored of battles read back so that it can be compared."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID

from psycopg import sql

from battlescope_assets.assets.battles import recluster
from battlescope_assets.domain.killmail import (
    ATTACKER_COLUMNS,
    ITEM_COLUMNS,
    KILLMAIL_COLUMNS,
    Attacker,
    Item,
    Killmail,
    Position,
    Victim,
    killmail_rows,
)
from battlescope_assets.domain.universe import CombatWorld
from battlescope_assets.domain.window import Window
from battlescope_assets.io.battles import BattleChange, Stored, read_touching
from battlescope_assets.io.warehouse import Connection, Rows, Warehouse, replace_days, replace_rows
from tests.domain.tables import PARAMS, PLACES, START, SYSTEMS, WORLD, Row, who

FIRST_DAY = datetime.fromtimestamp(START, UTC).date()
"""The day that seconds of rows count from."""
NOW = datetime.fromtimestamp(START, UTC) + timedelta(days=60)
NAMES_AND_TIMES = ["battle_id", "slug", "created_at", "updated_at"]
"""Columns that the history of re-clusterings decides, not the mails."""
TABLES = """
select relname from pg_class
where relnamespace = 'core'::regnamespace and relkind in ('r', 'p') and not relispartition
    and relname like 'battle%' and relname <> 'battle_lineage'
order by relname
"""
Versions = dict[str, list[tuple[Any, ...]]]


class Battle(NamedTuple):
    """A battle as it is published."""

    battle_id: UUID
    slug: str
    killmail_ids: frozenset[int]


def day_of(row: Row) -> date:
    return FIRST_DAY + timedelta(seconds=row.seconds) // timedelta(days=1) * timedelta(days=1)


def killmail(row: Row) -> Killmail:
    """The mail of a row, with items that follow from its id."""
    attackers = [who(name) for name in row.attackers]
    victim = who(row.victim)
    place = PLACES[row.place]
    return Killmail(
        killmail_id=row.killmail_id,
        killmail_time=datetime.fromtimestamp(START + row.seconds, UTC),
        solar_system_id=SYSTEMS[row.system],
        victim=Victim(
            **victim._asdict(),
            damage_taken=100 * len(attackers),
            position=Position(*place) if row.place else None,
            items=[
                Item(34 + row.killmail_id % 3, 5, 0, quantity_destroyed=row.killmail_id),
                Item(40, 5, 0, quantity_dropped=1),
            ],
        ),
        attackers=[
            Attacker(damage_done=100, final_blow=i == 0, **attacker._asdict()) for i, attacker in enumerate(attackers)
        ],
    )


def land(warehouse: Warehouse, day: date, rows: Iterable[Row]) -> None:
    """Makes the day hold exactly those of the mails that are its own."""
    land_mails(warehouse, day, [killmail(row) for row in rows if day_of(row) == day])


def land_mails(warehouse: Warehouse, day: date, found: Iterable[Killmail]) -> None:
    """Makes the day hold exactly these mails, all its own."""
    listed = list(found)
    mails = killmail_rows(listed)
    with warehouse.transaction() as connection:
        replace_days(
            connection,
            Window.of_day(day),
            {
                "raw.killmails": Rows(KILLMAIL_COLUMNS, mails.killmails),
                "raw.killmail_attackers": Rows(ATTACKER_COLUMNS, mails.attackers),
                "raw.killmail_items": Rows(ITEM_COLUMNS, mails.items),
            },
        )
        # Other wars of the same test had these ids on other days.
        index = Rows(("killmail_id", "day"), [(mail.killmail_id, day) for mail in listed])
        replace_rows(connection, "raw.killmail_index", index, "killmail_id", [mail.killmail_id for mail in listed])


def rebuild(warehouse: Warehouse, first_day: date, last_day: date, world: CombatWorld = WORLD) -> BattleChange:
    """Reconstructs the battles of the days from the stored mails, as the asset does."""
    with warehouse.transaction() as connection:
        return recluster(connection, Window.of_days(first_day, last_day), world, PARAMS, NOW)


def forget_battles(warehouse: Warehouse) -> None:
    """Empties everything that holds battles; of few rows, deleting is faster than truncating."""
    with warehouse.transaction() as connection:
        tables = [("core", name) for name in reversed(_tables(connection))]
        for table in ("app", "battle_outbox"), ("core", "battle_lineage"), *tables:
            connection.execute(sql.SQL("delete from {}").format(sql.Identifier(*table)))


def content(warehouse: Warehouse) -> dict[str, list[str]]:
    """Table → its rows without names and times of change, each under the lowest mail of its battle."""
    with warehouse.transaction() as connection:
        return {
            name: sorted(
                json.dumps([first, {key: value for key, value in row.items() if key not in NAMES_AND_TIMES}])
                for first, row in cast(
                    "list[tuple[int, dict[str, object]]]",
                    connection.execute(
                        sql.SQL(
                            "select b.first_killmail_id, to_jsonb(t) from {} t join core.battles b using (battle_id)"
                        ).format(sql.Identifier("core", name))
                    ).fetchall(),
                )
            )
            for name in _tables(connection)
        }


def versions(warehouse: Warehouse, but: Sequence[UUID] = ()) -> Versions:
    """Table → its rows with their versions, which any rewrite changes, even to the same values; events as well.

    Rows of the battles `but` are left out.
    """
    with warehouse.transaction() as connection:
        return {
            f"{schema}.{name}": connection.execute(
                sql.SQL(
                    "select to_jsonb(t)::text, t.xmin::text from {} t where not t.battle_id = any(%s) order by 1, 2"
                ).format(sql.Identifier(schema, name)),
                [list(but)],
            ).fetchall()
            for schema, name in (
                *(("core", name) for name in _tables(connection)),
                ("core", "battle_lineage"),
                ("app", "battle_outbox"),
            )
        }


def battles(warehouse: Warehouse) -> list[Battle]:
    """Every stored battle of the days around the rows' first."""
    with warehouse.transaction() as connection:
        found: list[Stored] = read_touching(
            connection, Window.of_days(FIRST_DAY - timedelta(days=9), FIRST_DAY + timedelta(days=9))
        )
    return [Battle(one.battle_id, one.slug, frozenset(one.killmail_ids)) for one in found]


def lineage(warehouse: Warehouse) -> dict[tuple[UUID, str], tuple[UUID | None, str]]:
    """Id and slug once published → the battle they lead to, and why."""
    with warehouse.transaction() as connection:
        rows = connection.execute("select old_battle_id, old_slug, battle_id, reason from core.battle_lineage")
        return {(old, slug): (new, reason) for old, slug, new, reason in cast("list[Any]", rows.fetchall())}


def _tables(connection: Connection) -> list[str]:
    return [name for (name,) in cast("list[tuple[str]]", connection.execute(TABLES).fetchall())]
