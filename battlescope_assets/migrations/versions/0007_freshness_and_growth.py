"""Freshness of every source in one ledger; indexes that keep what runs again and again small."""

from alembic import op

revision = "0007"
down_revision = "0006"

FRESHNESS = """
-- A source may answer, and yet have nothing that has a moment: a day that no archive holds.
alter table raw.source_fetches drop constraint source_fetches_check;
alter table raw.source_fetches add check (as_of is null or last_success_at is not null);
comment on table raw.source_fetches is
    'One row per source: when it was last asked, when that last succeeded, why not (wholly) since.';
comment on column raw.source_fetches.as_of is
    'The newest moment the upstream''s answers stand for; of archives of days, the end of the newest day stored.';
comment on column raw.source_fetches.last_error is
    'What went wrong at the last attempt, in a sentence; null where nothing did.';

-- What other tables said before every source wrote here.
insert into raw.source_fetches (source, last_attempt_at, last_success_at, as_of)
select 'killmail_feed', read_at, read_at, newest_uploaded_at from raw.feed_position
union all
select 'killmails', max(changed_at), max(changed_at),
    (max(day) filter (where status = 'stored') + 1)::timestamp at time zone 'UTC'
from raw.killmail_days having count(*) > 0
union all
select 'market_history', max(changed_at), max(changed_at),
    (max(day) filter (where status = 'stored') + 1)::timestamp at time zone 'UTC'
from raw.market_history_days having count(*) > 0
union all
select 'static_data', max(loaded_at), max(loaded_at), max(loaded_at) from core.static_data_builds having count(*) > 0
union all
select 'entity_names', max(fetched_at), max(fetched_at), null from app.entity_names having count(*) > 0
on conflict (source) do nothing;
"""

NAMES = """
create index on core.battles (updated_at);
"""

FLAGS = """
-- Empty once every mail has its flags: the daily schedule finds the days that lack some by it.
create index on core.killmail_values (day) where is_npc is null;
"""

VERSIONS = """
create or replace function core.keep_killmail_value() returns trigger language plpgsql as $$
declare
    partition text := 'killmail_value_versions_' || to_char(old.day, 'YYYY_MM');
    month date := date_trunc('month', old.day);
    following date := month + interval '1 month';
begin
    if tg_op = 'DELETE' then
        delete from core.killmail_value_versions v where v.day = old.day and v.killmail_id = old.killmail_id;
        return old;
    end if;
    if to_regclass('core.' || partition) is null then
        -- Made beside its parent and then attached: `create table … partition of` would lock readers out.
        execute format(
            'create table core.%I (like core.killmail_value_versions including defaults including constraints, '
            'constraint month check (day >= %L and day < %L))',
            partition, month, following
        );
        execute format(
            'alter table core.killmail_value_versions attach partition core.%I for values from (%L) to (%L)',
            partition, month, following
        );
        execute format('alter table core.%I drop constraint month', partition);
    end if;
    insert into core.killmail_value_versions values (
        old.day, old.killmail_id, old.version, old.destroyed_isk, old.dropped_isk, old.fitted_isk, old.total_isk,
        old.hull_isk, old.hull_price_source, old.hull_price_date, old.oldest_price_date, old.valued_at, now()
    );
    new.version := old.version + 1;
    new.valued_at := now();
    return new;
end
$$;
"""


def upgrade() -> None:
    """Widens the ledger of sources, adds indexes and replaces the trigger's function."""
    for statements in (FRESHNESS, NAMES, FLAGS, VERSIONS):
        op.execute(statements)
