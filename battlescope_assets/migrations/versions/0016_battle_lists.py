"""Pages of battles without reading their details, and the newest of an alliance without reading all of its history.

A list shows each side's totals and largest alliances: beside the battle they cost 200 bytes, in battle_details a row
of two kilobytes to find, unpack and read for each battle of a page. Of an alliance that fought in 50,000 battles an
index of alliances alone finds them all to show 50. An index of groups and stretches of time together finds the newest
of them alone. A table of group, time and battle would do so too, for a hundred bytes a group.

What lists need more is paid for where it is not missed: totals stand in one of the two tables, evidences are numbers,
and indexes in the order of time fill their pages.
"""

from alembic import op

revision = "0016"
down_revision = "0015"

DEPENDENTS = """
do $$
declare dependent text;
begin
    -- Views that dbt built on columns that change their type; the next build of the marts makes them anew.
    for dependent in
        select distinct format('%I.%I', n.nspname, v.relname)
        from pg_depend d
        join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
        join pg_class v on v.oid = r.ev_class
        join pg_namespace n on n.oid = v.relnamespace
        where d.refclassid = 'pg_class'::regclass and d.refobjid = 'core.battle_details'::regclass and v.relkind = 'v'
    loop
        execute format('drop view if exists %s cascade', dependent);
    end loop;
end
$$;
"""

SIDES = """
create function pg_temp.compact(list json) returns json language sql return replace(list::text, ', ', ',')::json;

create function pg_temp.listed(id uuid) returns json language sql stable begin atomic
    select pg_temp.compact(coalesce(json_agg(
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
        ) order by place
    ), '[]'))
    from core.battle_details d
    cross join json_array_elements(d.sides) with ordinality as sides (side, place)
    where d.battle_id = id;
end;

-- A change of type writes a table once, and wakes no trigger: no day is to be counted again.
alter table core.battles add sides json;
alter table core.battles alter sides type json using pg_temp.listed(battle_id);
alter table core.battles alter sides set not null;
drop function pg_temp.listed;
comment on column core.battles.sides is
    '[[side, pilots, ships_lost, ships_destroyed, isk_lost, isk_destroyed, top_alliances]] by side, with the three '
    'largest top_alliances [[alliance_id, pilots]].';
"""

DETAILS = """
create function core.link_evidence(number smallint) returns text
    language sql immutable strict parallel safe
    return (array[
        'capsule', 'reversal', 'crew_and_victim', 'concord', 'opposition', 'place', 'running', 'session'
    ])[number];
comment on function core.link_evidence is 'The name of an evidence, by the number that core.battle_details has of it.';

create function pg_temp.numbered(evidences text[]) returns smallint[] language sql immutable return array(
    select (
        select number from generate_series(1, 8) as number where core.link_evidence(number::smallint) = evidence
    )
    from unnest(evidences) with ordinality as u (evidence, place)
    order by place
);

create function pg_temp.detailed(sides json) returns json language sql immutable begin atomic
    select pg_temp.compact(coalesce(json_agg(json_build_array(side -> 6, side -> 7, side -> 8) order by place), '[]'))
    from json_array_elements(sides) with ordinality as listed (side, place);
end;

create function pg_temp.short(seconds integer[]) returns smallint[] language sql immutable return array(
    select case when one > 32767 then 32767 else one end from unnest(seconds) with ordinality as u (one, place)
    order by place
);

alter table core.battle_details
    drop constraint battle_details_link_evidences_check,
    alter link_evidences type smallint[] using pg_temp.numbered(link_evidences),
    alter link_seconds type smallint[] using pg_temp.short(link_seconds),
    alter sides type json using pg_temp.detailed(sides);
alter table core.battle_details -- a change of type forgets it
    add check (array_remove(link_evidences, null) <@ '{1,2,3,4,5,6,7,8}'),
    alter link_evidences set storage main,
    alter link_seconds set storage main,
    alter sides set storage main;
comment on column core.battle_details.link_evidences is 'Per mail; core.link_evidence names it.';
comment on column core.battle_details.sides is
    '[[groups, ship_types, items_lost]] by side, as in core.battles.sides, with groups [[group_id, group_kind, pilots, '
    'isk_destroyed, isk_lost, confidence]], ship_types [[type_id, fielded, lost]] and items_lost [[type_id, destroyed, '
    'dropped]], each the largest first.';
"""

ORDERS = """
-- Battles come in the order of time: at an ascending index's end pages get full, at a descending one's half full.
drop index core.battles_started_at_idx, core.battles_solar_system_id_started_at_idx;
create index on core.battles (started_at);
create index on core.battles (solar_system_id, started_at);
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
    """Moves the sides' totals to where lists read them, writes the details shorter, and builds the indexes."""
    for statements in (DEPENDENTS, SIDES, DETAILS, ORDERS, STRETCHES, FEWEST_FIRST):
        op.execute(statements)
