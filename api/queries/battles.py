"""Battles, their sides, participants, killmails and lineage."""

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal, Placeholder
from pydantic import AwareDatetime

from api.deps import Connection, Row
from api.paging import IskAmount, Order, Position
from api.queries.keyset import ordering, page, page_parameters
from api.schemas.battles import (
    BattleFilters,
    BattleSort,
    KillmailParameters,
    KillmailSort,
    Kind,
    ParticipantParameters,
    ParticipantSort,
    Status,
)

BATTLE_ORDERS = {
    sort: Order(column, "battle_id", is_descending=sort.startswith("-"), types=(value_type, UUID))
    for sort, column, value_type in (
        (BattleSort.STARTED_AT, "started_at", AwareDatetime),
        (BattleSort.STARTED_AT_DOWN, "started_at", AwareDatetime),
        (BattleSort.ISK_DESTROYED, "destroyed_isk", IskAmount),
        (BattleSort.ISK_DESTROYED_DOWN, "destroyed_isk", IskAmount),
        (BattleSort.PILOTS, "total_pilots", int),
        (BattleSort.PILOTS_DOWN, "total_pilots", int),
        (BattleSort.KILLS, "total_killmails", int),
        (BattleSort.KILLS_DOWN, "total_killmails", int),
    )
}
PARTICIPANT_ORDERS = {
    sort: Order(column, "character_id", is_descending=sort.startswith("-"), types=(value_type, int))
    for sort, column, value_type in (
        (ParticipantSort.KILLS, "kills", int),
        (ParticipantSort.KILLS_DOWN, "kills", int),
        (ParticipantSort.LOSSES, "losses", int),
        (ParticipantSort.LOSSES_DOWN, "losses", int),
        (ParticipantSort.ISK_DESTROYED, "isk_destroyed", IskAmount),
        (ParticipantSort.ISK_DESTROYED_DOWN, "isk_destroyed", IskAmount),
        (ParticipantSort.ISK_LOST, "isk_lost", IskAmount),
        (ParticipantSort.ISK_LOST_DOWN, "isk_lost", IskAmount),
        (ParticipantSort.DAMAGE_DONE, "damage_done", int),
        (ParticipantSort.DAMAGE_DONE_DOWN, "damage_done", int),
    )
}
KILLMAIL_ORDERS = {
    sort: Order(column, "killmail_id", is_descending=sort.startswith("-"), types=(value_type, int))
    for sort, column, value_type in (
        (KillmailSort.TIME, "killmail_time", AwareDatetime),
        (KillmailSort.TIME_DOWN, "killmail_time", AwareDatetime),
        (KillmailSort.ISK_DESTROYED, "destroyed_isk", IskAmount),
        (KillmailSort.ISK_DESTROYED_DOWN, "destroyed_isk", IskAmount),
    )
}

CONDITIONS: dict[str, LiteralString] = {
    "kinds": "kind = any(%(kinds)s)",
    "start": "started_at >= %(start)s",
    "end": "started_at < %(end)s",
    "system_id": "solar_system_id = %(system_id)s",
    "region_id": """solar_system_id = any(array(
        select solar_system_id from marts.dim_solar_systems where region_id = %(region_id)s))""",
    "space_type": "space_type = %(space_type)s",
    "security": "security_class = %(security)s",
    "alliance_id": "alliance_ids @> array[%(alliance_id)s::bigint]",
    "corporation_id": "corporation_ids @> array[%(corporation_id)s::bigint]",
    "character_id": """battle_id = any(array(
        select battle_id from marts.fct_battle_rosters where character_ids @> array[%(character_id)s::bigint]))""",
    "rare_systems": """solar_system_id = any(array(
        select solar_system_id from marts.dim_solar_systems
        where %(security)s::text in (security_class, space_type) or %(space_type)s::text in (security_class, space_type)
    ))""",
    "status": "status = %(status)s",
    "newest_day": "lasting && tstzrange(now() - interval '1 day', null)",
    "min_isk": "destroyed_isk >= %(min_isk)s",
    "min_pilots": "total_pilots >= %(min_pilots)s",
    "min_kills": "total_killmails >= %(min_kills)s",
}
COLUMNS = SQL("""
    battle_id, slug, day, kind, status, started_at, ended_at, duration_seconds, solar_system_id, solar_system_name,
    security_status, region_id, region_name, space_type, security_class, total_killmails, total_pilots, destroyed_isk,
    dropped_isk, is_decisive, winning_side, outcome_reason, systems, sides""")
