"""What happened lately, where, and what is next."""

from datetime import datetime, timedelta

from api.deps import Connection, Row

HOT_REGIONS = 8
NEXT_TIMERS = 6


async def hours(connection: Connection, start: datetime, end: datetime) -> list[Row]:
    """Killmails, ships lost to players and ISK destroyed of each clock hour of [start, end) that had killmails."""
    cursor = await connection.execute(
        """
        select
            hour,
            sum(killmails)::bigint as killmails,
            sum(ships_lost_to_players)::bigint as ships_lost,
            sum(destroyed_isk) as destroyed_isk
        from marts.fct_region_hours
        where day >= %(first_day)s and day <= %(last_day)s and hour >= %(start)s and hour < %(end)s
        group by hour order by hour
        """,
        {"first_day": start.date(), "last_day": end.date(), "start": start, "end": end},
    )
    return await cursor.fetchall()


async def hot_regions(connection: Connection, start: datetime, end: datetime) -> list[Row]:
    """The regions with the most ships lost to players in [start, end), beside those of as long a time before."""
    before = start - (end - start)
    cursor = await connection.execute(
        """
        select
            region_id,
            region_name,
            coalesce(sum(ships_lost_to_players) filter (where hour >= %(start)s), 0)::bigint as ships_lost,
            coalesce(sum(destroyed_isk) filter (where hour >= %(start)s), 0) as destroyed_isk,
            coalesce(sum(ships_lost_to_players) filter (where hour < %(start)s), 0)::bigint as ships_lost_before
        from marts.fct_region_hours
        where day >= %(first_day)s and day <= %(last_day)s and hour >= %(before)s and hour < %(end)s
        group by region_id, region_name
        having sum(ships_lost_to_players) filter (where hour >= %(start)s) > 0
        order by ships_lost desc, destroyed_isk desc, region_id
        limit %(limit)s
        """,
        {
            "first_day": before.date(),
            "last_day": end.date(),
            "before": before,
            "start": start,
            "end": end,
            "limit": HOT_REGIONS,
        },
    )
    return await cursor.fetchall()


async def battle_kinds(connection: Connection, start: datetime, end: datetime) -> dict[str, int]:
    """How many engagements of each kind started in [start, end)."""
    cursor = await connection.execute(
        """
        select kind, count(*) as battles from marts.fct_battles
        where started_at >= %(start)s and started_at < %(end)s
        group by kind order by kind
        """,
        {"start": start, "end": end},
    )
    return {row["kind"]: row["battles"] async for row in cursor}


async def next_timers(connection: Connection, now: datetime) -> list[Row]:
    """Sovereignty timers that are not resolved, from the next on; those begun up to 4 hours ago may go on still."""
    cursor = await connection.execute(
        """
        select
            campaign_id, event_type, solar_system_id, solar_system_name, region_id, region_name,
            hub_solar_system_id, hub_solar_system_name, hub_jumps, defender_alliance_id, defender_alliance_name,
            starts_at, fight_share
        from marts.fct_sovereignty_campaigns
        where resolved_at is null and starts_at >= %(since)s
        order by starts_at, campaign_id
        limit %(limit)s
        """,
        {"since": now - timedelta(hours=4), "limit": NEXT_TIMERS},
    )
    return await cursor.fetchall()
