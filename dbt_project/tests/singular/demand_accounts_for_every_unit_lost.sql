{{ config(meta={'dagster': {'ref': {'name': 'rpt_type_demand'}}}) }}

-- Of each type that markets sell, as much is lost in New Eden as in all regions, and as in the reach of all hubs and
-- beyond; and that is what was counted by day and system.
with days as (
    select first_day, end_day
    from {{ ref('int_windows__dated') }}
    where window_days = 7
),

counted as (
    select type_id, sum(losses_7d) as losses_7d
    from (
        select day, ship_type_id as type_id, ships_lost as losses_7d
        from {{ ref('int_ship_losses__counted') }}
        union all
        select day, item_type_id, quantity_destroyed
        from {{ ref('int_item_demand__counted') }}
    ) as lost
    cross join days
    left join {{ ref('stg_static_data__types') }} as types using (type_id)
    where day >= first_day and day < end_day and (types.type_id is null or types.market_group_id is not null)
    group by type_id
    having sum(losses_7d) > 0
),

of_regions as (
    select type_id, sum(losses_7d) as losses_7d
    from {{ ref('rpt_region_demand') }}
    group by type_id
),

of_hubs as (
    select type_id, sum(losses_7d) as losses_7d
    from {{ ref('rpt_hub_demand') }}
    group by type_id
),

of_new_eden as (
    select type_id, losses_7d
    from {{ ref('rpt_type_demand') }}
)

select *
from of_new_eden
full join of_regions using (type_id)
full join of_hubs using (type_id)
full join counted using (type_id)
where
    of_new_eden.losses_7d is distinct from of_regions.losses_7d
    or of_new_eden.losses_7d is distinct from of_hubs.losses_7d
    or of_new_eden.losses_7d is distinct from coalesce(counted.losses_7d, 0)
