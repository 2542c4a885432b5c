select
    day,
    killmail_id,
    item_index,
    container_index,
    item_type_id,
    flag,
    singleton,
    quantity_destroyed,
    quantity_dropped
from {{ source('killmails', 'killmail_items') }}
