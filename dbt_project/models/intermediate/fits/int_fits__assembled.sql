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
        day,
        burst_id,
        killmail_id,
        family_id::bigint * 100 + row_number() over (partition by killmail_id, family_id order by item_index) as module
    from {{ ref('int_burst_items__placed') }}
    where {{ in_window('day', 1) }} and is_module
)

select day, burst_id, killmail_id, array_agg(module order by module) as modules
from modules
group by day, burst_id, killmail_id
