"""docs/seeds.md tells the truth: what it names is in the OpenAPI document, and what the seeds ask for is in it."""

import re
from pathlib import Path

import pytest

from battlescope_assets.settings import REPOSITORY
from tests.api.contract import DOCUMENT, fields

TEXT = (REPOSITORY / "docs" / "seeds.md").read_text()
ROWS = [
    (asked, here) for asked, here in re.findall(r"^\| (.+?) \| (.+) \|$", TEXT, re.MULTILINE) if asked != "asked for"
]
NAMED = sorted(set(re.findall(r"`((?:GET|POST) /[^`]+)`", " ".join(here for _, here in ROWS))))
SEEDS = sorted((REPOSITORY.parent / "shared" / "seeds").glob("*.txt"))
UPSTREAMS = {"GET /sovereignty/campaigns", "GET /fw/systems"}
"""ESI's endpoints, which a seed names too."""
ANY_NAME = re.compile(r"\{[a-z_]+\}")
PATHS = {ANY_NAME.sub("{}", path): operations for path, operations in DOCUMENT["paths"].items()}


@pytest.mark.parametrize("named", NAMED)
def test_what_it_names_is_in_the_contract(named: str) -> None:
    address, _, field = named.partition(" → ")
    method, path = address.partition("?")[0].split(" ")
    operation = PATHS[ANY_NAME.sub("{}", path)][method.lower()]
    if parameter := address.partition("?")[2]:
        assert parameter in {one["name"] for one in operation["parameters"]}
    if field:
        (answer,) = (answer for status, answer in operation["responses"].items() if status.startswith("2"))
        found = [answer["content"]["application/json"]["schema"]]
        for name in field.split("."):
            found = [
                schema["properties"][name]
                for one in found
                for schema in fields(one)
                if name in schema.get("properties", {})
            ]
            assert found, name


@pytest.mark.parametrize(("asked", "here"), ROWS)
def test_what_is_not_there_is_said_so(asked: str, here: str) -> None:
    assert here.startswith("— ") or re.match(r"`(GET|POST) /", here), f"{asked}: where is it?"


def asked_for(seed: str) -> set[str]:
    """Endpoints, parameters and fields of answers that a seed names."""
    text = seed.replace("\r", "")
    endpoints = {f"{method} {path}" for method, path in re.findall(r"\b(GET|POST|PUT|DELETE) +(/[\w/:{}.-]+)", text)}
    parameters = set(re.findall(r"^- `(\w+)` \((?:optional|required)", text, re.MULTILINE))
    parameters |= set(re.findall(r"^    \?(\w+)=", text, re.MULTILINE))
    answers = re.findall(r"(?:Response\*\*[^\n]*|### GET [^\n]*)\n```json\n(.*?)```", text, re.DOTALL)
    keys = {key for answer in answers for key in re.findall(r'"(\w+)":', answer) if not key.isdigit()}
    return {word.rstrip("/.") for word in endpoints | parameters | keys}


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.stem)
def test_what_the_seeds_ask_for_is_in_it(seed: Path) -> None:
    named = {word for asked, _ in ROWS for word in re.findall(r"`([^`]+)`", asked)}
    assert asked_for(seed.read_text()) - named - UPSTREAMS == set()
