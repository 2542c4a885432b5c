"""Battles, their sides, participants, killmails and lineage."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, LiteralString
from uuid import UUID

from psycopg.sql import SQL, Composed
from pydantic import AwareDatetime, Field

from api.deps import Connection
from api.paging import Order, Position
from api.queries.keyset import page, page_parameters
from api.schemas.battles import (
    BattleFilters,
    BattleSort,
    KillmailParameters,
    KillmailSort,
    Kind,
    ParticipantParameters,
    ParticipantSort,
)

Row = dict[str, Any]
IskAmount = Annotated[Decimal, Field(max_digits=24, decimal_places=2)]

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
    "start": "started_at >= %(start)s",
    "end": "started_at < %(end)s",
    "system_id": "solar_system_id = %(system_id)s",
    "region_id": "region_id = %(region_id)s",
    "space_type": "space_type = %(space_type)s",
    "security": "security_class = %(security)s",
    "alliance_id": "alliance_ids @> array[%(alliance_id)s::bigint]",
    "corporation_id": "corporation_ids @> array[%(corporation_id)s::bigint]",
    "character_id": """battle_id in (
        select battle_id from marts.fct_battle_rosters where character_ids @> array[%(character_id)s::bigint])""",
    "status": "status = %(status)s",
    "min_isk": "destroyed_isk >= %(min_isk)s",
    "min_pilots": "total_pilots >= %(min_pilots)s",
    "min_kills": "total_killmails >= %(min_kills)s",
}
COLUMNS = SQL("""
    battle_id, slug, day, kind, status, started_at, ended_at, duration_seconds, solar_system_id, solar_system_name,
    security_status, region_id, region_name, space_type, security_class, total_killmails, total_pilots, destroyed_isk,
    dropped_isk, is_decisive, winning_side, outcome_reason, systems""")
DETAIL_COLUMNS = COLUMNS + SQL(", total_ships_lost, created_at, updated_at")
TOP_PILOTS = 5


def _matching(filters: BattleFilters) -> tuple[Composed, Row]:
    """`from ... where ...` of the battles that meet the filters, and its parameters."""
    given = filters.model_dump(include={*CONDITIONS}, exclude_none=True)
    kinds = filters.kind or [kind for kind in Kind if kind not in {Kind.CAMP, Kind.GANK}]
    conditions = [SQL("kind = any(%(kinds)s)"), *(SQL(CONDITIONS[name]) for name in CONDITIONS if name in given)]
    return SQL(" from marts.fct_battles where {} ").format(SQL(" and ").join(conditions)), {**given, "kinds": kinds}


async def battles(
    connection: Connection, filters: BattleFilters, sort: BattleSort, after: Position | None, limit: int
) -> list[Row]:
    """Rows of `marts.fct_battles`, one more than `limit` where there are more."""
    matching, parameters = _matching(filters)
    statement = SQL("select {}{}").format(COLUMNS, matching) + page(BATTLE_ORDERS[sort], after)
    cursor = await connection.execute(statement, parameters | page_parameters(after, limit))
    return await cursor.fetchall()


async def count_battles(connection: Connection, filters: BattleFilters) -> int:
    """How many battles meet the filters."""
    matching, parameters = _matching(filters)
    cursor = await connection.execute(SQL("select count(*) as total{}").format(matching), parameters)
    row = await cursor.fetchone()
    return int(row["total"]) if row else 0


async def sides(connection: Connection, battle_ids: list[UUID]) -> list[Row]:
    """Rows of `marts.fct_battle_sides` of the battles, by side, each with its three largest `top_alliances`."""
    cursor = await connection.execute(
        """
        select
            battle_id, side, pilots, ships_lost, ships_destroyed, isk_lost, isk_destroyed, efficiency,
            (
                select coalesce(jsonb_agg(largest), '[]')
                from (
                    select
                        (entry ->> 'group_id')::bigint as id,
                        entity_name as name,
                        (entry ->> 'pilots')::integer as pilots
                    from jsonb_array_elements(groups) as entry
                    left join marts.dim_entity_names on entity_id = (entry ->> 'group_id')::bigint
                    where entry ->> 'group_kind' = 'alliance'
                    order by pilots desc, id
                    limit 3
                ) as largest
            ) as top_alliances
        from marts.fct_battle_sides
        where battle_id = any(%(battle_ids)s)
        order by battle_id, side
        """,
        {"battle_ids": battle_ids},
    )
    return await cursor.fetchall()


async def battle(connection: Connection, id_or_slug: str) -> Row | None:
    """The battle that has this id or slug today."""
    column = SQL("slug" if id_or_slug.startswith("BR-") else "battle_id")
    statement = SQL("select {} from marts.fct_battles where {} = %(key)s").format(DETAIL_COLUMNS, column)
    cursor = await connection.execute(statement, {"key": id_or_slug})
    return await cursor.fetchone()


async def successor(connection: Connection, id_or_slug: str) -> Row | None:
    """What became of a battle once published under this id or slug: `battle_id` (null: it vanished) and `reason`."""
    column = SQL("old_slug" if id_or_slug.startswith("BR-") else "old_battle_id")
    statement = SQL(
        """
        select battle_id, reason from marts.fct_battle_lineage
        where {} = %(key)s order by happened_at desc, old_slug limit 1
        """
    ).format(column)
    cursor = await connection.execute(statement, {"key": id_or_slug})
    return await cursor.fetchone()


async def former(connection: Connection, battle_id: UUID) -> list[Row]:
    """The ids and slugs that lead to a battle since a re-clustering."""
    cursor = await connection.execute(
        """
        select old_battle_id, old_slug, reason, happened_at from marts.fct_battle_lineage
        where battle_id = %(battle_id)s order by happened_at, old_battle_id, old_slug
        """,
        {"battle_id": battle_id},
    )
    return await cursor.fetchall()


async def side_details(connection: Connection, battle_id: UUID) -> list[Row]:
    """`groups`, `ship_types` and `items_lost` of each side, by side."""
    cursor = await connection.execute(
        """
        select side, groups, ship_types, items_lost from marts.fct_battle_sides
        where battle_id = %(id)s order by side
        """,
        {"id": battle_id},
    )
    return await cursor.fetchall()


async def participants(
    connection: Connection, battle_id: UUID, day: date, parameters: ParticipantParameters, after: Position | None
) -> list[Row]:
    """Rows of `marts.fct_battle_participants`, one more than the limit where there are more."""
    conditions = SQL(
        """
        select * from marts.fct_battle_participants
        where day = %(day)s and battle_id = %(battle_id)s
            and (%(side)s::integer is null or side = %(side)s)
            and (%(alliance_id)s::bigint is null or alliance_id = %(alliance_id)s)
            and (%(corporation_id)s::bigint is null or corporation_id = %(corporation_id)s)
        """
    )
    cursor = await connection.execute(
        conditions + page(PARTICIPANT_ORDERS[parameters.sort], after),
        {"day": day, "battle_id": battle_id, "side": parameters.side, "alliance_id": parameters.alliance_id}
        | {"corporation_id": parameters.corporation_id}
        | page_parameters(after, parameters.limit),
    )
    return await cursor.fetchall()


async def top_pilots(connection: Connection, battle_id: UUID, day: date, sort: ParticipantSort) -> list[Row]:
    """The first of `participants` in this order."""
    parameters = ParticipantParameters(sort=sort, limit=TOP_PILOTS)
    return (await participants(connection, battle_id, day, parameters, None))[:TOP_PILOTS]


async def links(connection: Connection, battle_id: UUID, day: date) -> list[Row]:
    """What brought each of the battle's killmails into it, in the order they happened; all null for the first."""
    cursor = await connection.execute(
        """
        select killmail_id, link_evidence, linked_killmail_id, link_seconds, link_entity_ids
        from marts.fct_battle_killmails
        where day = %(day)s and battle_id = %(battle_id)s
        order by killmail_time, killmail_id
        """,
        {"day": day, "battle_id": battle_id},
    )
    return await cursor.fetchall()


async def link_of(connection: Connection, battle_id: UUID, killmail_id: int, killmail_time: datetime) -> Row | None:
    """What brought a killmail into its battle, as `links` has it; None for the battle's first."""
    cursor = await connection.execute(
        """
        select killmail_id, link_evidence, linked_killmail_id, link_seconds, link_entity_ids
        from marts.fct_battle_killmails
        where battle_id = %(battle_id)s and killmail_id = %(killmail_id)s and linked_killmail_id is not null
            and day <= %(day)s and day > %(day)s - 7 -- a battle's day is its first; 7 days are longer than any
        """,
        {"battle_id": battle_id, "killmail_id": killmail_id, "day": killmail_time.date()},
    )
    return await cursor.fetchone()


async def friendly_fire(connection: Connection, battle_id: UUID) -> list[Row]:
    """Who shot victims of his own side."""
    cursor = await connection.execute(
        """
        select killmail_id, character_id, character_name, damage_done from marts.fct_battle_friendly_fire
        where battle_id = %(battle_id)s order by position
        """,
        {"battle_id": battle_id},
    )
    return await cursor.fetchall()


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
