{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    days_around=1,
    unique_key=['day', 'killmail_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['day', 'killmail_id'], 'unique': true}],
    post_hook='analyze {{ this }}',
) }}

-- Each module aboard, a second copy told from the first.
with modules as (
    select
        bursts.day,
        bursts.burst_id,
        bursts.killmail_id,
        items.family_id::bigint * 100
        + row_number() over (
            partition by bursts.day, bursts.killmail_id, items.family_id order by items.place, items.item_type_id
        ) as module
    from {{ ref('int_bursts__gathered') }} as bursts
    inner join {{ ref('int_burst_items__placed') }} as items
        on bursts.killmail_day = items.day and bursts.killmail_id = items.killmail_id
    cross join lateral generate_series(1, items.stacks)
    where {{ in_window('bursts.day', 1) }} and {{ in_window('items.day', 2) }} and items.is_module
)

select day, burst_id, killmail_id, array_agg(module order by module) as modules
from modules
group by day, burst_id, killmail_id
