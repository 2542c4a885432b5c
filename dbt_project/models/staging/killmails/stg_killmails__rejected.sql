select
    sequence_id,
    killmail_id,
    reason,
    detail,
    read_at
from {{ source('killmails', 'feed_rejections') }}
