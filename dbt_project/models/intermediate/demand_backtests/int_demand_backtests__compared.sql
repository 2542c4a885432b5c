{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['place_kind', 'place_id', 'outcome'],
    on_schema_change='fail',
    indexes=[{'columns': ['place_kind', 'place_id', 'outcome'], 'unique': true}],
) }}

-- Types lost in the week that ended a week ago: how they stood then, and what they did since.
with types_then as (
    select
        place_kind,
        place_id,
        type_id,
        max(demand_score) filter (where weeks_ago = 1) as demand_score,
        max(volume_7d) filter (where weeks_ago = 1) as volume_then,
        max(market_days) filter (where weeks_ago = 1) as market_days_then,
        max(average_isk) filter (where weeks_ago = 1) as average_then_isk,
        max(volume_7d) filter (where weeks_ago = 0) as volume_since,
        max(market_days) filter (where weeks_ago = 0) as market_days_since,
        max(average_isk) filter (where weeks_ago = 0) as average_since_isk
    from {{ ref('int_demand__scored') }}
    group by place_kind, place_id, type_id
    having max(losses_7d) filter (where weeks_ago = 1) > 0
),

-- Where history knows no sale in both weeks, a first one could not be told from none.
traded_places as (
    select place_kind, place_id
    from {{ ref('int_demand__scored') }}
    where volume_7d > 0
    group by place_kind, place_id
),

-- place_id 0 holds all places of a kind; a type in two regions is two there.
judged as (
    select
        place_kind,
        of_place_id as place_id,
        demand_score,
        demand_score >= {{ var('war_alert_demand_score_threshold') }} as is_flagged,
        outcome,
        is_hit
    from types_then
    inner join traded_places using (place_kind, place_id)
    cross join lateral unnest(case place_id when 0 then array[0] else array[place_id, 0] end) as places (of_place_id)
    cross join lateral (
        values
        ('dearer', average_since_isk > average_then_isk),
        ('more_traded', volume_since * market_days_then > volume_then * market_days_since) -- a day
    ) as outcomes (outcome, is_hit)
    where demand_score is not null and is_hit is not null
),

ranked as (
    select
        *,
        rank() over scores + (count(*) over (scores range current row) - 1) / 2.0 as middle_rank -- of equal scores
    from judged
    window scores as (partition by place_kind, place_id, outcome order by demand_score)
),

counted as (
    select
        place_kind,
        place_id,
        outcome,
        count(*) filter (where is_flagged) as flagged_types,
        count(*) filter (where is_flagged and is_hit) as flagged_hits,
        count(*) filter (where not is_flagged) as other_types,
        count(*) filter (where not is_flagged and is_hit) as other_hits,
        count(*) filter (where is_hit) as hits,
        count(*) filter (where not is_hit) as misses,
        max(demand_score) as highest_score,
        coalesce(sum(middle_rank) filter (where is_hit), 0) as ranks_of_hits
    from ranked
    group by place_kind, place_id, outcome
),

weeks as (
    select
        max(end_day) filter (where weeks_ago = 1) as end_day,
        coalesce(bool_or(trend is not null) filter (where weeks_ago = 1), false) as is_trend_known,
        coalesce(max(market_days) filter (where weeks_ago = 1), 0) as market_days,
        coalesce(max(market_days) filter (where weeks_ago = 0), 0) as market_days_since
    from {{ ref('int_demand__scored') }}
),

-- Also where there was nothing to compare, so that the reason can be said.
overall as (
    select place_kind, 0 as place_id, outcome
    from unnest(array['region', 'hub', 'new_eden']) as kinds (place_kind)
    cross join unnest(array['dearer', 'more_traded']) as outcomes (outcome)
),

-- The interval of a ratio of two shares is Katz's, on the logarithm, with a half added to each count so that none is 0.
-- Concordance: of all pairs of a hit and a miss, the share where the hit had the higher score (Mann and Whitney's U);
-- its standard error is that of scores that say nothing.
compared as (
    select
        place_kind,
        place_id,
        outcome,
        weeks.*,
        coalesce(flagged_types, 0) as flagged_types,
        coalesce(flagged_hits, 0) as flagged_hits,
        coalesce(other_types, 0) as other_types,
        coalesce(other_hits, 0) as other_hits,
        highest_score,
        ln((flagged_hits + 0.5) * (other_types + 0.5) / ((other_hits + 0.5) * (flagged_types + 0.5)))::double precision
            as log_lift,
        sqrt(
            1 / (flagged_hits + 0.5) - 1 / (flagged_types + 0.5) + 1 / (other_hits + 0.5) - 1 / (other_types + 0.5)
        )::double precision as log_lift_standard_error,
        ((ranks_of_hits - hits * (hits + 1) / 2.0) / nullif(hits * misses, 0))::double precision as concordance,
        sqrt((hits + misses + 1) / (12.0 * nullif(hits * misses, 0)))::double precision as concordance_standard_error
    from counted
    full join overall using (place_kind, place_id, outcome)
    cross join weeks
)

select * from compared
