select
    details.battle_id,
    pilots.character_id,
    pilots.side,
    pilots.side_confidence,
    pilots.second_best_side,
    pilots.isk_destroyed
from {{ source('battles', 'battle_details') }} as details
cross join lateral unnest(
    details.character_ids,
    details.character_sides,
    details.side_confidences,
    details.second_best_sides,
    details.isk_destroyed
) as pilots (character_id, side, side_confidence, second_best_side, isk_destroyed)
