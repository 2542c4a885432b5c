"""Fixtures: databases in numbers, for tests that need one each."""

import itertools
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.processes.database import database_url
from battlescope_assets.settings import Settings
from tests.assets.followed import BUILD, Databases


@pytest.fixture(scope="module")
def databases(server: Settings, request: pytest.FixtureRequest) -> Databases:
    """Makes empty migrated databases that seem to have static data; they end with their server."""
    module, numbers = request.module.__name__.rpartition(".")[2], itertools.count()

    def make() -> Warehouse:
        name = f"{module}_{next(numbers)}"
        with psycopg.connect(urlsplit(database_url(server))._replace(path="/postgres").geturl(), autocommit=True) as c:
            c.execute(sql.SQL("create database {} template empty").format(sql.Identifier(name)))
        warehouse = Warehouse(urlsplit(database_url(server))._replace(path=f"/{name}").geturl())
        with warehouse.transaction() as connection:
            connection.execute("insert into core.static_data_builds values (%s, 'tests', now())", [BUILD])
        return warehouse

    return make