DETAIL_COLUMNS = COLUMNS + SQL(", total_ships_lost, created_at, updated_at")
ZKILLBOARD_URLS = SQL(
    """(
        select coalesce(json_agg(
            format('https://zkillboard.com/related/%%s/%%s00/',
                share.system -> 0, to_char(hour at time zone 'UTC', 'YYYYMMDDHH24'))
            order by position, hour
        ), '[]')
        from json_array_elements(systems) with ordinality as share (system, position)
        cross join generate_series(
            date_trunc('hour', started_at), ended_at + interval '1 hour' - interval '1 microsecond', interval '3 hours'
        ) as hour
    )"""
)
"""The fewest related pages of zKillboard, in order, that together show each system from `started_at` to `ended_at`.

A page of hour T shows one system from T - 1 h to T + 2 h, both included; the first is the one of the hour of the start.
zKillboard's address is canonical only with minutes `00`."""
MOMENT: LiteralString = """to_char({} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
"""Killmails happen at whole seconds."""
SUMMARY = SQL(
    """json_object(
        'id': battle_id, 'slug': slug, 'kind': kind, 'status': status,
        'started_at': {started_at}, 'ended_at': {ended_at}, 'last_killmail_at': {ended_at},
        'duration_seconds': duration_seconds,
        'system': json_object(
            'id': solar_system_id, 'name': solar_system_name, 'security_status': security_status),
        'region': json_object('id': region_id, 'name': region_name),
        'space_type': space_type, 'security_class': security_class,
        'total_killmails': total_killmails, 'total_pilots': total_pilots,
        'total_isk_destroyed': round(destroyed_isk), 'total_isk_dropped': round(dropped_isk),
        'outcome': json_object(
            'is_decisive': is_decisive, 'winning_side': winning_side, 'reason': outcome_reason),
        'zkill_related_urls': {urls}
    )"""
).format(
    started_at=SQL(MOMENT).format(SQL("started_at")), ended_at=SQL(MOMENT).format(SQL("ended_at")), urls=ZKILLBOARD_URLS
)
"""What a battle in a list and in detail have in common, but for the sides, as the answer has it: PostgreSQL writes it
in less time than reading the columns and writing them again takes."""
PAGE = SQL(
    """
    with page as materialized ({page})
    select
        string_agg({summary}::text, E'\\n' {ordering}) as summaries,
        json_agg(sides {ordering}) as sides,
        (array_agg({column} {ordering}))[{limit}] as last_value,
        (array_agg(battle_id {ordering}))[{limit}] as last_id
    from page
    """
)
"""A page as one row: JSON has no line breaks of its own, so that they separate battles."""
DETAIL = SQL(
    """
    with pilots as materialized (
        select character_id, side, kills, losses, isk_destroyed, isk_lost from marts.fct_battle_participants
        where battle_id = {battle_id}
    )
    select
        {summary}::text as summary, battle_id, sides, systems, total_ships_lost, created_at, updated_at,
        (
            select json_agg(json_build_array(groups, ship_types, items_lost) order by side)
            from marts.fct_battle_sides as sides where sides.battle_id = battle.battle_id
        ) as side_details,
        (
            select coalesce(json_agg(json_object(
                'character': character_id, 'side': side, 'kills': kills, 'isk_destroyed': isk_destroyed
            ) order by isk_destroyed desc, character_id desc), '[]')
            from (select * from pilots order by isk_destroyed desc, character_id desc limit {top_pilots}) as top
            where kills > 0
        ) as top_killers,
        (
            select coalesce(json_agg(json_object(
                'character': character_id, 'side': side, 'losses': losses, 'isk_lost': isk_lost
            ) order by isk_lost desc, character_id desc), '[]')
            from (select * from pilots order by isk_lost desc, character_id desc limit {top_pilots}) as top
            where losses > 0
        ) as top_losers,
        {links}::text as links,
        (
            select coalesce(json_agg(json_object(
                'killmail_id': killmail_id,
                'character': case when character_id is not null then
                    json_object('id': character_id, 'name': character_name) end,
                'damage_done': damage_done
            ) order by position), '[]')
            from marts.fct_battle_friendly_fire as shots where shots.battle_id = battle.battle_id
        )::text as friendly_fire,
        (
            select coalesce(json_agg(json_object(
                'id': old_battle_id, 'slug': old_slug, 'reason': reason, 'happened_at': happened_at
            ) order by happened_at, old_battle_id, old_slug), '[]')
            from marts.fct_battle_lineage as lineage where lineage.battle_id = battle.battle_id
        ) as former
    from (select {columns} from marts.fct_battles where battle_id = {battle_id}) as battle
    """
)
"""A battle as one row, its pilots counted once."""
LINKS = SQL(
    """(
        select coalesce(json_agg(json_object(
            'killmail_id': killmail_id,
            'link': case when linked_killmail_id is not null then json_object(
                'killmail_id': linked_killmail_id, 'evidence': link_evidence, 'seconds': link_seconds,
                'entity_ids': link_entity_ids
            ) end
        ) order by position), '[]')
        from marts.fct_battle_links as links where links.battle_id = battle.battle_id
    )"""
)
TOP_PILOTS = 5
PARTICIPANTS = SQL(
    """
    with page as materialized (
        select
            character_id, corporation_id, alliance_id, side, side_confidence, second_best_side, ship_type_ids, kills,
            final_blows, losses, damage_done, damage_received, isk_destroyed, isk_lost, first_seen_at, last_seen_at
        from marts.fct_battle_participants
        where battle_id = {battle_id}
            and (%(side)s::integer is null or side = %(side)s)
            and (%(alliance_id)s::bigint is null or alliance_id = %(alliance_id)s)
            and (%(corporation_id)s::bigint is null or corporation_id = %(corporation_id)s)
            {page}
    )
    select
        battle_id,
        (
            select coalesce(json_agg(json_object(
                'character': character_id, 'corporation': corporation_id, 'alliance': alliance_id,
                'side': side, 'side_confidence': side_confidence, 'second_best_side': second_best_side,
                'ships': ship_type_ids, 'kills': kills, 'final_blows': final_blows, 'losses': losses,
                'damage_done': damage_done, 'damage_received': damage_received,
                'isk_destroyed': isk_destroyed, 'isk_lost': isk_lost,
                'first_seen_at': {first_seen_at}, 'last_seen_at': {last_seen_at}
            ) {ordering}), '[]')
            from page
        ) as pilots,
        (select (array_agg({column} {ordering}))[%(limit)s - 1] from page) as last_value,
        (select (array_agg(character_id {ordering}))[%(limit)s - 1] from page) as last_id
    from marts.fct_battles
    where battle_id = {battle_id}
    """
)
"""A page as one row, of one pilot more where a page follows."""

KINDS: dict[str, tuple[frozenset[Kind], LiteralString]] = {
    "fights": (
        frozenset({Kind.BATTLE, Kind.SKIRMISH, Kind.STRUCTURE_BASH}),
        "kind in ('battle', 'skirmish', 'structure_bash')",
    ),
    "camps_and_ganks": (frozenset({Kind.CAMP, Kind.GANK}), "kind in ('camp', 'gank')"),
}
"""What lists show unless asked for more, and the rest; written out, so that each is seen to be what indexes are of:
most are small ganks, and a list of fights from the fewest pilots on would have to pass them all."""
OPTIONAL: Row = {"start": None, "end": None, "security": None, "space_type": None}
"""What some conditions name though it may not be given."""
RARE = frozenset({"pochven", "abyssal"})
"""Classes and types of space with so few battles that those of their systems are all read; a list of the others soon
is full."""
GROUPS = frozenset({"alliance_id", "corporation_id"})
SCATTERED = GROUPS | {"region_id"}
"""Filters whose battles no index has in the order of time."""
FEW = frozenset({"system_id", "character_id", "rare_systems"})
"""Filters that leave few battles, or have an index in the order of time."""
STRETCH_DAYS = 8
"""As `marts.fct_battles.group_stretches` counts them."""
STEPS = 12
"""Each looks through twice as many stretches as the one before: the last reaches 90 years."""
OF_GROUP: LiteralString = """group_stretches && array(
    select {group}::bigint %% (1::bigint << 49) * 8192 + stretch from generate_series(low, high) as stretch)
    and {group}::bigint < 1::bigint << 49"""
OF_MOMENTS = SQL(
    """started_at >= date '2000-01-01' + {days} * low and started_at < date '2000-01-01' + {days} * (high + 1)"""
).format(days=STRETCH_DAYS)
"""The steps as the indexes know them: one has groups beside stretches, one systems beside moments."""
NEWEST, OLDEST = (
    SQL("(select started_at from marts.fct_battles order by started_at {} limit 1)").format(SQL(direction))
    for direction in ("desc", "asc")
)
STRETCH_BY_STRETCH = SQL(
    """
    with bounds as (
        select
            ({earliest}::date - date '2000-01-01') / {days} as first,
            ({latest}::date - date '2000-01-01') / {days} as last
    ),
    steps as (
        select step, {low} as low, {high} as high
        from bounds
        cross join generate_series(0, {steps} - 1) as step
        where (1 << step) - 1 <= last - first
        order by step
    ),
    page as (
        select battle_id
        from steps
        cross join lateral (
            select * from marts.fct_battles where {within} offset 0
        ) as found
        where {conditions} {beyond}
        order by step, {ordering}
        limit {rows}
    )
    select {columns} from marts.fct_battles where battle_id = any(array(select battle_id from page)) order by {ordering}
    """
)
"""`offset 0` keeps the planner from looking for a step's battles by any other condition, which holds all over history.
The newest (or oldest) battles first, in steps that double, until a page is full: to show the newest of somebody who
fought in 50,000 battles, the last weeks are enough, and of somebody who fought in five, few steps reach them all."""


def _parameters(filters: BattleFilters) -> Row:
    """The filters that are given."""
    given = filters.model_dump(include={*CONDITIONS}, exclude_none=True)
    fights, _ = KINDS["fights"]
    given |= {name: True for name, (kinds, _) in KINDS.items() if not kinds.isdisjoint(filters.kind or fights)}
    if filters.kind:
        given["kinds"] = [str(kind) for kind in filters.kind]
    # Two conditions more that say the same to an index: none knows the clock, or what a system's class is.
    if filters.status == Status.OPEN:
        given["newest_day"] = True
    if {filters.security, filters.space_type} & RARE:
        given["rare_systems"] = True
    return given


def _conditions(given: Collection[str]) -> Composed:
    """What follows `where` for the battles that meet the filters."""
    of_indexes = SQL(" or ").join(SQL(condition) for name, (_, condition) in KINDS.items() if name in given)
    return SQL(" and ").join(
        [SQL("({})").format(of_indexes), *(SQL(CONDITIONS[name]) for name in CONDITIONS if name in given)]
    )


class BattlePage(NamedTuple):
    """A page of battles."""

    summaries: list[str]
    """Each battle's JSON object, without `sides`."""
    sides: list[list[Any]]
    """Each battle's, as `marts.fct_battles` has them."""
    end: Position | None
    """The last battle's place; None where no page follows."""


