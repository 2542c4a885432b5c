{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day', 'group_id', 'ally_group_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['day', 'group_id', 'ally_group_id'], 'unique': true}],
) }}

with attackers as (
    select
        day,
        killmail_id,
        group_id,
        {{ group_kind('group_id', 'alliance_id is not null') }} as group_kind
    from {{ ref('int_attackers__weighed') }}
    where is_first_of_group and group_id > 0 and {{ in_window('day') }}
),

counted as (
    select
        attackers.day,
        attackers.group_id,
        attackers.group_kind,
        allies.group_id as ally_group_id,
        allies.group_kind as ally_group_kind,
        count(*) as joint_kills
    from attackers
    inner join attackers as allies
        on
            attackers.day = allies.day
            and attackers.killmail_id = allies.killmail_id
            and attackers.group_id < allies.group_id
    group by attackers.day, attackers.group_id, attackers.group_kind, allies.group_id, allies.group_kind
)

select * from counted
