{{ config(
    materialized='incremental',
    incremental_strategy='replace_all',
    unique_key=['place_kind', 'place_id', 'type_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['place_kind', 'place_id', 'type_id'], 'unique': true},
        {'columns': ['type_id', 'place_kind']},
        {'columns': ['region_id', 'demand_score']},
        {'columns': ['market_solar_system_id', 'demand_score']},
        {'columns': ['place_kind', 'gap_isk']},
        {'columns': ['place_kind', 'losses_7d_isk']},
    ],
) }}

-- A table, as to plan these joins and to write a page's sentences takes ten times as long as to read them.
select
    flagged.*,
    concat_ws(
        ' ',
        'Lost in ' || place_name || ' in the 7 days to ' || (end_day - 1)
        || case when killmail_days < 7 then ', ' || killmail_days || ' of which have killmails' else '' end || ': '
        || {{ units_in_words('losses_7d') }} || case
            when losses_previous_7d is null then '; the week before is not known.'
            when abs(change_standard_errors) < 2
                then '; in the week before: ' || {{ units_in_words('losses_previous_7d') }}
                || ', no more of a change than chance makes.'
            else '; in the week before: ' || {{ units_in_words('losses_previous_7d') }} || '.'
        end,
        case when dropped_7d > 0 then 'Left in wrecks besides: ' || {{ units_in_words('dropped_7d') }} || '.' end,
        case when is_without_market then
            case when is_nullsec then 'No public market here' else 'No market here' end || case
                when hub_stock is not null
                    then '; ' || hub_solar_system_name || ', ' || {{ jumps_in_words('hub_jumps') }} || ' away, has '
                    || {{ units_in_words('hub_stock') }} || ' for sale'
                    || coalesce(', from ' || {{ units_in_words('hub_lowest_sell_isk') }} || ' ISK', '') || '.'
                when hub_solar_system_name is not null
                    then '; ' || hub_solar_system_name || ' is the nearest trade hub, '
                    || {{ jumps_in_words('hub_jumps') }} || ' away.'
                else ', and no stargates lead to a trade hub.'
            end
        end,
        case
            when is_without_market then null
            when volume_7d is null then 'What was sold is not known.'
            else
                'Sold in ' || case when place_kind = 'hub' then 'its region in ' else '' end || market_days || ' days: '
                || {{ units_in_words('volume_7d') }} || '.'
        end,
        case
            when is_without_market then null
            when stock is null then 'What is for sale is not known.'
            when stock = 0 then 'For sale: 0.'
            else
                'For sale: ' || {{ units_in_words('stock') }} || ', from '
                || {{ units_in_words('lowest_sell_isk') }} || ' ISK.'
        end,
        case when is_nullsec then 'What private structures sell is not public.' end,
        'Fights behind the losses: ' || to_char(fights, 'FM999,990.0') || ' of like size.'
    ) as reason,
    case
        when is_short and hub_is_elsewhere and hub_stock >= gap_units
            then 'Bring ' || {{ units_in_words('gap_units') }} || ' ' || type_label || ' from ' || hub_solar_system_name
            || ', ' || {{ jumps_in_words('hub_jumps') }} || ' away, which has ' || {{ units_in_words('hub_stock') }}
            || ' for sale, from ' || {{ units_in_words('hub_lowest_sell_isk') }} || ' ISK.'
        when is_short
            then 'Make ' || {{ units_in_words('gap_units') }} || ' ' || type_label || ' for ' || market_label
            || ': a week of losses is beyond what is for sale' || case
                when hub_is_elsewhere
                    then ', and ' || hub_solar_system_name || ', ' || {{ jumps_in_words('hub_jumps') }}
                    || ' away, has only ' || {{ units_in_words('hub_stock') }} || '.'
                else '.'
            end
        when is_in_demand and volume_7d = 0
            then 'Offer ' || type_label || ' in ' || market_label || ': none was sold while '
            || {{ units_in_words('losses_7d') }} || ' were lost.'
        when is_in_demand
            then 'Offer more ' || type_label || ' in ' || market_label || ': the losses, times their trend, are '
            || to_char(demand_score, 'FM999,999,990.0') || ' times what was sold.'
    end || case when fights = 1 then ' One fight took all of it, and may be the only one.' else '' end as recommendation
from (
    select
        scored.*,
        case
            when scored.place_kind = 'new_eden' then 'New Eden'
            when scored.place_kind = 'region' then coalesce(regions.region_name, 'unknown systems')
            else coalesce('the reach of ' || markets.solar_system_name, 'systems without a trade hub')
        end as place_name,
        coalesce(regions.region_name, markets.solar_system_name, 'New Eden') as market_label,
        regions.region_id,
        regions.region_name,
        markets.solar_system_id as market_solar_system_id,
        markets.solar_system_name as market_solar_system_name,
        types.type_name,
        types.group_id,
        types.group_name,
        types.category_id,
        types.category_name,
        coalesce(types.type_name, 'type ' || scored.type_id) as type_label,
        supplied.hub_solar_system_id,
        hubs.solar_system_name as hub_solar_system_name,
        supplied.jumps as hub_jumps,
        coalesce(supplied.is_nullsec, false) as is_nullsec,
        coalesce(hubs.region_id <> scored.place_id, false) as hub_is_elsewhere,
        coalesce(scored.place_kind = 'region' and regions.region_id is not null and not scored.has_market, false)
            as is_without_market,
        case when hubs.solar_system_id is not null and exists (select from {{ ref('stg_market_orders__stock') }})
            then coalesce(hub_stock.hub_sell_volume, 0)
        end as hub_stock,
        hub_stock.hub_lowest_sell_isk,
        scored.gap_units >= {{ var('war_alert_min_gap_units') }} as is_short,
        scored.demand_score >= {{ var('war_alert_demand_score_threshold') }} as is_in_demand
    from {{ ref('int_demand__scored') }} as scored
    left join {{ ref('stg_static_data__types') }} as types using (type_id)
    left join {{ ref('stg_static_data__regions') }} as regions
        on scored.place_kind = 'region' and scored.place_id = regions.region_id
    left join {{ ref('stg_static_data__solar_systems') }} as markets
        on scored.place_kind = 'hub' and scored.place_id = markets.solar_system_id
    left join {{ ref('int_regions__supplied') }} as supplied
        on scored.place_kind = 'region' and scored.place_id = supplied.region_id
    left join {{ ref('stg_static_data__solar_systems') }} as hubs on supplied.hub_solar_system_id = hubs.solar_system_id
    left join {{ ref('stg_market_orders__stock') }} as hub_stock
        on hubs.region_id = hub_stock.region_id and scored.type_id = hub_stock.type_id
    where scored.weeks_ago = 0
) as flagged
order by place_kind, place_id, type_id -- rows of one place share blocks, so that few are read for them
