{#
    A battle that changes with a day's mails may have begun some days before: battles that last into a day are found anew
    with it.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day', 'battle_id'],
    days_around=2,
    on_schema_change='fail',
    indexes=[{'columns': ['day', 'battle_id'], 'unique': true}],
) }}

with battles as (
    select day, battle_id, kind, started_at, ended_at, solar_system_id, total_killmails
    from {{ ref('stg_battles__battles') }}
    -- Who is ganked or caught in a camp wages no war by it.
    where kind not in ('gank', 'camp') and {{ in_window('day', 2) }}
),

sides as (
    select
        battle_id,
        side,
        ships_lost,
        isk_destroyed,
        isk_lost,
        main_groups.group_id,
        main_groups.group_kind
    from {{ ref('int_battle_sides__joined') }}
    inner join battles using (battle_id)
    cross join lateral (
        select (entry ->> 'group_id')::bigint as group_id, entry ->> 'group_kind' as group_kind
        from jsonb_array_elements(groups) as entry
        where entry ->> 'group_kind' in ('alliance', 'corporation')
        order by (entry ->> 'pilots')::integer desc, (entry ->> 'group_id')::bigint
        limit 1
    ) as main_groups
    where side in (1, 2)
)

select
    battles.*,
    own.group_id,
    own.group_kind,
    own.side,
    other.group_id as opponent_group_id,
    other.group_kind as opponent_group_kind,
    own.isk_destroyed,
    other.isk_destroyed as opponent_isk_destroyed,
    own.isk_lost,
    other.isk_lost as opponent_isk_lost,
    own.ships_lost,
    other.ships_lost as opponent_ships_lost
from battles
inner join sides as own on battles.battle_id = own.battle_id
inner join sides as other
    on battles.battle_id = other.battle_id and own.side != other.side and own.group_id < other.group_id