async def battle_page(
    connection: Connection, filters: BattleFilters, sort: BattleSort, after: Position | None, limit: int
) -> BattlePage:
    """The battles that meet the filters, from `after` on."""
    parameters = _parameters(filters)
    statement = _page_statement(frozenset(parameters), sort, limit, is_first=after is None)
    cursor = await connection.execute(statement, OPTIONAL | parameters | page_parameters(after, limit))
    row = await cursor.fetchone()
    if row is None or row["summaries"] is None:
        return BattlePage([], [], None)
    summaries = row["summaries"].split("\n")
    end = Position(row["last_value"], row["last_id"]) if len(summaries) > limit else None
    return BattlePage(summaries[:limit], row["sides"][:limit], end)


@lru_cache(maxsize=1_000)
def _page_statement(given: frozenset[str], sort: BattleSort, limit: int, *, is_first: bool) -> bytes:
    """Composed once for each set of filters and limit: composing takes as long as a page of few rows."""
    order = BATTLE_ORDERS[sort]
    if order.column == "started_at" and given & SCATTERED and not given & FEW:
        found = _stretch_by_stretch(given, limit + 1, is_descending=order.is_descending, is_first=is_first)
    else:
        anywhere = None if is_first else Position(0, 0)  # the statement is the same for each
        kinds = given & KINDS.keys()
        # Only the order of time has an index of all kinds: in another a page is merged of two, if all are to be on it.
        parts = [kinds]
        if order.column != "started_at" and not given & (FEW | SCATTERED):
            parts = [frozenset({one}) for one in kinds]
        found = SQL(" union all ").join(
            SQL("(select {} from marts.fct_battles where {} {})").format(
                COLUMNS, _conditions(given - kinds | part), page(order, anywhere, Literal(limit + 1))
            )
            for part in parts
        )
        if len(parts) > 1:
            found += SQL(" {} limit {}").format(ordering(order), Literal(limit + 1))
        if given & SCATTERED and not given & FEW:
            # Many more may have to be sorted than are shown: names of places are for these only.
            found = SQL(
                "select {} from marts.fct_battles where battle_id = any(array(select battle_id from ({}) as page)) {}"
            ).format(COLUMNS, found, ordering(order))
    return PAGE.format(
        limit=Literal(limit), page=found, summary=SUMMARY, column=Identifier(order.column), ordering=ordering(order)
    ).as_bytes(None)


