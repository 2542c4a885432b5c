"""What comes from others: the lock file, exact, hashed, silent about where packages come from; vendored scripts."""

import re
import subprocess
import tomllib
from hashlib import sha256

from packaging.requirements import Requirement

from battlescope_assets.settings import REPOSITORY

LOCK = (REPOSITORY / "requirements.lock").read_text()
LOCKED = [Requirement(line.rstrip(" \\")) for line in LOCK.splitlines() if line and line[0] not in " #"]
PYPROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())

VENDOR = REPOSITORY / "api" / "web" / "static" / "vendor"
VENDORED = {"echarts-6.1.0.min.js": "b66b25aeb4df84e33199dc21694014d336d222cbd9deb0e5a7c14bd6aa0d0fd0"}
"""The scripts of others that pages load, as they were published; the version stands in the name."""


def test_every_requirement_is_one_version_with_hashes() -> None:
    assert all(str(locked.specifier).startswith("==") and locked.url is None for locked in LOCKED)
    entries = re.split(r"^(?=\w)", LOCK, flags=re.MULTILINE)
    assert all("--hash=sha256:" in entry for entry in entries if entry.strip() and not entry.startswith("#"))


def test_what_the_project_asks_for_is_what_the_lock_has() -> None:
    asked = [Requirement(text) for text in PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["dev"]]
    for wanted in asked:
        versions = [str(locked.specifier)[2:] for locked in LOCKED if locked.name.lower() == wanted.name.lower()]
        assert versions, f"{wanted.name} is not locked: `make lock`"
        assert all(wanted.specifier.contains(version) for version in versions), f"{wanted}: `make lock`"


def test_no_file_says_where_packages_are_downloaded() -> None:
    hosts = "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(org|com)", "--index" + "-url"))
    found = subprocess.run(
        ["git", "grep", "--extended-regexp", "--line-number", hosts],
        capture_output=True,
        text=True,
        check=False,
        cwd=REPOSITORY,
    )
    lines = [line for line in found.stdout.splitlines() if "no-emit-index-url" not in line]
    assert lines == []


def test_vendored_scripts_are_as_they_were_published() -> None:
    found = {file.name: sha256(file.read_bytes()).hexdigest() for file in VENDOR.glob("*.js")}
    assert found == VENDORED


def test_vendored_scripts_have_their_licence_and_are_noted() -> None:
    notice = (REPOSITORY / "NOTICE").read_text()
    for name in VENDORED:
        library = name.split("-")[0]
        assert (VENDOR / f"{library}-LICENSE.txt").is_file()
        assert f"api/web/static/vendor/{library}" in notice
    loaded = (REPOSITORY / "api" / "web" / "templates" / "macros.html").read_text()
    assert set(re.findall(r"/static/vendor/([^\"]+)", loaded)) == set(VENDORED)
