"""The dbt project's house rules, read off its manifest: names, layers, grains, keys, contracts; needs no database."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt.cli.main import dbtRunner

from battlescope_assets.assets.marts import SETTINGS_OF_MODELS
from battlescope_assets.domain.freshness import PROMISES
from battlescope_assets.domain.snapshots import KINDS
from battlescope_assets.settings import REPOSITORY, Settings

PROJECT = REPOSITORY / "dbt_project"
LAYERS = ("staging", "intermediate", "marts")
NAMES = {
    "staging": r"stg_(?P<folder>\w+)__\w+",
    "intermediate": r"int_(?P<folder>\w+)__\w+ed(_\w+)?",  # a subject, and what was done to it
    "marts": r"(fct|dim|rpt|bridge)_\w+",
}
UNREAD = {"model.battlescope.stg_market_prices__prices"}
"""Models that no mart reads yet."""
WITHOUT_RECOMPUTATION = {
    "dim_search_entries",  # names as they are
    "rpt_value_differences",  # the golden war's mails come from archives, which bring no value of zKillboard's
}
"""Marts that the golden war says nothing about."""
COUNTED_BY_A_LAW = {"fct_battle_participants"}
"""Its rows are held against each battle's pilots by battles_are_the_sum_of_their_parts; to compute all pilots once more
for a key by which they are grouped takes as long as the costliest model."""
ARITHMETIC = r"\b(sum|count|avg|min|max|percentile_\w+|corr|regr_\w+|rank|row_number)\s*\(|[\w)]\s*[*/]\s*[\w(]"
"""Aggregates, window functions, products and quotients."""

Node = dict[str, Any]


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """The manifest of the project as it is on disk."""
    target = tmp_path_factory.mktemp("dbt")
    with pytest.MonkeyPatch.context() as environment:
        for name in ("HOST", "USER", "PASSWORD", "DATABASE"):
            environment.setenv(f"BATTLESCOPE_DBT_{name}", "nobody-asks-for-it")
        environment.setenv("BATTLESCOPE_DBT_PORT", "1")
        places = {"project-dir": PROJECT, "profiles-dir": PROJECT, "target-path": target, "log-path": target}
        parsed = dbtRunner().invoke(
            ["--quiet", "--log-level-file", "none", "--warn-error", "parse"]
            + [f"--{option}={path}" for option, path in places.items()]
        )
    assert parsed.success, parsed.exception
    manifest: Node = json.loads((target / "manifest.json").read_text())
    return manifest


@pytest.fixture(scope="module")
def models(manifest: Node) -> dict[str, Node]:
    """Every model by its unique id."""
    return {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}


def layer(model: Node) -> str:
    return str(model["fqn"][1])


def checks(manifest: Node, model: Node) -> list[Node]:
    return [node for node in manifest["nodes"].values() if node.get("attached_node") == model["unique_id"]]


def key_of(test: Node) -> tuple[str, ...] | None:
    """The columns a test says are a key, if it says so."""
    match test["test_metadata"]["name"]:
        case "unique":
            return (test["column_name"],)
        case "unique_combination":
            return tuple(test["test_metadata"]["kwargs"]["columns"])
        case _:
            return None


def test_models_are_named_and_placed_by_their_layer(models: dict[str, Node]) -> None:
    for model in models.values():
        name = re.fullmatch(NAMES[layer(model)], model["name"])
        assert name, f"{model['name']} does not follow {NAMES[layer(model)]}"
        folder = model["fqn"][2]
        assert name.groupdict().get("folder", folder) == folder, f"{model['name']} lies in {folder}"
        assert model["schema"] == layer(model)


def test_every_model_says_its_grain_in_a_file_beside_it(models: dict[str, Node]) -> None:
    for model in models.values():
        assert model["description"].startswith(("One row per ", "One row: ")), model["name"]
        assert model["patch_path"] == f"battlescope://{Path(model['original_file_path']).with_suffix('.yml')}"


def test_layers_only_look_down(models: dict[str, Node]) -> None:
    allowed = {"staging": {"source"}, "intermediate": {"staging", "intermediate"}, "marts": {"staging", "intermediate"}}
    for model in models.values():
        read = [layer(models[key]) if key in models else "source" for key in model["depends_on"]["nodes"]]
        assert set(read) <= allowed[layer(model)], f"{model['name']} reads {read}"
        if layer(model) == "staging":
            assert len(read) == 1, f"{model['name']} is not of one table"


def test_no_model_and_no_source_table_is_without_a_reader(manifest: Node, models: dict[str, Node]) -> None:
    read = {key for reader in (models | manifest["exposures"]).values() for key in reader["depends_on"]["nodes"]}
    assert set(models) | set(manifest["sources"]) == read | UNREAD


def test_above_staging_every_model_has_a_key_that_is_tested(manifest: Node, models: dict[str, Node]) -> None:
    # A staging model has the rows of one table, whose primary key PostgreSQL keeps. A view is computed where it is
    # read, and again for each test: the marts over it say whether it is right.
    for model in models.values():
        is_read_elsewhere = layer(model) == "intermediate" and model["config"]["materialized"] == "view"
        if layer(model) != "staging" and not is_read_elsewhere and model["description"].startswith("One row per "):
            keys = [key_of(test) for test in checks(manifest, model)]
            assert any(keys) or model["name"] in COUNTED_BY_A_LAW, f"{model['name']} has no key"


def test_what_grows_by_days_is_tested_by_windows(manifest: Node, models: dict[str, Node]) -> None:
    for model in models.values():
        if "day" in model["columns"] and model["name"].startswith(("fct_", "bridge_")):
            for test in checks(manifest, model):
                assert test["config"]["where"] == "in_window", f"{test['name']} reads all history"


def test_what_grows_is_replaced_by_windows(models: dict[str, Node]) -> None:
    for model in models.values():
        config = model["config"]
        assert config["materialized"] in {"view", "incremental"}, model["name"]
        if config["materialized"] == "incremental":
            grows = "day" in config["unique_key"]
            assert config["incremental_strategy"] == ("replace_window" if grows else "replace_all"), model["name"]
            assert not grows or "in_window(" in model["raw_code"], model["name"]
            assert config["full_refresh"] is False, f"{model['name']} may lose what was counted of pruned items"


def test_every_table_of_counts_has_a_unit_test(manifest: Node, models: dict[str, Node]) -> None:
    # A model has arithmetic when its code, comments and Jinja left out, matches ARITHMETIC. Tables are tested because
    # their rows outlive the code that made them; views with arithmetic are as far as they are worth it.
    tested = {node["depends_on"]["nodes"][0].rpartition(".")[2] for node in manifest["unit_tests"].values()}
    counting = {
        model["name"]
        for model in models.values()
        if model["config"]["materialized"] == "incremental" and re.search(ARITHMETIC, bare(model["raw_code"]))
    }
    assert counting <= tested, counting - tested


def bare(code: str) -> str:
    """A model's SQL without comments and Jinja."""
    return re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|--[^\n]*", " ", code, flags=re.DOTALL)


