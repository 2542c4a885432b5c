"""How many bytes the database spends on battles; what is stored of them is `battles`' affair."""

from typing import NamedTuple, cast

from battlescope_assets.io.warehouse import Connection

FOOTPRINT = """
with battles as (
    select
        b.kind,
        pg_column_size(b.*) as battle_bytes,
        pg_column_size(d.*) as details_bytes,
        cardinality(b.alliance_ids) + cardinality(b.corporation_ids) as groups,
        cardinality(d.character_ids) as pilots
    from core.battles b join core.battle_details d using (battle_id)
),
shares as (
    select
        kind,
        count(*) as battles,
        count(*) / sum(count(*)) over () as of_rows,
        sum(battle_bytes) / sum(sum(battle_bytes)) over () as of_battle_bytes,
        sum(details_bytes) / sum(sum(details_bytes)) over () as of_details_bytes,
        sum(groups) / nullif(sum(sum(groups)) over (), 0) as of_groups,
        sum(pilots) / nullif(sum(sum(pilots)) over (), 0) as of_pilots
    from battles
    group by kind
),
indexes as (
    select indrelid, amname = 'gin' as is_gin, sum(pg_relation_size(indexrelid)) as bytes
    from pg_index
    join pg_class on pg_class.oid = indexrelid
    join pg_am on pg_am.oid = relam
    where indrelid in ('core.battles'::regclass, 'core.battle_details'::regclass)
    group by indrelid, is_gin
)
select
    kind,
    battles,
    (of_battle_bytes * pg_table_size('core.battles') + of_details_bytes * pg_table_size('core.battle_details'))::float8
        / battles as row_bytes,
    (
        select sum(bytes * case
            when not is_gin then of_rows
            when indrelid = 'core.battles'::regclass then coalesce(of_groups, of_rows)
            else coalesce(of_pilots, of_rows)
        end)
        from indexes
    )::float8 / battles as index_bytes
from shares
order by kind
"""


class Footprint(NamedTuple):
    """What an average battle of a kind takes on disk, free space in its pages included."""

    kind: str
    battles: int
    row_bytes: float
    index_bytes: float


def footprints(connection: Connection) -> list[Footprint]:
    """By kind; tables and indexes are shared out by the bytes, entries or rows that are the kind's."""
    rows = cast("list[tuple[str, int, float, float]]", connection.execute(FOOTPRINT).fetchall())
    return [Footprint(*row) for row in rows]
