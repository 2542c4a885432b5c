{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['campaign_id'],
    on_schema_change='append_new_columns',
    indexes=[
        {'columns': ['campaign_id'], 'unique': true},
        {'columns': ['last_battle_at']},
        {'columns': ['group_id']},
        {'columns': ['opponent_group_id']},
        {'columns': ['battle_ids'], 'type': 'gin'},
    ],
) }}

{# Those who fight on the same evening each week are still at it; a longer pause ends a campaign. #}
{% set longest_pause = "interval '8 days'" %}

with duels as (
    select duels.*
    from {{ ref('int_duels__matched') }} as duels
    -- What a re-clustering has just deleted is in no campaign.
    inner join {{ ref('stg_battles__battles') }} as battles using (battle_id)
),

resumed as (
    select
        *,
        started_at >= max(ended_at) over (
            partition by group_id, opponent_group_id order by started_at, battle_id
            rows between unbounded preceding and 1 preceding
        ) + {{ longest_pause }} as is_new
    from duels
),

numbered as (
    select
        *,
        count(*) filter (where is_new) over (
            partition by group_id, opponent_group_id order by started_at, battle_id
        ) as campaign
    from resumed
)

select
    md5(concat_ws(' ', group_id, opponent_group_id, min(day)))::uuid as campaign_id,
    group_id,
    min(group_kind) as group_kind,
    opponent_group_id,
    min(opponent_group_kind) as opponent_group_kind,
    min(started_at) as first_battle_at,
    max(ended_at) as last_battle_at,
    count(*) as battles,
    count(distinct day) as battle_days,
    count(distinct solar_system_id) as solar_systems,
    mode() within group (order by solar_system_id) as solar_system_id,
    sum(total_killmails)::bigint as killmails,
    sum(ships_lost)::bigint as ships_lost,
    sum(opponent_ships_lost)::bigint as opponent_ships_lost,
    sum(isk_destroyed)::numeric(24, 2) as isk_destroyed,
    sum(opponent_isk_destroyed)::numeric(24, 2) as opponent_isk_destroyed,
    sum(isk_lost)::numeric(24, 2) as isk_lost,
    sum(opponent_isk_lost)::numeric(24, 2) as opponent_isk_lost,
    array_agg(battle_id order by started_at, battle_id) as battle_ids,
    array_agg(day order by started_at, battle_id) as days
from numbered
group by group_id, opponent_group_id, campaign
having count(distinct day) > 1
