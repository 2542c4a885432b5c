select
    test_id,
    test_name,
    model_name,
    status,
    failures,
    message,
    window_start,
    window_end,
    ran_at
from {{ ref('stg_dbt__test_results') }}