def _stretch_by_stretch(given: frozenset[str], rows: int, *, is_descending: bool, is_first: bool) -> Composed:
    reached = SQL("null" if is_first else "%(after_value)s")
    if is_descending:
        earliest = SQL("greatest(%(start)s, {})").format(OLDEST)
        latest = SQL("least(%(end)s, {}, {})").format(reached, NEWEST)
        low, high = SQL("greatest(first, last + 2 - (2 << step))"), SQL("last + 1 - (1 << step)")
    else:
        earliest = SQL("greatest(%(start)s, {}, {})").format(reached, OLDEST)
        latest = SQL("least(%(end)s, {})").format(NEWEST)
        low, high = SQL("first - 1 + (1 << step)"), SQL("least(last, first - 2 + (2 << step))")
    beyond = (
        SQL("")
        if is_first
        else SQL("and (started_at, battle_id) {} (%(after_value)s, %(after_id)s)").format(
            SQL("<" if is_descending else ">")
        )
    )
    direction = SQL("desc" if is_descending else "asc")
    by_time = SQL("started_at {direction}, battle_id {direction}").format(direction=direction)
    # A stretch's groups are alliances and corporations alike: which of them is asked for, the conditions say.
    within: list[Composable] = [SQL(OF_GROUP).format(group=Placeholder(name)) for name in sorted(given & GROUPS)]
    if "region_id" in given:
        within += [SQL(CONDITIONS["region_id"]), *([] if within else [OF_MOMENTS])]
    return STRETCH_BY_STRETCH.format(
        earliest=earliest, latest=latest, low=low, high=high, days=STRETCH_DAYS, steps=STEPS, columns=COLUMNS,
        conditions=_conditions(given - {"region_id"}), within=SQL(" and ").join(within), beyond=beyond,
        ordering=by_time, rows=Literal(rows),
    )  # fmt: skip


