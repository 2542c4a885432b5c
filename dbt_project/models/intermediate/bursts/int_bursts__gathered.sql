{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    days_around=1,
    unique_key=['day', 'killmail_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['day', 'killmail_id'], 'unique': true}],
    post_hook='analyze {{ this }}',
) }}

{% set fewest = var('war_doctrine_min_fleet_size') %}
-- An hour is the seeds'. A fight or a chain of losses may begin on the day before the window's and end on the day after.
with battles as (
    select battle_id
    from {{ ref('stg_battles__battles') }}
    where {{ in_window('day', 2) }}
),

-- What NPCs alone destroyed tells nothing of a fleet.
by_players as (
    select distinct day, killmail_id
    from {{ ref('stg_killmails__attackers') }}
    where {{ in_window('day', 2) }} and is_player
),

sided as (
    select battle_id, killmail_id, victim_side as side
    from {{ ref('stg_battles__killmails') }}
    inner join battles using (battle_id)
    where victim_side > 0
),

losses as (
    select
        killmails.day as killmail_day,
        killmails.killmail_id,
        killmails.killmail_time,
        killmails.solar_system_id,
        killmails.victim_ship_type_id as ship_type_id,
        killmails.victim_character_id as character_id,
        coalesce(
            killmails.victim_alliance_id, corporations.corporation_id, killmails.victim_character_id, -1
        ) as group_id,
        case
            when killmails.victim_alliance_id is not null then 'alliance'
            when corporations.corporation_id is not null then 'corporation'
            when killmails.victim_character_id is not null then 'character'
            else 'npcs'
        end as group_kind,
        sided.battle_id,
        sided.side,
        count(*) over (
            partition by sided.battle_id, sided.side, killmails.victim_ship_type_id
        ) as losses_in_battle
    from {{ ref('stg_killmails__killmails') }} as killmails
    inner join by_players using (day, killmail_id)
    inner join {{ ref('stg_static_data__types') }} as types on killmails.victim_ship_type_id = types.type_id
    -- Members of NPCs' corporations, whose ids lie below, have nothing in common.
    left join lateral (
        select killmails.victim_corporation_id as corporation_id where killmails.victim_corporation_id >= 2000000
    ) as corporations on true
    left join sided using (killmail_id)
    where {{ in_window('killmails.day', 2) }} and {{ is_ship('types') }}
),

-- What no battle gathers, by those who fly together anyway.
elsewhere as (
    select *
    from losses
    where (battle_id is null or losses_in_battle < {{ fewest }}) and group_kind <> 'npcs'
),

crowded as (
    select
        *,
        lead(killmail_time, {{ fewest - 1 }}) over same_hull - killmail_time <= interval '1 hour' as is_first_of_many
    from elsewhere
    window same_hull as (partition by solar_system_id, group_id, ship_type_id order by killmail_time, killmail_id)
),

chained as (
    select
        *,
        killmail_time - lag(killmail_time) over same_hull > interval '1 hour' as is_new_burst
    from (
        select
            *,
            bool_or(is_first_of_many) over (
                partition by solar_system_id, group_id, ship_type_id
                order by killmail_time, killmail_id
                rows between {{ fewest - 1 }} preceding and current row
            ) as is_of_many
        from crowded
    ) as marked
    where is_of_many
    window same_hull as (partition by solar_system_id, group_id, ship_type_id order by killmail_time, killmail_id)
),

numbered as (
    select
        killmail_day, killmail_id, killmail_time, solar_system_id, ship_type_id, character_id, group_id, group_kind,
        battle_id,
        side,
        jsonb_build_array(battle_id, side, ship_type_id) as burst
    from losses
    where battle_id is not null and losses_in_battle >= {{ fewest }}

    union all

    select
        killmail_day, killmail_id, killmail_time, solar_system_id, ship_type_id, character_id, group_id, group_kind,
        null,
        null,
        jsonb_build_array(
            solar_system_id, group_id, ship_type_id,
            count(*) filter (where is_new_burst) over (
                partition by solar_system_id, group_id, ship_type_id order by killmail_time, killmail_id
            )
        )
    from chained
),

gathered as (
    select
        (min(killmail_time) over same_burst at time zone 'UTC')::date as day,
        min(killmail_id) over same_burst as burst_id,
        killmail_id,
        killmail_day,
        killmail_time,
        solar_system_id,
        ship_type_id,
        character_id,
        group_id,
        group_kind,
        battle_id,
        side
    from numbered
    window same_burst as (partition by burst)
)

select * from gathered where {{ in_window('day', 1) }}
