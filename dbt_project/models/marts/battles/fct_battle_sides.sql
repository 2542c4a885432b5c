select
    battles.day,
    sides.*
from {{ ref('stg_battles__sides') }} as sides
inner join {{ ref('stg_battles__battles') }} as battles using (battle_id)
