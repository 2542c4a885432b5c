{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day', 'solar_system_id', 'attacker_group_id', 'victim_group_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['day', 'attacker_group_id', 'victim_group_id', 'solar_system_id'], 'unique': true},
        {'columns': ['attacker_group_id', 'day']},
        {'columns': ['victim_group_id', 'day']},
    ],
) }}

with killmails as (
    select
        day,
        killmail_id,
        solar_system_id,
        {{ group_id('victim_character_id', 'victim_corporation_id', 'victim_alliance_id') }} as victim_group_id,
        victim_alliance_id is not null as is_victim_alliance
    from {{ ref('stg_killmails__killmails') }}
    where {{ in_window('day') }}
),

valued as (
    select
        day,
        killmail_id,
        (destroyed_isk * 100)::double precision as destroyed_hundredths,
        (dropped_isk * 100)::double precision as dropped_hundredths
    from {{ ref('stg_killmail_values__values') }}
    where {{ in_window('day') }}
),

attackers as (
    select day, killmail_id, group_id, alliance_id, final_blow, is_first_of_group, share_from, share_until
    from {{ ref('int_attackers__weighed') }}
    where {{ in_window('day') }}
),

counted as (
    select
        day,
        solar_system_id,
        coalesce(group_id, -1) as attacker_group_id,
        victim_group_id,
        bool_or(alliance_id is not null) as is_attacker_alliance,
        bool_or(is_victim_alliance) as is_victim_alliance,
        count(*) filter (where is_first_of_group is not false) as killmails,
        count(*) filter (where final_blow) as final_blows,
        sum({{ share_of('1000000') }}) as millionths_of_kills,
        coalesce(sum({{ share_of('destroyed_hundredths') }}), 0) as destroyed_hundredths,
        coalesce(sum({{ share_of('dropped_hundredths') }}), 0) as dropped_hundredths
    from killmails
    left join valued using (day, killmail_id)
    left join attackers using (day, killmail_id)
    group by day, solar_system_id, coalesce(group_id, -1), victim_group_id
)

select
    day,
    solar_system_id,
    attacker_group_id,
    {{ group_kind('attacker_group_id', 'is_attacker_alliance') }} as attacker_group_kind,
    victim_group_id,
    {{ group_kind('victim_group_id', 'is_victim_alliance') }} as victim_group_kind,
    killmails,
    final_blows,
    (millionths_of_kills / 1000000)::numeric(18, 6) as kills_share,
    (destroyed_hundredths / 100)::numeric(24, 2) as destroyed_isk,
    (dropped_hundredths / 100)::numeric(24, 2) as dropped_isk
from counted
