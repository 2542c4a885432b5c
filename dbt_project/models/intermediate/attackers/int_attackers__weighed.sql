select
    day,
    killmail_id,
    attacker_index,
    character_id,
    corporation_id,
    alliance_id,
    ship_type_id,
    damage_done,
    final_blow,
    group_id,
    coalesce(lag(group_id) over in_order != group_id, true) as is_first_of_group,
    lag(group_id) over in_order is distinct from group_id
    or lag(corporation_id) over in_order is distinct from corporation_id as is_first_of_corporation,
    character_id is not null and lag(character_id) over in_order is distinct from character_id as is_first_of_pilot,
    case
        when sum(positive_damage) over on_mail > 0
            then (sum(positive_damage) over in_order - positive_damage) / sum(positive_damage) over on_mail
        else (row_number() over in_order - 1) / (count(*) over on_mail)::double precision
    end as share_from,
    case
        when sum(positive_damage) over on_mail > 0
            then sum(positive_damage) over in_order / sum(positive_damage) over on_mail
        else row_number() over in_order / (count(*) over on_mail)::double precision
    end as share_until
from (
    select
        *,
        -- Some mails say less than none.
        greatest(damage_done, 0)::double precision as positive_damage,
        {{ group_id('character_id', 'corporation_id', 'alliance_id') }} as group_id
    from {{ ref('stg_killmails__attackers') }}
) as attackers
window
    on_mail as (partition by day, killmail_id),
    in_order as (
        partition by day, killmail_id
        order by group_id, corporation_id, character_id, attacker_index
        rows unbounded preceding
    )
