"""Battles in few bytes: one row of details each, with pilots and mails as parallel arrays and sides as compact JSON.

A row per side, pilot, mail and entity took some 25 kB a battle, most of it row headers, keys and indexes. What a
killmail says (who flew what, damage, times, losses) is read from the killmail and no longer stored again. One wide row
beside core.battles is what PostgreSQL compresses (it looks at rows from 2 kB on), and filters and sorts do not read it.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

ENTITIES = """
alter table core.battles
    add alliance_ids bigint[] not null default '{}',
    add corporation_ids bigint[] not null default '{}';
update core.battles b
set alliance_ids = coalesce(e.alliance_ids, '{}'), corporation_ids = coalesce(e.corporation_ids, '{}')
from (
    select
        battle_id,
        array_agg(entity_id order by entity_id) filter (where entity_kind = 'alliance') as alliance_ids,
        array_agg(entity_id order by entity_id) filter (where entity_kind = 'corporation') as corporation_ids
    from core.battle_entities
    group by battle_id
) as e
where e.battle_id = b.battle_id;
"""

DETAILS = """
create table core.battle_details (
    battle_id uuid primary key references core.battles on delete cascade,
    character_ids bigint[] not null,
    character_sides smallint[] not null,
    side_confidences real[] not null,
    second_best_sides smallint[] not null,
    isk_destroyed bigint[] not null,
    killmail_ids bigint[] not null,
    victim_sides smallint[] not null,
    link_evidences text[] not null check (array_remove(link_evidences, null) <@ array[
        'capsule', 'reversal', 'crew_and_victim', 'concord', 'opposition', 'place', 'running', 'session'
    ]),
    linked_positions integer[] not null,
    link_seconds integer[] not null,
    link_entity_ids bigint[] not null,
    link_enemy_ids bigint[] not null,
    friendly_fire json not null,
    sides json not null,
    check (cardinality(character_ids) = all (array[
        cardinality(character_sides), cardinality(side_confidences), cardinality(second_best_sides),
        cardinality(isk_destroyed)
    ])),
    check (cardinality(killmail_ids) = all (array[
        cardinality(victim_sides), cardinality(link_evidences), cardinality(linked_positions),
        cardinality(link_seconds), cardinality(link_entity_ids), cardinality(link_enemy_ids)
    ]))
) with (toast_tuple_target = 128);
alter table core.battle_details
    alter character_ids set storage main,
    alter character_sides set storage main,
    alter side_confidences set storage main,
    alter second_best_sides set storage main,
    alter isk_destroyed set storage main,
    alter killmail_ids set storage main,
    alter victim_sides set storage main,
    alter link_evidences set storage main,
    alter linked_positions set storage main,
    alter link_seconds set storage main,
    alter link_entity_ids set storage main,
    alter link_enemy_ids set storage main,
    alter friendly_fire set storage main,
    alter sides set storage main;
comment on table core.battle_details is
    'One row per battle: its sides, and its pilots and killmails as arrays that run in parallel.';
comment on column core.battle_details.isk_destroyed is 'Per pilot, in whole ISK.';
comment on column core.battle_details.linked_positions is
    'Per mail the place, from 1, in killmail_ids of the mail that brought it in; null for the first.';
comment on column core.battle_details.link_entity_ids is 'Per mail who is on both mails; null where nobody need be.';
comment on column core.battle_details.link_enemy_ids is
    'Per mail the group fought on both; null where that is no part of the evidence.';
comment on column core.battle_details.friendly_fire is
    '[[killmail_id, character_id or null, damage_done]]: shots at victims of the shooter''s own side.';
comment on column core.battle_details.sides is
    '[[side, pilots, ships_lost, ships_destroyed, isk_lost, isk_destroyed, groups, ship_types, items_lost]] by side, '
    'with groups [[group_id, group_kind, pilots, isk_destroyed, isk_lost, confidence]], ship_types [[type_id, fielded, '
    'lost]] and items_lost [[type_id, destroyed, dropped]], each the largest first.';

create function pg_temp.compact(list jsonb, keys text[]) returns json language sql as $$
    select coalesce(json_agg((select json_agg(entry -> key) from unnest(keys) as key)), '[]')
    from jsonb_array_elements(list) as entry
$$;

insert into core.battle_details
select
    battle_id,
    coalesce(character_ids, '{}'),
    coalesce(character_sides, '{}'),
    coalesce(side_confidences, '{}'),
    coalesce(second_best_sides, '{}'),
    coalesce(isk_destroyed, '{}'),
    killmail_ids,
    victim_sides,
    link_evidences,
    linked_positions,
    link_seconds,
    link_entity_ids,
    link_enemy_ids,
    '[]',
    sides
