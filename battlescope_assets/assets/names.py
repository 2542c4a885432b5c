"""Asset app/entity_names: the names of battles' pilots, corporations and alliances; asking and storing is in io."""

from datetime import UTC, datetime

import dagster as dg
import msgspec

from battlescope_assets.io.names import MOST_IDS, ask_names, keep_names, unnamed_ids
from battlescope_assets.io.sources import Source, SourceError, UnavailableError
from battlescope_assets.io.warehouse import Warehouse


@dg.asset(
    key=["app", "entity_names"],
    deps=[["core", "battles"]],
    group_name="names",
    kinds={"python", "postgres"},
    pool="app_entity_names",
)
def entity_names(
    context: dg.AssetExecutionContext, esi: dg.ResourceParam[Source], warehouse: dg.ResourceParam[Warehouse]
) -> dg.MaterializeResult[None]:
    """Names from ESI for every id that has none yet; without ESI ids are shown as numbers, and nothing else waits."""
    with warehouse.transaction() as connection:
        unnamed = unnamed_ids(connection)
    stored = 0
    for start in range(0, len(unnamed), MOST_IDS):
        try:
            names = ask_names(esi, unnamed[start : start + MOST_IDS])
        except UnavailableError as error:
            context.log.warning("names stay unknown for now: %s", error)
            break
        except (SourceError, msgspec.DecodeError) as error:
            context.log.warning("some names stay unknown for now: %s", error)
            continue
        if names:
            with warehouse.transaction() as connection:
                stored += keep_names(connection, names, datetime.now(UTC)).total
    return dg.MaterializeResult(metadata={"asked": len(unnamed), "dagster/row_count": stored})
