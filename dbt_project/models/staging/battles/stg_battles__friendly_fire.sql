select
    details.battle_id,
    shots.position,
    (shots.shot ->> 0)::bigint as killmail_id,
    (shots.shot ->> 1)::bigint as character_id,
    (shots.shot ->> 2)::bigint as damage_done
from {{ source('battles', 'battle_details') }} as details
cross join lateral json_array_elements(details.friendly_fire) with ordinality as shots (shot, position)
