"""Reads stored killmails as the domain's columns; writing and rules belong elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import LiteralString, cast

import numpy as np
from numpy.typing import NDArray

from battlescope_assets.domain.mails import ItemLosses, Mails
from battlescope_assets.domain.window import Window
from battlescope_assets.io.warehouse import Connection

MAILS = """
select k.killmail_id, extract(epoch from k.killmail_time)::bigint as time_seconds, k.solar_system_id::bigint,
    coalesce(k.victim_character_id, 0) as victim_character_id,
    coalesce(k.victim_corporation_id, 0) as victim_corporation_id,
    coalesce(k.victim_alliance_id, 0) as victim_alliance_id,
    coalesce(k.victim_faction_id, 0) as victim_faction_id,
    k.victim_ship_type_id::bigint, k.damage_taken,
    coalesce(k.position_x_m, 'nan') as x, coalesce(k.position_y_m, 'nan') as y, coalesce(k.position_z_m, 'nan') as z,
    coalesce(v.destroyed_isk, 0)::float8 as destroyed_isk, coalesce(v.dropped_isk, 0)::float8 as dropped_isk,
    k.attacker_count::bigint
from raw.killmails k
left join core.killmail_values v on v.day = k.day and v.killmail_id = k.killmail_id
where k.day >= %(first_day)s and k.day <= %(last_day)s
    and k.killmail_time >= %(start)s and k.killmail_time < %(end)s
    and (%(killmail_ids)s::bigint[] is null or k.killmail_id = any(%(killmail_ids)s))
order by k.killmail_time, k.killmail_id
"""

ATTACKERS = """
select coalesce(a.character_id, 0) as character_id, coalesce(a.corporation_id, 0) as corporation_id,
    coalesce(a.alliance_id, 0) as alliance_id, coalesce(a.faction_id, 0) as faction_id,
    coalesce(a.ship_type_id, 0)::bigint as ship_type_id, a.damage_done, a.final_blow::int::bigint as final_blow
from raw.killmails k
join raw.killmail_attackers a on a.day = k.day and a.killmail_id = k.killmail_id
where k.day >= %(first_day)s and k.day <= %(last_day)s
    and a.day >= %(first_day)s and a.day <= %(last_day)s
    and k.killmail_time >= %(start)s and k.killmail_time < %(end)s
    and (%(killmail_ids)s::bigint[] is null or k.killmail_id = any(%(killmail_ids)s))
order by k.killmail_time, k.killmail_id, a.attacker_index
"""

ITEMS = """
select killmail_id, item_type_id::bigint, quantity_destroyed, quantity_dropped
from raw.killmail_items
where day >= %(first_day)s and day <= %(last_day)s and killmail_id = any(%(killmail_ids)s)
"""

ITEMS_OF_PRUNED_MAILS = """
with days as (
    select day from raw.killmail_days where items_pruned_at is not null and day between %(first_day)s and %(last_day)s
), sides as (
    select b.battle_id, (totals ->> 0)::smallint as side, parts -> 2 as items
    from core.battles b
    join core.battle_details d using (battle_id)
    cross join lateral rows from (json_array_elements(b.sides), json_array_elements(d.sides)) as sides (totals, parts)
    where tstzrange(b.started_at, b.ended_at, '[]') && tstzrange(%(start)s, %(end)s) and exists (select from days)
), mails as (
    select s.battle_id, s.side, m.killmail_id, k.day
    from sides s
    join core.battle_details d using (battle_id)
    cross join lateral unnest(d.killmail_ids, d.victim_sides) as m (killmail_id, side)
    join raw.killmail_index k on k.killmail_id = m.killmail_id
    where m.side = s.side
), stacks as (
    select m.battle_id, m.side, m.killmail_id, i.item_type_id, i.quantity_destroyed, i.quantity_dropped
    from mails m
    join raw.killmail_items i on i.day = m.day and i.killmail_id = m.killmail_id
    where i.day between %(first_day)s and %(last_day)s
), first_pruned as (
    select battle_id, side, min(killmail_id) as killmail_id
    from mails
    where day in (select day from days) and killmail_id not in (select killmail_id from stacks)
    group by battle_id, side
), present as (
    select battle_id, side, item_type_id, sum(quantity_destroyed) as destroyed, sum(quantity_dropped) as dropped
    from stacks
    group by battle_id, side, item_type_id
), pruned as (
    select f.killmail_id, (item ->> 0)::bigint as item_type_id,
        greatest(0, (item ->> 1)::bigint - coalesce(p.destroyed, 0))::bigint as quantity_destroyed,
        greatest(0, (item ->> 2)::bigint - coalesce(p.dropped, 0))::bigint as quantity_dropped
    from first_pruned f
    join sides s using (battle_id, side)
    cross join lateral json_array_elements(s.items) as item
    left join present p
        on p.battle_id = f.battle_id and p.side = f.side and p.item_type_id = (item ->> 0)::bigint
)
select * from pruned where quantity_destroyed + quantity_dropped > 0
"""
"""What stored battles say their sides lost, less what mails that still have items lost: all of it on one mail."""


COUNT = "select count(*) from raw.killmails where day = %s"


def read_mails(connection: Connection, window: Window, killmail_ids: Sequence[int] | None = None) -> Mails:
    """The window's mails, or these of them, with their values; a mail not valued yet counts 0 ISK."""
    mails = _integers_and_floats(connection, MAILS, _parameters(window, killmail_ids), 15)
    attackers = integers(connection, ATTACKERS, _parameters(window, killmail_ids), 7)
    (killmail_id, time_seconds, solar_system_id, character, corporation, alliance, faction, ship, damage_taken,
     x, y, z, destroyed_isk, dropped_isk, attacker_count) = mails  # fmt: skip
    return Mails(
        killmail_id=killmail_id.astype(np.int64),
        time_seconds=time_seconds.astype(np.int64),
        solar_system_id=solar_system_id.astype(np.int64),
        victim_character_id=character.astype(np.int64),
        victim_corporation_id=corporation.astype(np.int64),
        victim_alliance_id=alliance.astype(np.int64),
        victim_faction_id=faction.astype(np.int64),
        victim_ship_type_id=ship.astype(np.int64),
        damage_taken=damage_taken.astype(np.int64),
        position_m=np.column_stack([x, y, z]).astype(np.float64),
        destroyed_isk=destroyed_isk.astype(np.float64),
        dropped_isk=dropped_isk.astype(np.float64),
        attacker_offset=np.concatenate(([0], np.cumsum(attacker_count.astype(np.int64)))),
        attacker_character_id=attackers[:, 0],
        attacker_corporation_id=attackers[:, 1],
        attacker_alliance_id=attackers[:, 2],
        attacker_faction_id=attackers[:, 3],
        attacker_ship_type_id=attackers[:, 4],
        damage_done=attackers[:, 5],
        final_blow=attackers[:, 6].astype(np.bool_),
    )


