"""Corporations of sides in which nobody is in an alliance; orders of fights apart from those of camps and ganks.

Lists show fights or, when asked, camps and ganks, which are twice as many: an index of all kinds served neither well.
What that saves, and most of a digest, more than pays for the corporations.
"""

from alembic import op

revision = "0017"
down_revision = "0016"

CORPORATIONS = """
create function pg_temp.listed(listed json, detailed json) returns json language sql immutable begin atomic
    select replace(coalesce(json_agg(
        case
            when json_array_length(entry -> 6) > 0 then entry
            else (
                select json_build_array(
                    entry -> 0, entry -> 1, entry -> 2, entry -> 3, entry -> 4, entry -> 5, entry -> 6,
                    coalesce(json_agg(json_build_array(part -> 0, part -> 2) order by position), '[]')
                )
                from (
                    select part, position
                    from json_array_elements(detailed -> (place - 1)::integer -> 0) with ordinality as groups (
                        part, position
                    )
                    where part ->> 1 = 'corporation'
                    order by position
                    limit 3
                ) as largest
            )
        end
        order by place
    ), '[]')::text, ', ', ',')::json
    from json_array_elements(listed) with ordinality as sides (entry, place);
end;

-- No day is to be counted again: marts take nothing from what changes here.
alter table core.battles disable trigger note_updates;
update core.battles b set sides = pg_temp.listed(b.sides, d.sides)
from core.battle_details d
where d.battle_id = b.battle_id and b.sides::text like '%[]%';
alter table core.battles enable trigger note_updates;
drop function pg_temp.listed;
comment on column core.battles.sides is
    '[[side, pilots, ships_lost, ships_destroyed, isk_lost, isk_destroyed, top_alliances]] by side, with the three '
    'largest top_alliances [[alliance_id, pilots]]; where there are none, the three largest corporations follow, '
    '[[corporation_id, pilots]].';
"""

ORDERS = """
drop index
    core.battles_total_pilots_battle_id_idx,
    core.battles_total_killmails_battle_id_idx,
    core.battles_destroyed_isk_battle_id_idx;
create index on core.battles (total_pilots, battle_id) where kind in ('camp', 'gank');
create index on core.battles (total_killmails, battle_id) where kind in ('camp', 'gank');
-- Hardly two of these destroy the same to a hundredth of an ISK: an id to part them would double this index.
create index on core.battles (destroyed_isk) where kind in ('camp', 'gank');
"""

DIGESTS = """
-- A change of type writes the table anew, and leaves out what the update left behind.
alter table core.battles alter content_sha256 type bytea using substr(content_sha256, 1, 8);
alter table core.battles rename content_sha256 to content_digest;
comment on column core.battles.content_digest is
    'The first 8 bytes of the SHA-256 of all that is stored of the battle: by it, what did not change is left alone.';
"""


def upgrade() -> None:
    """Adds the corporations, parts the indexes, and writes the table anew."""
    for statements in (CORPORATIONS, ORDERS, DIGESTS):
        op.execute(statements)
