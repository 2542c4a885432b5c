{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    unique_key=['day'],
    on_schema_change='fail',
    indexes=[{'columns': ['day'], 'unique': true}],
) }}

select
    ours.day,
    count(*) as mails_compared,
    sum(ours.total_isk)::numeric(24, 2) as total_isk,
    sum(theirs.total_value_isk)::numeric(24, 2) as zkillboard_total_isk,
    percentile_cont(0.05) within group (order by ours.total_isk / theirs.total_value_isk)::double precision as ratio_p5,
    percentile_cont(0.25) within group (order by ours.total_isk / theirs.total_value_isk)::double precision as ratio_p25,
    percentile_cont(0.5) within group (order by ours.total_isk / theirs.total_value_isk)::double precision as ratio_p50,
    percentile_cont(0.75) within group (order by ours.total_isk / theirs.total_value_isk)::double precision as ratio_p75,
    percentile_cont(0.95) within group (order by ours.total_isk / theirs.total_value_isk)::double precision as ratio_p95,
    avg((abs(ours.total_isk - theirs.total_value_isk) <= 0.01 * theirs.total_value_isk)::integer)::double precision
        as share_within_1_percent,
    avg((abs(ours.total_isk - theirs.total_value_isk) <= 0.05 * theirs.total_value_isk)::integer)::double precision
        as share_within_5_percent,
    avg((abs(ours.total_isk - theirs.total_value_isk) <= 0.25 * theirs.total_value_isk)::integer)::double precision
        as share_within_25_percent,
    avg((theirs.total_value_isk between ours.total_low_isk and ours.total_high_isk)::integer)::double precision
        as share_within_range,
    avg(
        (
            (ours.is_npc, ours.is_solo, ours.is_awox)
            is not distinct from (theirs.npc, theirs.solo, theirs.awox)
        )::integer
    )::double precision as share_same_flags
from {{ ref('stg_killmail_values__values') }} as ours
inner join {{ ref('stg_killmails__zkb') }} as theirs
    on ours.day = theirs.day and ours.killmail_id = theirs.killmail_id
where theirs.total_value_isk > 0 and {{ in_window('ours.day') }} and {{ in_window('theirs.day') }}
group by ours.day
