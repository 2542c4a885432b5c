"""Fixtures: the local upstream with a few of ESI's routes, and sources of it, all in virtual time."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from battlescope_assets.io.sources import Source
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.simulator.war import War
from battlescope_assets.upstream.catalogue import Catalogue, Document
from battlescope_assets.upstream.server import Upstream, running
from tests.virtual_time import VirtualTime

DAY = date(2026, 11, 3)
CONTACT = "tests (someone@example.org)"


FRESH_SECONDS = {"fw/": 1_800, "sovereignty/": 60}


class WithEsi(Catalogue):
    """Any path below these two is there, fresh for so long."""

    def document(self, path: str) -> Document | None:
        for prefix, seconds in FRESH_SECONDS.items():
            if path.startswith(prefix):
                file = self._folder / f"{path.replace('/', '-')}.json"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(json.dumps([{"path": path}]))
                return Document(file, datetime.combine(DAY, datetime.min.time(), UTC), f'"{path}"', seconds)
        return super().document(path)


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return WithEsi(War(read_snapshot(), seed=3, mails_per_day=40), DAY, DAY, tmp_path_factory.mktemp("catalogue"))


@pytest.fixture
def virtual_time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def upstream(catalogue: Catalogue, virtual_time: VirtualTime) -> Iterator[Upstream]:
    with running(catalogue, clock=virtual_time.clock) as server:
        yield server


@pytest.fixture
def source(upstream: Upstream, virtual_time: VirtualTime, tmp_path: Path) -> Source:
    return Source(upstream.url, CONTACT, tmp_path / "cache", clock=virtual_time.clock)
