"""Killmail feed: the silence still to be caught up, rests kept with the requests; hashes of mails it brought."""

from alembic import op

revision = "0006"
down_revision = "0005"

POSITION = """
alter table raw.feed_position
    drop column wait_until,
    add column skipped_since timestamptz;
comment on column raw.feed_position.skipped_since is
    'Since when mails must come from archives, until a run was asked for that brings them.';
comment on table raw.feed_pending is
    'Numbers behind the position still to be read: missing while later ones existed, not to be had, damaged, or said '
    'to be uploaded anew.';
"""

HASHES = """
update raw.killmails k
set killmail_hash = z.hash
from raw.killmail_zkb z
where z.day = k.day and z.killmail_id = k.killmail_id and k.killmail_hash is null;
"""


def upgrade() -> None:
    """Changes the feed's tables and fills hashes that archives lacked."""
    for statements in (POSITION, HASHES):
        op.execute(statements)
