"""Fixtures: databases in numbers, for tests that need one each."""

import itertools

import pytest

from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.processes.database import database_url
from battlescope_assets.settings import Settings
from tests.assets.followed import BUILD, Databases
from tests.conftest import copy_database


@pytest.fixture(scope="module")
def databases(server: Settings, worker_id: str, request: pytest.FixtureRequest) -> Databases:
    """Makes empty migrated databases that seem to have static data; they end with their server."""
    module, numbers = request.module.__name__.rpartition(".")[2], itertools.count()

    def make() -> Warehouse:
        name = f"{worker_id}_{module}_{next(numbers)}"
        copy_database(server, f"{worker_id}_empty", name)
        warehouse = Warehouse(database_url(server, name))
        with warehouse.transaction() as connection:
            connection.execute("insert into core.static_data_builds values (%s, 'tests', now())", [BUILD])
        return warehouse

    return make
