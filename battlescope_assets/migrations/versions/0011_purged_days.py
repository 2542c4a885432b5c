"""Days whose mails were purged, and a short way to mails that have no flags."""

from alembic import op

revision = "0011"
down_revision = "0010"

PURGED = """
create table raw.purged_days (
    day date primary key,
    purged_at timestamptz not null
);
comment on table raw.purged_days is
    'One row per day whose mails were purged and did not come back: what marts counted of it cannot be counted again.';
"""

UNFLAGGED = """
create index killmail_values_unflagged on core.killmail_values (day) where is_npc is null;
"""


def upgrade() -> None:
    """Creates the table and the index."""
    for statements in (PURGED, UNFLAGGED):
        op.execute(statements)
