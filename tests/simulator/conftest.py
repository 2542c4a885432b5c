from datetime import date

import pytest

from battlescope_assets.domain.universe import StaticData
from battlescope_assets.io.static_data import read_snapshot
from battlescope_assets.simulator.war import War


@pytest.fixture(scope="session")
def static_data() -> StaticData:
    return read_snapshot()


@pytest.fixture(scope="session")
def war(static_data: StaticData) -> War:
    return War(static_data, seed=11, mails_per_day=1_500)


@pytest.fixture(scope="session")
def days() -> list[date]:
    return [date(2026, 11, day) for day in (1, 2, 3)]
