select
    details.battle_id,
    (totals ->> 0)::smallint as side,
    (totals ->> 1)::integer as pilots,
    (totals ->> 2)::integer as ships_lost,
    (totals ->> 3)::double precision as ships_destroyed,
    (totals ->> 4)::numeric(24, 2) as isk_lost,
    (totals ->> 5)::numeric(24, 2) as isk_destroyed,
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
    (
        select
            coalesce(
                jsonb_agg(jsonb_build_object('type_id', part -> 0, 'fielded', part -> 1, 'lost', part -> 2)), '[]'
            )
        from json_array_elements(parts -> 1) as part
    ) as ship_types,
    (
        select
            coalesce(
                jsonb_agg(jsonb_build_object('type_id', part -> 0, 'destroyed', part -> 1, 'dropped', part -> 2)),
                '[]'
            )
        from json_array_elements(parts -> 2) as part
    ) as items_lost
from {{ source('battles', 'battle_details') }} as details
inner join {{ source('battles', 'battles') }} as battles using (battle_id)
cross join lateral rows from (
    json_array_elements(battles.sides), json_array_elements(details.sides)
) as sides (totals, parts)
