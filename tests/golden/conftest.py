"""Fixtures: the golden war's Dagster, for the tests that run its graph."""

from collections.abc import Iterator

import pytest

from tests.conftest import Golden, orchestrated


@pytest.fixture(autouse=True)
def dagster(golden: Golden) -> Iterator[None]:
    """`dg.DagsterInstance.get()` is the instance that has made the golden war."""
    with orchestrated(golden.settings):
        yield
