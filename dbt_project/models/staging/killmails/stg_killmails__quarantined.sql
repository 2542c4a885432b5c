select
    day,
    member,
    killmail_id,
    reason,
    detail
from {{ source('killmails', 'quarantined_mails') }}
