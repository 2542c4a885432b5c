"""Killmails by id, and the battle each is in."""

from datetime import datetime
from typing import Any

from api.deps import Connection

Row = dict[str, Any]


async def killmail(connection: Connection, killmail_id: int) -> Row | None:
    """The row of `marts.fct_killmails`; None where no such mail is stored."""
    cursor = await connection.execute(
        "select * from marts.fct_killmails where killmail_id = %(killmail_id)s", {"killmail_id": killmail_id}
    )
    return await cursor.fetchone()


async def battle_of(connection: Connection, killmail_id: int, killmail_time: datetime) -> Row | None:
    """`battle_id`, `slug` and `kind` of the battle that holds the mail; None where none does."""
    cursor = await connection.execute(
        """
        select battles.battle_id, battles.slug, battles.kind
        from marts.fct_battles as battles
        inner join marts.fct_battle_killmails as killmails using (battle_id)
        where battles.started_at <= %(killmail_time)s and battles.ended_at >= %(killmail_time)s
            and battles.started_at > %(killmail_time)s - interval '7 days' -- longer than any battle, for the index
            and killmails.killmail_id = %(killmail_id)s
        """,
        {"killmail_id": killmail_id, "killmail_time": killmail_time},
    )
    return await cursor.fetchone()
