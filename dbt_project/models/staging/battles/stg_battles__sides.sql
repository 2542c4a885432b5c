select
    details.battle_id,
    (entry ->> 0)::smallint as side,
    (entry ->> 1)::integer as pilots,
    (entry ->> 2)::integer as ships_lost,
    (entry ->> 3)::double precision as ships_destroyed,
    (entry ->> 4)::numeric(24, 2) as isk_lost,
    (entry ->> 5)::numeric(24, 2) as isk_destroyed,
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
        from json_array_elements(entry -> 6) as part
    ) as groups,
    (
        select
            coalesce(
                jsonb_agg(jsonb_build_object('type_id', part -> 0, 'fielded', part -> 1, 'lost', part -> 2)), '[]'
            )
        from json_array_elements(entry -> 7) as part
    ) as ship_types,
    (
        select
            coalesce(
                jsonb_agg(jsonb_build_object('type_id', part -> 0, 'destroyed', part -> 1, 'dropped', part -> 2)),
                '[]'
            )
        from json_array_elements(entry -> 8) as part
    ) as items_lost
from {{ source('battles', 'battle_details') }} as details
cross join lateral json_array_elements(details.sides) as entry
