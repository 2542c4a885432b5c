"""Assets raw/*: ESI's snapshots of sovereignty, faction warfare, traffic and prices; what they mean is the domain's."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import dagster as dg

from battlescope_assets.domain.freshness import PROMISES
from battlescope_assets.domain.snapshots import KINDS, Snapshot, SnapshotError, read_snapshot
from battlescope_assets.io.freshness import attempt
from battlescope_assets.io.snapshots import ESI_PATHS, DatedSnapshot, newest_answer, store_answer
from battlescope_assets.io.sources import Source, SourceError
from battlescope_assets.io.warehouse import Warehouse

READABLE = "every_row_is_readable"
DESCRIPTIONS = {
    "sovereignty_campaigns": "Sovereignty campaigns with their scores: when each appeared, changed and was resolved.",
    "sovereignty_systems": "Who holds which system, when its hub is vulnerable, how developed it is; changes kept.",
    "faction_warfare": "Who owns and occupies each faction warfare system and how contested it is; changes kept.",
    "system_jumps": "Jumps into each system, per hour.",
    "system_kills": "Ships, capsules and NPCs killed in each system, per hour.",
    "market_prices": "ESI's average and adjusted prices of types, per day.",
}


def build_snapshots() -> list[dg.AssetsDefinition]:
    """One asset per kind of snapshot."""
    return [_build(source) for source in KINDS]


def _build(source: str) -> dg.AssetsDefinition:
    key = dg.AssetKey(["raw", source])

    @dg.asset(
        key=key,
        description=DESCRIPTIONS[source],
        check_specs=[dg.AssetCheckSpec(READABLE, asset=key, description="ESI sent no row that cannot be read.")],
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=PROMISES[source].fresh_for),
        group_name="market" if source == "market_prices" else "space",
        kinds={"python", "postgres"},
        pool=f"raw_{source}",
    )
    def snapshot(
        context: dg.AssetExecutionContext, esi: dg.ResourceParam[Source], warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[dg.MaterializeResult[None]]:
        try:
            read = read_live(source, esi, warehouse)
        except (SourceError, SnapshotError) as error:
            raise dg.Failure(str(error)) from error
        refusals = read.snapshot.refusals
        for refusal in refusals:
            context.log.warning("row %d is refused: %s", refusal.row_index, refusal.detail)
        yield dg.MaterializeResult(
            metadata={
                "as_of": dg.MetadataValue.timestamp(read.as_of),
                "source": read.origin,
                "dagster/row_count": len(read.snapshot.rows),
                "rows_quarantined": len(refusals),
                "rows_changed": read.rows_changed,
            },
            check_results=[
                dg.AssetCheckResult(
                    passed=not refusals,
                    check_name=READABLE,
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata={"rows_quarantined": len(refusals)},
                )
            ],
        )

    return snapshot


class Read(NamedTuple):
    """What reading a source did."""

    snapshot: Snapshot
    as_of: datetime
    origin: str
    rows_changed: int


def read_live(source: str, esi: Source, warehouse: Warehouse) -> Read:
    """Reads what ESI shows now and stores it; what was stored before changes nothing.

    Raises:
        SourceError, SnapshotError: ESI cannot be asked, or its answer is no such snapshot; nothing changes.
    """
    path, now = ESI_PATHS[source], datetime.now(UTC)
    with attempt(warehouse, source, (SourceError, SnapshotError)) as made:
        answer = esi.get(path)
        if answer is None:
            message = f"{esi.url} has no {path}"
            raise SourceError(message)
        try:
            snapshot = read_snapshot(answer.body, KINDS[source])
        except SnapshotError as error:
            esi.forget(path)
            message = f"{answer.source} sent no snapshot: {error}"
            raise SnapshotError(message) from error
        as_of, changed = answer.last_modified or now, 0
        with warehouse.transaction() as connection:
            known = newest_answer(connection, source)
            if answer.last_modified is None and known is not None and known.content_sha256 == answer.sha256:
                as_of = known.as_of  # without a moment of the upstream's, the same content is the same answer
            else:
                dated = DatedSnapshot(snapshot, as_of, answer.source, answer.sha256)
                changed = store_answer(connection, source, dated, now).rows_changed
        made.moments.append(as_of)
    return Read(snapshot, as_of, answer.source, changed)