def read_items(connection: Connection, window: Window, killmail_ids: Sequence[int]) -> ItemLosses:
    """The item stacks lost on these mails of the window's days.

    Where items were pruned, those that the stored battles remember take their place, on the first such mail of each
    side: a battle that stays as it was keeps them all, one that is merged or split takes or leaves them with that mail.
    They are remembered by nothing else: a battle that vanishes and returns, as when its day is clustered with a larger
    MIN_KILLS for a while, returns without them.
    """
    parameters = _parameters(window, killmail_ids)
    items = np.concatenate([integers(connection, query, parameters, 4) for query in (ITEMS, ITEMS_OF_PRUNED_MAILS)])
    return ItemLosses(
        killmail_id=items[:, 0], item_type_id=items[:, 1], quantity_destroyed=items[:, 2], quantity_dropped=items[:, 3]
    )


def days_of_ids(connection: Connection, killmail_ids: Sequence[int], other_than: date) -> dict[int, date]:
    """The day of each of these mails that is stored on another day."""
    found = connection.execute(
        "select killmail_id, day from raw.killmail_index where killmail_id = any(%s) and day <> %s",
        [list(killmail_ids), other_than],
    )
    return dict(cast("list[tuple[int, date]]", found.fetchall()))


def stored_ids(connection: Connection, killmail_ids: Sequence[int]) -> set[int]:
    """Which of these mails are stored."""
    found = connection.execute(
        "select killmail_id from raw.killmail_index where killmail_id = any(%s)", [list(killmail_ids)]
    )
    return {mail_id for (mail_id,) in cast("list[tuple[int]]", found.fetchall())}


def hashes_from_feed(connection: Connection, day: date) -> dict[int, str]:
    """The hashes of the day's mails that the feed brought, whether an archive has them too or not."""
    found = connection.execute("select killmail_id, hash from raw.killmail_zkb where day = %s", [day])
    return dict(cast("list[tuple[int, str]]", found.fetchall()))


def count_of(connection: Connection, day: date) -> int:
    """How many mails of a day are stored."""
    ((count,),) = cast("list[tuple[int]]", connection.execute(COUNT, [day]).fetchall())
    return count


def integers(
    connection: Connection, query: LiteralString, parameters: Mapping[str, object], columns: int
) -> NDArray[np.int64]:
    """What a query finds whose columns are all bigint; shape (rows, columns)."""
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(query, parameters).fetchall()
    return np.array(rows, np.int64).reshape(-1, columns)


def _integers_and_floats(
    connection: Connection, query: LiteralString, parameters: Mapping[str, object], columns: int
) -> list[NDArray[np.generic]]:
    """Columns one by one: ids beyond 2^53 would not survive a matrix of floats."""
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(query, parameters).fetchall()
    return [np.array(column) for column in zip(*rows, strict=True)] if rows else [np.array([])] * columns


def _parameters(window: Window, killmail_ids: Sequence[int] | None) -> dict[str, object]:
    return {
        "start": window.start,
        "end": window.end,
        "first_day": window.first_day,
        "last_day": window.last_day,
        "killmail_ids": None if killmail_ids is None else list(killmail_ids),
    }