async def count_battles(connection: Connection, filters: BattleFilters) -> int:
    """How many battles meet the filters."""
    parameters = _parameters(filters)
    statement = SQL("select count(*) as total from marts.fct_battles where {}").format(_conditions(parameters))
    cursor = await connection.execute(statement, OPTIONAL | parameters)
    row = await cursor.fetchone()
    return int(row["total"]) if row else 0


async def battle(connection: Connection, id_or_slug: str) -> Row | None:
    """The battle that has this id or slug today, with its `summary`."""
    column = SQL("slug" if _is_slug(id_or_slug) else "battle_id")
    statement = SQL("select {}, * from (select {} from marts.fct_battles where {} = %(key)s) as battle").format(
        SUMMARY + SQL(" as summary"), DETAIL_COLUMNS, column
    )
    cursor = await connection.execute(statement, {"key": id_or_slug})
    return await cursor.fetchone()


async def successor(connection: Connection, id_or_slug: str) -> Row | None:
    """What became of a battle once published under this id or slug: `battle_id` (null: it vanished) and `reason`."""
    column = SQL("old_slug" if _is_slug(id_or_slug) else "old_battle_id")
    statement = SQL(
        """
        select battle_id, reason from marts.fct_battle_lineage
        where {} = %(key)s order by happened_at desc, old_slug limit 1
        """
    ).format(column)
    cursor = await connection.execute(statement, {"key": id_or_slug})
    return await cursor.fetchone()


