"""Who fights whom and with whom: conflicts, opponents, allies, coalitions, campaigns."""

from typing import Annotated, LiteralString
from uuid import UUID

from psycopg.sql import SQL, Composed
from pydantic import AwareDatetime, Field

from api.deps import Connection, Row
from api.paging import IskAmount, Order, Position
from api.queries.keyset import page, page_parameters
from api.schemas.conflicts import CampaignParameters, CampaignSort, ConflictParameters, ConflictSort

Pair = Annotated[str, Field(pattern=r"^[0-9]{1,19}-[0-9]{1,19}$")]

CONFLICT_ORDERS = {
    sort: Order(column, "conflict_id", is_descending=sort.startswith("-"), types=(value_type, Pair))
    for sort, column, value_type in (
        (ConflictSort.ISK_TOTAL, "isk_total", IskAmount),
        (ConflictSort.ISK_TOTAL_DOWN, "isk_total", IskAmount),
        (ConflictSort.KILLMAILS, "killmails", int),
        (ConflictSort.KILLMAILS_DOWN, "killmails", int),
    )
}
CAMPAIGN_ORDERS = {
    sort: Order(column, "campaign_id", is_descending=sort.startswith("-"), types=(value_type, UUID))
    for sort, column, value_type in (
        (CampaignSort.LAST_BATTLE_AT, "last_battle_at", AwareDatetime),
        (CampaignSort.LAST_BATTLE_AT_DOWN, "last_battle_at", AwareDatetime),
        (CampaignSort.ISK_TOTAL, "isk_total", IskAmount),
        (CampaignSort.ISK_TOTAL_DOWN, "isk_total", IskAmount),
        (CampaignSort.BATTLES, "battles", int),
        (CampaignSort.BATTLES_DOWN, "battles", int),
    )
}
BY_RANK, BY_ISK, BY_POSITION = "rank", "-isk_destroyed", "position"
OPPONENT_ORDER = Order("rank", "opponent_group_id", is_descending=False, types=(int, int))
ALLY_ORDER = Order("rank", "ally_group_id", is_descending=False, types=(int, int))
COALITION_ORDER = Order("isk_destroyed", "coalition_id", is_descending=True, types=(IskAmount, int))
MEMBER_ORDER = Order("isk_destroyed", "group_id", is_descending=True, types=(IskAmount, int))
CAMPAIGN_BATTLE_ORDER = Order("position", "battle_id", is_descending=False, types=(int, UUID))

CONDITIONS: dict[str, LiteralString] = {
    "alliance_id": "(group_id = %(alliance_id)s or opponent_group_id = %(alliance_id)s)",
    "corporation_id": "(group_id = %(corporation_id)s or opponent_group_id = %(corporation_id)s)",
    "region_id": "region_id = %(region_id)s",
    "min_isk": "isk_total >= %(min_isk)s",
    "battle_id": "battle_ids @> array[%(battle_id)s::uuid]",
}
CAMPAIGNS = SQL(
    """
    select * from (
        select *, (isk_lost + opponent_isk_lost)::numeric(24, 2) as isk_total from marts.rpt_campaigns
    ) as campaigns where true """
)


def _conditions(parameters: ConflictParameters | CampaignParameters) -> tuple[Composed, Row]:
    """`and ...` of every filter given, and its parameters."""
    given = parameters.model_dump(include={*CONDITIONS}, exclude_none=True)
    return Composed([SQL("and {} ").format(SQL(CONDITIONS[name])) for name in CONDITIONS if name in given]), given


async def conflicts(connection: Connection, parameters: ConflictParameters, after: Position | None) -> list[Row]:
    """Rows of `marts.rpt_conflicts` that meet the filters, one more than the limit where there are more."""
    conditions, given = _conditions(parameters)
    statement = SQL(
        """
        select * from (
            select *, kills + losses as killmails, group_id || '-' || opponent_group_id as conflict_id
            from marts.rpt_conflicts
        ) as conflicts
        where window_days = %(days)s """
    )
    cursor = await connection.execute(
        statement + conditions + page(CONFLICT_ORDERS[parameters.sort], after),
        {**given, "days": parameters.days} | page_parameters(after, parameters.limit),
    )
    return await cursor.fetchall()


async def largest_alliances(connection: Connection, days: int, most: int) -> list[Row]:
    """The alliances that destroyed most ISK in a window."""
    cursor = await connection.execute(
        """
        select group_id, group_kind, group_name from marts.rpt_groups
        where window_days = %(days)s and group_kind = 'alliance'
        order by isk_destroyed desc, group_id
        limit %(most)s
        """,
        {"days": days, "most": most},
    )
    return await cursor.fetchall()


async def conflicts_among(connection: Connection, days: int, group_ids: list[int]) -> list[Row]:
    """Conflicts of a window both of whose groups are among these."""
    cursor = await connection.execute(
        """
        select group_id, opponent_group_id, kills, losses, isk_destroyed, isk_lost from marts.rpt_conflicts
        where window_days = %(days)s
            and group_id = any(%(ids)s::bigint[]) and opponent_group_id = any(%(ids)s::bigint[])
        """,
        {"days": days, "ids": group_ids},
    )
    return await cursor.fetchall()


