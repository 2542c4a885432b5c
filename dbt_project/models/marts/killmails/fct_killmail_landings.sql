select
    landings.landing_id,
    landings.killmail_id,
    index.day,
    landings.landed_at,
    array(
        select alliance_id
        from {{ ref('stg_killmails__killmails') }} as killmails
        cross join lateral (
            select killmails.victim_alliance_id as alliance_id
            union
            select attackers.alliance_id
            from {{ ref('stg_killmails__attackers') }} as attackers
            where attackers.day = killmails.day and attackers.killmail_id = killmails.killmail_id
        ) as involved
        where killmails.day = index.day and killmails.killmail_id = index.killmail_id and alliance_id is not null
        order by alliance_id
    ) as alliance_ids
from {{ ref('stg_killmails__landings') }} as landings
inner join {{ ref('stg_killmails__index') }} as index using (killmail_id)
