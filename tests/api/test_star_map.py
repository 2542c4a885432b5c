"""What the process keeps of the stargates and risks is read anew when, and only when, its data changed."""

import asyncio
from contextlib import AsyncExitStack
from sys import getsizeof

import orjson

from api.deps import Reading, connection_pool
from api.kept import Kept
from api.revision import Revision
from api.star_map import MOST_WRITTEN_BYTES, StarMap, StarMaps, nothing_written
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.processes.database import database_url
from battlescope_assets.settings import Settings
from tests.conftest import Golden

ANEW = "update app.test_results set status = status where false"
"""What is written at the end of each run of dbt."""
ELSE = "update core.battles set updated_at = updated_at where false"


def test_a_star_map_is_kept_until_a_run_of_dbt_ends(golden: Golden) -> None:
    async def follow() -> None:
        pool = connection_pool(database_url(golden.settings), Settings())
        await pool.open()
        revision = Revision(database_url(golden.settings), Settings())
        star_maps = StarMaps(revision)

        async def newest() -> StarMap:
            async with AsyncExitStack() as opened:
                return await star_maps.newest(Reading(opened, pool, revision.moment()))

        async def write(statement: str) -> None:
            with golden.warehouse.transaction() as connection:
                connection.execute(statement.encode())
            assert await revision.changed(10)

        assert revision.of("battles") is None
        assert await newest() is not await newest(), "nobody would hear of a change"
        following = asyncio.create_task(revision.follow())
        assert await revision.changed(10)
        kept = await newest()
        await write(ELSE)
        assert await newest() is kept
        await write(ANEW)
        anew, asked_meanwhile = await asyncio.gather(newest(), newest())
        assert asked_meanwhile is anew, "it is read once for all who wait"
        assert anew is not kept
        assert anew == kept
        assert await newest() is anew
        following.cancel()
        await pool.close()

        data = read_snapshot()
        gates = {(a, b) for a, others in kept.gates.onward.items() for b in others}
        assert gates == {tuple(gate) for gate in data.stargates.tolist()}
        assert kept.systems.keys() == {system.solar_system_id for system in data.solar_systems}
        assert len(kept.gates.places) < len(kept.systems)
        for system_id in (*kept.systems, 1):
            assert orjson.loads(kept.written_places[system_id] + b"}") == kept.place(system_id)
        assert kept.place(1)["region"] is None
        assert kept.highsec == {s.solar_system_id for s in data.solar_systems if s.security_class == "highsec"}

    asyncio.run(follow())


def kept_of(written: Kept[str, bytes], addresses: list[str]) -> list[str]:
    return [address for address in addresses if written.get(address) is not None]


def test_what_was_written_is_kept_until_the_oldest_give_way() -> None:
    written, half = nothing_written(), bytes(MOST_WRITTEN_BYTES // 2 - 2**10)
    for address in ("/1", "/2", "/2", "/3"):
        assert written.keep(address, half) is half
    assert kept_of(written, ["/1", "/2", "/3"]) == ["/2", "/3"]
    written.keep("/4", bytes(MOST_WRITTEN_BYTES))
    assert kept_of(written, ["/2", "/3", "/4"]) == [], "what is too large by itself is not kept"


def test_addresses_of_nothing_take_memory_too() -> None:
    """Anybody can think up more of them, such as heat of systems with a million ships lost, or a million and one."""
    written = nothing_written()
    addresses = [f"/api/war/heatmap?2026-01-01/2026-01-31/{number}" for number in range(250_000)]
    for address in addresses:
        written.keep(address, b"[]")
    kept = kept_of(written, addresses)
    taken_bytes = sum(getsizeof(address) + getsizeof(b"[]") for address in kept) + getsizeof(dict.fromkeys(kept))
    assert MOST_WRITTEN_BYTES / 3 < taken_bytes <= MOST_WRITTEN_BYTES
    assert kept == addresses[-len(kept) :]
