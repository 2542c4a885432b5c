{#- An archive's day is published in the hours after it ended: two days after its end, the next one is late. -#}
{%- set archive_fresh_for_seconds = 2 * 24 * 3600 -%}
select
    promised.source,
    fetched.last_attempt_at,
    fetched.last_success_at,
    fetched.as_of,
    fetched.last_error,
    promised.fresh_for_seconds,
    judged.fresh_at,
    extract(epoch from {{ current_timestamp() }} - judged.fresh_at)::bigint as age_seconds,
    coalesce({{ current_timestamp() }} - judged.fresh_at > make_interval(secs => promised.fresh_for_seconds), judged.fresh_at is null)
        as is_stale
from (
{%- for source, seconds in var('fresh_for_seconds').items() %}
    select
        '{{ source }}' as source,
        {{ seconds }} as fresh_for_seconds,
        false as is_by_content
    union all
{%- endfor %}
    select
        source,
        {{ archive_fresh_for_seconds }},
        true
    from unnest(array['killmails', 'market_history']) as archives (source)
    union all
    select
        'static_data',
        null, -- a build holds until the next one
        false
) as promised
left join (
    select
        source,
        last_attempt_at,
        last_success_at,
        as_of,
        last_error
    from {{ ref('stg_source_fetches__sources') }}
    union all
    select
        'killmail_feed',
        read_at,
        read_at,
        newest_uploaded_at,
        null
    from {{ ref('stg_killmail_feed__position') }}
    union all
    select
        'static_data',
        max(loaded_at),
        max(loaded_at),
        max(loaded_at),
        null
    from {{ ref('stg_static_data__builds') }}
    union all
    select
        'killmails',
        max(changed_at),
        max(changed_at) filter (where status = 'stored'),
        (max(day) filter (where status = 'stored') + 1)::timestamp at time zone 'UTC',
        null
    from {{ ref('stg_killmails__days') }}
    union all
    select
        'market_history',
        max(changed_at),
        max(changed_at) filter (where status = 'stored'),
        (max(day) filter (where status = 'stored') + 1)::timestamp at time zone 'UTC',
        null
    from {{ ref('stg_market_history__days') }}
) as fetched on promised.source = fetched.source
cross join lateral (
    select case when promised.is_by_content then fetched.as_of else fetched.last_success_at end as fresh_at
) as judged
