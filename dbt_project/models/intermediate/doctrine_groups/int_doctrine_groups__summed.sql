{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['doctrine_id', 'group_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['doctrine_id', 'group_id'], 'unique': true}, {'columns': ['group_id']}],
) }}

select
    identified.doctrine_id,
    flyers.group_id,
    max(flyers.group_kind) as group_kind,
    min(described.first_lost_at) as first_seen_at,
    max(described.last_lost_at) as last_seen_at,
    count(distinct described.burst_id) as bursts,
    sum(flyers.losses)::bigint as losses,
    coalesce(
        sum(flyers.losses) filter (where described.day >= windows.first_day and described.day < windows.end_day), 0
    )::bigint as losses_7d
from {{ ref('int_doctrine_fits__identified') }} as identified
inner join {{ ref('int_fits__described') }} as described using (fit_id)
cross join lateral unnest(
    described.group_ids, described.group_kinds, described.group_losses
) as flyers (group_id, group_kind, losses)
inner join {{ ref('int_windows__dated') }} as windows on windows.window_days = 7
group by identified.doctrine_id, flyers.group_id
