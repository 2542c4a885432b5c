"""Every answer is of one moment: of one statement outside any transaction, or of one transaction."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pytest
from psycopg.pq import TransactionStatus

from api.revision import LISTENER
from tests.api.contract import READS, Operation, golden_values
from tests.api.test_examples import examples
from tests.conftest import Golden

OF_THE_MOMENT = {"/healthz", "/readyz", "/metrics"}
"""Nothing in these is said to be of one moment."""
NAMES = tuple(
    f"select {columns} from marts.{mart}"
    for columns, mart in (
        ("entity_id, entity_name", "dim_entity_names"),
        ("solar_system_id, solar_system_name", "dim_solar_systems"),
        ("type_id, type_name, group_name", "dim_types"),
    )
)
"""What things are called is of no moment, and not asked for where it is known."""


@pytest.fixture(scope="module")
def values(golden: Golden) -> dict[str, str]:
    return golden_values(golden)


def addresses(api: httpx.Client, operation: Operation, values: dict[str, str]) -> Iterator[str]:
    """The operation with what it needs, with every example of its filters, and the page behind its first."""
    named = {parameter["name"]: parameter for parameter in operation.parameters("query")}
    with_total = [{"total": "true"}] if "total" in named else []
    for others in [{}, *with_total]:
        yield operation.address(values, **others)
        for name, parameter in named.items():
            for example in examples(parameter):
                yield operation.address(values, **{name: quote(example)} | others)
    if "cursor" in named:
        cursor = api.get(operation.address(values, limit="1")).json()["next_cursor"]
        if cursor is not None:
            yield operation.address(values, limit="1", cursor=cursor)


@pytest.mark.parametrize("operation", [one for one in READS if one.path not in OF_THE_MOMENT], ids=str)
def test_an_answer_is_of_one_moment(
    golden_api: httpx.Client, values: dict[str, str], operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments: list[tuple[int, bool]] = []
    execute = psycopg.AsyncCursor.execute

    async def written_down(cursor: Any, query: Any, *given: Any, **options: Any) -> Any:
        info = cursor.connection.info
        if info.parameter_status("application_name") != LISTENER and not " ".join(str(query).split()).startswith(NAMES):
            moments.append((info.backend_pid, info.transaction_status == TransactionStatus.INTRANS))
        return await execute(cursor, query, *given, **options)

    for address in [*addresses(golden_api, operation, values)]:
        with monkeypatch.context() as patch:
            patch.setattr(psycopg.AsyncCursor, "execute", written_down)
            moments.clear()
            golden_api.get(address)
        is_one_statement = len(moments) <= 1
        is_one_transaction = len(set(moments)) == 1 and all(is_within for _, is_within in moments)
        assert is_one_statement or is_one_transaction, (address, moments)
