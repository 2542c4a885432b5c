select
    doctrines.doctrine_id,
    doctrines.ship_type_id,
    types.type_name as ship_type_name,
    types.group_name as ship_group_name,
    doctrines.first_seen_at,
    doctrines.last_seen_at,
    doctrines.bursts,
    doctrines.losses,
    doctrines.isk_lost,
    doctrines.region_ids,
    doctrines.mean_fleet_size,
    doctrines.loss_share,
    doctrines.losses_7d,
    doctrines.losses_previous_7d,
    doctrines.expected_restock_units,
    fits.modules,
    (fits.items_isk + hulls.price_isk)::numeric(24, 2) as ship_isk,
    flyers.group_id as main_group_id,
    names.entity_name as main_group_name,
    format(
        '%s with %s: %s lost in %s %s, most by %s. %s',
        coalesce(types.type_name, 'Type ' || doctrines.ship_type_id),
        fits.modules,
        doctrines.losses,
        doctrines.bursts,
        case when doctrines.bursts = 1 then 'fight' else 'fights' end,
        coalesce(names.entity_name, flyers.group_kind || ' ' || flyers.group_id),
        case
            when doctrines.expected_restock_units > 0
                then format('About %s will be bought in the next 7 days.', doctrines.expected_restock_units)
            else 'None was lost in the last 7 days.'
        end
    ) as summary
from {{ ref('int_doctrines__summed') }} as doctrines
left join {{ ref('stg_static_data__types') }} as types on doctrines.ship_type_id = types.type_id
left join {{ ref('int_type_prices__selected') }} as hulls on doctrines.ship_type_id = hulls.type_id
cross join lateral (
    select
        string_agg(
            case when items.quantity_per_ship > 1 then items.quantity_per_ship || ' ' else '' end
            || coalesce(item_types.type_name, 'type ' || items.item_type_id),
            ', '
            order by
                array_position(array['high', 'mid', 'low'], items.place),
                items.quantity_per_ship desc,
                items.item_type_id
        ) filter (where items.place in ('high', 'mid', 'low')) as modules,
        sum(items.quantity_per_ship * prices.price_isk) as items_isk
    from {{ ref('int_fit_items__counted') }} as items
    left join {{ ref('stg_static_data__types') }} as item_types on items.item_type_id = item_types.type_id
    left join {{ ref('int_type_prices__selected') }} as prices on items.item_type_id = prices.type_id
    where items.fit_id = doctrines.newest_fit_id and items.quantity_per_ship > 0
) as fits
cross join lateral (
    select group_id, group_kind
    from {{ ref('int_doctrine_groups__summed') }} as groups
    where groups.doctrine_id = doctrines.doctrine_id
    order by losses desc, group_id
    limit 1
) as flyers
left join {{ ref('stg_names__entities') }} as names on flyers.group_id = names.entity_id
