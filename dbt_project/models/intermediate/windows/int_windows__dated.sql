select
    window_days,
    newest.end_day - window_days as first_day,
    newest.end_day,
    newest.end_day - 2 * window_days as previous_first_day,
    newest.first_stored_day <= newest.end_day - 2 * window_days as is_previous_covered
from (
    select
        least(({{ current_timestamp() }} at time zone 'UTC')::date, max(day) + 1) as end_day,
        min(day) as first_stored_day
    from {{ ref('stg_killmails__index') }}
) as newest
cross join unnest(array[1, 7, 30]) as windows (window_days)
where newest.end_day is not null
