select
    battles.day,
    friendly_fire.battle_id,
    friendly_fire.killmail_id,
    friendly_fire.position,
    friendly_fire.character_id,
    characters.entity_name as character_name,
    friendly_fire.damage_done
from {{ ref('stg_battles__friendly_fire') }} as friendly_fire
inner join {{ ref('stg_battles__battles') }} as battles using (battle_id)
left join {{ ref('stg_names__entities') }} as characters on friendly_fire.character_id = characters.entity_id
