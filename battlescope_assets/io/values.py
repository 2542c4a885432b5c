"""Reads what values are made of; the valuation itself belongs to the domain."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import LiteralString

import numpy as np
from numpy.typing import NDArray

from battlescope_assets.domain.valuation import (
    PRICE_LOOKBACK_DAYS,
    THE_FORGE_REGION_ID,
    Losses,
    PricePoints,
    Stacks,
)
from battlescope_assets.io.warehouse import Connection

LOSSES = """
select killmail_id, victim_ship_type_id::bigint
from raw.killmails
where day = %(day)s and (%(killmail_ids)s::bigint[] is null or killmail_id = any(%(killmail_ids)s))
order by killmail_id
"""

STACKS = """
select killmail_id, item_type_id::bigint, flag::bigint, singleton::bigint, quantity_destroyed, quantity_dropped
from raw.killmail_items
where day = %(day)s and (%(killmail_ids)s::bigint[] is null or killmail_id = any(%(killmail_ids)s))
"""

PRICE_POINTS = """
select type_id::bigint, (day - date '1970-01-01')::bigint, (average_isk * 100)::bigint
from raw.market_history
where day >= %(first_day)s and day <= %(day)s and region_id = %(region_id)s and type_id = any(
    array(
        select victim_ship_type_id from raw.killmails
        where day = %(day)s and (%(killmail_ids)s::bigint[] is null or killmail_id = any(%(killmail_ids)s))
        union
        select item_type_id from raw.killmail_items
        where day = %(day)s and (%(killmail_ids)s::bigint[] is null or killmail_id = any(%(killmail_ids)s))
    )
)
"""


def read_losses(
    connection: Connection, day: date, killmail_ids: Sequence[int] | None = None
) -> tuple[Losses, Stacks, PricePoints]:
    """The day's mails, or these of them, their items, and the prices they may need."""
    parameters = {
        "day": day,
        "first_day": day - timedelta(days=PRICE_LOOKBACK_DAYS),
        "region_id": THE_FORGE_REGION_ID,
        "killmail_ids": None if killmail_ids is None else list(killmail_ids),
    }
    losses = _matrix(connection, LOSSES, parameters, 2)
    stacks = _matrix(connection, STACKS, parameters, 6)
    points = _matrix(connection, PRICE_POINTS, parameters, 3)
    return (
        Losses(losses[:, 0], np.full(len(losses), np.datetime64(day)), losses[:, 1]),
        Stacks(*(stacks[:, column] for column in range(6))),
        PricePoints(points[:, 0], points[:, 1].astype("datetime64[D]"), points[:, 2] / 100),
    )


def _matrix(
    connection: Connection, query: LiteralString, parameters: Mapping[str, object], columns: int
) -> NDArray[np.int64]:
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(query, parameters).fetchall()
    return np.array(rows, np.int64).reshape(-1, columns)
