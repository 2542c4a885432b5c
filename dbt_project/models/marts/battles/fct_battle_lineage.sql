select
    lineage.old_battle_id,
    lineage.old_slug,
    battles.battle_id,
    battles.slug,
    lineage.reason,
    lineage.happened_at
from {{ ref('stg_battles__lineage') }} as lineage
left join {{ ref('stg_battles__battles') }} as battles using (battle_id)
