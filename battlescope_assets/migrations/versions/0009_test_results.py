"""What dbt's runs say of the data: the last result of every test."""

from alembic import op

revision = "0009"
down_revision = "0008"

RESULTS = """
create table app.test_results (
    test_id text primary key,
    test_name text not null,
    model_name text not null,
    status text not null check (status in ('pass', 'warn', 'fail', 'error', 'skipped')),
    failures bigint check (failures >= 0),
    message text,
    window_start date,
    window_end date,
    ran_at timestamptz not null,
    check ((window_start is null) = (window_end is null))
);
comment on table app.test_results is
    'One row per dbt test of data: what its last run said. Written at the end of every dbt run.';
comment on column app.test_results.window_start is
    'The days the run was of, window_start <= day < window_end; null where it was of all.';
"""


def upgrade() -> None:
    """Creates the table."""
    op.execute(RESULTS)
