select
    source,
    last_attempt_at,
    last_success_at,
    as_of,
    age_seconds,
    fresh_for_seconds,
    is_stale,
    last_error
from {{ ref('int_sources__promised') }}
