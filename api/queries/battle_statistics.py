"""How many battles there are and what was done lately to find them."""

from api.deps import Connection, Row


async def total_battles(connection: Connection) -> int:
    """How many battles are stored."""
    cursor = await connection.execute("select count(*) as battles from marts.fct_battles")
    row = await cursor.fetchone()
    return int(row["battles"]) if row else 0


async def active_battles(connection: Connection) -> int:
    """How many battles are open."""
    cursor = await connection.execute(
        """
        select count(*) as battles from marts.fct_battles
        where status = 'open' and started_at > now() - interval '7 days' -- longer than any battle, for the index
        """
    )
    row = await cursor.fetchone()
    return int(row["battles"]) if row else 0


async def clusterings(connection: Connection) -> Row:
    """What clusterings of the last 24 hours did, and when the latest ended, within a week."""
    cursor = await connection.execute(
        """
        select
            (select max(finished_at) from marts.fct_clusterings) as last_processed_at,
            coalesce(sum(battles_created), 0)::bigint as battles_created,
            coalesce(sum(battles_updated), 0)::bigint as battles_updated,
            coalesce(sum(battles_deleted), 0)::bigint as battles_deleted,
            (avg(duration_seconds) * 1000)::double precision as mean_clustering_milliseconds
        from marts.fct_clusterings
        where finished_at > now() - interval '24 hours'
        """
    )
    return await cursor.fetchone() or {}


async def landings(connection: Connection) -> Row:
    """How many killmails landed in the last 24 hours and in the last one."""
    cursor = await connection.execute(
        """
        select
            count(*) as within_day,
            count(*) filter (where landed_at > now() - interval '1 hour') as within_hour
        from marts.fct_killmail_landings
        where landed_at > now() - interval '24 hours'
        """
    )
    return await cursor.fetchone() or {}
