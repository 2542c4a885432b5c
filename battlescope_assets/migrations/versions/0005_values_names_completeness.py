"""Versions of values, prices of types, flags of mails; names that are unknown; days asked for again."""

from alembic import op

revision = "0005"
down_revision = "0004"

VALUES = """
alter table core.killmail_values
    add column total_low_isk numeric(24, 2),
    add column total_high_isk numeric(24, 2),
    add column is_npc boolean,
    add column is_solo boolean,
    add column is_awox boolean,
    add column version integer not null default 1 check (version >= 1),
    add column valued_at timestamptz not null default now();
update core.killmail_values set total_low_isk = total_isk, total_high_isk = total_isk;
alter table core.killmail_values
    alter column total_low_isk set not null,
    alter column total_high_isk set not null,
    add check (total_low_isk <= total_isk and total_isk <= total_high_isk),
    add check (
        hull_price_source in
        ('market_history', 'esi_average', 'esi_adjusted', 'build_cost', 'fixed', 'estimate', 'none')
    );
comment on table core.killmail_values is
    'One row per killmail: what it was worth at prices of its day, the latest version; and what kind of loss it was.';
comment on column core.killmail_values.is_npc is 'Null, like the other flags, until the mail is valued again.';

create table core.killmail_value_versions (
    day date not null,
    killmail_id bigint not null,
    version integer not null check (version >= 1),
    destroyed_isk numeric(24, 2) not null,
    dropped_isk numeric(24, 2) not null,
    fitted_isk numeric(24, 2) not null,
    total_isk numeric(24, 2) not null,
    hull_isk numeric(24, 2) not null,
    hull_price_source text not null,
    hull_price_date date,
    oldest_price_date date,
    valued_at timestamptz not null,
    superseded_at timestamptz not null,
    primary key (day, killmail_id, version)
) partition by range (day);
comment on table core.killmail_value_versions is
    'One row per value that another one replaced; core.killmail_values has the latest. Written by its trigger.';

create function core.keep_killmail_value() returns trigger language plpgsql as $$
declare
    partition text := 'killmail_value_versions_' || to_char(old.day, 'YYYY_MM');
    month date := date_trunc('month', old.day);
begin
    if tg_op = 'DELETE' then
        delete from core.killmail_value_versions v where v.day = old.day and v.killmail_id = old.killmail_id;
        return old;
    end if;
    if to_regclass('core.' || partition) is null then
        execute format(
            'create table core.%I partition of core.killmail_value_versions for values from (%L) to (%L)',
            partition, month, (month + interval '1 month')::date
        );
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
comment on function core.keep_killmail_value is
    'No way of writing a new value loses the old one; a mail that goes takes its old values along.';
create trigger keep_old_value before update on core.killmail_values for each row
    when (
        (old.destroyed_isk, old.dropped_isk, old.fitted_isk, old.hull_isk)
        is distinct from (new.destroyed_isk, new.dropped_isk, new.fitted_isk, new.hull_isk)
    )
    execute function core.keep_killmail_value();
create trigger forget_old_values before delete on core.killmail_values for each row
    execute function core.keep_killmail_value();

create table core.type_prices (
    day date not null,
    type_id integer not null,
    price_isk numeric(20, 2) not null check (price_isk > 0),
    price_low_isk numeric(20, 2) not null,
    price_high_isk numeric(20, 2) not null,
    price_source text not null check (
        price_source in ('market_history', 'esi_average', 'esi_adjusted', 'build_cost', 'fixed', 'estimate')
    ),
    price_date date,
    primary key (day, type_id),
    check (price_low_isk <= price_isk and price_isk <= price_high_isk)
) partition by range (day);
comment on table core.type_prices is
    'One row per day and type lost on it that has a price: what one cost, and where the figure comes from.';
"""

NAMES = """
create table app.unknown_entities (
    entity_id bigint primary key,
    times_asked integer not null check (times_asked >= 1),
    asked_at timestamptz not null,
    retry_at timestamptz not null check (retry_at > asked_at)
);
comment on table app.unknown_entities is
    'Ids that ESI has no name for, and when to ask again; they are shown as their number.';
"""

COMPLETENESS = """
create table raw.killmail_day_requests (
    day date primary key,
    reason text not null,
    requests integer not null check (requests >= 1),
    requested_on date not null,
    retry_on date not null check (retry_on > requested_on)
);
comment on table raw.killmail_day_requests is
    'One row per day that differed from the upstream''s totals when they were last compared: how often it was asked '
    'for again, and when it will be.';
"""


def upgrade() -> None:
    """Widens values and creates the new tables."""
    for statements in (VALUES, NAMES, COMPLETENESS):
        op.execute(statements)
