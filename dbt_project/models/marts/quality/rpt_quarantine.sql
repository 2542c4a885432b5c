select
    source,
    reason,
    count(*) as quarantined,
    max(came_at) as newest_at,
    (array_agg(detail order by came_at desc, detail))[1] as newest_detail
from (
    select
        'killmails' as source,
        reason,
        detail,
        day::timestamp at time zone 'UTC' as came_at
    from {{ ref('stg_killmails__quarantined') }}
    union all
    select
        'killmail_feed',
        reason,
        detail,
        read_at
    from {{ ref('stg_killmails__rejected') }}
    union all
    select
        source,
        'unreadable_row',
        detail,
        as_of
    from {{ ref('stg_source_fetches__quarantined') }}
) as refused
group by source, reason
