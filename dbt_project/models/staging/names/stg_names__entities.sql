select
    entity_id,
    category,
    entity_name
from {{ source('names', 'entity_names') }}
