select
    backtests.place_kind,
    regions.region_id,
    regions.region_name,
    hubs.solar_system_id as hub_solar_system_id,
    hubs.solar_system_name as hub_solar_system_name,
    backtests.outcome,
    backtests.end_day,
    backtests.is_trend_known,
    backtests.flagged_types,
    backtests.flagged_hits,
    backtests.flagged_hits::double precision / nullif(backtests.flagged_types, 0) as hit_rate,
    backtests.highest_score,
    backtests.other_types,
    backtests.other_hits,
    backtests.other_hits::double precision / nullif(backtests.other_types, 0) as baseline_rate,
    case when judged.is_possible then exp(backtests.log_lift) end as lift,
    case when judged.is_possible then exp(backtests.log_lift - 1.96 * backtests.log_lift_standard_error) end as lift_low,
    case when judged.is_possible then exp(backtests.log_lift + 1.96 * backtests.log_lift_standard_error) end as lift_high,
    backtests.concordance,
    backtests.concordance_standard_error,
    case
        when backtests.end_day is null then 'Not known: not every day of the week before the last has killmails.'
        when least(backtests.market_days, backtests.market_days_since) = 0
            then 'Not known: market history lacks one of the last two weeks.'
        when backtests.flagged_types + backtests.other_types = 0
            then case backtests.outcome
                when 'dearer' then 'Not known: nothing that was lost a week ago was sold in both weeks.'
                else 'Not known: nothing was lost a week ago where market history knows sales.'
            end
        else concat_ws(
            ' ',
            case
                when judged.is_possible
                    then format(
                        'Of %s types flagged a week ago %s %% %s, of %s others %s %%: %s times as many (95 %% sure: %s to %s).',
                        {{ units_in_words('backtests.flagged_types') }},
                        round(100.0 * backtests.flagged_hits / backtests.flagged_types),
                        judged.became,
                        {{ units_in_words('backtests.other_types') }},
                        round(100.0 * backtests.other_hits / backtests.other_types),
                        to_char(exp(backtests.log_lift), 'FM9990.00'),
                        to_char(exp(backtests.log_lift - 1.96 * backtests.log_lift_standard_error), 'FM9990.00'),
                        to_char(exp(backtests.log_lift + 1.96 * backtests.log_lift_standard_error), 'FM9990.00')
                    )
                when backtests.flagged_types = 0 then format(
                    'None of %s types was flagged a week ago where sales are known: the highest score was %s, short of %s.',
                    {{ units_in_words('backtests.other_types') }},
                    to_char(backtests.highest_score, 'FM999,990.00'),
                    to_char({{ var('war_alert_demand_score_threshold') }}, 'FM999,990.00')
                )
                else format(
                    '%s types were flagged a week ago and %s were not: no shares to compare.',
                    {{ units_in_words('backtests.flagged_types') }},
                    {{ units_in_words('backtests.other_types') }}
                )
            end,
            case when backtests.concordance is not null then format(
                'Of two types of which one %s, it had the higher score in %s %% (50 %% is chance, give or take %s).',
                judged.became,
                to_char(100 * backtests.concordance, 'FM990.0'),
                to_char(196 * backtests.concordance_standard_error, 'FM990.0')
            ) end,
            case when not backtests.is_trend_known then 'The scores of then are without a trend.' end
        )
    end as result
from {{ ref('int_demand_backtests__compared') }} as backtests
left join {{ ref('stg_static_data__regions') }} as regions
    on backtests.place_kind = 'region' and backtests.place_id = regions.region_id
left join {{ ref('stg_static_data__solar_systems') }} as hubs
    on backtests.place_kind = 'hub' and backtests.place_id = hubs.solar_system_id
cross join lateral (
    select
        backtests.flagged_types > 0 and backtests.other_types > 0 as is_possible,
        case backtests.outcome when 'dearer' then 'became dearer' else 'sold more' end as became
) as judged
