select
    day,
    source,
    status,
    mails_expected,
    mails_stored,
    mails_quarantined,
    completeness,
    revision,
    changed_at
from {{ ref('stg_killmails__days') }}
