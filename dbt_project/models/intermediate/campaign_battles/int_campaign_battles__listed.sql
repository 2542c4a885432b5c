{#
    A table, so that a window's battles are found by their day and a campaign's by its id: taken out of the campaigns'
    arrays, either would read all of them.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['campaign_id', 'battle_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['campaign_id', 'position'], 'unique': true},
        {'columns': ['day', 'battle_id']},
    ],
) }}

select battles.day, campaign_id, battles.battle_id, battles.position
from {{ ref('int_campaigns__joined') }}
cross join lateral unnest(battle_ids, days) with ordinality as battles (battle_id, day, position)
