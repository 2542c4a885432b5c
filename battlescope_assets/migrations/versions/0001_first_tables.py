"""First tables: archive ledger, killmails, market history, static data, values, battles.

Tables that grow are partitioned by month of `day`; partitions are made by the write path when a month first appears.
"""

from alembic import op

revision = "0001"
down_revision = None

SCHEMAS = """
create schema raw;
comment on schema raw is 'What upstreams said, typed and deduplicated.';
create schema core;
comment on schema core is 'What BattleScope derived in Python: static data, values, battles.';
create schema marts;
comment on schema marts is 'What dbt built and the API reads.';
create schema app;
comment on schema app is 'What the running application itself needs.';
"""

KILLMAILS = """
create table raw.killmail_days (
    day date primary key,
    source text not null,
    status text not null check (status in ('stored', 'absent')),
    content_sha256 text check (content_sha256 ~ '^[0-9a-f]{64}$'),
    mails_expected integer check (mails_expected >= 0),
    mails_stored integer not null check (mails_stored >= 0),
    mails_quarantined integer not null check (mails_quarantined >= 0),
    revision integer not null check (revision >= 1),
    changed_at timestamptz not null,
    check ((status = 'stored') = (content_sha256 is not null))
);
comment on table raw.killmail_days is
    'One row per archive day asked for: what came, what was kept. revision grows only when content changed.';

create table raw.quarantined_mails (
    day date not null,
    member text not null,
    killmail_id bigint,
    source text not null,
    reason text not null,
    detail text not null,
    primary key (day, member)
);
comment on table raw.quarantined_mails is 'One row per archive member that is not a valid killmail of its day.';

create table raw.killmails (
    day date not null,
    killmail_id bigint not null check (killmail_id > 0),
    killmail_time timestamptz not null,
    killmail_hash text,
    solar_system_id integer not null,
    war_id bigint,
    moon_id bigint,
    victim_character_id bigint,
    victim_corporation_id bigint,
    victim_alliance_id bigint,
    victim_faction_id bigint,
    victim_ship_type_id integer not null,
    damage_taken bigint not null,
    position_x_m double precision,
    position_y_m double precision,
    position_z_m double precision,
    attacker_count integer not null,
    primary key (day, killmail_id),
    check (day = (killmail_time at time zone 'UTC')::date)
) partition by range (day);
create index on raw.killmails (killmail_time);
comment on table raw.killmails is 'One row per killmail reference.';

create table raw.killmail_attackers (
    day date not null,
    killmail_id bigint not null,
    attacker_index integer not null,
    character_id bigint,
    corporation_id bigint,
    alliance_id bigint,
    faction_id bigint,
    ship_type_id integer,
    weapon_type_id integer,
    damage_done bigint not null,
    final_blow boolean not null,
    security_status real,
    primary key (day, killmail_id, attacker_index)
) partition by range (day);
comment on table raw.killmail_attackers is 'One row per attacker on a killmail, in the mail''s order.';

create table raw.killmail_items (
    day date not null,
    killmail_id bigint not null,
    item_index integer not null,
    container_index integer,
    item_type_id integer not null,
    flag integer not null,
    singleton smallint not null,
    quantity_destroyed bigint not null,
    quantity_dropped bigint not null,
    primary key (day, killmail_id, item_index)
) partition by range (day);
comment on table raw.killmail_items is
    'One row per item stack lost on a killmail; container_index is the item_index of the container it lay in.';

create table raw.killmail_index (
    killmail_id bigint primary key,
    day date not null
);
create index on raw.killmail_index (day);
comment on table raw.killmail_index is 'The day of every killmail: finds the month of a mail known by id only.';
"""

MARKET = """
create table raw.market_history_days (
    day date primary key,
    source text not null,
    status text not null check (status in ('stored', 'absent')),
    content_sha256 text check (content_sha256 ~ '^[0-9a-f]{64}$'),
    rows_stored integer not null check (rows_stored >= 0),
    revision integer not null check (revision >= 1),
    changed_at timestamptz not null,
    check ((status = 'stored') = (content_sha256 is not null))
);
comment on table raw.market_history_days is 'One row per market history day asked for.';

create table raw.market_history (
    day date not null,
    region_id integer not null,
    type_id integer not null,
    average_isk numeric(20, 2) not null,
    highest_isk numeric(20, 2) not null,
    lowest_isk numeric(20, 2) not null,
    order_count bigint not null,
    volume bigint not null,
    primary key (day, region_id, type_id)
) partition by range (day);
comment on table raw.market_history is 'One row per day, region and type traded.';
"""

