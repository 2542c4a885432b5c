{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day', 'hour', 'group_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['day', 'hour', 'group_id'], 'unique': true},
        {'columns': ['group_id', 'hour']},
    ],
) }}

with killmails as (
    select
        day,
        killmail_id,
        date_trunc('hour', killmail_time, 'UTC') as hour,
        victim_character_id,
        victim_corporation_id,
        victim_alliance_id,
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
        corporation_id,
        alliance_id,
        final_blow,
        group_id,
        is_first_of_group,
        is_first_of_corporation,
        share_from,
        share_until
    from {{ ref('int_attackers__weighed') }}
    where group_id > 0 and {{ in_window('day') }}
),

seen as (
    select
        day,
        hour,
        corporation_id,
        alliance_id,
        count(*) filter (where is_first_of_group and group_id != victim_group_id) as kills_of_group,
        count(*) filter (where is_first_of_corporation and group_id != victim_group_id) as kills_of_corporation,
        count(*) filter (where final_blow and group_id != victim_group_id) as final_blows,
        count(*) filter (where is_first_of_group and group_id = victim_group_id) as friendly_kills_of_group,
        count(*) filter (where is_first_of_corporation and group_id = victim_group_id)
            as friendly_kills_of_corporation,
        0 as losses,
        sum({{ share_of('destroyed_hundredths') }} + {{ share_of('dropped_hundredths') }})
            filter (where group_id != victim_group_id) as hundredths_destroyed,
        0 as hundredths_lost
    from attackers
    inner join killmails using (day, killmail_id)
    left join valued using (day, killmail_id)
    group by day, hour, corporation_id, alliance_id

    union all

    select
        day,
        hour,
        victim_corporation_id,
        victim_alliance_id,
        0,
        0,
        0,
        0,
        0,
        count(*),
        0,
        sum(destroyed_hundredths + dropped_hundredths)
    from killmails
    left join valued using (day, killmail_id)
    where victim_group_id > 0
    group by day, hour, victim_corporation_id, victim_alliance_id
),

-- A corporation is counted in its alliance as well as by itself.
counted as (
    select
        day,
        hour,
        groups.group_id,
        groups.group_kind,
        sum(case groups.group_kind when 'alliance' then kills_of_group else kills_of_corporation end)::bigint as kills,
        sum(final_blows)::bigint as final_blows,
        sum(losses)::bigint as losses,
        sum(
            case groups.group_kind
                when 'alliance' then friendly_kills_of_group
                else friendly_kills_of_corporation
            end
        )::bigint as friendly_kills,
        (coalesce(sum(hundredths_destroyed), 0) / 100)::numeric(24, 2) as isk_destroyed,
        (coalesce(sum(hundredths_lost)::numeric, 0) / 100)::numeric(24, 2) as isk_lost
    from seen
    cross join lateral (
        values (alliance_id, 'alliance'), (case when corporation_id >= 2000000 then corporation_id end, 'corporation')
    ) as groups (group_id, group_kind)
    where groups.group_id is not null
    group by day, hour, groups.group_id, groups.group_kind
)

select * from counted
