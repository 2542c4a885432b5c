"""Data quality over HTTP: of the golden war, and of a database that has gaps, failures and refusals."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.app import create_app
from battlescope_assets.domain.freshness import PROMISES
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.settings import Settings
from tests.api.conftest import served
from tests.conftest import Dbt, Golden

Item = dict[str, Any]


def asked(api: httpx.Client, **parameters: Any) -> Item:
    answer = api.get("/api/data-quality", params=parameters)
    assert answer.status_code == 200, answer.text
    found: Item = answer.json()
    return found


def test_a_sound_war_is_complete(golden: Golden, golden_api: httpx.Client) -> None:
    found = asked(golden_api)
    assert [(one["day"], one["status"], one["mails_stored"], one["completeness"]) for one in found["days"]] == [
        (f"{day}", "stored", len(golden.war.killmails(day)), 1.0) for day in reversed(golden.days)
    ]
    assert [one["source"] for one in found["sources"]] == sorted(PROMISES)
    assert found["data_status"]["stale_sources"] == [one["source"] for one in found["sources"] if one["is_stale"]]
    assert found["tests"]["passed"] > 100
    assert all(one["status"] == "warn" for one in found["tests"]["not_passed"])
    assert found["quarantine"] == []
    sizes = [one["size_bytes"] for one in found["tables"]]
    assert sizes == sorted(sizes, reverse=True)
    assert {("raw", "killmails"), ("core", "battles")} <= {
        (one["schema_name"], one["table"]) for one in found["tables"]
    }
    assert asked(golden_api, days=1)["days"] == found["days"][:1]


@pytest.mark.parametrize("query", ["?days=0", "?days=91", "?day=1"])
def test_what_is_no_question_is_refused(golden_api: httpx.Client, query: str) -> None:
    assert golden_api.get(f"/api/data-quality{query}").status_code == 422


MODELS = (
    "rpt_data_days", "rpt_data_status", "rpt_quarantine", "rpt_source_freshness", "rpt_stored_tables",
    "rpt_test_results", "rpt_value_differences",
)  # fmt: skip
TROUBLE = """
insert into raw.killmail_days
    (day, source, status, content_sha256, mails_expected, mails_stored, mails_quarantined, revision, changed_at)
values
    ('2026-06-01', 'everef', 'stored', repeat('a', 64), 10, 9, 1, 2, '2026-06-02 06:00Z'),
    ('2026-06-03', 'everef', 'absent', null, 5, 0, 0, 1, '2026-06-04 06:00Z'),
    ('2026-06-04', 'everef', 'absent', null, null, 0, 0, 1, '2026-06-05 06:00Z');
insert into raw.quarantined_mails (day, member, source, reason, detail)
values ('2026-06-01', 'killmails/7.json', 'everef', 'not_json', 'line 3');
insert into raw.source_fetches (source, last_attempt_at, last_success_at, as_of, last_error)
values ('faction_warfare', now(), now() - interval '3 hours', now() - interval '3 hours', 'ESI answered 503');
insert into app.test_results
    (test_id, test_name, model_name, status, failures, message, window_start, window_end, ran_at)
values
    ('a', 'all_is_well', 'fct_battles', 'pass', 0, null, null, null, '2026-06-05 06:00Z'),
    ('b', 'systems_are_known', 'fct_battles', 'warn', 3, '3 results', '2026-06-01', '2026-06-02', '2026-06-05 06:00Z'),
    ('c', 'sums_are_right', 'fct_battles', 'fail', 1, '1 result', '2026-06-01', '2026-06-02', '2026-06-05 06:00Z');
insert into intermediate.int_value_differences__measured
values ('2026-06-01', 9, 100.4, 100, 0.9, 0.95, 1, 1.05, 1.2, 0.5, 0.75, 1, 1, 1)
"""


@pytest.fixture(scope="module")
def troubled(warehouse: Warehouse, dbt: Dbt) -> Iterator[httpx.Client]:
    """The API over days that lack mails, a refused mail, a failed test and a source that does not answer."""
    assert dbt("run", "--select", *(f"+{name}" for name in MODELS)).success
    with warehouse.transaction() as connection:
        connection.execute(TROUBLE)
    with served(create_app(Settings(api_requests_per_minute=0), warehouse.url)) as client:
        yield client


def test_days_that_lack_mails_say_how(troubled: httpx.Client) -> None:
    days = asked(troubled)["days"]
    assert [(one["day"], one["status"], one["mails_stored"], one["completeness"]) for one in days] == [
        ("2026-06-04", "absent", 0, None),
        ("2026-06-03", "absent", 0, 0),
        ("2026-06-02", "never_asked_for", 0, 0),
        ("2026-06-01", "stored", 9, 0.9),
    ]
    assert asked(troubled, days=2)["days"] == days[:2]


def test_trouble_is_told(troubled: httpx.Client) -> None:
    found = asked(troubled)
    (late,) = (one for one in found["sources"] if one["source"] == "faction_warfare")
    assert (late["is_stale"], late["last_error"]) == (True, "ESI answered 503")
    assert late["age_seconds"] > late["fresh_for_seconds"]
    assert all(one["is_stale"] and one["last_success_at"] is None for one in found["sources"] if one != late)
    assert found["tests"]["passed"] == 1
    assert [(one["test"], one["status"], one["failures"]) for one in found["tests"]["not_passed"]] == [
        ("sums_are_right", "fail", 1),
        ("systems_are_known", "warn", 3),
    ]
    assert found["data_status"]["failed_tests"] == ["sums_are_right"]
    assert found["quarantine"] == [
        {
            "source": "killmails",
            "reason": "not_json",
            "quarantined": 1,
            "newest_at": "2026-06-01T00:00:00Z",
            "newest_detail": "line 3",
        }
    ]
    (difference,) = found["value_differences"]
    assert (difference["isk_total"], difference["zkillboard_isk_total"], difference["ratio_p75"]) == (100, 100, 1.05)
