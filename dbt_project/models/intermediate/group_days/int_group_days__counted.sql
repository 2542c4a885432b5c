{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day', 'group_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['day', 'group_id'], 'unique': true},
        {'columns': ['group_id', 'day']},
    ],
) }}

with hours as (
    select *
    from {{ ref('int_group_hours__counted') }}
    where {{ in_window('day') }}
),

pilots as (
    select distinct day, character_id, corporation_id, alliance_id
    from {{ ref('int_pilot_days__counted') }}
    where {{ in_window('day') }}
),

-- Materialised: its size is guessed too low while the day is new, and a nested loop would read it once a group.
active as materialized (
    select day, group_id, count(distinct character_id) as pilots
    from pilots
    cross join lateral (values (alliance_id), (corporation_id)) as groups (group_id)
    where group_id > 0
    group by day, group_id
),

counted as materialized (
    select
        day,
        group_id,
        group_kind,
        sum(kills)::bigint as kills,
        sum(final_blows)::bigint as final_blows,
        sum(losses)::bigint as losses,
        sum(friendly_kills)::bigint as friendly_kills,
        sum(isk_destroyed)::numeric(24, 2) as isk_destroyed,
        sum(isk_lost)::numeric(24, 2) as isk_lost
    from hours
    group by day, group_id, group_kind
)

select
    counted.*,
    coalesce(active.pilots, 0) as pilots
from counted
left join active using (day, group_id)
