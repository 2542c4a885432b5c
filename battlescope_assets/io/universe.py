"""Writes static data to its tables and reads back what battle rules need; parsing and rules belong elsewhere."""

from dataclasses import astuple, fields
from datetime import datetime
from typing import cast

import numpy as np

from battlescope_assets.domain.universe import CombatWorld, SecurityClass, StaticData, jumps_to_hubs
from battlescope_assets.io.warehouse import NO_CHANGE, Change, Connection, Rows, replace_table


def write_static_data(connection: Connection, data: StaticData, source: str, now: datetime) -> Change:
    """Makes the static tables hold exactly this build; a build that is stored already changes no row."""
    tables = {
        "core.regions": Rows(("region_id", "region_name"), [(r.region_id, r.name) for r in data.regions]),
        "core.constellations": Rows(
            ("constellation_id", "constellation_name", "region_id"),
            [(c.constellation_id, c.name, c.region_id) for c in data.constellations],
        ),
        "core.solar_systems": _records(data.solar_systems, "solar_system_name"),
        "core.stargates": Rows(
            ("from_solar_system_id", "to_solar_system_id"), [(int(a), int(b)) for a, b in data.stargates]
        ),
        "core.hub_jumps": Rows(("solar_system_id", "hub_solar_system_id", "jumps"), jumps_to_hubs(data)),
        "core.factions": Rows(("faction_id", "faction_name"), [(f.faction_id, f.name) for f in data.factions]),
        "core.types": _records(data.types, "type_name"),
    }
    change = sum((replace_table(connection, name, rows) for name, rows in tables.items()), NO_CHANGE)
    known = connection.execute(
        "select from core.static_data_builds where build_number = %s", [data.build_number]
    ).fetchone()
    if known is None:
        rows = Rows(("build_number", "source", "loaded_at"), [(data.build_number, source, now)])
        change += replace_table(connection, "core.static_data_builds", rows)
    return change


def stored_build(connection: Connection) -> int | None:
    """The build number of what is stored."""
    found = connection.execute("select max(build_number) from core.static_data_builds").fetchone()
    return cast("int | None", found[0]) if found else None


def _records(records: tuple[object, ...], name_column: str) -> Rows:
    """Rows of dataclasses whose fields are the table's columns, but for `name`."""
    names = [name_column if field.name == "name" else field.name for field in fields(records[0])]  # type: ignore[arg-type]
    return Rows(names, [astuple(record) for record in records])  # type: ignore[call-overload]


def read_combat_world(connection: Connection) -> CombatWorld:
    """What battle rules need of the static data."""
    gates = connection.execute("select from_solar_system_id, to_solar_system_id from core.stargates order by 1, 2")
    types = connection.execute("select type_id, group_id, category_id from core.types").fetchall()
    rows = cast("list[tuple[int, int, int]]", types)
    return CombatWorld(
        stargates=np.array(gates.fetchall(), np.int64).reshape(-1, 2),
        group_of_type={type_id: group_id for type_id, group_id, _ in rows},
        category_of_type={type_id: category_id for type_id, _, category_id in rows},
    )


def read_security_classes(connection: Connection) -> dict[int, SecurityClass]:
    """The security class of every solar system."""
    rows = connection.execute("select solar_system_id, security_class from core.solar_systems").fetchall()
    return {system: SecurityClass(name) for system, name in cast("list[tuple[int, str]]", rows)}
