"""Landings in their order, killmails fetched in detail on demand, what clusterings did; indexes for lists of killmails.

The number of a landing is drawn while no other transaction lands mails, so numbers become visible in their order: who
has seen one has seen all before it. Only mails of the last days are numbered, since nobody follows a backfill live.
"""

from alembic import op

revision = "0015"
down_revision = "0014"

LANDINGS = """
create table raw.killmail_landings (
    landing_id bigint generated always as identity primary key,
    killmail_id bigint not null unique,
    landed_at timestamptz not null default clock_timestamp()
);
create index on raw.killmail_landings (landed_at);
comment on table raw.killmail_landings is
    'One row per mail of the last 7 days that was stored in the last 7 days, numbered in the order of commits.';

create function raw.note_landings() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('raw.killmails', 0)); -- which every writer of mails holds already
    insert into raw.killmail_landings (killmail_id)
    select killmail_id from landed
    where day >= (now() at time zone 'UTC')::date - 7
    order by killmail_id
    on conflict (killmail_id) do nothing;
    return null;
end
$$;
create trigger note_landings after insert on raw.killmail_index referencing new table as landed
    for each statement execute function raw.note_landings();
"""

ENRICHMENTS = """
create table app.killmail_enrichments (
    killmail_id bigint primary key references raw.killmail_index on delete cascade,
    status text not null default 'pending' check (status in ('pending', 'processing', 'succeeded', 'failed')),
    payload jsonb,
    error text,
    attempts integer not null default 0 check (attempts >= 0),
    retry_at timestamptz default now(),
    created_at timestamptz not null default now(),
    fetched_at timestamptz,
    updated_at timestamptz not null default now(),
    check ((status = 'succeeded') = (payload is not null) and (payload is null) = (fetched_at is null)),
    check ((status = 'failed') = (error is not null)),
    check (status not in ('pending', 'processing') or retry_at is not null)
);
create index on app.killmail_enrichments (retry_at) where retry_at is not null;
comment on table app.killmail_enrichments is
    'One row per killmail somebody asked for in detail: ESI''s body, or why it could not be had yet.';
comment on column app.killmail_enrichments.retry_at is 'When ESI may be asked (again); null: it is not.';
create trigger notify_data_changes after insert or update or delete or truncate on app.killmail_enrichments
    for each statement execute function app.notify_data_changes();

create function app.request_enrichment(wanted_killmail_id bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
    if (select count(*) from app.killmail_enrichments where status in ('pending', 'processing')) >= 1000 then
        return exists (select from app.killmail_enrichments where killmail_id = wanted_killmail_id);
    end if;
    insert into app.killmail_enrichments (killmail_id)
    select killmail_id from raw.killmail_index where killmail_id = wanted_killmail_id
    on conflict do nothing;
    return true;
end
$$;
comment on function app.request_enrichment is
    'All that readers may write: that a stored killmail is wanted in detail. False where 1,000 wait already.';
revoke execute on function app.request_enrichment from public;
grant usage on schema app to battlescope_reader;
grant execute on function app.request_enrichment to battlescope_reader;
"""

CLUSTERINGS = """
create table core.clusterings (
    clustering_id bigint generated always as identity primary key,
    finished_at timestamptz not null default clock_timestamp(),
    duration_seconds double precision not null check (duration_seconds >= 0),
    battles_created integer not null check (battles_created >= 0),
    battles_updated integer not null check (battles_updated >= 0),
    battles_deleted integer not null check (battles_deleted >= 0)
);
create index on core.clusterings (finished_at);
comment on table core.clusterings is 'One row per reconstruction of a window in the last 7 days, and what it changed.';
"""

INDEXES = """
create index on raw.killmails (solar_system_id, killmail_time);
create index on raw.killmails (victim_ship_type_id, killmail_time);
create index on raw.killmails (victim_corporation_id, killmail_time);
create index on raw.killmails (victim_alliance_id, killmail_time) where victim_alliance_id is not null;
create index on raw.killmails (victim_character_id, killmail_time) where victim_character_id is not null;
create index on core.killmail_values (total_isk, killmail_id);
"""


def upgrade() -> None:
    """Creates the tables, the function that readers may call, and the indexes."""
    for statements in (LANDINGS, ENRICHMENTS, CLUSTERINGS, INDEXES):
        op.execute(statements)
