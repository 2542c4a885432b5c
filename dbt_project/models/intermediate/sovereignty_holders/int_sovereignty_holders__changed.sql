{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day', 'solar_system_id', 'changed_before'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['day', 'solar_system_id', 'changed_before'], 'unique': true},
        {'columns': ['solar_system_id', 'changed_before']},
    ],
) }}

with states as (
    select
        solar_system_id,
        first_seen_at,
        (first_seen_at at time zone 'UTC')::date as day,
        alliance_id,
        corporation_id,
        faction_id,
        claimed_since
    from {{ ref('stg_sovereignty_systems__states') }}
    where {{ in_window("(first_seen_at at time zone 'UTC')::date") }}
),

changed as (
    select
        states.day,
        states.solar_system_id,
        previous.last_seen_at as changed_after,
        states.first_seen_at as changed_before,
        previous.alliance_id as previous_alliance_id,
        previous.faction_id as previous_faction_id,
        states.alliance_id,
        states.corporation_id,
        states.faction_id,
        states.claimed_since
    from states
    -- A state ends as the next begins.
    inner join {{ ref('stg_sovereignty_systems__states') }} as previous
        on states.solar_system_id = previous.solar_system_id and states.first_seen_at = previous.ended_at
    where (previous.alliance_id, previous.faction_id) is distinct from (states.alliance_id, states.faction_id)
)

select * from changed
