{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    days_around=2,
    unique_key=['day', 'killmail_id', 'place', 'item_type_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['day', 'killmail_id', 'place', 'item_type_id'], 'unique': true}],
    post_hook='analyze {{ this }}',
) }}

-- By the mail and its own day, not the burst's: when a day's items are pruned these rows stay, and so must be right in
-- whatever burst a late mail puts the loss.
with placed as (
    select
        items.day,
        items.killmail_id,
        case
            when types.category_name in ('Charge', 'Drone', 'Fighter') then lower(types.category_name)
            when items.container_index is not null or types.category_name not in ('Module', 'Subsystem') then 'cargo'
            when items.flag between 27 and 34 then 'high'
            when items.flag between 19 and 26 then 'mid'
            when items.flag between 11 and 18 then 'low'
            when items.flag between 92 and 99 then 'rig'
            when items.flag between 125 and 132 then 'subsystem'
            else 'cargo'
        end as place,
        items.item_type_id,
        -- Meta variants share their market group, which also tells sizes apart; what has none goes by its group.
        coalesce(types.market_group_id, -types.group_id) as family_id,
        items.quantity_destroyed + items.quantity_dropped as quantity
    from {{ ref('int_bursts__gathered') }} as bursts
    inner join {{ ref('stg_killmails__items') }} as items
        on bursts.killmail_day = items.day and bursts.killmail_id = items.killmail_id
    inner join {{ ref('stg_static_data__types') }} as types on items.item_type_id = types.type_id
    where {{ in_window('bursts.day', 3) }} and {{ in_window('items.day', 2) }}
)

select
    day,
    killmail_id,
    place,
    item_type_id,
    family_id,
    place in ('high', 'mid', 'low', 'rig', 'subsystem') as is_module,
    count(*) as stacks,
    sum(quantity)::bigint as quantity
from placed
group by day, killmail_id, place, item_type_id, family_id
