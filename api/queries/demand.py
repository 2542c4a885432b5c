"""What wars take against what markets have, and what is to come in a region."""

from typing import Any, LiteralString, NamedTuple

from psycopg.sql import SQL, Composed

from api.deps import Connection, Row
from api.paging import IskAmount, Order, Position
from api.queries.keyset import page, page_parameters
from api.schemas.demand import DemandParameters, DemandSort, PlaceKind, RegionDemandParameters
from api.schemas.fields import DayWindow

VALUE_TYPES: dict[str, Any] = {
    "gap_isk": IskAmount,
    "gap_units": int,
    "demand_score": float,
    "losses_7d": int,
    "losses_7d_isk": IskAmount,
}


def _orders(id_column: str) -> dict[DemandSort, Order]:
    return {
        sort: Order(
            sort.removeprefix("-"),
            id_column,
            is_descending=sort.startswith("-"),
            types=(VALUE_TYPES[sort.removeprefix("-")] | None, int),
            is_nullable=True,
        )
        for sort in DemandSort
    }


TYPE_ORDERS = _orders("type_id")
"""Types that a region wants."""
REGION_ORDERS = _orders("place_id")
"""Regions that want a type; 0 stands for systems of no known region."""

CONDITIONS: dict[str, LiteralString] = {
    "min_score": "and demand_score >= %(min_score)s",
    "min_gap": "and gap_units >= %(min_gap)s",
    "is_flagged": "and (is_short is true or is_in_demand is true) = %(is_flagged)s",
    "group_id": "and group_id = %(group_id)s",
    "category_id": "and category_id = %(category_id)s",
}
MARTS: dict[PlaceKind, LiteralString] = {
    PlaceKind.REGION: "marts.rpt_region_demand",
    PlaceKind.HUB: "marts.rpt_hub_demand",
    PlaceKind.NEW_EDEN: "marts.rpt_type_demand",
}
IS_THERE: dict[PlaceKind, LiteralString] = {
    PlaceKind.REGION: "region_id = %(place_id)s",
    PlaceKind.HUB: "hub_solar_system_id = %(place_id)s",
    PlaceKind.NEW_EDEN: "true",
}
FIRST_FEW = 10
"""Rows of what stands beside a region's gaps."""


class Place(NamedTuple):
    """Where something is wanted: a region, around a trade hub (by its solar system), or in all of New Eden."""

    kind: PlaceKind
    place_id: int | None = None
    """None of New Eden."""


def _matching(parameters: DemandParameters) -> tuple[Composed, Row]:
    """The conditions of the filters given, and their parameters."""
    given = parameters.model_dump(include={*CONDITIONS}, exclude_none=True)
    return SQL(" ").join(SQL(CONDITIONS[name]) for name in given), given


async def types_wanted(
    connection: Connection,
    place: Place,
    parameters: RegionDemandParameters,
    after: Position | None,
) -> list[Row]:
    """Rows of the mart of demand of a region, of a trade hub or of New Eden, a row a type.

    One more than the limit where there are more.
    """
    order = TYPE_ORDERS[parameters.sort]
    conditions, given = _matching(parameters)
    statement = SQL("select * from {mart} where {is_there} {conditions} {page}").format(
        mart=SQL(MARTS[place.kind]),
        is_there=SQL(IS_THERE[place.kind]),
        conditions=conditions,
        page=page(order, after),
    )
    cursor = await connection.execute(
        statement, {"place_id": place.place_id} | given | page_parameters(after, parameters.limit)
    )
    return await cursor.fetchall()


async def regions_wanting(
    connection: Connection, type_id: int, parameters: DemandParameters, after: Position | None
) -> list[Row]:
    """Rows of `marts.rpt_region_demand` of a type, one more than the limit where there are more."""
    conditions, given = _matching(parameters)
    statement = SQL(
        """
        select * from (
            select *, coalesce(region_id, 0) as place_id from marts.rpt_region_demand where type_id = %(type_id)s
        ) as demand
        where true {conditions} {page}
        """
    ).format(conditions=conditions, page=page(REGION_ORDERS[parameters.sort], after))
    cursor = await connection.execute(
        statement, {"type_id": type_id} | given | page_parameters(after, parameters.limit)
    )
    return await cursor.fetchall()


