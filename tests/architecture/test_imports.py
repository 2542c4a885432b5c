"""What may know what: the contracts of pyproject.toml hold, and the API's process never loads Dagster."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from battlescope_assets.settings import REPOSITORY

DOMAIN = REPOSITORY / "battlescope_assets" / "domain"
CLOCK = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
OUTSIDE_WORLD = {"os", "pathlib", "socket", "subprocess", "random", "secrets", "time", "threading", "urllib", "http"}


def modules_after(statement: str) -> set[str]:
    """The modules a fresh interpreter has loaded after a statement."""
    program = f"import sys; {statement}; print('\\n'.join(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    return set(shown.stdout.split())


def test_the_contracts_in_pyproject_hold() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([lint_imports, "--no-cache"], capture_output=True, text=True, check=False, cwd=REPOSITORY)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("statement", "never"),
    [
        ("import api.app", {"dagster", "dagster_dbt", "dbt", "pandas", "sqlalchemy", "battlescope_assets.assets"}),
        ("import battlescope_assets.cli", {"dagster", "dbt", "pandas", "numpy", "sqlalchemy", "httpx", "psycopg"}),
        ("import battlescope_assets.domain.killmail", {"dagster", "psycopg", "httpx", "pandas"}),
    ],
)
def test_what_a_process_never_loads(statement: str, never: set[str]) -> None:
    assert modules_after(statement) & never == set()


@pytest.mark.parametrize("file", sorted(DOMAIN.glob("*.py")), ids=lambda file: file.name)
def test_the_domain_looks_neither_at_the_clock_nor_at_the_world(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.Import(names=names):
                assert {name.name.split(".")[0] for name in names} & OUTSIDE_WORLD == set(), f"line {node.lineno}"
            case ast.ImportFrom(module=str(module)):
                assert module.split(".")[0] not in OUTSIDE_WORLD, f"line {node.lineno}"
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)):
                assert (owner, name) not in CLOCK, f"line {node.lineno}"
            case ast.Call(func=ast.Name(id=name)):
                assert name not in {"open", "print", "input"}, f"line {node.lineno}"
