"""What the tests of the feed share: the map its follower knows, and all that the mails alone decide, to be compared."""

from collections.abc import Callable
from functools import lru_cache

from battlescope_assets.assets.feed import World
from battlescope_assets.domain.universe import combat_world
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.io.warehouse import Warehouse

TABLES = (
    "raw.killmails", "raw.killmail_attackers", "raw.killmail_items", "raw.killmail_index", "raw.killmail_zkb",
    "core.killmail_values", "core.battles", "core.battle_details",
)  # fmt: skip
BUILD = 1
NOT_CONTENT = {"created_at", "updated_at", "valued_at", "slug"}
"""Clocks, and what is given when a battle is first published."""


Content = dict[str, list[tuple[str, ...]]]
Databases = Callable[[], Warehouse]


def content(warehouse: Warehouse) -> Content:
    """Everything the mails alone decide; a battle is known by its first mail."""
    found = {}
    with warehouse.transaction() as connection:
        battles = connection.execute("select battle_id, first_killmail_id from core.battles").fetchall()
        first = {battle_id: killmail_id for battle_id, killmail_id in battles}  # noqa: C416  # rows are tuples of any
        for table in TABLES:
            cursor = connection.execute(f"select * from {table}".encode())
            names = [column.name for column in cursor.description or ()]
            found[table] = sorted(
                tuple(
                    f"{first[value] if name == 'battle_id' else value!r}"
                    for name, value in zip(names, row, strict=True)
                    if name not in NOT_CONTENT
                )
                for row in cursor.fetchall()
            )
    return found


@lru_cache
def world() -> World:
    """The map, which these databases only seem to have."""
    data = read_snapshot()
    return World(
        BUILD, combat_world(data), {system.solar_system_id: system.security_class for system in data.solar_systems}
    )
