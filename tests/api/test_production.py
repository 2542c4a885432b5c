"""Production alerts over HTTP, against the mart."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from api.schemas.production import AlertKind, AlertSort
from tests.api.test_losses import ask
from tests.api.test_routes import Item, walk
from tests.conftest import Golden

PATH = "/api/war/alerts/production"
KEYS: dict[str, Callable[[Item], Any]] = {
    "region_id": lambda alert: alert["region"] and alert["region"]["id"],
    "hub_id": lambda alert: alert["hub"] and alert["hub"]["id"],
    "kind": lambda alert: alert["kind"],
}


@pytest.fixture(scope="module")
def alerts(golden_api: httpx.Client) -> list[Item]:
    return list(walk(golden_api, PATH, limit=100))


def test_alerts_are_those_of_the_mart(golden: Golden, alerts: list[Item]) -> None:
    rows = ask(golden, "select alert_kind, alert_key, region_id, ships_lost, isk_lost from marts.rpt_production_alerts")
    assert {(alert["id"], KEYS["region_id"](alert), alert["ships_lost"], alert["isk_lost"]) for alert in alerts} == {
        (f"{kind}:{key}", region, ships, isk and round(isk)) for kind, key, region, ships, isk in rows
    }
    assert len(alerts) > 10
    assert {alert["kind"] for alert in alerts} >= {AlertKind.HUB_DEMAND, AlertKind.PRIME_TIME}
    assert all(alert["sentence"].endswith(".") for alert in alerts)
    assert all((alert["starts_at"] is None) == (alert["kind"] == AlertKind.HUB_DEMAND) for alert in alerts)


@pytest.mark.parametrize("sort", list(AlertSort))
def test_a_walk_finds_every_alert_once(golden_api: httpx.Client, alerts: list[Item], sort: str) -> None:
    found = list(walk(golden_api, PATH, sort=sort, limit=7))
    assert sorted(alert["id"] for alert in found) == sorted(alert["id"] for alert in alerts)
    values = [alert[sort.removeprefix("-")] for alert in found]
    known = [value for value in values if value is not None]
    assert values[: len(known)] == sorted(known, reverse=sort.startswith("-"))
    assert 0 < len(known) < len(values), "both a start or cost and none"


@pytest.mark.parametrize("name", KEYS)
def test_a_filter_keeps_what_equals_it(golden_api: httpx.Client, alerts: list[Item], name: str) -> None:
    values = {KEYS[name](alert) for alert in alerts} - {None}
    assert len(values) > 1
    for value in sorted(values)[:4]:
        found = {alert["id"] for alert in walk(golden_api, PATH, limit=100, **{name: value})}
        assert found == {alert["id"] for alert in alerts if KEYS[name](alert) == value}


def test_hours_leave_what_is_on_or_near(golden_api: httpx.Client, alerts: list[Item]) -> None:
    soon = {alert["id"] for alert in walk(golden_api, PATH, hours=12, limit=100)}
    assert soon >= {alert["id"] for alert in alerts if alert["hours_until"] is None}
    for alert in alerts:
        if alert["hours_until"] is not None and abs(alert["hours_until"] - 12) > 0.1:  # the clock goes on
            assert (alert["id"] in soon) == (alert["hours_until"] <= 12), alert["sentence"]


@pytest.mark.parametrize("query", ["kind=war", "hours=97", "hours=-1", "region_id=0", "sort=region", "cursor=%27"])
def test_what_makes_no_sense_is_refused(golden_api: httpx.Client, query: str) -> None:
    assert golden_api.get(f"{PATH}?{query}").status_code == 422
