select
    battles.day,
    rosters.battle_id,
    rosters.character_ids
from {{ ref('stg_battles__rosters') }} as rosters
inner join {{ ref('stg_battles__battles') }} as battles using (battle_id)