async def group(connection: Connection, group_id: int) -> Row | None:
    """`group_id`, `group_kind` and `group_name` of an alliance or corporation that is known by name or by killmails."""
    cursor = await connection.execute(
        """
        select group_id, group_kind, group_name from (
            select entity_id as group_id, category as group_kind, entity_name as group_name
            from marts.dim_entity_names
            where entity_id = %(group_id)s and category in ('alliance', 'corporation')
            union all
            (select group_id, group_kind, group_name from marts.fct_group_days where group_id = %(group_id)s limit 1)
        ) as known
        limit 1
        """,
        {"group_id": group_id},
    )
    return await cursor.fetchone()


async def opponents(connection: Connection, group_id: int, days: int, after: Position | None, limit: int) -> list[Row]:
    """Rows of `marts.rpt_opponents` of a group, by rank, one more than `limit` where there are more."""
    statement = SQL(
        "select * from marts.rpt_opponents where window_days = %(days)s and group_id = %(group_id)s "
    ) + page(OPPONENT_ORDER, after)
    cursor = await connection.execute(statement, {"group_id": group_id, "days": days} | page_parameters(after, limit))
    return await cursor.fetchall()


async def allies(connection: Connection, group_id: int, days: int, after: Position | None, limit: int) -> list[Row]:
    """Rows of `marts.rpt_allies` of a group, by rank, one more than `limit` where there are more."""
    statement = SQL("select * from marts.rpt_allies where window_days = %(days)s and group_id = %(group_id)s ") + page(
        ALLY_ORDER, after
    )
    cursor = await connection.execute(statement, {"group_id": group_id, "days": days} | page_parameters(after, limit))
    return await cursor.fetchall()


async def coalitions(connection: Connection, days: int, after: Position | None, limit: int) -> list[Row]:
    """Rows of `marts.rpt_coalitions` of a window, one more than `limit` where there are more."""
    cursor = await connection.execute(
        SQL("select * from marts.rpt_coalitions where window_days = %(days)s ") + page(COALITION_ORDER, after),
        {"days": days} | page_parameters(after, limit),
    )
    return await cursor.fetchall()


async def largest_members(connection: Connection, days: int, coalition_ids: list[int], most: int) -> list[Row]:
    """Of each coalition the groups that destroyed most ISK, these first."""
    cursor = await connection.execute(
        """
        select * from (
            select
                *, row_number() over (partition by coalition_id order by isk_destroyed desc, group_id desc) as place
            from marts.rpt_coalition_members
            where window_days = %(days)s and coalition_id = any(%(ids)s::bigint[])
        ) as members
        where place <= %(most)s
        order by coalition_id, place
        """,
        {"days": days, "ids": coalition_ids, "most": most},
    )
    return await cursor.fetchall()


async def coalition_name(connection: Connection, days: int, coalition_id: int) -> Row | None:
    """`coalition_id` and `coalition_name` of a coalition of this window; None where there is none of the id."""
    cursor = await connection.execute(
        """
        select coalition_id, coalition_name from marts.rpt_coalitions
        where window_days = %(days)s and coalition_id = %(coalition_id)s
        """,
        {"days": days, "coalition_id": coalition_id},
    )
    return await cursor.fetchone()


async def coalition_of(connection: Connection, days: int, group_id: int) -> Row | None:
    """`coalition_id` and `coalition_name` of the coalition a group is in; None where it is in none."""
    cursor = await connection.execute(
        """
        select members.coalition_id, names.entity_name as coalition_name
        from marts.rpt_coalition_members as members
        left join marts.dim_entity_names as names on members.coalition_id = names.entity_id
        where members.window_days = %(days)s and members.group_id = %(group_id)s
        """,
        {"days": days, "group_id": group_id},
    )
    return await cursor.fetchone()


async def members(
    connection: Connection, days: int, coalition_id: int, after: Position | None, limit: int
) -> list[Row]:
    """Rows of `marts.rpt_coalition_members` of a coalition, one more than `limit` where there are more."""
    statement = SQL(
        "select * from marts.rpt_coalition_members where window_days = %(days)s and coalition_id = %(coalition_id)s "
    ) + page(MEMBER_ORDER, after)
    cursor = await connection.execute(
        statement, {"coalition_id": coalition_id, "days": days} | page_parameters(after, limit)
    )
    return await cursor.fetchall()


async def campaigns(connection: Connection, parameters: CampaignParameters, after: Position | None) -> list[Row]:
    """Rows of `marts.rpt_campaigns` that meet the filters, one more than the limit where there are more."""
    conditions, given = _conditions(parameters)
    cursor = await connection.execute(
        CAMPAIGNS + conditions + page(CAMPAIGN_ORDERS[parameters.sort], after),
        given | page_parameters(after, parameters.limit),
    )
    return await cursor.fetchall()


async def campaign(connection: Connection, campaign_id: UUID) -> Row | None:
    """The row of `marts.rpt_campaigns`; None where there is no such campaign."""
    cursor = await connection.execute(CAMPAIGNS + SQL("and campaign_id = %(id)s"), {"id": campaign_id})
    return await cursor.fetchone()


async def campaign_battles(connection: Connection, campaign_id: UUID, after: Position | None, limit: int) -> list[Row]:
    """Rows of `marts.fct_campaign_battles` of a campaign, in order, one more than `limit` where there are more."""
    cursor = await connection.execute(
        SQL("select * from marts.fct_campaign_battles where campaign_id = %(id)s ")
        + page(CAMPAIGN_BATTLE_ORDER, after),
        {"id": campaign_id} | page_parameters(after, limit),
    )
    return await cursor.fetchall()
