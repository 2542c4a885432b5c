"""How fresh every source is, as checks in the Dagster UI, kept true by a sensor; when one is stale, is the domain's."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import dagster as dg

from battlescope_assets.domain.freshness import PROMISES, SourceFetch, is_stale, sentence
from battlescope_assets.io.freshness import source_fetches
from battlescope_assets.io.warehouse import Warehouse

CHECK = "is_fresh"
KEYS = {source: dg.AssetKey([promise.schema, source]) for source, promise in PROMISES.items()}
"""The asset of each source."""


class Judgement(NamedTuple):
    """What the check of a source says."""

    is_fresh: bool
    description: str
    metadata: dict[str, dg.MetadataValue[Any] | str]


@dg.multi_asset_check(
    name="sources_are_fresh",
    specs=[
        dg.AssetCheckSpec(CHECK, asset=key, description="The source was read as lately as is promised of it.")
        for key in KEYS.values()
    ],
    can_subset=True,
)
def sources_are_fresh(
    context: dg.AssetCheckExecutionContext, warehouse: dg.ResourceParam[Warehouse]
) -> Iterator[dg.AssetCheckResult]:
    """Last success of every source, its age against the promise, and what went wrong last."""
    with warehouse.transaction() as connection:
        known = source_fetches(connection)
    wanted = {check.asset_key for check in context.selected_asset_check_keys}
    for source, key in KEYS.items():
        if key in wanted:
            found = judge(source, known.get(source), datetime.now(UTC))
            yield dg.AssetCheckResult(
                passed=found.is_fresh,
                asset_key=key,
                check_name=CHECK,
                severity=dg.AssetCheckSeverity.WARN,
                description=found.description,
                metadata=found.metadata,
            )


@dg.sensor(minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def source_freshness(
    context: dg.SensorEvaluationContext, warehouse: dg.ResourceParam[Warehouse]
) -> dg.SensorResult | dg.SkipReason:
    """Reports the check of each source that turned stale or fresh, or failed in another way; works in its tick."""
    with warehouse.transaction() as connection:
        known = source_fetches(connection)
    before: dict[str, Any] = json.loads(context.cursor) if context.cursor else {}
    found = {source: judge(source, known.get(source), datetime.now(UTC)) for source in KEYS}
    after = {source: [one.is_fresh, one.metadata.get("last_error")] for source, one in found.items()}
    changed = [source for source in KEYS if before.get(source) != after[source]]
    if not changed:
        return dg.SkipReason("No source turned stale or fresh.")
    return dg.SensorResult(
        asset_events=[
            dg.AssetCheckEvaluation(
                asset_key=KEYS[source],
                check_name=CHECK,
                passed=found[source].is_fresh,
                severity=dg.AssetCheckSeverity.WARN,
                description=found[source].description,
                metadata=found[source].metadata,
            )
            for source in changed
        ],
        cursor=json.dumps(after),
    )


def judge(source: str, known: SourceFetch | None, now: datetime) -> Judgement:
    """How fresh a source is, from what is known of it."""
    promise = PROMISES[source]
    metadata: dict[str, dg.MetadataValue[Any] | str] = {}
    if known is not None:
        for name in ("last_attempt_at", "last_success_at", "as_of"):
            if moment := getattr(known, name):
                metadata[name] = dg.MetadataValue.timestamp(moment)
        if known.last_error:
            metadata["last_error"] = known.last_error
    return Judgement(not is_stale(promise, known, now), sentence(source, promise, known, now), metadata)
