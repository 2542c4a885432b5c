select
    next_sequence_id,
    newest_sequence_id,
    read_at,
    newest_uploaded_at
from {{ source('killmail_feed', 'feed_position') }}
