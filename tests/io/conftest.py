"""Fixtures: the local upstream with simple answers of ESI's, and sources of it, all in virtual time."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from battlescope_assets.io.sources import Source
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.simulator.war import War
from battlescope_assets.upstream.catalogue import Catalogue, Document
from battlescope_assets.upstream.server import Upstream, running
from tests.virtual_time import VirtualTime

DAY = date(2026, 6, 3)
CONTACT = "tests (someone@example.org)"
FRESH_SECONDS = {"fw/systems": 1_800, "sovereignty/campaigns": 60}


class SimpleEsi(Catalogue):
    """Of ESI only these two sets, which never change."""

    def document(self, path: str) -> Document | None:
        if path not in FRESH_SECONDS:
            return super().document(path)
        content = json.dumps([{"path": path}]).encode()
        expires = format_datetime(self.now() + timedelta(seconds=FRESH_SECONDS[path]), usegmt=True)
        last_modified = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
        return Document(lambda: content, "application/json", last_modified, f'"{path}"', {"Expires": expires})


@pytest.fixture(scope="session")
def war() -> War:
    return War(read_snapshot(), seed=3, mails_per_day=40)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("upstream")


@pytest.fixture
def virtual_time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def upstream(war: War, folder: Path, virtual_time: VirtualTime) -> Iterator[Upstream]:
    catalogue = SimpleEsi(war, DAY, DAY, folder, now=virtual_time.now)
    with running(catalogue, monotonic=virtual_time.clock.monotonic) as server:
        yield server


@pytest.fixture
def real_upstream(war: War, folder: Path) -> Iterator[Upstream]:
    with running(SimpleEsi(war, DAY, DAY, folder)) as server:
        yield server


@pytest.fixture
def source(upstream: Upstream, virtual_time: VirtualTime, tmp_path: Path) -> Source:
    return Source(upstream.url, CONTACT, tmp_path / "cache", clock=virtual_time.clock)
