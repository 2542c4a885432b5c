{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day', 'character_id', 'corporation_id', 'alliance_id', 'ship_type_id', 'solar_system_id'],
    on_schema_change='fail',
    indexes=[
        {
            'columns': ['day', 'character_id', 'corporation_id', 'alliance_id', 'ship_type_id', 'solar_system_id'],
            'unique': true,
        },
        {'columns': ['character_id', 'day']},
    ],
) }}

with killmails as (
    select
        day,
        killmail_id,
        killmail_time,
        solar_system_id,
        victim_character_id,
        victim_corporation_id,
        victim_alliance_id,
        victim_ship_type_id,
        damage_taken,
        {{ group_id('victim_character_id', 'victim_corporation_id', 'victim_alliance_id') }} as victim_group_id
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
    select
        day,
        killmail_id,
        character_id,
        corporation_id,
        alliance_id,
        ship_type_id,
        damage_done,
        final_blow,
        group_id,
        is_first_of_pilot,
        share_from,
        share_until
    from {{ ref('int_attackers__weighed') }}
    where character_id is not null and {{ in_window('day') }}
),

seen as (
    select
        day,
        killmail_time,
        solar_system_id,
        character_id,
        corporation_id,
        alliance_id,
        ship_type_id,
        (is_first_of_pilot and not is_own)::integer as kills,
        (final_blow and not is_own)::integer as final_blows,
        0 as losses,
        damage_done,
        0 as damage_received,
        case
            when not is_own then {{ share_of('destroyed_hundredths') }} + {{ share_of('dropped_hundredths') }}
            else 0
        end as hundredths_destroyed,
        0 as hundredths_lost
    from (
        select
            *,
            -- Who shoots his own group, or is on his own loss, destroyed nothing of an enemy.
            group_id > 0 and group_id = victim_group_id or character_id is not distinct from victim_character_id
                as is_own
        from attackers
        inner join killmails using (day, killmail_id)
        left join valued using (day, killmail_id)
    ) as attacks

    union all

    select
        day,
        killmail_time,
        solar_system_id,
        victim_character_id,
        victim_corporation_id,
        victim_alliance_id,
        victim_ship_type_id,
        0,
        0,
        1,
        0,
        damage_taken,
        0,
        destroyed_hundredths + dropped_hundredths
    from killmails
    left join valued using (day, killmail_id)
    where victim_character_id is not null
),

counted as (
    select
        day,
        character_id,
        coalesce(corporation_id, 0) as corporation_id,
        coalesce(alliance_id, 0) as alliance_id,
        coalesce(ship_type_id, 0) as ship_type_id,
        solar_system_id,
        sum(kills) as kills,
        sum(final_blows) as final_blows,
        sum(losses) as losses,
        sum(damage_done)::bigint as damage_done,
        sum(damage_received)::bigint as damage_received,
        (coalesce(sum(hundredths_destroyed), 0) / 100)::numeric(24, 2) as isk_destroyed,
        (coalesce(sum(hundredths_lost)::numeric, 0) / 100)::numeric(24, 2) as isk_lost,
        min(killmail_time) as first_seen_at,
        max(killmail_time) as last_seen_at
    from seen
    group by
        day,
        character_id,
        coalesce(corporation_id, 0),
        coalesce(alliance_id, 0),
        coalesce(ship_type_id, 0),
        solar_system_id
)

select * from counted
