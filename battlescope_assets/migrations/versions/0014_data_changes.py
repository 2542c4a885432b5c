"""Who reads the marts asks as a role that can do nothing else, and hears when the data changes.

NOTIFY is part of the transaction: a listener hears of a change when, and only when, it can be read, in the order of
commits. A counter could not say so without making writers wait for each other's rows.
"""

from alembic import op

revision = "0014"
down_revision = "0013"

READER = """
do $$
begin
    create role battlescope_reader nologin;
exception
    when duplicate_object or unique_violation then null; -- roles belong to the server, which may have more databases
end
$$;
grant battlescope_reader to current_user;
grant usage on schema marts to battlescope_reader;
grant select on all tables in schema marts to battlescope_reader;
alter default privileges in schema marts grant select on tables to battlescope_reader;
"""
NOTIFIER = """
create function app.notify_data_changes() returns trigger language plpgsql as $$
begin
    perform pg_notify('data_changes', tg_table_name);
    return null;
end
$$;
comment on function app.notify_data_changes is
    'Tells listeners of data_changes, at the commit, which table changed.';
"""
TABLES = (
    "raw.killmails", "raw.killmail_zkb", "raw.killmail_days", "raw.market_history_days", "raw.market_prices",
    "raw.snapshots", "raw.purged_days", "core.static_data_builds", "core.killmail_values", "core.battles",
    "app.entity_names", "app.test_results",
)  # fmt: skip
"""What the marts show, each kind once; `app.test_results` is written at the end of every run of dbt. That a source was
read is left out: it is, every few seconds, also where it had nothing new."""


def upgrade() -> None:
    """Creates the role, the function and the triggers."""
    op.execute(READER)
    op.execute(NOTIFIER)
    for table in TABLES:
        op.execute(
            f"create trigger notify_data_changes after insert or update or delete or truncate on {table} "
            "for each statement execute function app.notify_data_changes()"
        )
