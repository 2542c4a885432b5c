select
    window_days,
    first_day,
    end_day
from {{ ref('int_windows__dated') }}
