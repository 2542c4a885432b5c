select
    battles.day,
    entities.*
from {{ ref('stg_battles__entities') }} as entities
inner join {{ ref('stg_battles__battles') }} as battles using (battle_id)
