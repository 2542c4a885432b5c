{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day', 'group_id', 'ship_type_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['day', 'group_id', 'ship_type_id'], 'unique': true},
        {'columns': ['group_id', 'day']},
        {'columns': ['ship_type_id', 'day']},
    ],
) }}

with pilots as (
    select day, character_id, corporation_id, alliance_id, ship_type_id, kills, losses, isk_destroyed, isk_lost
    from {{ ref('int_pilot_days__counted') }}
    where {{ in_window('day') }}
),

counted as (
    select
        day,
        groups.group_id,
        groups.group_kind,
        ship_type_id,
        count(distinct character_id) as pilots,
        sum(kills)::bigint as pilot_kills,
        sum(losses)::bigint as losses,
        sum(isk_destroyed)::numeric(24, 2) as isk_destroyed,
        sum(isk_lost)::numeric(24, 2) as isk_lost
    from pilots
    cross join lateral (
        values (alliance_id, 'alliance'), (case when corporation_id >= 2000000 then corporation_id end, 'corporation')
    ) as groups (group_id, group_kind)
    where groups.group_id > 0
    group by day, groups.group_id, groups.group_kind, ship_type_id
)

select * from counted
