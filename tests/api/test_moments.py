"""Every answer is of one moment: of one statement outside any transaction, or of one transaction."""

from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pytest
from psycopg.pq import TransactionStatus

from api import names
from api.queries import names as queries
from api.revision import LISTENER
from tests.api.contract import READS, Operation, golden_values
from tests.api.test_examples import examples
from tests.conftest import Golden

OF_THE_MOMENT = {"/healthz", "/readyz", "/metrics"}
"""Nothing in these is said to be of one moment."""
NAMES = ("entity_names", "system_names", "types")
"""What `api.names` asks: what things are called is of no moment."""
asking_names = ContextVar("asking_names", default=False)


@pytest.fixture(scope="module")
def values(golden: Golden) -> dict[str, str]:
    return golden_values(golden)


def marked(ask: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The same, while `asking_names` says so."""

    async def asked(*given: Any) -> Any:
        mark = asking_names.set(True)
        try:
            return await ask(*given)
        finally:
            asking_names.reset(mark)

    return asked


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

    async def written_down(cursor: Any, *given: Any, **options: Any) -> Any:
        info = cursor.connection.info
        if info.parameter_status("application_name") != LISTENER and not asking_names.get():
            moments.append((info.backend_pid, info.transaction_status == TransactionStatus.INTRANS))
        return await execute(cursor, *given, **options)

    marks = {name: marked(getattr(queries, name)) for name in NAMES}
    monkeypatch.setattr(names, "queries", SimpleNamespace(**marks))

    for address in [*addresses(golden_api, operation, values)]:
        with monkeypatch.context() as patch:
            patch.setattr(psycopg.AsyncCursor, "execute", written_down)
            moments.clear()
            golden_api.get(address)
        is_one_statement = len(moments) <= 1
        is_one_transaction = len(set(moments)) == 1 and all(is_within for _, is_within in moments)
        assert is_one_statement or is_one_transaction, (address, moments)