STATIC_DATA = """
create table core.static_data_builds (
    build_number integer primary key,
    source text not null,
    loaded_at timestamptz not null
);
create table core.regions (region_id integer primary key, region_name text not null);
create table core.constellations (
    constellation_id integer primary key,
    constellation_name text not null,
    region_id integer not null references core.regions deferrable initially deferred
);
create table core.solar_systems (
    solar_system_id integer primary key,
    solar_system_name text not null,
    constellation_id integer not null references core.constellations deferrable initially deferred,
    region_id integer not null references core.regions deferrable initially deferred,
    security_status double precision not null,
    space_type text not null check (space_type in ('kspace', 'jspace', 'pochven', 'abyssal')),
    security_class text not null
        check (security_class in ('highsec', 'lowsec', 'nullsec', 'wormhole', 'pochven', 'abyssal')),
    x_m double precision not null,
    y_m double precision not null,
    z_m double precision not null,
    map_x_m double precision,
    map_y_m double precision
);
create table core.stargates (
    from_solar_system_id integer not null references core.solar_systems deferrable initially deferred,
    to_solar_system_id integer not null references core.solar_systems deferrable initially deferred,
    primary key (from_solar_system_id, to_solar_system_id)
);
create table core.hub_jumps (
    solar_system_id integer not null references core.solar_systems deferrable initially deferred,
    hub_solar_system_id integer not null references core.solar_systems deferrable initially deferred,
    jumps integer not null check (jumps >= 0),
    primary key (solar_system_id, hub_solar_system_id)
);
comment on table core.hub_jumps is
    'Fewest stargate jumps from every system to every trade hub; no row where no stargates lead there.';
create table core.factions (faction_id integer primary key, faction_name text not null);
create table core.types (
    type_id integer primary key,
    type_name text not null,
    group_id integer not null,
    group_name text not null,
    category_id integer not null,
    category_name text not null,
    market_group_id integer,
    meta_group_id integer,
    slot text check (slot in ('high', 'mid', 'low', 'rig', 'subsystem', 'service')),
    volume_m3 double precision,
    is_published boolean not null
);
"""

VALUES = """
create table core.killmail_values (
    day date not null,
    killmail_id bigint not null,
    destroyed_isk numeric(24, 2) not null,
    dropped_isk numeric(24, 2) not null,
    fitted_isk numeric(24, 2) not null,
    total_isk numeric(24, 2) not null,
    hull_isk numeric(24, 2) not null,
    hull_price_source text not null,
    hull_price_date date,
    oldest_price_date date,
    unpriced_types integer not null check (unpriced_types >= 0),
    primary key (day, killmail_id),
    check (total_isk = destroyed_isk + dropped_isk)
) partition by range (day);
comment on table core.killmail_values is 'One row per killmail: what it was worth at market prices of its day.';
"""