async def detail(connection: Connection, id_or_slug: str, *, with_links: bool) -> Row | None:
    """The battle that has this id or slug today, in detail: of one moment, being one statement.

    `summary`, `links` (empty unless asked for) and `friendly_fire` are JSON as the answer has it. `sides`, `systems`
    and `side_details`, those of each side, are as the marts have them; `top_killers`, `top_losers` and `former` are
    objects as the answer has them, but for characters, which are ids, and amounts of ISK, which have cents.
    """
    statement = _detail_statement(is_slug=_is_slug(id_or_slug), with_links=with_links)
    cursor = await connection.execute(statement, {"key": id_or_slug})
    return await cursor.fetchone()


@lru_cache
def _detail_statement(*, is_slug: bool, with_links: bool) -> bytes:
    return DETAIL.format(
        battle_id=_battle_id(is_slug=is_slug),
        columns=DETAIL_COLUMNS,
        summary=SUMMARY,
        top_pilots=Literal(TOP_PILOTS),
        links=LINKS if with_links else SQL("'[]'"),
    ).as_bytes(None)


class ParticipantPage(NamedTuple):
    """A page of a battle's participants."""

    battle_id: UUID
    pilots: list[Row]
    """Objects as the answer has them, but that what has a name is its id, and amounts of ISK have cents."""
    end: Position | None
    """The last pilot's place; None where no page follows."""


