"""Days whose mails or market history changed after they were last valued and clustered; requests of both archives."""

from alembic import op

revision = "0012"
down_revision = "0011"

CLUSTERED = """
alter table raw.killmail_days add column clustered_at timestamptz;
comment on column raw.killmail_days.clustered_at is
    'When all its mails had values and its battles were reconstructed. A day that changed since, or whose '
    'market history did, is asked for again.';
update raw.killmail_days as d set clustered_at = now()
where d.status = 'stored' and not exists (
    select
    from raw.killmails as k
    left join core.killmail_values as v on v.day = k.day and v.killmail_id = k.killmail_id
    where k.day = d.day and v.is_npc is null
);
-- The ledger says now which days lack flags.
drop index core.killmail_values_unflagged;
"""

REQUESTS = """
alter table raw.killmail_day_requests rename to day_requests;
alter table raw.day_requests
    add column source text not null default 'killmails' check (source in ('killmails', 'market_history')),
    drop constraint killmail_day_requests_pkey,
    add primary key (source, day);
alter table raw.day_requests alter column source drop default;
comment on table raw.day_requests is
    'One row per source and day that differed from the upstream''s totals when they were last compared, or that was '
    'not valued and clustered since it changed: how often it was asked for again, and when it will be.';
"""


def upgrade() -> None:
    """Widens both ledgers."""
    for statements in (CLUSTERED, REQUESTS):
        op.execute(statements)
