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
            path = path.replace(f"{{{name}}}", others.pop(name) if name in others else quote(self.value(one, values)))
        for one in self.parameters("query"):
            if one["required"] or one["name"] in NEEDED_BESIDES.get(self.spec["operationId"], ()):
                query[one["name"]] = quote(self.value(one, values))
        return f"{path}?{'&'.join(f'{name}={value}' for name, value in (query | others).items())}".rstrip("?")

    def value(self, parameter: dict[str, Any], values: Mapping[str, str]) -> str:
        """A value that the parameter takes: the operation's own, else the parameter's, else its example."""
        name = parameter["name"]
        examples = parameter["schema"].get("examples") or [parameter.get("example")]
        value = values.get(f"{self.spec['operationId']}.{name}", values.get(name, examples[0]))
        assert value is not None, f"{name} needs an example in its schema, or a value in tests/api/contract.py"
        return str(value)


OPERATIONS = [
    Operation(method.upper(), path, spec)
    for path, methods in DOCUMENT["paths"].items()
    for method, spec in methods.items()
]
READS = [one for one in OPERATIONS if one.method == "GET" and one.is_finite and not one.needs_dagster]
"""What anybody may ask, and is answered whole."""


VALUES = """
with battle as (
    select battles.*, neighbours.solar_system_id as neighbour_id
    from marts.fct_battles as battles
    inner join marts.dim_solar_systems as neighbours
        on battles.region_id = neighbours.region_id and battles.solar_system_id <> neighbours.solar_system_id
    where battles.space_type = 'kspace' and battles.kind = 'battle'
    order by battles.total_killmails desc, battles.battle_id, neighbours.solar_system_id
    limit 1
),
pilot as (
    select character_id, corporation_id, alliance_id from marts.fct_battle_participants
    where battle_id = (select battle_id from battle) and alliance_id is not null
    order by character_id
    limit 1
)
select
    (select slug from battle) as id_or_slug,
    (select battle_id from battle) as battle_id,
    (select solar_system_id from battle) as system_id,
    (select solar_system_id from battle) as from_system_id,
    (select neighbour_id from battle) as to_system_id,
    (select region_id from battle) as region_id,
    (select min(killmail_id) from marts.fct_battle_killmails where battle_id = (select battle_id from battle))
        as killmail_id,
    (select victim_ship_type_id from marts.fct_battle_killmails
        where battle_id = (select battle_id from battle) order by killmail_id limit 1) as type_id,
    (select character_id from pilot) as character_id,
    (select corporation_id from pilot) as corporation_id,
    (select alliance_id from pilot) as alliance_id,
    (select alliance_id from pilot) as "list_opponents.group_id",
    (select alliance_id from pilot) as "list_allies.group_id",
    (select min(doctrine_id::text) from marts.dim_doctrines) as doctrine_id,
    (select min(coalition_id) from marts.rpt_coalitions) as coalition_id,
    (select min(campaign_id::text) from marts.rpt_campaigns) as campaign_id,
    (select min(solar_system_id) from marts.rpt_fw_systems) as "get_fw_status.system_id"
"""
NEEDED_BESIDES = {"get_conflict_alert": ("system_id",)}
"""Operation → parameters of which its schema cannot say that some are required."""


def golden_values(golden: Golden) -> dict[str, str]:
    """Parameter, or operation and parameter → an id the golden war has."""
    with golden.warehouse.transaction() as connection:
        found = connection.execute(VALUES)
        row = found.fetchone()
        assert row is not None
        assert found.description is not None
        values = {column.name: value for column, value in zip(found.description, row, strict=True)}
    return {name: str(value) for name, value in values.items() if value is not None} | {"q": "ji", "job_id": NO_JOB}


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
