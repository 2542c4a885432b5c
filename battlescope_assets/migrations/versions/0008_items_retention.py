"""Which days' items stay beyond the retention, and which days' items were pruned."""

from alembic import op

revision = "0008"
down_revision = "0007"

LEDGER = """
alter table raw.killmail_days
    add column items_stay boolean not null default false,
    add column items_pruned_at timestamptz,
    add check (items_pruned_at is null or (status = 'stored' and not items_stay));
comment on column raw.killmail_days.items_stay is
    'The day was asked for when it was older than the retention: its items stay until an operator prunes them.';
comment on column raw.killmail_days.items_pruned_at is
    'When the items of its mails were deleted; null while they are there. What was counted of them stands.';
-- Who asked for the old days of before is not known: better keep their items than lose them. 30 days are the default.
update raw.killmail_days set items_stay = true
where status = 'stored' and (changed_at at time zone 'UTC')::date - day > 30;
"""


def upgrade() -> None:
    """Widens the ledger."""
    op.execute(LEDGER)
