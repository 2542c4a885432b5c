"""Snapshots: sovereignty, faction warfare, jumps and kills, market orders and prices; how fresh every source is."""

from alembic import op

revision = "0004"
down_revision = "0003"

FRESHNESS = """
create table raw.source_fetches (
    source text primary key,
    last_attempt_at timestamptz not null,
    last_success_at timestamptz,
    as_of timestamptz,
    last_error text,
    check ((last_success_at is null) = (as_of is null)),
    check (last_success_at is not null or last_error is not null)
);
comment on table raw.source_fetches is
    'One row per source that is read again and again: when it was last asked, when that last succeeded, why not since.';
comment on column raw.source_fetches.as_of is 'How old the upstream says that its answer is.';
comment on column raw.source_fetches.last_error is 'Why the last attempt failed, in a sentence; null where it did not.';
"""

SNAPSHOTS = """
create table raw.snapshots (
    source text not null,
    as_of timestamptz not null,
    origin text not null,
    content_sha256 text not null check (content_sha256 ~ '^[0-9a-f]{64}$'),
    rows_stored integer not null check (rows_stored >= 0),
    rows_quarantined integer not null check (rows_quarantined >= 0),
    stored_at timestamptz not null,
    primary key (source, as_of)
);
comment on table raw.snapshots is
    'One row per answer that was stored, live or from an archive; as_of is the upstream''s moment.';

create table raw.quarantined_rows (
    source text not null,
    as_of timestamptz not null,
    row_index integer not null check (row_index >= 0),
    key bigint,
    detail text not null,
    row_text text not null,
    primary key (source, as_of, row_index),
    foreign key (source, as_of) references raw.snapshots on delete cascade
);
comment on table raw.quarantined_rows is 'One row per row of a stored answer that cannot be read, and why.';
"""

STATES = """
create table raw.sovereignty_campaigns (
    campaign_id integer not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz,
    ended_at timestamptz,
    solar_system_id integer not null,
    constellation_id integer not null,
    structure_id bigint not null,
    event_type text not null,
    starts_at timestamptz not null,
    defender_id integer,
    defender_score double precision check (defender_score between 0 and 1),
    attackers_score double precision check (attackers_score between 0 and 1),
    participant_alliance_ids integer[] not null,
    participant_scores double precision[] not null,
    primary key (campaign_id, first_seen_at),
    check ((last_seen_at is null) = (ended_at is null)),
    check (first_seen_at <= last_seen_at and last_seen_at < ended_at)
);
create unique index on raw.sovereignty_campaigns (campaign_id) where ended_at is null;
create index on raw.sovereignty_campaigns (ended_at);
comment on table raw.sovereignty_campaigns is
    'One row per campaign and state of its scores, first_seen_at <= t < ended_at; resolved when no state goes on.';

create table raw.sovereignty_systems (
    solar_system_id integer not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz,
    ended_at timestamptz,
    alliance_id integer,
    corporation_id integer,
    faction_id integer,
    claimed_since timestamptz,
    is_capital_system boolean not null,
    sovereignty_hub_id bigint,
    vulnerable_from timestamptz,
    vulnerable_until timestamptz,
    activity_defense_multiplier double precision,
    industrial_level smallint,
    military_level smallint,
    strategic_level smallint,
    primary key (solar_system_id, first_seen_at),
    check ((last_seen_at is null) = (ended_at is null)),
    check (first_seen_at <= last_seen_at and last_seen_at < ended_at)
);
create unique index on raw.sovereignty_systems (solar_system_id) where ended_at is null;
create index on raw.sovereignty_systems (ended_at);
comment on table raw.sovereignty_systems is
    'One row per system and state of its claim, first_seen_at <= t < ended_at; nobody''s where no holder is named.';

create table raw.faction_warfare (
    solar_system_id integer not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz,
    ended_at timestamptz,
    owner_faction_id integer not null,
    occupier_faction_id integer not null,
    contested text not null,
    victory_points integer not null check (victory_points >= 0),
    victory_points_threshold integer not null check (victory_points_threshold > 0),
    primary key (solar_system_id, first_seen_at),
    check ((last_seen_at is null) = (ended_at is null)),
    check (first_seen_at <= last_seen_at and last_seen_at < ended_at)
);
create unique index on raw.faction_warfare (solar_system_id) where ended_at is null;
create index on raw.faction_warfare (ended_at);
comment on table raw.faction_warfare is
    'One row per system of faction warfare and state of it, first_seen_at <= t < ended_at.';
"""

TRAFFIC = """
create table raw.system_jumps (
    day date not null,
    hour timestamptz not null,
    solar_system_id integer not null,
    ship_jumps integer not null check (ship_jumps >= 0),
    primary key (day, hour, solar_system_id),
    check (day = (hour at time zone 'UTC')::date)
) partition by range (day);
comment on table raw.system_jumps is
    'One row per hour and system with jumps; hour is the clock hour that holds most of the 60 minutes counted.';

create table raw.system_kills (
    day date not null,
    hour timestamptz not null,
    solar_system_id integer not null,
    ship_kills integer not null check (ship_kills >= 0),
    pod_kills integer not null check (pod_kills >= 0),
    npc_kills integer not null check (npc_kills >= 0),
    primary key (day, hour, solar_system_id),
    check (day = (hour at time zone 'UTC')::date)
) partition by range (day);
comment on table raw.system_kills is
    'One row per hour and system with kills; hour is the clock hour that holds most of the 60 minutes counted.';
"""

MARKET = """
create table raw.market_orders (
    region_id integer not null,
    type_id integer not null,
    sell_volume bigint not null check (sell_volume >= 0),
    sell_orders integer not null check (sell_orders >= 0),
    lowest_sell_isk numeric(20, 2),
    hub_sell_volume bigint not null check (hub_sell_volume between 0 and sell_volume),
    hub_lowest_sell_isk numeric(20, 2),
    buy_volume bigint not null check (buy_volume >= 0),
    buy_orders integer not null check (buy_orders >= 0),
    highest_buy_isk numeric(20, 2),
    primary key (region_id, type_id)
);
comment on table raw.market_orders is
    'One row per region and type on the market in the newest snapshot of orders; hub_* are of the region''s trade hub.';

-- Another migration may have made it: whoever comes first.
create table if not exists raw.market_prices (
    day date not null,
    type_id integer not null,
    average_isk numeric(20, 2),
    adjusted_isk numeric(20, 2),
    primary key (day, type_id)
) partition by range (day);
comment on table raw.market_prices is 'One row per day and type: ESI''s universe-wide prices.';
"""


def upgrade() -> None:
    """Creates the tables of snapshots."""
    for statements in (FRESHNESS, SNAPSHOTS, STATES, TRAFFIC, MARKET):
        op.execute(statements)