async def participant_page(
    connection: Connection, id_or_slug: str, parameters: ParticipantParameters, after: Position | None
) -> ParticipantPage | None:
    """Pilots of the battle that has this id or slug today, from `after` on; one statement. None: there is no battle."""
    statement = _participants_statement(parameters.sort, is_slug=_is_slug(id_or_slug), is_first=after is None)
    cursor = await connection.execute(
        statement,
        {"key": id_or_slug, "side": parameters.side, "alliance_id": parameters.alliance_id}
        | {"corporation_id": parameters.corporation_id}
        | page_parameters(after, parameters.limit),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    pilots = row["pilots"]
    if len(pilots) <= parameters.limit:
        return ParticipantPage(row["battle_id"], pilots, None)
    return ParticipantPage(row["battle_id"], pilots[:-1], Position(row["last_value"], row["last_id"]))


@lru_cache
def _participants_statement(sort: ParticipantSort, *, is_slug: bool, is_first: bool) -> bytes:
    order = PARTICIPANT_ORDERS[sort]
    anywhere = None if is_first else Position(0, 0)  # the statement is the same for each
    return PARTICIPANTS.format(
        battle_id=_battle_id(is_slug=is_slug),
        page=page(order, anywhere),
        column=Identifier(order.column),
        ordering=ordering(order),
        first_seen_at=SQL(MOMENT).format(SQL("first_seen_at")),
        last_seen_at=SQL(MOMENT).format(SQL("last_seen_at")),
    ).as_bytes(None)


def _is_slug(id_or_slug: str) -> bool:
    return id_or_slug.startswith("BR-")


def _battle_id(*, is_slug: bool) -> SQL:
    """The id that is asked for. Named as such, PostgreSQL finds a battle's pilots by it."""
    return SQL("(select battle_id from marts.fct_battles where slug = %(key)s)" if is_slug else "%(key)s::uuid")


async def link_of(connection: Connection, battle_id: UUID, killmail_id: int) -> Row | None:
    """The row of `marts.fct_battle_links` of a killmail in its battle; None for the battle's first."""
    cursor = await connection.execute(
        """
        select killmail_id, link_evidence, linked_killmail_id, link_seconds, link_entity_ids
        from marts.fct_battle_links
        where battle_id = %(battle_id)s and killmail_id = %(killmail_id)s and linked_killmail_id is not null
        """,
        {"battle_id": battle_id, "killmail_id": killmail_id},
    )
    return await cursor.fetchone()


async def timeline(connection: Connection, battle_id: UUID, day: date) -> list[Row]:
    """What each side lost in each minute in which it lost something."""
    cursor = await connection.execute(
        """
        select minute_at, side, killmails, ships_lost, isk_lost from marts.fct_battle_timeline
        where day = %(day)s and battle_id = %(battle_id)s order by minute_at, side
        """,
        {"day": day, "battle_id": battle_id},
    )
    return await cursor.fetchall()


async def killmails(
    connection: Connection, battle_id: UUID, day: date, parameters: KillmailParameters, after: Position | None
) -> list[Row]:
    """Rows of `marts.fct_battle_killmails`, one more than the limit where there are more."""
    conditions = SQL(
        """
        select * from marts.fct_battle_killmails
        where day = %(day)s and battle_id = %(battle_id)s
            and (%(side)s::integer is null or victim_side = %(side)s)
            and (%(alliance_id)s::bigint is null or victim_alliance_id = %(alliance_id)s)
        """
    )
    cursor = await connection.execute(
        conditions + page(KILLMAIL_ORDERS[parameters.sort], after),
        {"day": day, "battle_id": battle_id, "side": parameters.side, "alliance_id": parameters.alliance_id}
        | page_parameters(after, parameters.limit),
    )
    return await cursor.fetchall()


async def followed_timers(connection: Connection, battle_id: UUID) -> list[Row]:
    """The sovereignty timers that a battle followed, the earliest first."""
    cursor = await connection.execute(
        """
        select
            campaign_id, event_type, campaign.solar_system_id, campaign.solar_system_name,
            campaign.defender_alliance_id, campaign.defender_alliance_name, starts_at, minutes_after_start,
            outcome, outcome_reason
        from marts.fct_sovereignty_battles
        join marts.fct_sovereignty_campaigns as campaign using (campaign_id)
        where battle_id = %(battle_id)s
        order by starts_at, campaign_id
        """,
        {"battle_id": battle_id},
    )
    return await cursor.fetchall()
