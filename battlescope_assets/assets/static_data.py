"""Asset core/static_data: the game's static data as tables; what follows from it belongs to the domain."""

from datetime import UTC, datetime

import dagster as dg
import msgspec

from battlescope_assets.domain.freshness import PROMISES
from battlescope_assets.domain.static_data import StaticDataError
from battlescope_assets.domain.universe import StaticData
from battlescope_assets.io.freshness import attempt
from battlescope_assets.io.sources import Source, SourceError
from battlescope_assets.io.static_data import SNAPSHOT, read_zip
from battlescope_assets.io.universe import stored_build, write_static_data
from battlescope_assets.io.warehouse import Warehouse


@dg.asset(
    key=["core", "static_data"],
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=PROMISES["static_data"].fresh_for),
    group_name="static_data",
    kinds={"python", "postgres"},
    pool="core_static_data",
)
def static_data(
    context: dg.AssetExecutionContext, ccp: dg.ResourceParam[Source], warehouse: dg.ResourceParam[Warehouse]
) -> dg.MaterializeResult[None]:
    """Regions, constellations, systems, stargates, hub distances, factions and types of the newest build.

    Without an upstream that answers, the newest of what is stored and the snapshot that ships with the project is kept.
    """
    expected = (SourceError, StaticDataError, msgspec.DecodeError)
    try:
        with attempt(warehouse, "static_data", expected) as made:
            data, source = newest_build(ccp)
            made.moments.append(datetime.now(UTC))
    except expected as error:
        context.log.warning("%s; using the snapshot that ships with the project", error)
        data, source = read_zip(SNAPSHOT), SNAPSHOT.name
    with warehouse.transaction() as connection:
        stored = stored_build(connection)
        if source == SNAPSHOT.name and stored is not None and stored > data.build_number:
            return dg.MaterializeResult(metadata={"build_number": stored, "source": "stored before", "rows_changed": 0})
        change = write_static_data(connection, data, source, datetime.now(UTC))
    return dg.MaterializeResult(
        metadata={
            "build_number": data.build_number,
            "source": source,
            "solar_systems": len(data.solar_systems),
            "types": len(data.types),
            "rows_changed": change.total,
        }
    )


class Build(msgspec.Struct):
    """The one line of CCP's latest.jsonl."""

    build_number: int = msgspec.field(name="buildNumber")


def newest_build(ccp: Source) -> tuple[StaticData, str]:
    """The newest build upstream and where it came from.

    Raises:
        SourceError, StaticDataError, msgspec.DecodeError: it cannot be had, or is none; it is asked for anew next time.
    """
    try:
        latest = ccp.fetch("tranquility/latest.jsonl")
        if latest is not None:
            build = msgspec.json.decode(latest.path.read_bytes().strip(), type=Build).build_number
            path = f"tranquility/eve-online-static-data-{build}-jsonl.zip"
            fetched = ccp.fetch(path)
            if fetched is not None:
                try:
                    return read_zip(fetched.path), fetched.source
                except StaticDataError:
                    ccp.forget(path)
                    raise
    except (SourceError, StaticDataError, msgspec.DecodeError):
        ccp.forget("tranquility/latest.jsonl")
        raise
    message = f"{ccp.url} has no static data"
    raise SourceError(message)