async def hubs_wanting(connection: Connection, type_id: int) -> list[Row]:
    """Rows of `marts.rpt_hub_demand` of a type, those that lost most first."""
    cursor = await connection.execute(
        "select * from marts.rpt_hub_demand where type_id = %(type_id)s order by losses_7d desc, hub_solar_system_id",
        {"type_id": type_id},
    )
    return await cursor.fetchall()


async def new_eden_demand(connection: Connection, type_id: int) -> Row | None:
    """The row of `marts.rpt_type_demand`; None where none was lost."""
    cursor = await connection.execute(
        "select * from marts.rpt_type_demand where type_id = %(type_id)s", {"type_id": type_id}
    )
    return await cursor.fetchone()


async def week(connection: Connection) -> DayWindow | None:
    """The 7 days that the marts of demand are about; None while there are no killmails."""
    cursor = await connection.execute(
        """
        select
            first_day::timestamp at time zone 'UTC' as start,
            end_day::timestamp at time zone 'UTC' as end,
            (
                select count(*) from marts.rpt_data_days
                where status = 'stored' and day >= first_day and day < end_day
            ) as days_stored
        from marts.rpt_windows
        where window_days = 7
        """
    )
    row = await cursor.fetchone()
    return None if row is None else DayWindow.model_validate(row)


async def top_losses(connection: Connection, region_id: int) -> list[Row]:
    """The ships a region lost most in the week, capsules left out, and the items of which most were destroyed there.

    `is_ship` tells them apart; each run from the most.
    """
    cursor = await connection.execute(
        """
        select
            true as is_ship, ship_type_id as type_id, ship_type_name as type_name, group_id, group_name, category_id,
            category_name, ships_lost as quantity, previous_ships_lost as quantity_before, trend, destroyed_isk,
            dropped_isk, rank_by_units
        from marts.rpt_ship_loss_trends
        where window_days = 7 and region_id = %(region_id)s and category_name = 'Ship' and rank_by_units <= %(few)s
            and ships_lost > 0
        union all
        select
            false, item_type_id, item_type_name, group_id, group_name, category_id,
            category_name, quantity_destroyed, previous_quantity_destroyed, trend, destroyed_isk,
            dropped_isk, rank_by_units
        from marts.rpt_item_loss_trends
        where window_days = 7 and region_id = %(region_id)s and rank_by_units <= %(few)s and quantity_destroyed > 0
        order by rank_by_units
        """,
        {"region_id": region_id, "few": FIRST_FEW},
    )
    return await cursor.fetchall()


async def upcoming_battles(connection: Connection, region_id: int) -> list[Row]:
    """The sovereignty timers of a region that are on or next."""
    cursor = await connection.execute(
        """
        select
            campaign_id, event_type, solar_system_id, solar_system_name, defender_alliance_id, defender_alliance_name,
            starts_at, seconds_until_start, hub_solar_system_id, hub_solar_system_name, hub_jumps, fight_share,
            expected_ships_lost, expected_isk_lost
        from marts.fct_sovereignty_campaigns
        where resolved_at is null and region_id = %(region_id)s
        order by starts_at, campaign_id
        limit %(few)s
        """,
        {"region_id": region_id, "few": FIRST_FEW},
    )
    return await cursor.fetchall()


async def fw_hotspots(connection: Connection, region_id: int) -> list[Row]:
    """The faction warfare systems of a region that are most contested, from half on."""
    cursor = await connection.execute(
        """
        select
            solar_system_id, solar_system_name, contested_percent, is_vulnerable, occupier_faction_id,
            occupier_faction_name, attacker_faction_id, attacker_faction_name, expected_flip_at, killmails_24h
        from marts.rpt_fw_systems
        where is_hotspot and region_id = %(region_id)s
        order by contested_percent desc, solar_system_id
        limit %(few)s
        """,
        {"region_id": region_id, "few": FIRST_FEW},
    )
    return await cursor.fetchall()


async def backtests(connection: Connection, region_id: int | None) -> list[Row]:
    """Rows of `marts.rpt_demand_backtests`: a region's, or without one all but those of single regions."""
    cursor = await connection.execute(
        """
        select * from marts.rpt_demand_backtests
        where region_id is not distinct from %(region_id)s::integer
        order by place_kind, hub_solar_system_name nulls first, outcome
        """,
        {"region_id": region_id},
    )
    return await cursor.fetchall()