BATTLES = """
create table core.battles (
    battle_id uuid primary key,
    slug text not null unique deferrable initially deferred,
    day date not null,
    kind text not null check (kind in ('battle', 'skirmish', 'camp', 'gank', 'structure_bash')),
    started_at timestamptz not null,
    ended_at timestamptz not null check (ended_at >= started_at),
    solar_system_id integer not null,
    first_killmail_id bigint not null,
    total_killmails integer not null check (total_killmails >= 2),
    total_pilots integer not null,
    total_ships_lost integer not null,
    destroyed_isk numeric(24, 2) not null,
    dropped_isk numeric(24, 2) not null,
    is_decisive boolean not null,
    winning_side smallint,
    outcome_reason text not null,
    systems jsonb not null,
    top_killers jsonb not null,
    top_losers jsonb not null,
    content_sha256 text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    deletion_reason text,
    check (day = (started_at at time zone 'UTC')::date)
);
create index on core.battles (day);
create index on core.battles (ended_at);
create index on core.battles (started_at desc, battle_id desc);
create index on core.battles (destroyed_isk desc, battle_id desc);
create index on core.battles (total_pilots desc, battle_id desc);
create index on core.battles (total_killmails desc, battle_id desc);
create index on core.battles (solar_system_id, started_at desc, battle_id desc);
comment on table core.battles is
    'One row per engagement of at least MIN_KILLS mails. Finds the day of a battle known by id: its first mail''s.';

create table core.battle_sides (
    battle_id uuid not null references core.battles on delete cascade,
    side smallint not null check (side >= 0),
    pilots integer not null,
    ships_lost integer not null,
    ships_destroyed double precision not null,
    isk_lost numeric(24, 2) not null,
    isk_destroyed numeric(24, 2) not null,
    efficiency double precision check (efficiency between 0 and 1),
    groups jsonb not null,
    ship_types jsonb not null,
    items_lost jsonb not null,
    primary key (battle_id, side)
);
comment on table core.battle_sides is
    'One row per side; side 0 gathers the unaligned, others are numbered by pilots, then ISK lost, then smallest id.';

create table core.battle_entities (
    entity_kind text not null check (entity_kind in ('alliance', 'corporation', 'character')),
    entity_id bigint not null,
    started_at timestamptz not null,
    battle_id uuid not null references core.battles on delete cascade,
    primary key (entity_kind, entity_id, started_at, battle_id)
);
create index on core.battle_entities (battle_id);
comment on table core.battle_entities is 'Who was in which battle, for filters: one row per battle and entity.';

create table core.battle_participants (
    day date not null,
    battle_id uuid not null,
    character_id bigint not null,
    corporation_id bigint,
    alliance_id bigint,
    side smallint not null,
    side_confidence real not null check (side_confidence between 0 and 1),
    second_best_side smallint,
    kills integer not null,
    final_blows integer not null,
    losses integer not null,
    damage_done bigint not null,
    damage_received bigint not null,
    isk_destroyed numeric(24, 2) not null,
    isk_lost numeric(24, 2) not null,
    ship_type_ids integer[] not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    primary key (day, battle_id, character_id)
) partition by range (day);
comment on table core.battle_participants is 'One row per pilot in a battle.';

create table core.battle_killmails (
    day date not null,
    battle_id uuid not null,
    killmail_id bigint not null,
    killmail_time timestamptz not null,
    killmail_day date not null,
    solar_system_id integer not null,
    victim_side smallint not null,
    is_friendly_fire boolean not null,
    link_evidence text,
    linked_killmail_id bigint,
    link_seconds integer,
    link_entity_ids bigint[] not null,
    primary key (day, battle_id, killmail_id)
) partition by range (day);
create index on core.battle_killmails (killmail_time);
comment on table core.battle_killmails is
    'One row per mail in a battle; day is the battle''s. link_* say what brought it in; the first mail has none.';

create table core.battle_lineage (
    old_battle_id uuid not null,
    old_slug text not null,
    battle_id uuid,
    reason text not null check (reason in ('merged', 'split', 'renamed', 'vanished')),
    happened_at timestamptz not null,
    primary key (old_battle_id, old_slug)
);
create index on core.battle_lineage (old_slug);
comment on table core.battle_lineage is
    'Where an id or slug that was once published leads to now; no battle where it vanished.';
"""

APP = """
create table app.battle_outbox (
    event_id bigint generated always as identity primary key,
    event_type text not null
        check (event_type in ('battle.created', 'battle.updated', 'battle.ended', 'battle.deleted')),
    battle_id uuid not null,
    is_backfill boolean not null,
    payload jsonb not null,
    created_at timestamptz not null
);
comment on table app.battle_outbox is
    'Every real change of a battle, written with the change; consumers read by event_id.';

create table app.entity_names (
    entity_id bigint primary key,
    category text not null check (category in ('character', 'corporation', 'alliance', 'faction')),
    entity_name text not null,
    fetched_at timestamptz not null
);
comment on table app.entity_names is 'Names players gave; an id without a row here is shown as its number.';
"""


def upgrade() -> None:
    """Creates schemas and tables."""
    for statements in (SCHEMAS, KILLMAILS, MARKET, STATIC_DATA, VALUES, BATTLES, APP):
        op.execute(statements)
