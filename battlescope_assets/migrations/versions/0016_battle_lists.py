"""Pages of battles without reading their details, and the newest of an alliance without reading all of its history.

A list shows each side's totals and largest alliances: beside the battle they cost 200 bytes, in battle_details a row
of two kilobytes to find, unpack and read for each battle of a page. Of an alliance that fought in 50,000 battles an
index of alliances alone finds them all to show 50. An index of groups and stretches of time together finds the newest
of them alone. A table of group, time and battle would do so too, for a hundred bytes a group.
"""

from alembic import op

revision = "0016"
down_revision = "0015"

SIDES = """
alter table core.battles add sides json;
update core.battles b
set sides = (
    select json_agg(
        json_build_array(
            side -> 0, side -> 1, side -> 2, side -> 3, side -> 4, side -> 5,
            (
                select coalesce(json_agg(json_build_array(entry -> 0, entry -> 2) order by position), '[]')
                from (
                    select entry, position
                    from json_array_elements(side -> 6) with ordinality as groups (entry, position)
                    where entry ->> 1 = 'alliance'
                    order by position
                    limit 3
                ) as largest
            )
        )
    )
    from json_array_elements(d.sides) as side
)
from core.battle_details d
where d.battle_id = b.battle_id;
update core.battles set sides = '[]' where sides is null;
alter table core.battles alter sides set not null;
comment on column core.battles.sides is
    '[[side, pilots, ships_lost, ships_destroyed, isk_lost, isk_destroyed, top_alliances]] by side, with the three '
    'largest top_alliances [[alliance_id, pilots]].';
"""

STRETCHES = """
create function core.group_stretches(group_ids bigint[], day date) returns bigint[]
    language sql immutable strict parallel safe
    return array(
        select group_id % (1::bigint << 49) * 8192 + (day - date '2000-01-01') / 8 from unnest(group_ids) as group_id
    );
comment on function core.group_stretches is
    'Each group with the stretch of eight days, counted from 2000-01-01, that the day is in, as one number.';
create index battles_group_stretches_idx on core.battles
    using gin (core.group_stretches(alliance_ids || corporation_ids, day)) with (fastupdate = off);
"""

FEWEST_FIRST = """
create index on core.battles (total_pilots, battle_id) where kind in ('battle', 'skirmish', 'structure_bash');
create index on core.battles (total_killmails, battle_id) where kind in ('battle', 'skirmish', 'structure_bash');
create index on core.battles (destroyed_isk, battle_id) where kind in ('battle', 'skirmish', 'structure_bash');
"""
"""Most battles are cheap ganks of two or three pilots, which lists leave out unless asked for."""


def upgrade() -> None:
    """Fills the sides of what is stored, and builds the indexes."""
    op.execute(SIDES)
    op.execute(STRETCHES)
    op.execute(FEWEST_FIRST)
