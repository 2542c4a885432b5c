{{ config(meta={'dagster': {'ref': {'name': 'fct_battles'}}}) }}

-- A battle's totals are those of its mails and pilots.
with battles as (
    select day, battle_id, total_killmails, total_pilots
    from {{ ref('fct_battles') }}
    where {{ in_window('day') }}
),

killmails as (
    select day, battle_id, count(*) as killmails
    from {{ ref('fct_battle_killmails') }}
    where {{ in_window('day') }}
    group by day, battle_id
),

participants as (
    select day, battle_id, count(*) as pilots
    from {{ ref('fct_battle_participants') }}
    where {{ in_window('day') }}
    group by day, battle_id
)

select *
from battles
full join killmails using (day, battle_id)
full join participants using (day, battle_id)
where
    battles.total_killmails is distinct from killmails.killmails
    or battles.total_pilots is distinct from coalesce(participants.pilots, 0)
