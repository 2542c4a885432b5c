"""What a dbt run's tests said is kept in the database when the run ends, until they say something else."""

import json
from datetime import UTC, date, datetime

from battlescope_assets.io.warehouse import Rows, Warehouse, replace_table
from tests.conftest import Dbt
from tests.dbt.test_replace_window import DAY, JITA, NEXT_DAY, RIFTER, land

LAW = "ship_losses_account_for_every_killmail"
RESULTS = "select test_id, model_name, status, failures, window_start, window_end from marts.rpt_test_results"
Result = tuple[str, str, int | None, date | None, date | None]


def results(warehouse: Warehouse) -> dict[str, Result]:
    with warehouse.transaction() as connection:
        return {test_id.split(".")[2]: tuple(row) for test_id, *row in connection.execute(RESULTS)}  # type: ignore[misc, attr-defined]


def test_a_result_stands_until_the_next_one(warehouse: Warehouse, dbt: Dbt) -> None:
    land(warehouse, DAY, [(JITA, RIFTER)])
    with warehouse.transaction() as connection:
        gone = ("test.battlescope.gone", "gone", "dim_gone", "fail", datetime(2026, 1, 1, tzinfo=UTC))
        columns = ("test_id", "test_name", "model_name", "status", "ran_at")
        replace_table(connection, "app.test_results", Rows(columns, [gone]))
    build = ["build", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious", "--select"]
    assert dbt(*build, "+fct_ship_losses +rpt_test_results").success
    first = results(warehouse)
    assert "gone" not in first  # a test that is no longer in the project
    assert first[LAW] == ("fct_ship_losses", "pass", 0, None, None)
    assert {status for _, status, *_ in first.values()} == {"pass", "warn"}  # its mails have no value

    land(warehouse, DAY, [(JITA, RIFTER), (JITA, RIFTER)])  # and nobody counts them
    window = json.dumps({"window_start": f"{DAY}", "window_end": f"{NEXT_DAY}"})
    assert not dbt("test", "--select", LAW, "--vars", window).success
    failed = results(warehouse)
    assert failed[LAW] == ("fct_ship_losses", "fail", 1, DAY, NEXT_DAY)
    assert failed == first | {LAW: failed[LAW]}

    assert dbt(*build, "+fct_ship_losses").success
    assert results(warehouse)[LAW][1] == "pass"
