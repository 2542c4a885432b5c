select
    day,
    mails_compared,
    total_isk,
    zkillboard_total_isk,
    ratio_p5,
    ratio_p25,
    ratio_p50,
    ratio_p75,
    ratio_p95,
    share_within_1_percent,
    share_within_5_percent,
    share_within_25_percent,
    share_within_range,
    share_same_flags
from {{ ref('int_value_differences__measured') }}
