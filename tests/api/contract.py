"""What the OpenAPI document holds, for tests that cover whatever that is.

A test that asks every operation needs values for what is required: `Operation.request` takes them from the golden war,
by the parameter's name, else from the parameter's example.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from tests.api.openapi_snapshot import document
from tests.conftest import Golden

DOCUMENT: dict[str, Any] = json.loads(document())
STREAM = "text/event-stream"
NO_JOB = "00000000-0000-0000-0000-000000000000"


class Operation(NamedTuple):
    """A method of a path."""

    method: str
    path: str
    spec: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def parameters(self, place: str) -> list[dict[str, Any]]:
        """Those in `query` or `path`."""
        return [one for one in self.spec.get("parameters", []) if one["in"] == place]

    @property
    def content(self) -> dict[str, Any]:
        """Media type → what a good answer is."""
        found: dict[str, Any] = self.spec["responses"].get("200", {}).get("content", {})
        return found

    @property
    def is_finite(self) -> bool:
        """Its answer ends; server-sent events do not."""
        return STREAM not in self.content

    @property
    def needs_dagster(self) -> bool:
        return "security" in self.spec

    def address(self, values: Mapping[str, str], **others: str) -> str:
        """Path and query with every required parameter; `others` (percent-encoded already) replace or add to them."""
        path, query = self.path, dict[str, str]()
        for one in self.parameters("path"):
            name = one["name"]
            path = path.replace(f"{{{name}}}", others.pop(name) if name in others else quote(value_of(one, values)))
        for one in self.parameters("query"):
            if one["required"]:
                query[one["name"]] = quote(value_of(one, values))
        return f"{path}?{'&'.join(f'{name}={value}' for name, value in (query | others).items())}".rstrip("?")


def value_of(parameter: dict[str, Any], values: Mapping[str, str]) -> str:
    """A value that the parameter takes."""
    examples = parameter["schema"].get("examples") or [parameter.get("example")]
    value = values.get(parameter["name"], examples[0])
    assert value is not None, f"{parameter['name']} needs an example in its schema, or a value in tests/api/contract.py"
    return str(value)


OPERATIONS = [
    Operation(method.upper(), path, spec)
    for path, methods in DOCUMENT["paths"].items()
    for method, spec in methods.items()
]
READS = [one for one in OPERATIONS if one.method == "GET" and one.is_finite and not one.needs_dagster]
"""What anybody may ask, and is answered whole."""


def golden_values(golden: Golden) -> dict[str, str]:
    """Parameter → an id the golden war has."""
    with golden.warehouse.transaction() as connection:
        found = connection.execute(
            """
            select
                battles.slug as id_or_slug,
                battles.solar_system_id as system_id,
                battles.region_id,
                killmails.killmail_id,
                killmails.victim_ship_type_id as type_id,
                pilots.character_id,
                pilots.corporation_id,
                pilots.alliance_id,
                systems.solar_system_id as neighbour_id
            from marts.fct_battles as battles
            inner join marts.fct_battle_killmails as killmails using (battle_id)
            inner join marts.fct_battle_participants as pilots using (battle_id)
            inner join marts.dim_solar_systems as systems using (region_id)
            where pilots.alliance_id is not null and battles.space_type = 'kspace' and battles.kind = 'battle'
                and systems.solar_system_id <> battles.solar_system_id
            order by battles.total_killmails desc, killmails.killmail_id, pilots.character_id, systems.solar_system_id
            limit 1
            """
        )
        row = found.fetchone()
        assert row is not None, "no battle of the golden war will do"
        assert found.description is not None
        values = {column.name: str(value) for column, value in zip(found.description, row, strict=True)}
    return values | {"q": "ji", "job_id": NO_JOB, "from": values["system_id"], "to": values["neighbour_id"]}


def fields(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schema itself, references followed, lists and alternatives seen through."""
    if "$ref" in schema:
        yield from fields(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    elif "items" in schema:
        yield from fields(schema["items"])
    elif alternatives := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        for one in alternatives:
            yield from fields(one)
    else:
        yield schema
