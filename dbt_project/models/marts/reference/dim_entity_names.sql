select
    entity_id,
    category,
    entity_name
from {{ ref('stg_names__entities') }}
union all
select
    factions.faction_id::bigint as entity_id,
    'faction' as category,
    factions.faction_name as entity_name
from {{ ref('stg_static_data__factions') }} as factions
where
    not exists (
        select from {{ ref('stg_names__entities') }} as named where named.entity_id = factions.faction_id
    )
