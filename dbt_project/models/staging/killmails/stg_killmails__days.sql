select
    day,
    source,
    status,
    mails_expected,
    mails_stored,
    mails_quarantined,
    mails_filtered,
    -- Late mails are added to an archive before the upstream's totals say so: more than all is all.
    case
        when status = 'absent' and mails_expected is null then null
        when coalesce(mails_expected, mails_stored + mails_filtered + mails_quarantined) = 0 then 1
        else
            least(
                1,
                (mails_stored + mails_filtered)
                / coalesce(mails_expected, mails_stored + mails_filtered + mails_quarantined)::double precision
            )
    end as completeness,
    revision,
    changed_at,
    items_pruned_at
from {{ source('killmails', 'killmail_days') }}
