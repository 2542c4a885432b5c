"""Days of a simulated war as rows, and copies of stored days on other days; what is measured on them is elsewhere."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import cast

import psycopg

from battlescope_assets.domain.killmail import (
    ATTACKER_COLUMNS,
    ITEM_COLUMNS,
    KILLMAIL_COLUMNS,
    Killmail,
    killmail_rows,
)
from battlescope_assets.domain.window import Window
from battlescope_assets.io.ledgers import KillmailDay, MarketHistoryDay, record
from battlescope_assets.io.warehouse import Rows, Warehouse, replace_days
from battlescope_assets.simulator.market import MarketRow

COPIED = {
    "raw.killmails": {},
    "raw.killmail_attackers": {},
    "raw.killmail_items": {},
    "raw.killmail_index": {},
    "raw.killmail_days": {},
    "raw.market_history": {},
    "raw.market_history_days": {},
    "core.killmail_values": {"version": "1"},
    "core.type_prices": {},
    "core.battles": {"systems": "systems"},
    "core.battle_details": {"friendly_fire": "'[]'"},
}
"""The tables of a day, and columns of theirs that are copied in a way of their own."""
MOVED = {
    "day": "day + %(days)s",
    "price_date": "price_date + %(days)s",
    "killmail_time": "killmail_time + %(days)s * interval '1 day'",
    "started_at": "started_at + %(days)s * interval '1 day'",
    "ended_at": "ended_at + %(days)s * interval '1 day'",
    "killmail_id": "killmail_id + %(ids)s",
    "first_killmail_id": "first_killmail_id + %(ids)s",
    "killmail_ids": "array(select id + %(ids)s from unnest(killmail_ids) with ordinality as u (id, i) order by i)",
    "battle_id": "md5(battle_id::text || %(days)s)::uuid",
    "slug": "regexp_replace(slug, '-[0-9]{12}', to_char(started_at + %(days)s * interval '1 day', '-YYYYMMDDHH24MI'))",
}
"""What a copy of a day has instead, by column."""
ACROSS_MIDNIGHT = """
delete from core.battles where (started_at at time zone 'UTC')::date <> (ended_at at time zone 'UTC')::date
"""
"""The newest day's would have mails of a day that is not there."""


def store_day(
    warehouse: Warehouse, day: date, mails: Sequence[Killmail], market: Sequence[MarketRow], now: datetime
) -> None:
    """Stores a day's mails and market history, neither valued nor clustered."""
    rows = killmail_rows(mails)
    tables = {
        "raw.killmails": Rows(KILLMAIL_COLUMNS, rows.killmails),
        "raw.killmail_attackers": Rows(ATTACKER_COLUMNS, rows.attackers),
        "raw.killmail_items": Rows(ITEM_COLUMNS, rows.items),
        "raw.killmail_index": Rows(("killmail_id", "day"), [(mail.killmail_id, day) for mail in mails]),
        "raw.market_history": Rows(
            ("day", "region_id", "type_id", "average_isk", "highest_isk", "lowest_isk", "order_count", "volume"),
            [
                (
                    day,
                    m.region_id,
                    m.type_id,
                    *(Decimal(str(price)) for price in (m.average, m.highest, m.lowest)),
                    m.order_count,
                    m.volume,
                )
                for m in market
            ],
        ),
    }
    with warehouse.transaction() as connection:
        replace_days(connection, Window.of_day(day), tables)
        sha256 = "0" * 64
        record(connection, None, KillmailDay(day, "bench", "stored", sha256, len(mails), len(mails), 0, 1, now))
        record(connection, None, MarketHistoryDay(day, "bench", "stored", sha256, len(market), 1, now))


def copy_day(
    connection: psycopg.Connection[tuple[object, ...]],
    table: str,
    origin: date,
    day: date,
    ids: int,
) -> None:
    """Copies the rows of day `origin` of a table to `day`, their killmail ids moved by `ids`."""
    found = connection.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped "
        "and attgenerated = '' order by attnum",
        [table],
    )
    columns = [name for (name,) in cast("list[tuple[str]]", found.fetchall())]
    values = [COPIED[table].get(name) or MOVED.get(name, f'"{name}"') for name in columns]
    if "day" in columns:
        replace_days(connection, Window.of_day(day), {table: Rows(("day",), [])})
        of_day = "day = %(origin)s"
    else:
        of_day = "battle_id in (select battle_id from core.battles where day = %(origin)s)"
    names = ", ".join(f'"{name}"' for name in columns)
    connection.execute(
        f"insert into {table} ({names}) select {', '.join(values)} from {table} where {of_day}".encode(),
        {"origin": origin, "days": (day - origin).days, "ids": ids},
    )
