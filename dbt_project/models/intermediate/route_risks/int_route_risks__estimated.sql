{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['solar_system_id'],
    on_schema_change='append_new_columns',
    indexes=[{'columns': ['solar_system_id'], 'unique': true}],
) }}

{# Every run makes all of its rows anew, so a new column needs nothing but its name. -#}
{# Hours of the day that are told apart: fewer and wider ones hold enough losses to tell something. #}
{% set hours_per_band = 6 -%}
{# Fewer losses say nothing of hours: a quarter of the day would hold none or two by chance. #}
{% set least_losses_for_bands = 10 -%}

with moments as (
    select
        as_of,
        date_trunc('hour', as_of, 'UTC') - interval '167 hours' as first_hour, -- 7 days of clock hours, the newest included
        (as_of at time zone 'UTC')::date - 7 as first_day
    from (
        select max(killmail_time) as as_of
        from {{ ref('stg_killmails__killmails') }}
        where day = (select max(day) from {{ ref('stg_killmails__index') }})
    ) as newest
    where as_of is not null
),

recent as (
    select
        killmails.solar_system_id,
        count(*) as ships_lost_24_hours,
        count(*) filter (where killmails.killmail_time > moments.as_of - interval '1 hour') as ships_lost_1_hour
    from {{ ref('stg_killmails__killmails') }} as killmails
    cross join moments
    inner join {{ ref('stg_static_data__types') }} as types
        on
            killmails.victim_ship_type_id = types.type_id
            and {{ is_ship('types') }}
    where
        killmails.day >= (select first_day + 6 from moments)
        and killmails.killmail_time > moments.as_of - interval '24 hours'
        and exists (
            select from {{ ref('stg_killmails__attackers') }} as attackers
            where
                attackers.day = killmails.day and attackers.killmail_id = killmails.killmail_id and attackers.is_player
                and attackers.day >= (select first_day + 6 from moments)
        )
    group by killmails.solar_system_id
),

killed as (
    select
        solar_system_id,
        hour,
        killmails,
        ships_lost_to_players
    from {{ ref('int_system_hours__counted') }}
    where day >= (select first_day from moments) and hour >= (select first_hour from moments)
),

jumps as (
    select solar_system_id, hour, ship_jumps
    from {{ ref('stg_system_jumps__hours') }}
    where day >= (select first_day from moments) and hour >= (select first_hour from moments)
),

-- A loss counts as a risk of passing only in hours whose jumps are known; a system that ESI does not list had none.
exposed as (
    select
        solar_system_id,
        extract(hour from hour at time zone 'UTC')::integer / {{ hours_per_band }} as band,
        sum(killed.ships_lost_to_players) as losses,
        sum(jumps.ship_jumps) as ship_jumps
    from jumps
    full join (select * from killed where hour in (select hour from jumps)) as killed using (solar_system_id, hour)
    group by solar_system_id, band
),

systems as (
    select
        solar_system_id,
        coalesce(sum(losses), 0) as losses,
        coalesce(sum(ship_jumps), 0) as ship_jumps
        {%- for band in range(4) %},
        coalesce(sum(losses) filter (where band = {{ band }}), 0) as losses_{{ band }},
        coalesce(sum(ship_jumps) filter (where band = {{ band }}), 0) as ship_jumps_{{ band }}
        {%- endfor %}
    from exposed
    group by solar_system_id
),

week as (
    select solar_system_id, sum(killmails) as killmails, sum(ships_lost_to_players) as ships_lost_7_days
    from killed
    group by solar_system_id
),

camped as (
    select
        (share ->> 0)::integer as solar_system_id,
        sum((share ->> 1)::integer) as killmails
    from {{ ref('stg_battles__battles') }} as battles
    cross join lateral json_array_elements(battles.systems) as share
    where
        battles.kind in ('camp', 'gank')
        and battles.day >= (select first_day from moments) and battles.started_at >= (select first_hour from moments)
    group by share ->> 0
),

-- Losses per jump in each class of security; a class whose jumps nobody counts, wormholes, has none.
classes as (
    select
        located.security_class,
        (sum(systems.losses) + 1) / (sum(systems.ship_jumps) + 1)::double precision as losses_per_jump
    from systems
    inner join {{ ref('int_solar_systems__located') }} as located using (solar_system_id)
    group by located.security_class
    having sum(systems.ship_jumps) > 0
),

-- Laplace's rule: as if one loss more had been seen, in as many jumps as see one elsewhere in space of that class. A system
-- that ESI does not list had no jumps, and is as dangerous as its like.
estimated as (
    select
        located.solar_system_id,
        coalesce(systems.losses, 0) as losses,
        coalesce(systems.ship_jumps, 0) as ship_jumps,
        {%- for band in range(4) %}
        systems.losses_{{ band }},
        systems.ship_jumps_{{ band }},
        {%- endfor %}
        least(
            (coalesce(systems.losses, 0) + 1) / (coalesce(systems.ship_jumps, 0) + 1 / classes.losses_per_jump), 1
        ) as losses_per_jump
    from {{ ref('int_solar_systems__located') }} as located
    inner join classes using (security_class)
    left join systems using (solar_system_id)
),

hours_asked as (
    select count(distinct hour) as hours
    from jumps
),

-- The same rule twice more, for what the week does not know yet: the last 24 hours with the week's rate for a prior, and
-- the last hour with theirs. Jumps of so late hours are not known, so they are taken to be as many as usual.
of_the_day as (
    select
        estimated.solar_system_id,
        estimated.ship_jumps / hours_asked.hours::double precision as jumps_per_hour,
        least(
            (coalesce(recent.ships_lost_24_hours, 0) + 1)
            / (24 * estimated.ship_jumps / hours_asked.hours::double precision + 1 / estimated.losses_per_jump),
            1
        ) as losses_per_jump
    from estimated
    cross join hours_asked
    left join recent using (solar_system_id)
)

select
    solar_system_id,
    moments.as_of,
    coalesce(recent.ships_lost_1_hour, 0)::integer as ships_lost_1_hour,
    coalesce(recent.ships_lost_24_hours, 0)::integer as ships_lost_24_hours,
    coalesce(week.ships_lost_7_days, 0)::integer as ships_lost_7_days,
    case
        when week.killmails > 0 then least(coalesce(camped.killmails, 0)::double precision / week.killmails, 1)
    end as camp_share,
    coalesce(systems.losses, 0)::integer as exposed_losses,
    estimated.ship_jumps::bigint as ship_jumps,
    estimated.losses_per_jump,
    case
        when of_the_day.solar_system_id is not null
            then least(
                (coalesce(recent.ships_lost_1_hour, 0) + 1)
                / (of_the_day.jumps_per_hour + 1 / of_the_day.losses_per_jump),
                1
            )
    end as losses_per_jump_now
    {%- for band in range(4) %},
    case
        when estimated.losses >= {{ least_losses_for_bands }}
            then least(
                (estimated.losses_{{ band }} + 1) / (estimated.ship_jumps_{{ band }} + 1 / estimated.losses_per_jump), 1
            )
    end as losses_per_jump_from_{{ '%02d' % (band * hours_per_band) }}_to_{{ '%02d' % ((band + 1) * hours_per_band) }}
    {%- endfor %}
from estimated
full join systems using (solar_system_id)
full join week using (solar_system_id)
full join recent using (solar_system_id)
cross join moments
left join camped using (solar_system_id)
left join of_the_day using (solar_system_id)
