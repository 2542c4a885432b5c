select
    promised.source,
    fetched.last_attempt_at,
    fetched.last_success_at,
    fetched.as_of,
    fetched.last_error,
    promised.fresh_for_seconds,
    judged.fresh_at,
    extract(epoch from {{ current_timestamp() }} - judged.fresh_at)::bigint as age_seconds,
    coalesce({{ current_timestamp() }} - judged.fresh_at > make_interval(secs => promised.fresh_for_seconds), true) as is_stale
from (
{%- for source, seconds in var('fresh_for_seconds').items() %}
    select
        '{{ source }}' as source,
        {{ seconds }} as fresh_for_seconds,
        {{ source in var('fresh_by_content') }} as is_by_content
    {{- ' union all' if not loop.last }}
{%- endfor %}
) as promised
left join {{ ref('stg_source_fetches__sources') }} as fetched on promised.source = fetched.source
cross join lateral (
    select case when promised.is_by_content then fetched.as_of else fetched.last_success_at end as fresh_at
) as judged
