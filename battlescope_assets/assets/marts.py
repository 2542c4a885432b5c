"""The dbt models and their docs site as assets; SQL belongs in dbt_project/."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliResource, dbt_assets

from battlescope_assets.domain.completeness import MOST_DAYS, RECENT_DAYS
from battlescope_assets.domain.window import ONE_DAY, Window
from battlescope_assets.io.day_changes import day_changes, forget_changes, seen_changes
from battlescope_assets.io.warehouse import Warehouse
from battlescope_assets.partitions import stretches, tags_of_days, window_of_tags
from battlescope_assets.processes.database import dbt_environment
from battlescope_assets.settings import REPOSITORY, Settings

DBT_PROJECT = REPOSITORY / "dbt_project"
DBT_EXECUTABLE = Path(sys.executable).with_name("dbt")
"""Beside this interpreter, so that nobody has to activate the environment."""
HOUR_OF_LAST_RESORT = 9
SETTINGS_OF_MODELS = (
    "window_minutes",
    "war_data_retention_days",
    "war_doctrine_min_fleet_size",
    "war_heatmap_min_kills",
    "war_alert_demand_score_threshold",
    "war_alert_min_gap_units",
)
"""Settings that models know as vars of the same name."""


def target_folder(settings: Settings) -> Path:
    """Where dbt's artifacts are: the manifest, and the docs site as static_index.html."""
    return settings.home / "dbt" / "target"


def prepare_manifest(settings: Settings) -> Path:
    """The manifest of the dbt project, parsed anew where the project is newer than it.

    What was parsed is left beside it, where dagster-dbt looks for it: a first run without variables need not parse
    again. Two processes may do so at once: each parses into a folder of its own, and the last one's whole files stay.

    Raises:
        subprocess.CalledProcessError: the project does not parse; dbt's message is on standard output.
    """
    manifest = target_folder(settings) / "manifest.json"
    sources = [path for path in DBT_PROJECT.rglob("*") if path.suffix in {".sql", ".yml", ".md"}]
    if manifest.exists() and all(path.stat().st_mtime < manifest.stat().st_mtime for path in sources):
        return manifest
    manifest.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=manifest.parent) as scratch:
        subprocess.run(  # noqa: S603  # our own interpreter's dbt, fixed arguments
            [
                DBT_EXECUTABLE, "--quiet", "parse",
                "--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT,
                "--target-path", scratch, "--log-path", scratch,
            ],
            check=True,
            env=os.environ | dbt_environment(settings),
        )  # fmt: skip
        for made in ("partial_parse.msgpack", manifest.name):
            (Path(scratch) / made).replace(manifest.with_name(made))
    return manifest


def dbt_resource(settings: Settings) -> DbtCliResource:
    """The dbt command line against this project and the warehouse."""
    return DbtCliResource(
        project_dir=os.fspath(DBT_PROJECT),
        profiles_dir=os.fspath(DBT_PROJECT),
        dbt_executable=os.fspath(DBT_EXECUTABLE),
        global_config_flags=["--log-path", os.fspath(settings.home / "dbt" / "logs")],
    )


def dbt_variables(window: Window | None, settings: Settings) -> dict[str, Any]:
    """The vars models are built with; without a window every model is built whole."""
    variables: dict[str, Any] = {name: getattr(settings, name) for name in SETTINGS_OF_MODELS}
    if window is not None:
        variables["window_start"] = window.first_day.isoformat()
        variables["window_end"] = (window.last_day + ONE_DAY).isoformat()
    return variables


def build_marts(settings: Settings) -> tuple[dg.AssetsDefinition, dg.AssetsDefinition]:
    """The models as assets, and the docs site they end in."""
    # One asset writes several tables, each of them a source of dbt's.
    translator = DagsterDbtTranslator(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))
    manifest = prepare_manifest(settings)
    # A folder each, since what dbt parsed holds for one set of variables: the next run parses only what changed.
    runs, docs = (settings.home / "dbt" / name for name in ("runs", "docs"))

    @dbt_assets(manifest=manifest, name="dbt_models", dagster_dbt_translator=translator, pool="dbt")
    def dbt_models(
        context: dg.AssetExecutionContext, dbt: DbtCliResource, warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[Any]:
        window = window_of_tags(dict(context.run.tags))
        with warehouse.transaction() as connection:
            seen = seen_changes(connection, window)
        variables = json.dumps(dbt_variables(window, settings))
        arguments = ["build", "--exclude-resource-type", "unit_test", "--vars", variables]  # those test code, not data
        yield from dbt.cli(arguments, context=context, target_path=runs).stream()
        with warehouse.transaction() as connection:
            forget_changes(connection, seen)

    @dg.asset(
        key=["app", "dbt_docs"],
        deps=[key for key in dbt_models.keys if key.path[0] == "marts"],
        group_name="docs",
        kinds={"dbt"},
        pool="dbt",
    )
    def dbt_docs(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> dg.MaterializeResult[None]:
        """The docs site of all models as one page, served by the API at /dbt-docs."""
        made = dbt.cli(["docs", "generate", "--static"], manifest=manifest, target_path=docs).wait()
        page = target_folder(settings) / "static_index.html"
        part = page.with_suffix(".part")
        shutil.copyfile(made.target_path / "static_index.html", part)
        part.replace(page)
        context.log.info("wrote %s", page)
        return dg.MaterializeResult(metadata={"path": dg.MetadataValue.path(page), "bytes": page.stat().st_size})

    return dbt_models, dbt_docs


def recent_marts_schedule(target: dg.AssetSelection) -> dg.ScheduleDefinition:
    """Every hour: what changed reaches the marts that are tables, and its people get names.

    The last days are always counted. Older ones where mails, values or battles of them changed since, by a late mail, a
    silence that was caught up with or a re-clustering; a day that could not be counted for a day is tried once a day.
    """

    @dg.schedule(
        cron_schedule="12 * * * *",
        execution_timezone="UTC",
        target=target,
        name="recent_marts",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def recent_marts(
        context: dg.ScheduleEvaluationContext, warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[dg.RunRequest]:
        now = context.scheduled_execution_time.astimezone(UTC)
        today = now.date()
        recent = today - RECENT_DAYS * ONE_DAY
        yield dg.RunRequest(run_key=f"{now:%Y-%m-%dT%H}: recent", tags=tags_of_days(recent, today))
        with warehouse.transaction() as connection:
            changes = day_changes(connection)
        older = [
            change.day
            for change in changes
            if change.day < recent and (now - change.last_changed_at < ONE_DAY or now.hour == HOUR_OF_LAST_RESORT)
        ]
        for first, last in stretches(older[-MOST_DAYS:]):
            yield dg.RunRequest(run_key=f"{now:%Y-%m-%dT%H}: {first} to {last}", tags=tags_of_days(first, last))

    return recent_marts
