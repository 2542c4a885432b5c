select
    promised.source,
    fetched.last_attempt_at,
    fetched.last_success_at,
    fetched.as_of,
    fetched.last_error,
    judged.fresh_for_seconds,
    judged.fresh_at,
    extract(epoch from {{ current_timestamp() }} - judged.fresh_at)::bigint as age_seconds,
    coalesce({{ current_timestamp() }} - judged.fresh_at > make_interval(secs => judged.fresh_for_seconds), true) as is_stale
from (
{%- for source, seconds in var('fresh_for_seconds').items() %}
    select
        '{{ source }}' as source,
        {{ seconds }} as fresh_for_seconds,
        {{ var('fresh_content_for_seconds').get(source, 'null::int') }} as content_for_seconds
    {{- ' union all' if not loop.last }}
{%- endfor %}
) as promised
left join {{ ref('stg_source_fetches__sources') }} as fetched on promised.source = fetched.source
cross join lateral (
    select fresh_at, fresh_for_seconds
    from (
        values (fetched.last_success_at, promised.fresh_for_seconds), (fetched.as_of, promised.content_for_seconds)
    ) as promises (fresh_at, fresh_for_seconds)
    where fresh_for_seconds is not null
    order by fresh_at + make_interval(secs => fresh_for_seconds) nulls first, fresh_for_seconds desc
    limit 1
) as judged
