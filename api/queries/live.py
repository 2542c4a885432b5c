"""Killmails in the order in which they landed."""

from typing import Any

from api.deps import Connection
from api.queries.killmails import killmails

MOST_LANDINGS = 500


async def newest_landing(connection: Connection) -> int:
    """The number of the newest landing; 0 where there is none."""
    cursor = await connection.execute("select max(landing_id) as landing_id from marts.fct_killmail_landings")
    row = await cursor.fetchone()
    return (row and row["landing_id"]) or 0


async def landings(connection: Connection, after: int) -> list[dict[str, Any]]:
    """Landings after this one, at most `MOST_LANDINGS`, each with its killmail's row of `marts.fct_killmails`."""
    cursor = await connection.execute(
        """
        select landing_id, landed_at, alliance_ids, day, killmail_id from marts.fct_killmail_landings
        where landing_id > %(after)s order by landing_id limit %(limit)s
        """,
        {"after": after, "limit": MOST_LANDINGS},
    )
    landed = {row["killmail_id"]: row async for row in cursor}
    return [landed[row["killmail_id"]] | row for row in await killmails(connection, list(landed.values()))]
