"""Asset app/entity_names: the names of pilots, corporations and alliances; asking and storing is in io."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import dagster as dg

from battlescope_assets.domain.freshness import PROMISES
from battlescope_assets.io.freshness import attempt, source_fetches
from battlescope_assets.io.names import MOST_IDS, MOST_IDS_A_RUN, ask_names, keep_answer, wanted_ids
from battlescope_assets.io.sources import Source, SourceError, UnavailableError
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.partitions import window_of_tags

MOST_REFUSALS = 300
"""ESI counts a request with an unknown id as an error and allows 100 in a minute; a wrong address refuses them all."""


@dg.asset(
    key=["app", "entity_names"],
    deps=[["core", "battles"]],
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=PROMISES["entity_names"].fresh_for),
    group_name="names",
    kinds={"python", "postgres"},
    pool="app_entity_names",
)
def entity_names(
    context: dg.AssetExecutionContext, esi: dg.ResourceParam[Source], warehouse: dg.ResourceParam[Warehouse]
) -> dg.MaterializeResult[None]:
    """Names from ESI for every id of a battle that changed, or of the run's days, whose name is missing or old.

    Without ESI, ids are shown as numbers, and nothing else waits. So are ids that ESI does not know; they are asked
    for again ever more rarely.
    """
    now = datetime.now(UTC)
    with attempt(warehouse, "entity_names", ()) as made:
        with warehouse.transaction() as connection:
            known = source_fetches(connection).get("entity_names")
            wanted = wanted_ids(connection, window_of_tags(dict(context.run.tags)), known.as_of if known else None, now)
        asked = ask_and_keep(esi, warehouse, wanted, now)
        made.problems += asked.problems
        if len(wanted) == MOST_IDS_A_RUN:
            made.problems.append("more ids want names than one run asks for; the next one goes on")
        if not made.problems:
            made.moments.append(now)  # the next run looks at battles that changed since
    for problem in asked.problems:
        context.log.warning("some names stay as they are for now: %s", problem)
    return dg.MaterializeResult(
        metadata={
            "ids_wanted": len(wanted),
            "dagster/row_count": asked.named,
            "ids_unknown_to_esi": asked.unknown,
            "problems": asked.problems,
        }
    )


class Asked(NamedTuple):
    """What came of asking: ids named and unknown, and why others stayed as they were."""

    named: int
    unknown: int
    problems: list[str]


def ask_and_keep(
    esi: Source, warehouse: Warehouse, entity_ids: Sequence[int], now: datetime, most_refusals: int = MOST_REFUSALS
) -> Asked:
    """Asks for the ids in batches and keeps every answer as it comes, so that a failure loses none before it."""
    named = unknown = refusals = 0
    problems = []
    for start in range(0, len(entity_ids), MOST_IDS):
        try:
            for answer in ask_names(esi, entity_ids[start : start + MOST_IDS]):
                with warehouse.transaction() as connection:
                    keep_answer(connection, answer, now)
                named += len(answer.names)
                unknown += len(answer.unknown_ids)
                refusals += not answer.names
                if refusals >= most_refusals:
                    problems.append(f"ESI refused {refusals} requests; the rest is asked for in the next run")
                    return Asked(named, unknown, problems)
        except UnavailableError as error:
            problems.append(str(error))
            break
        except SourceError as error:
            problems.append(str(error))
    return Asked(named, unknown, problems)
