{{ config(meta={'dagster': {'ref': {'name': 'fct_item_losses'}}}) }}

-- Each day, the hulls of the valued killmails and the items on them are worth what the killmails are; nothing else dropped.
-- Of days whose items are pruned, a mail that came late has a value, but its items are not counted.
with valued as (
    select
        day,
        sum(hull_isk) as hull_isk,
        sum(destroyed_isk) as destroyed_isk,
        sum(dropped_isk) as dropped_isk
    from {{ ref('stg_killmail_values__values') }}
    where {{ in_window('day') }}
    group by day
),

items as (
    select day, sum(destroyed_isk) as destroyed_isk, sum(dropped_isk) as dropped_isk
    from {{ ref('fct_item_losses') }}
    where {{ in_window('day') }}
    group by day
)

select *
from valued
full join items using (day)
where
    day not in (select day from {{ ref('stg_killmails__days') }} where items_pruned_at is not null)
    and (
        coalesce(valued.destroyed_isk, 0) is distinct from coalesce(valued.hull_isk, 0) + coalesce(items.destroyed_isk, 0)
        or coalesce(valued.dropped_isk, 0) is distinct from coalesce(items.dropped_isk, 0)
    )
