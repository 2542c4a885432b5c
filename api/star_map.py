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

from api.deps import Connection, ReadConnection
from api.queries import routes as queries
from api.revision import Revision
from api.schemas.fields import Named
from battlescope_assets.domain.routes import Costs, Stargates, jump_costs, nearest, stargates
from battlescope_assets.domain.universe import TRADE_HUBS, SecurityClass

TABLES = ("static_data_builds", "test_results")
"""Written with each build of the static data, and at the end of every run of dbt, which estimates the risks."""


MAP_DECIMALS = 4
"""Of light-years on the map."""


@dataclass(frozen=True)
class StarMap:
    """Every solar system, where stargates lead, and the risk of jumping into a system."""

    systems: Mapping[int, dict[str, Any]]
    """Names, security, region, place on the map and `camp_share` by id, as `queries.routes.systems` answers them: in
    the order of ids."""
    gates: Stargates
    risks: Mapping[int, float]
    """A passing ship's chance to be lost at `risks_as_of`, by system; systems whose jumps nobody counts have none."""
    costs: Costs = field(compare=False)  # they follow from the risks
    """What a jump into a system costs the safer way."""
    risks_as_of: datetime | None
    """The newest killmail when the risks were estimated; None where they never were."""
    highsec: frozenset[int]
    written: dict[str, bytes] = field(default_factory=dict, compare=False)
    """Answers that hold nothing else, by address, from the first time that they are asked for."""

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
        self._reading = asyncio.Lock()

    async def newest(self, connection: Connection) -> StarMap:
        """The star map, read anew where the data changed; `connection` has not been asked anything before."""
        if (kept := self._current()) is not None:
            return kept
        async with self._reading:  # it takes a fifth of a second: whoever asks meanwhile waits for the same
            if (kept := self._current()) is not None:
                return kept
            revision = self._revision.of(*TABLES)
            star_map = await _read(connection)
            if revision is not None:
                self._kept = revision, star_map
            return star_map

    def _current(self) -> StarMap | None:
        return self._kept[1] if self._kept and self._kept[0] == self._revision.of(*TABLES) else None


async def _read(connection: Connection) -> StarMap:
    rows = await queries.systems(connection)
    risks = {row["solar_system_id"]: row["risk"] for row in rows if row["risk"] is not None}
    gates = stargates((row["solar_system_id"], onward) for row in rows for onward in row["leads_to"] or ())
    return StarMap(
        systems={row["solar_system_id"]: row for row in rows},
        gates=gates,
        risks=risks,
        costs=jump_costs(gates, risks),
        risks_as_of=max((row["as_of"] for row in rows if row["as_of"]), default=None),
        highsec=frozenset(
            row["solar_system_id"] for row in rows if row["security_class"] == SecurityClass.HIGHSEC.value
        ),
    )


async def _newest(request: Request, connection: ReadConnection) -> StarMap:
    star_maps: StarMaps = request.app.state.star_maps
    return await star_maps.newest(connection)


CurrentStarMap = Annotated[StarMap, Depends(_newest)]
"""The first dependency of a route after its connection: it is read before anything else is."""
