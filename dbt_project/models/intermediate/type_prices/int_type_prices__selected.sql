{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['type_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['type_id'], 'unique': true}],
) }}

-- A type has a price on the days it was lost; after a month that says little.
select distinct on (type_id)
    type_id,
    price_isk,
    day as price_day
from {{ ref('stg_killmail_values__prices') }}
where day > (select max(day) - 30 from {{ ref('stg_killmail_values__prices') }})
order by type_id, day desc
