{{ config(
    materialized='incremental',
    incremental_strategy='replace_window',
    days_around=1,
    unique_key=['day', 'fit_id', 'place', 'item_type_id'],
    on_schema_change='fail',
    indexes=[{'columns': ['fit_id', 'place', 'item_type_id'], 'unique': true}, {'columns': ['day']}],
) }}

with losses as (
    select day, fit_id, killmail_id, count(*) over (partition by fit_id) as fit_losses
    from {{ ref('int_fits__clustered') }}
    where {{ in_window('day', 1) }}
),

-- Apart from modules, which variants of theirs stand in for, each type is a family of its own.
aboard as (
    select
        losses.day,
        losses.fit_id,
        losses.fit_losses,
        items.killmail_id,
        items.place,
        items.is_module,
        case when items.is_module then items.family_id else items.item_type_id end as family_id,
        items.item_type_id,
        sum(items.quantity) as copies
    from losses
    inner join {{ ref('int_burst_items__placed') }} as items using (day, killmail_id)
    where {{ in_window('items.day', 1) }}
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

-- As many copies as at least half of the losses have; null where fewer than half have any.
families as (
    select
        fit_id,
        place,
        family_id,
        (array_agg(copies order by copies desc))[(fit_losses + 1) / 2] as copies
    from (
        select fit_id, fit_losses, place, family_id, killmail_id, sum(copies) as copies
        from aboard
        group by fit_id, fit_losses, place, family_id, killmail_id
    ) as carried
    group by fit_id, fit_losses, place, family_id
),

types as (
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
        row_number() over (partition by fit_id, place, family_id order by sum(copies) desc, item_type_id) as popularity
    from aboard
    group by day, fit_id, fit_losses, place, is_module, family_id, item_type_id
),

-- The types of a family share its copies, the most flown first; it also has what the pilots filled with one or another.
shared as (
    select
        types.day,
        types.fit_id,
        types.place,
        types.item_type_id,
        types.family_id,
        types.fit_losses,
        types.losses_carrying,
        families.copies is not null as is_core,
        case
            when families.copies is null then 0
            when types.popularity = 1
                then
                    least(types.copies, families.copies)
                    + greatest(0, families.copies - sum(types.copies) over (family_types))
            else
                greatest(
                    0,
                    least(
                        types.copies,
                        families.copies - (sum(types.copies) over (family_types order by types.popularity) - types.copies)
                    )
                )
        end::bigint as quantity_per_ship,
        types.is_module
    from types
    inner join families using (fit_id, place, family_id)
    window family_types as (partition by types.fit_id, types.place, types.family_id)
)

select
    day, fit_id, place, item_type_id, family_id, fit_losses, losses_carrying, is_core, quantity_per_ship
from shared
where is_module or is_core
