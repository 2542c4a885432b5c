select
    listed.doctrine_id,
    listed.place,
    listed.item_type_id,
    types.type_name as item_type_name,
    listed.share_carrying,
    listed.is_core,
    listed.quantity_per_ship,
    listed.quantity_per_ship * listed.expected_restock_units as restock_quantity,
    prices.price_isk,
    prices.price_day,
    (listed.quantity_per_ship * listed.expected_restock_units * prices.price_isk)::numeric(24, 2) as restock_isk
from (
    select
        doctrines.doctrine_id,
        'hull'::text as place,
        doctrines.ship_type_id as item_type_id,
        1::double precision as share_carrying,
        true as is_core,
        1::bigint as quantity_per_ship,
        doctrines.expected_restock_units
    from {{ ref('int_doctrines__summed') }} as doctrines

    union all

    select
        doctrines.doctrine_id,
        items.place,
        items.item_type_id,
        items.losses_carrying / items.fit_losses::double precision,
        items.is_core,
        items.quantity_per_ship,
        doctrines.expected_restock_units
    from {{ ref('int_doctrines__summed') }} as doctrines
    inner join {{ ref('int_fit_items__counted') }} as items on doctrines.newest_fit_id = items.fit_id
) as listed
left join {{ ref('stg_static_data__types') }} as types on listed.item_type_id = types.type_id
left join {{ ref('int_type_prices__selected') }} as prices on listed.item_type_id = prices.type_id
