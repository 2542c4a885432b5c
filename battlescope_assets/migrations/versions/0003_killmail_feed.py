"""Killmail feed: position, numbers to ask again, refused documents, zKillboard's own values; rulesets in the ledger."""

from alembic import op

revision = "0003"
down_revision = "0002"

FEED = """
create table raw.feed_position (
    is_only_row boolean primary key default true check (is_only_row),
    next_sequence_id bigint not null check (next_sequence_id > 0),
    newest_sequence_id bigint not null check (newest_sequence_id >= 0),
    is_probing boolean not null,
    read_at timestamptz not null,
    wait_until timestamptz not null,
    newest_uploaded_at timestamptz,
    documents_read bigint not null check (documents_read >= 0),
    mails_stored bigint not null check (mails_stored >= 0),
    mails_filtered bigint not null check (mails_filtered >= 0),
    documents_rejected bigint not null check (documents_rejected >= 0)
);
comment on table raw.feed_position is
    'How far the killmail feed is read: written with the mails it brought, so that none is lost or stored twice.';

create table raw.feed_pending (
    sequence_id bigint primary key check (sequence_id > 0),
    times_missing integer not null check (times_missing >= 0),
    ask_at timestamptz not null
);
comment on table raw.feed_pending is
    'Numbers behind the position still to be read: missing while later ones existed, or said to be uploaded anew.';

create table raw.feed_rejections (
    sequence_id bigint primary key check (sequence_id > 0),
    killmail_id bigint,
    reason text not null,
    detail text not null,
    read_at timestamptz not null
);
comment on table raw.feed_rejections is 'One row per document of the feed that is no killmail.';

create table raw.killmail_zkb (
    day date not null,
    killmail_id bigint not null,
    hash text not null,
    location_id bigint,
    fitted_value_isk numeric(24, 2),
    dropped_value_isk numeric(24, 2),
    destroyed_value_isk numeric(24, 2),
    total_value_isk numeric(24, 2) not null,
    points integer not null,
    npc boolean not null,
    solo boolean not null,
    awox boolean not null,
    labels text[] not null,
    primary key (day, killmail_id)
) partition by range (day);
comment on table raw.killmail_zkb is
    'One row per killmail the feed brought: what zKillboard says of it. Such a mail stays when an archive lacks it.';
"""

RULESETS = """
alter table raw.killmail_days
    add column mails_filtered integer not null default 0 check (mails_filtered >= 0),
    add column ruleset text not null default '';
comment on column raw.killmail_days.mails_filtered is 'Mails of the archive that the ruleset leaves out.';
comment on column raw.killmail_days.ruleset is 'The ruleset the day was stored under; empty = every mail.';
"""


def upgrade() -> None:
    """Creates the feed's tables and widens the ledger."""
    for statements in (FEED, RULESETS):
        op.execute(statements)
