{#- z of a normal distribution: 90 of 100 intervals of this width hold what they estimate. #}
{%- set z = 1.645 %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['scope', 'scope_key'],
    on_schema_change='fail',
    indexes=[{'columns': ['scope', 'scope_key'], 'unique': true}],
) }}

with timers as (
    select
        timers.campaign_id,
        timers.event_type,
        timers.defender_alliance_id,
        timers.outcome,
        solar_systems.region_id
    from {{ ref('int_windows__dated') }} as windows
    inner join {{ ref('int_sovereignty_timers__judged') }} as timers
        on
            timers.starts_at >= windows.first_day::timestamp at time zone 'UTC'
            and timers.starts_at < windows.end_day::timestamp at time zone 'UTC'
            and timers.outcome in ('defended', 'lost', 'unknown')
    left join {{ ref('stg_static_data__solar_systems') }} as solar_systems
        on timers.solar_system_id = solar_systems.solar_system_id
    where
        windows.window_days = 30
        -- Without killmails nobody knows whether there was a fight.
        and exists (
            select from {{ ref('stg_killmails__index') }} as stored
            where stored.day = (timers.starts_at at time zone 'UTC')::date
        )
),

fights as (
    select
        followed.campaign_id,
        sum(battles.total_ships_lost) as ships_lost,
        max(battles.total_pilots) as pilots,
        sum(battles.destroyed_isk + battles.dropped_isk) as isk_lost
    from timers
    inner join {{ ref('int_sovereignty_timers__followed') }} as followed using (campaign_id)
    inner join {{ ref('stg_battles__battles') }} as battles on followed.battle_id = battles.battle_id
    group by followed.campaign_id
),

counted as (
    select
        case
            when grouping(event_type) = 0 then 'event_type'
            when grouping(region_id) = 0 then 'region'
            when grouping(defender_alliance_id) = 0 then 'defender'
            else 'all'
        end as scope,
        coalesce(event_type, region_id::text, defender_alliance_id::text, 'all') as scope_key,
        event_type,
        region_id,
        defender_alliance_id,
        count(*) as timers,
        count(fights.campaign_id) as fought_timers,
        count(*) filter (where outcome = 'defended') as defended_timers,
        count(*) filter (where outcome = 'lost') as lost_timers,
        percentile_disc(0.5) within group (order by fights.ships_lost) as median_ships_lost,
        percentile_disc(0.5) within group (order by fights.pilots) as median_pilots,
        percentile_disc(0.5) within group (order by fights.isk_lost) as median_isk_lost,
        max(fights.isk_lost) as largest_isk_lost
    from timers
    left join fights using (campaign_id)
    group by grouping sets ((), (event_type), (region_id), (defender_alliance_id))
    having
        count(*) > 0
        and (
            grouping(event_type, region_id, defender_alliance_id) = 7
            or coalesce(event_type, region_id::text, defender_alliance_id::text) is not null
        )
),

-- Wilson's interval of a share: it stays within 0 and 1, and is wide where there were few timers.
estimated as (
    select
        *,
        fought_timers / timers::double precision as fight_share,
        (fought_timers + {{ z**2 / 2 }}) / (timers + {{ z**2 }}) as center,
        {{ z }} / (timers + {{ z**2 }})
        * sqrt(fought_timers * (timers - fought_timers) / timers::double precision + {{ z**2 / 4 }}) as half_width
    from counted
)

select
    scope,
    scope_key,
    event_type,
    region_id,
    defender_alliance_id,
    timers,
    fought_timers,
    defended_timers,
    lost_timers,
    fight_share,
    -- Four digits, so that none is below 0 or above 1 by what floating point adds.
    round((center - half_width)::numeric, 4)::double precision as fight_share_low,
    round((center + half_width)::numeric, 4)::double precision as fight_share_high,
    median_ships_lost,
    median_pilots,
    median_isk_lost::numeric(24, 2) as median_isk_lost,
    largest_isk_lost::numeric(24, 2) as largest_isk_lost
from estimated
