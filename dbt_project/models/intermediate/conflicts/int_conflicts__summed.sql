{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['window_days', 'group_id', 'opponent_group_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['group_id', 'window_days', 'opponent_group_id'], 'unique': true},
        {'columns': ['opponent_group_id', 'window_days']},
        {'columns': ['window_days', 'isk_total']},
        {'columns': ['window_days', '(kills + losses)']},
    ],
) }}

with windows as (
    select * from {{ ref('int_windows__dated') }}
),

-- Each pair has one row: the smaller id is the group, the other its opponent.
pairs as (
    select
        day,
        solar_system_id,
        least(attacker_group_id, victim_group_id) as group_id,
        greatest(attacker_group_id, victim_group_id) as opponent_group_id,
        case when attacker_group_id < victim_group_id then attacker_group_kind else victim_group_kind end as group_kind,
        case when attacker_group_id < victim_group_id then victim_group_kind else attacker_group_kind end
            as opponent_group_kind,
        attacker_group_id < victim_group_id as is_by_group,
        killmails,
        kills_share,
        destroyed_isk + dropped_isk as isk
    from {{ ref('int_group_kills__shared') }}
    where
        attacker_group_id > 0
        and victim_group_id > 0
        and attacker_group_id != victim_group_id
        and day >= (select min(previous_first_day) from windows)
),

placed as (
    select
        window_days,
        group_id,
        group_kind,
        opponent_group_id,
        opponent_group_kind,
        solar_system_id,
        sum(killmails) filter (where day >= first_day and is_by_group) as kills,
        sum(killmails) filter (where day >= first_day and not is_by_group) as losses,
        sum(kills_share) filter (where day >= first_day and is_by_group) as kills_share,
        sum(kills_share) filter (where day >= first_day and not is_by_group) as losses_share,
        sum(isk) filter (where day >= first_day and is_by_group) as isk_destroyed,
        sum(isk) filter (where day >= first_day and not is_by_group) as isk_lost,
        sum(killmails) filter (where day >= first_day) as killmails,
        sum(killmails) filter (where day < first_day) as previous_killmails
    from pairs
    inner join windows on pairs.day >= windows.previous_first_day and pairs.day < windows.end_day
    group by window_days, group_id, group_kind, opponent_group_id, opponent_group_kind, solar_system_id
),

summed as (
    select
        window_days,
        group_id,
        group_kind,
        opponent_group_id,
        opponent_group_kind,
        coalesce(sum(kills), 0)::bigint as kills,
        coalesce(sum(losses), 0)::bigint as losses,
        coalesce(sum(kills_share), 0)::numeric(18, 6) as kills_share,
        coalesce(sum(losses_share), 0)::numeric(18, 6) as losses_share,
        coalesce(sum(isk_destroyed), 0)::numeric(24, 2) as isk_destroyed,
        coalesce(sum(isk_lost), 0)::numeric(24, 2) as isk_lost,
        coalesce(sum(previous_killmails), 0)::bigint as previous_killmails,
        count(killmails) as solar_systems
    from placed
    group by window_days, group_id, group_kind, opponent_group_id, opponent_group_kind
    having sum(killmails) > 0
),

main_systems as (
    select distinct on (window_days, group_id, opponent_group_id)
        window_days,
        group_id,
        opponent_group_id,
        solar_system_id,
        killmails as solar_system_killmails
    from placed
    where killmails > 0
    order by window_days, group_id, opponent_group_id, killmails desc, solar_system_id
),

main_hubs as (
    select distinct on (window_days, group_id, opponent_group_id)
        window_days,
        group_id,
        opponent_group_id,
        hub_solar_system_id,
        sum(killmails)::bigint as hub_killmails,
        (sum(killmails * supplied.hub_jumps) / sum(killmails))::double precision as hub_jumps
    from placed
    inner join {{ ref('int_solar_systems__supplied') }} as supplied using (solar_system_id)
    where killmails > 0 and hub_solar_system_id is not null
    group by window_days, group_id, opponent_group_id, hub_solar_system_id
    order by window_days, group_id, opponent_group_id, sum(killmails) desc, hub_solar_system_id
)

select
    summed.*,
    isk_destroyed + isk_lost as isk_total,
    case when is_previous_covered then (kills + losses) / greatest(previous_killmails, 1)::double precision end as trend,
    solar_system_id,
    solar_system_killmails::bigint as solar_system_killmails,
    hub_solar_system_id,
    hub_killmails,
    hub_jumps
from summed
inner join windows using (window_days)
inner join main_systems using (window_days, group_id, opponent_group_id)
left join main_hubs using (window_days, group_id, opponent_group_id)
