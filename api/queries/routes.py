"""Systems and stargates for ways between them, and what happened in the systems of a way."""

from collections.abc import Collection
from datetime import datetime, timedelta

from api.deps import Connection, Row

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
NEWEST_KILLMAILS = 20


async def systems(connection: Connection) -> list[Row]:
    """Every solar system by id, with its place on the map, its risk, and `leads_to`: where its stargates lead."""
    cursor = await connection.execute(
        """
        select
            systems.solar_system_id, systems.solar_system_name, systems.security_status, systems.space_type,
            systems.security_class, systems.region_id, systems.region_name, systems.map_x_ly, systems.map_y_ly,
            gates.leads_to, risks.losses_per_jump_now as risk, risks.camp_share, risks.as_of
        from marts.dim_solar_systems as systems
        left join (
            select from_solar_system_id as solar_system_id, array_agg(to_solar_system_id) as leads_to
            from marts.dim_stargates
            group by from_solar_system_id
        ) as gates using (solar_system_id)
        left join marts.rpt_route_risks as risks using (solar_system_id)
        order by solar_system_id
        """
    )
    return await cursor.fetchall()


async def kills(connection: Connection, system_ids: Collection[int], until: datetime) -> dict[int, Row]:
    """Ships lost to players in the 24 hours and the hour before a moment, by system that lost any.

    `killmail_ids` are the newest first, at most `NEWEST_KILLMAILS`. Whether a ship was shot at a stargate is known of
    those the feed brought, `located`.
    """
    cursor = await connection.execute(
        """
        select
            solar_system_id,
            count(*) as ships_lost_24_hours,
            count(*) filter (where killmail_time > %(last_hour)s) as ships_lost_1_hour,
            count(*) filter (where is_smart_bombed) as smart_bombed,
            count(is_at_stargate) as located,
            count(*) filter (where is_at_stargate) as at_stargates,
            (array_agg(killmail_id order by killmail_time desc, killmail_id desc))[:%(most)s] as killmail_ids
        from marts.fct_player_kills
        where day >= %(first_day)s and killmail_time > %(since)s and solar_system_id = any(%(system_ids)s::integer[])
        group by solar_system_id
        """,
        {
            "system_ids": list(system_ids),
            "since": until - DAY,
            "first_day": (until - DAY).date(),
            "last_hour": until - HOUR,
            "most": NEWEST_KILLMAILS,
        },
    )
    return {row["solar_system_id"]: row async for row in cursor}


async def battles(connection: Connection, system_ids: Collection[int], until: datetime) -> list[Row]:
    """Battles of any kind that went on in the 24 hours before a moment, a row for each of the systems they touch.

    Those with most killmails in the system first; `killmails` are those in the system.
    """
    cursor = await connection.execute(
        """
        select
            share.solar_system_id, share.killmails, battle_id, slug, kind, status, started_at, ended_at,
            total_killmails, total_pilots, destroyed_isk
        from marts.fct_battles as battles
        cross join json_table(
            battles.systems, '$[*]' columns (solar_system_id integer path '$[0]', killmails integer path '$[1]')
        ) as share
        where tstzrange(started_at, ended_at, '[]') && tstzrange(%(since)s, null)
            and share.solar_system_id = any(%(system_ids)s::integer[])
            -- Most battles touch one system, their own: those elsewhere need not be taken apart.
            and (battles.solar_system_id = any(%(system_ids)s::integer[]) or json_array_length(battles.systems) > 1)
        order by share.killmails desc, battle_id
        """,
        {"system_ids": list(system_ids), "since": until - DAY},
    )
    return await cursor.fetchall()


async def timers(connection: Connection, system_ids: Collection[int]) -> list[Row]:
    """Sovereignty timers under way or to start in 24 hours by the clock, the first to start first."""
    cursor = await connection.execute(
        """
        select
            campaign_id, event_type, solar_system_id, defender_alliance_id, defender_alliance_name, starts_at,
            seconds_until_start, outcome
        from marts.fct_sovereignty_campaigns
        where resolved_at is null and starts_at < now() + interval '24 hours'
            and solar_system_id = any(%(system_ids)s::integer[])
        order by starts_at, campaign_id
        """,
        {"system_ids": list(system_ids)},
    )
    return await cursor.fetchall()
