"""A battle's tables as files, for spreadsheets and pandas: every row, one file a table."""

import csv
import io
from collections.abc import Awaitable, Callable, Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Any, get_args, get_origin

import orjson
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from api.deps import ReadConnection, Row
from api.names import CurrentNames
from api.revision import CurrentDataStatus
from api.routers.battles import battle_row, list_battle_killmails, list_participants
from api.schemas.battles import (
    BattleKillmail,
    KillmailList,
    KillmailParameters,
    Participant,
    ParticipantList,
    ParticipantParameters,
)
from api.schemas.fields import Answer
from api.schemas.lists import Listing

router = APIRouter(include_in_schema=False)

PAGE_ROWS = 100
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes text that begins so for a formula; players choose their names."""


class Format(StrEnum):
    """What a file is."""

    CSV = "csv"
    JSON = "json"


@router.get("/battles/{id_or_slug}/participants.{file_format}")
async def download_participants(
    connection: ReadConnection,
    names: CurrentNames,
    row: Annotated[Row, Depends(battle_row)],
    file_format: Format,
    data_status: CurrentDataStatus,
) -> Response:
    """The battle's pilots, those with most kills first."""

    async def page_after(cursor: str | None) -> ParticipantList:
        parameters = ParticipantParameters(limit=PAGE_ROWS, cursor=cursor)
        return await list_participants(connection, names, row["battle_id"], parameters, data_status)

    return _file(f"{row['slug']}-participants", file_format, Participant, await _every(page_after))


@router.get("/battles/{id_or_slug}/killmails.{file_format}")
async def download_killmails(
    connection: ReadConnection,
    row: Annotated[Row, Depends(battle_row)],
    file_format: Format,
    data_status: CurrentDataStatus,
) -> Response:
    """The battle's killmails in the order they happened."""

    async def page_after(cursor: str | None) -> KillmailList:
        parameters = KillmailParameters(limit=PAGE_ROWS, cursor=cursor)
        return await list_battle_killmails(connection, row, parameters, data_status)

    return _file(f"{row['slug']}-killmails", file_format, BattleKillmail, await _every(page_after))


async def _every(page_after: Callable[[str | None], Awaitable[Listing[Any]]]) -> list[Answer]:
    """The items of all pages; a request is one snapshot, so that together they are the list as it was."""
    page = await page_after(None)
    items = list(page.items)
    while page.next_cursor is not None:
        page = await page_after(page.next_cursor)
        items += page.items
    return items


def _file(name: str, file_format: Format, model: type[BaseModel], items: list[Answer]) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{file_format}"'}
    if file_format is Format.JSON:
        body = orjson.dumps([item.model_dump(mode="json") for item in items])
        return Response(body, headers=headers, media_type="application/json")
    return Response(as_csv(model, items), headers=headers, media_type="text/csv; charset=utf-8")


def as_csv(model: type[BaseModel], items: Sequence[Answer]) -> str:
    """Comma-separated values: a column a field, those of a field within a field as `outer_inner`, lists as `a; b`.

    Text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    paths = list(_paths(model))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow("_".join(path) for path in paths)
    writer.writerows([_cell(item, path) for path in paths] for item in items)
    return file.getvalue()


def _paths(model: type[BaseModel], before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        annotation = field.annotation
        candidates = () if get_origin(annotation) is list else (annotation, *get_args(annotation))
        nested = [one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)]
        if nested:
            yield from _paths(nested[0], (*before, name))
        else:
            yield (*before, name)


def _cell(item: Any, path: tuple[str, ...]) -> Any:
    value = item
    for name in path:
        value = None if value is None else getattr(value, name)
    if isinstance(value, list):
        value = "; ".join(str(getattr(one, "name", None) or getattr(one, "id", one)) for one in value)
    if hasattr(value, "isoformat"):
        value = value.isoformat()
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
