"""Which days changed since the marts counted them, whoever changed them.

A row each time and no row per day that is written again: writers would wait for each other's rows while they hold the
locks of the tables, and two of them for ever.
"""

from alembic import op

revision = "0013"
down_revision = "0012"

LEDGER = """
create table app.day_changes (
    change_id bigint generated always as identity primary key,
    day date not null,
    changed_at timestamptz not null default clock_timestamp()
);
comment on table app.day_changes is
    'One row per statement that changed mails, values or battles of a day, until the marts have counted it again.';

create function app.note_day_changes() returns trigger language plpgsql as $$
begin
    insert into app.day_changes (day) select distinct day from changed;
    return null;
end
$$;
create function app.note_new_build() returns trigger language plpgsql as $$
begin
    insert into app.day_changes (day)
    select day from raw.killmail_days where day > current_date - 30 and status = 'stored';
    return null;
end
$$;
comment on function app.note_new_build is 'What a day''s types and systems were unknown to the build before.';
create trigger note_new_build after insert on core.static_data_builds for each statement
    execute function app.note_new_build();
"""
TABLES = ("raw.killmails", "core.killmail_values", "core.battles")


def upgrade() -> None:
    """Creates the table and the triggers that write it."""
    op.execute(LEDGER)
    for table in TABLES:
        for event, rows in (("insert", "new"), ("update", "new"), ("delete", "old")):
            op.execute(
                f"create trigger note_{event}s after {event} on {table} referencing {rows} table as changed "
                "for each statement execute function app.note_day_changes()"
            )
