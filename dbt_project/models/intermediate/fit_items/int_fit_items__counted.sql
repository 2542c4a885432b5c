{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    days_around=1,
    unique_key=['day', 'fit_id', 'place', 'item_type_id'],
    on_schema_change='fail',
    indexes=[
        {'columns': ['fit_id', 'place', 'item_type_id'], 'unique': true},
        {'columns': ['day']},
        {'columns': ['item_type_id']},
    ],
) }}

with losses as (
    select day, fit_id, killmail_id, count(*) over (partition by fit_id) as fit_losses
    from {{ ref('int_fits__clustered') }}
    where {{ in_window('day', 1) }}
),

-- What each ship had of each type and, type null, of each family. Apart from modules, which variants of theirs stand in for,
-- each type is a family of its own.
carried as (
    select
        losses.day,
        losses.fit_id,
        losses.fit_losses,
        items.place,
        items.is_module,
        case when items.is_module then items.family_id else items.item_type_id end as family_id,
        items.item_type_id,
        items.killmail_id,
        sum(items.quantity) as copies
    from losses
    inner join {{ ref('int_burst_items__placed') }} as items using (killmail_id)
    where {{ in_window('items.day', 2) }}
    group by grouping sets ((1, 2, 3, 4, 5, 6, 7, 8), (1, 2, 3, 4, 5, 6, 8))
),

-- As many copies as at least half of the losses have.
counted as (
    select
        day,
        fit_id,
        fit_losses,
        place,
        is_module,
        family_id,
        item_type_id,
        count(*) as losses_carrying,
        coalesce((array_agg(copies order by copies desc))[(fit_losses + 1) / 2], 0) as copies,
        sum(copies) as quantity
    from carried
    group by 1, 2, 3, 4, 5, 6, 7
),

ranked as (
    select
        *,
        max(copies) filter (where item_type_id is null) over family as family_copies,
        sum(copies) filter (where item_type_id is not null) over family as types_copies,
        row_number() over most_flown_first as popularity,
        sum(copies) filter (where item_type_id is not null) over most_flown_first - copies as copies_before
    from counted
    window
        family as (partition by fit_id, place, family_id),
        most_flown_first as (
            partition by fit_id, place, family_id order by item_type_id is null, quantity desc, item_type_id
        )
)

-- The types of a family share its copies, the most flown first; it also has what the pilots filled with one or another.
select
    day,
    fit_id,
    place,
    item_type_id,
    family_id,
    fit_losses,
    losses_carrying,
    family_copies > 0 as is_core,
    (
        greatest(0, least(copies, family_copies - copies_before))
        + case when popularity = 1 then greatest(0, family_copies - types_copies) else 0 end
    )::bigint as quantity_per_ship
from ranked
where item_type_id is not null and (is_module or family_copies > 0)
