select
    details.battle_id,
    sides.position,
    (
        select
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'group_id', part -> 0, 'group_kind', part -> 1, 'pilots', part -> 2,
                        'isk_destroyed', part -> 3, 'isk_lost', part -> 4, 'confidence', part -> 5
                    )
                ),
                '[]'
            )
        from json_array_elements(parts -> 0) as part
    ) as groups,
    parts
from {{ source('battles', 'battle_details') }} as details
cross join lateral json_array_elements(details.sides) with ordinality as sides (parts, position)
