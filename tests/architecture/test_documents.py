"""What documents say is so: commands exist, settings are all described, files linked to are there."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from battlescope_assets.cli import app
from battlescope_assets.settings import REPOSITORY, Settings
from tests.web.pages import PAGES

DOCUMENTS = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
MAKEFILE = (REPOSITORY / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
COMMANDS: set[str] = set(get_command(app).commands)  # type: ignore[attr-defined]  # a group has them
VARIABLES = {
    str(field.validation_alias or f"BATTLESCOPE_{name.upper()}"): field for name, field in Settings.model_fields.items()
}
BESIDES_SETTINGS = {"BATTLESCOPE_CODE_HOST", "BATTLESCOPE_CODE_PORT", "BATTLESCOPE_DAGSTER_POSTGRES_URL"}
"""Variables that only connect our own processes."""


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_commands_it_names_exist(document: Path) -> None:
    text = document.read_text()
    assert set(re.findall(r"(?:^    |`)make ([a-z-]+)", text, re.MULTILINE)) <= TARGETS
    assert set(re.findall(r"battlescope ([a-z]+)(?= --|`)", text)) <= COMMANDS


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_files_it_links_to_are_there(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_settings_it_names_exist(document: Path) -> None:
    named = set(re.findall(r"BATTLESCOPE_[A-Z]+(?:_[A-Z]+)*", document.read_text()))
    assert {name for name in named if not name.startswith("BATTLESCOPE_DBT_")} <= set(VARIABLES) | BESIDES_SETTINGS


def test_the_readme_shows_every_page_on_both_devices() -> None:
    shown = set(re.findall(r'<img src="docs/screenshots/([a-z-]+)\.png"', (REPOSITORY / "README.md").read_text()))
    assert shown == {f"{page.name}-{device}" for page in PAGES if page.is_pictured for device in ("desktop", "phone")}
    assert shown == {file.stem for file in (REPOSITORY / "docs" / "screenshots").glob("*.png")}


def test_every_setting_is_described_where_operators_look() -> None:
    text = (REPOSITORY / "docs" / "operations.md").read_text()
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| [^|]* \| (.*) \|$", text, re.MULTILINE))
    assert rows == {name: field.description for name, field in VARIABLES.items()}


def test_every_command_is_listed_where_operators_look() -> None:
    text = (REPOSITORY / "docs" / "operations.md").read_text().split("## Commands")[1].split("## Processes")[0]
    listed = {
        name for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for name in re.findall(r"`([a-z]+)`", row)
    }
    assert listed == COMMANDS


def test_make_help_explains_every_target() -> None:
    phony = set(re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[0].split())
    shown = subprocess.run(["make", "help"], capture_output=True, text=True, check=True, cwd=REPOSITORY).stdout
    assert phony == TARGETS
    assert all(f"make {target} " in shown for target in TARGETS)


def test_what_compose_and_the_example_set_are_settings() -> None:
    services = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"].values()
    used = {name for service in services if service["image"] == "battlescope" for name in service["environment"]}
    used |= set(re.findall(r"^([A-Z_]+)=", (REPOSITORY / ".env.example").read_text(), re.MULTILINE))
    assert used - {"DAGSTER_HOME", "POSTGRES_PASSWORD"} <= set(VARIABLES) | BESIDES_SETTINGS