from (
    select
        m.battle_id,
        array_agg(m.killmail_id order by m.position) as killmail_ids,
        array_agg(m.victim_side order by m.position) as victim_sides,
        array_agg(m.link_evidence order by m.position) as link_evidences,
        array_agg(linked.position::integer order by m.position) as linked_positions,
        array_agg(m.link_seconds order by m.position) as link_seconds,
        array_agg(m.link_entity_ids[1] order by m.position) as link_entity_ids,
        array_agg(m.link_entity_ids[2] order by m.position) as link_enemy_ids
    from (
        select *, row_number() over (partition by battle_id order by killmail_time, killmail_id) as position
        from core.battle_killmails
    ) as m
    left join (
        select battle_id, killmail_id,
            row_number() over (partition by battle_id order by killmail_time, killmail_id) as position
        from core.battle_killmails
    ) as linked on linked.battle_id = m.battle_id and linked.killmail_id = m.linked_killmail_id
    group by m.battle_id
) as mails
left join (
    select
        battle_id,
        array_agg(character_id order by side, side_confidence desc, character_id) as character_ids,
        array_agg(side order by side, side_confidence desc, character_id) as character_sides,
        array_agg(side_confidence order by side, side_confidence desc, character_id) as side_confidences,
        array_agg(second_best_side order by side, side_confidence desc, character_id) as second_best_sides,
        array_agg(round(isk_destroyed)::bigint order by side, side_confidence desc, character_id) as isk_destroyed
    from core.battle_participants
    group by battle_id
) as pilots using (battle_id)
join (
    select
        battle_id,
        json_agg(
            json_build_array(
                side, pilots, ships_lost, ships_destroyed, isk_lost, isk_destroyed,
                pg_temp.compact(groups, '{group_id,group_kind,pilots,isk_destroyed,isk_lost,confidence}'),
                pg_temp.compact(ship_types, '{type_id,fielded,lost}'),
                pg_temp.compact(items_lost, '{type_id,destroyed,dropped}')
            ) order by side
        ) as sides
    from core.battle_sides
    group by battle_id
) as sides using (battle_id);
drop table core.battle_sides, core.battle_entities, core.battle_participants, core.battle_killmails;
create index on core.battle_details using gin (character_ids) with (fastupdate = off);
"""

BATTLES = """
alter table core.battles
    alter alliance_ids drop default,
    alter corporation_ids drop default,
    alter content_sha256 type bytea using decode(content_sha256, 'hex'),
    drop top_killers,
    drop top_losers;
create index on core.battles using gin (alliance_ids, corporation_ids) with (fastupdate = off);
create index on core.battles using gist (tstzrange(started_at, ended_at, '[]'));
-- Hardly two battles begin in one second: an id to part them would double these indexes.
create index on core.battles (started_at desc);
create index on core.battles (solar_system_id, started_at desc);
drop index core.battles_started_at_battle_id_idx, core.battles_solar_system_id_started_at_battle_id_idx;
drop index core.battles_ended_at_idx;

create table app.open_battles (battle_id uuid primary key references core.battles on delete cascade);
comment on table app.open_battles is
    'Battles whose end is still to be announced; beside core.battles, which a mark in its rows would write twice.';
insert into app.open_battles
select battle_id from core.battles where deleted_at is null and ended_at > now() - interval '2 days';
"""

SYSTEMS = """
alter table core.battles add systems_json json;
update core.battles set systems_json = pg_temp.compact(systems, '{solar_system_id,killmails}');
alter table core.battles drop systems;
alter table core.battles rename systems_json to systems;
alter table core.battles alter systems set not null;
comment on column core.battles.systems is '[[solar_system_id, killmails]], most mails first.';
"""

DEPENDENTS = """
do $$
declare dependent text;
begin
    -- Views that dbt built on the old columns; the next build of the marts makes them anew.
    for dependent in
        select distinct format('%I.%I', n.nspname, v.relname)
        from pg_depend d
        join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
        join pg_class v on v.oid = r.ev_class
        join pg_namespace n on n.oid = v.relnamespace
        join pg_class t on t.oid = d.refobjid and d.refclassid = 'pg_class'::regclass
        where t.relnamespace = 'core'::regnamespace and t.relname like 'battle%' and v.relkind = 'v'
    loop
        execute format('drop view if exists %s cascade', dependent);
    end loop;
end
$$;
"""


def upgrade() -> None:
    """Moves what is stored of battles into the compact tables; ids, slugs and lineage stay."""
    for statements in (DEPENDENTS, ENTITIES, DETAILS, BATTLES, SYSTEMS):
        op.execute(statements)
