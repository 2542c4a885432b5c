"""The stargates and what passing each system costs, kept by the process until the data behind them changes.

Which way is which belongs to the domain, the SQL to `queries`, what is drawn of it to the routes.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request

from api.deps import Connection, CurrentReading, Reading
from api.kept import Kept
from api.queries import routes as queries
from api.revision import Revision
from api.schemas.fields import Named
from api.schemas.routes import Preference
from battlescope_assets.domain.routes import (
    Stargates,
    Ways,
    nearest,
    safer_ways,
    secure_ways,
    shortest_ways,
    stargates,
)
from battlescope_assets.domain.universe import TRADE_HUBS, SecurityClass

TABLES = ("static_data_builds", "test_results")
"""Written with each build of the static data, and at the end of every run of dbt, which estimates the risks."""


MOST_WRITTEN_BYTES = 32 * 2**20
"""Of answers that are kept with the map, with their addresses."""
BYTES_BESIDES = 2**8
"""About what keeping one takes besides its body and its address: anybody can think up addresses of nothing."""
MAP_DECIMALS = 4
"""Of light-years on the map."""


def _size(address: str, written: bytes) -> int:
    return len(address) + len(written) + BYTES_BESIDES


def nothing_written() -> Kept[str, bytes]:
    """Where answers are kept, by address, that change with nothing but the map."""
    return Kept(MOST_WRITTEN_BYTES, _size)


@dataclass(frozen=True)
class StarMap:
    """Every solar system, where stargates lead, and the risk of jumping into a system."""

    systems: Mapping[int, dict[str, Any]]
    """Names, security, region, place on the map and `camp_share` by id, as `queries.routes.systems` answers them: in
    the order of ids."""
    gates: Stargates
    risks: Mapping[int, float]
    """A passing ship's chance to be lost at `risks_as_of`, by system; systems whose jumps nobody counts have none."""
    ways: Mapping[Preference, Ways] = field(compare=False)  # they follow from the gates and the risks
    risks_as_of: datetime | None
    """The newest killmail when the risks were estimated; None where they never were."""
    highsec: frozenset[int]
    written: Kept[str, bytes] = field(default_factory=nothing_written, compare=False)

    @cached_property
    def places(self) -> Mapping[int, dict[str, Any]]:
        """What answers say of where a system is, by id; see `place`."""
        return {
            system_id: {
                "system": {
                    "id": system_id,
                    "name": row["solar_system_name"],
                    "security_status": row["security_status"],
                },
                "region": {"id": row["region_id"], "name": row["region_name"]},
                "space_type": row["space_type"],
                "security_class": row["security_class"],
                "map_x_ly": round(row["map_x_ly"], MAP_DECIMALS),
                "map_y_ly": round(row["map_y_ly"], MAP_DECIMALS),
            }
            for system_id, row in self.systems.items()
        }

    @cached_property
    def written_places(self) -> Mapping[int, bytes]:
        """What `place` says of any system, as JSON without its last brace, for more fields to follow."""
        return _WrittenPlaces({system_id: _written(place) for system_id, place in self.places.items()})

    def place(self, system_id: int) -> dict[str, Any]:
        """The system, its region, `space_type`, `security_class`, `map_x_ly` and `map_y_ly`, null where not known."""
        return self.places.get(system_id) or _nowhere(system_id)

    def nearest_hub(self, system_id: int) -> tuple[Named, int] | None:
        """The trade hub with the fewest jumps from it to the system, and how many; None where none leads there."""
        found = nearest(self.gates, TRADE_HUBS, system_id)
        return found and (Named(id=found[0], name=TRADE_HUBS[found[0]]), found[1])


def _nowhere(system_id: int) -> dict[str, Any]:
    return {
        "system": {"id": system_id, "name": None, "security_status": None},
        "region": None,
        "space_type": None,
        "security_class": None,
        "map_x_ly": None,
        "map_y_ly": None,
    }


def _written(place: dict[str, Any]) -> bytes:
    return orjson.dumps(place).removesuffix(b"}")


class _WrittenPlaces(dict[int, bytes]):
    def __missing__(self, system_id: int) -> bytes:
        return _written(_nowhere(system_id))


class StarMaps:
    """Keeps the newest star map."""

    def __init__(self, revision: Revision) -> None:
        """Loads nothing yet."""
        self._revision = revision
        self._kept: tuple[int, StarMap] | None = None
        self._reads = asyncio.Lock()

    async def newest(self, reading: Reading) -> StarMap:
        """The star map, read anew where the data changed; nothing has been read in the transaction before."""
        if self._kept and self._kept[0] == self._revision.of(*TABLES):
            return self._kept[1]
        connection = await reading.connection()  # before waiting: who reads must not wait for those who wait for it
        if self._revision.of(*TABLES) is None:  # nobody would hear of a change
            return await _read(connection)
        async with self._reads:
            revision = self._revision.of(*TABLES)
            if self._kept is None or self._kept[0] != revision:
                star_map = await _read(connection)
                if revision is None:
                    return star_map
                self._kept = revision, star_map
            return self._kept[1]


async def _read(connection: Connection) -> StarMap:
    rows = await queries.systems(connection)
    risks = {row["solar_system_id"]: row["risk"] for row in rows if row["risk"] is not None}
    gates = stargates((row["solar_system_id"], onward) for row in rows for onward in row["leads_to"] or ())
    highsec = frozenset(row["solar_system_id"] for row in rows if row["security_class"] == SecurityClass.HIGHSEC.value)
    return StarMap(
        systems={row["solar_system_id"]: row for row in rows},
        gates=gates,
        risks=risks,
        ways={
            Preference.SHORTEST: shortest_ways(gates),
            Preference.SAFER: safer_ways(gates, risks),
            Preference.SECURE: secure_ways(gates, highsec),
        },
        risks_as_of=max((row["as_of"] for row in rows if row["as_of"]), default=None),
        highsec=highsec,
    )


async def _newest(request: Request, reading: CurrentReading) -> StarMap:
    star_maps: StarMaps = request.app.state.star_maps
    return await star_maps.newest(reading)


CurrentStarMap = Annotated[StarMap, Depends(_newest)]
"""The first dependency of a route after its connection: it is read before anything else is, in the same transaction."""