def test_every_mart_is_recomputed_by_pandas(models: dict[str, Node]) -> None:
    recomputed = "".join(path.read_text() for path in (REPOSITORY / "tests" / "marts").glob("test_*.py"))
    marts = {model["name"] for model in models.values() if layer(model) == "marts"}
    assert {name for name in marts if not re.search(rf"\b{name}\b", recomputed)} == WITHOUT_RECOMPUTATION


def test_every_mart_is_in_the_overview(models: dict[str, Node]) -> None:
    overview = (PROJECT / "models" / "overview.md").read_text()
    marts = {model["name"] for model in models.values() if layer(model) == "marts"}
    assert set(re.findall(r"`((?:fct|dim|rpt|bridge)_\w+)`", overview)) == marts


def test_nothing_comes_from_a_hub_of_packages(manifest: Node) -> None:
    assert {macro["package_name"] for macro in manifest["macros"].values()} == {"battlescope", "dbt", "dbt_postgres"}


def test_promises_alone_judge_freshness(manifest: Node) -> None:
    # rpt_source_freshness does; a second judge would be run by nobody, or say something else.
    assert not any(source["loaded_at_field"] for source in manifest["sources"].values())


def test_views_have_no_with_clause(models: dict[str, Node]) -> None:
    # PostgreSQL plans such a view by itself: a page of the newest battles then sorts all battles (50 ms instead of 2).
    for model in models.values():
        if model["config"]["materialized"] == "view" and model["description"].startswith("One row per "):
            assert not re.search(r"^\s*with\b", model["raw_code"], re.MULTILINE), model["name"]


