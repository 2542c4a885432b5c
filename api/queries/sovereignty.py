"""Sovereignty campaigns ahead and past, and the battles that followed them."""

from typing import LiteralString

from psycopg.sql import SQL, Composed
from pydantic import AwareDatetime

from api.deps import Connection, Row
from api.paging import Order, Position
from api.queries.keyset import page, page_parameters
from api.schemas.sovereignty import PastSovereigntyCampaignParameters, SovereigntyCampaignParameters

AHEAD_ORDER = Order("starts_at", "campaign_id", is_descending=False, types=(AwareDatetime, int))
PAST_ORDER = Order("resolved_at", "campaign_id", is_descending=True, types=(AwareDatetime, int))

CONDITIONS: dict[str, LiteralString] = {
    "hours": "starts_at < now() + make_interval(hours => %(hours)s)",
    "start": "resolved_at >= %(start)s",
    "end": "resolved_at < %(end)s",
    "region_id": "campaigns.region_id = %(region_id)s",
    "system_id": "solar_system_id = %(system_id)s",
    "alliance_id": "defender_alliance_id = %(alliance_id)s",
    "outcome": "outcome = %(outcome)s",
}
COLUMNS = SQL("""
    campaign_id, event_type, structure_name, structure_id, solar_system_id, campaigns.solar_system_name,
    systems.security_status, campaigns.constellation_id, campaigns.constellation_name, campaigns.region_id,
    campaigns.region_name, hub_solar_system_id, hub_solar_system_name, hub_jumps, defender_alliance_id,
    defender_alliance_name, starts_at, defender_score, attackers_score, participant_alliance_ids, outcome,
    outcome_reason""")


def _where(filters: SovereigntyCampaignParameters | PastSovereigntyCampaignParameters) -> tuple[Composed, Row]:
    given = filters.model_dump(include={*CONDITIONS}, exclude_none=True)
    return SQL("").join(SQL(" and ") + SQL(CONDITIONS[name]) for name in CONDITIONS if name in given), given


async def campaigns_ahead(
    connection: Connection, parameters: SovereigntyCampaignParameters, after: Position | None
) -> list[Row]:
    """Rows of `marts.fct_sovereignty_campaigns` that are not over, one more than the limit where there are more."""
    where, given = _where(parameters)
    statement = SQL(
        """
        select {}, seconds_until_start, expectation_scope, expectation_timers, fight_share, fight_share_low,
            fight_share_high, expected_ships_lost, expected_isk_lost
        from marts.fct_sovereignty_campaigns as campaigns
        left join marts.dim_solar_systems as systems using (solar_system_id)
        where resolved_at is null{}
        """
    ).format(COLUMNS, where)
    cursor = await connection.execute(
        statement + page(AHEAD_ORDER, after), given | page_parameters(after, parameters.limit)
    )
    return await cursor.fetchall()


async def past_campaigns(
    connection: Connection, parameters: PastSovereigntyCampaignParameters, after: Position | None
) -> list[Row]:
    """Rows of `marts.fct_sovereignty_campaigns` that are over, one more than the limit where there are more."""
    where, given = _where(parameters)
    statement = SQL(
        """
        select {}, resolved_at, holder_alliance_id_after, holder_alliance_name_after
        from marts.fct_sovereignty_campaigns as campaigns
        left join marts.dim_solar_systems as systems using (solar_system_id)
        where resolved_at is not null{}
        """
    ).format(COLUMNS, where)
    cursor = await connection.execute(
        statement + page(PAST_ORDER, after), given | page_parameters(after, parameters.limit)
    )
    return await cursor.fetchall()


async def holdings(connection: Connection, solar_system_ids: list[int]) -> dict[int, Row]:
    """Rows of `marts.fct_sovereignty_systems` by solar system."""
    cursor = await connection.execute(
        "select * from marts.fct_sovereignty_systems where solar_system_id = any(%(ids)s::integer[])",
        {"ids": solar_system_ids},
    )
    return {row["solar_system_id"]: row async for row in cursor}


async def battles(connection: Connection, campaign_ids: list[int]) -> list[Row]:
    """Rows of `marts.fct_sovereignty_battles` of the campaigns, by their start."""
    cursor = await connection.execute(
        """
        select * from marts.fct_sovereignty_battles where campaign_id = any(%(ids)s::integer[])
        order by started_at, battle_id
        """,
        {"ids": campaign_ids},
    )
    return await cursor.fetchall()


async def statistics(connection: Connection, region_id: int | None, alliance_id: int | None) -> list[Row]:
    """Rows of `marts.rpt_timer_outcomes`: of all timers, of the region, of the defender."""
    cursor = await connection.execute(
        """
        select * from marts.rpt_timer_outcomes
        where scope = 'all' or (scope = 'region' and region_id = %(region_id)s::integer)
            or (scope = 'defender' and defender_alliance_id = %(alliance_id)s::bigint)
        order by array_position(array['all', 'region', 'defender'], scope)
        """,
        {"region_id": region_id, "alliance_id": alliance_id},
    )
    return await cursor.fetchall()
