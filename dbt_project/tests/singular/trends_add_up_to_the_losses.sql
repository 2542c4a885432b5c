{{ config(meta={'dagster': {'ref': {'name': 'rpt_ship_loss_trends'}}}) }}

-- Over all regions and types, a window's losses are those of its days.
with trends as (
    select window_days, first_day, end_day, 'ships' as kind, sum(ships_lost) as lost, sum(destroyed_isk) as destroyed_isk
    from {{ ref('rpt_ship_loss_trends') }}
    group by window_days, first_day, end_day
    union all
    select window_days, first_day, end_day, 'items', sum(quantity_destroyed), sum(destroyed_isk)
    from {{ ref('rpt_item_loss_trends') }}
    group by window_days, first_day, end_day
)

select
    trends.*,
    losses.lost as lost_by_day,
    losses.destroyed_isk as destroyed_isk_by_day
from trends
cross join lateral (
    select sum(ships_lost) as lost, sum(destroyed_isk) as destroyed_isk
    from {{ ref('fct_ship_losses') }}
    where trends.kind = 'ships' and day >= trends.first_day and day < trends.end_day
    union all
    select sum(quantity_destroyed), sum(destroyed_isk)
    from {{ ref('fct_item_losses') }}
    where trends.kind = 'items' and day >= trends.first_day and day < trends.end_day
) as losses
where
    losses.lost is not null
    and (trends.lost, trends.destroyed_isk) is distinct from (losses.lost, losses.destroyed_isk)