def test_marts_are_contracts_with_every_column_described(models: dict[str, Node]) -> None:
    for model in models.values():
        if layer(model) == "marts":
            assert model["contract"]["enforced"], model["name"]
            for column in model["columns"].values():
                assert column["description"], f"{model['name']}.{column['name']}"


def test_readers_read_marts_only(manifest: Node, models: dict[str, Node]) -> None:
    assert manifest["exposures"]
    for exposure in manifest["exposures"].values():
        assert exposure["description"]
        for key in exposure["depends_on"]["nodes"]:
            assert layer(models[key]) == "marts", f"{exposure['name']} reads {key}"


def test_the_api_reads_what_its_exposure_says(manifest: Node) -> None:
    queries = "".join(path.read_text() for path in (REPOSITORY / "api" / "queries").glob("*.py"))
    exposed = manifest["exposures"]["exposure.battlescope.rest_api"]["depends_on"]["nodes"]
    assert set(re.findall(r"\bmarts\.([a-z_]+)", queries)) == {key.rpartition(".")[2] for key in exposed}


def test_sources_name_the_asset_that_writes_them(manifest: Node) -> None:
    assets = {
        source["source_name"]: "/".join(source["source_meta"]["dagster"]["asset_key"])
        for source in manifest["sources"].values()
    }
    assert assets == {
        "killmails": "raw/killmails",
        "killmail_values": "core/killmail_values",
        "market_history": "raw/market_history",
        "static_data": "core/static_data",
        "battles": "core/battles",
        "names": "app/entity_names",
        "source_fetches": "raw/source_fetches",
        "dbt": "app/test_results",
        "enrichments": "app/killmail_enrichments",
    } | {source: f"raw/{source}" for source in (*KINDS, "market_orders")}


def test_vars_of_settings_are_their_defaults() -> None:
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    ours = {name: Settings.model_fields[name].default for name in SETTINGS_OF_MODELS}
    assert {name: value for name, value in project["vars"].items() if not name.startswith("fresh_")} == ours


def test_sources_stay_fresh_as_long_as_promised() -> None:
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    assert project["vars"]["fresh_for_seconds"] == {
        source: promise.fresh_for.total_seconds() for source, promise in PROMISES.items()
    }
    assert project["vars"]["fresh_content_for_seconds"] == {
        source: promise.content_for.total_seconds() for source, promise in PROMISES.items() if promise.content_for
    }


def test_the_page_of_marts_lists_the_contracts(models: dict[str, Node]) -> None:
    page = (REPOSITORY / "docs" / "marts.md").read_text()
    listed = {
        name: dict(column.split(" ", 1) for column in " ".join(columns.split()).split(", "))
        for name, columns in re.findall(r"^## (\w+)\n[^#]*?\n\n((?:    .+\n)+)", page, re.MULTILINE)
    }
    assert listed == {
        model["name"]: {column["name"]: column["data_type"] for column in model["columns"].values()}
        for model in models.values()
        if layer(model) == "marts"
    }
