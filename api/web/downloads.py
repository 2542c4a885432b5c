"""A battle's tables as files, for spreadsheets and pandas: every row, one file a table."""

import csv
import io
from collections.abc import AsyncIterator, Iterator
from enum import StrEnum
from typing import Annotated, Any, get_args, get_origin

import orjson
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from api.deps import ReadConnection
from api.revision import CurrentDataStatus
from api.routers.battles import Row, battle_row, list_battle_killmails, list_participants
from api.schemas.battles import BattleKillmail, KillmailParameters, Participant, ParticipantParameters

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
    row: Annotated[Row, Depends(battle_row)],
    file_format: Format,
    data_status: CurrentDataStatus,
) -> Response:
    """The battle's pilots, those with most kills first."""

    async def pilots() -> AsyncIterator[Participant]:
        cursor = None
        while True:
            page = await list_participants(
                connection, row, ParticipantParameters(limit=PAGE_ROWS, cursor=cursor), data_status
            )
            for item in page.items:
                yield item
            cursor = page.next_cursor
            if cursor is None:
                return

    return _file(f"{row['slug']}-participants", file_format, Participant, [pilot async for pilot in pilots()])


@router.get("/battles/{id_or_slug}/killmails.{file_format}")
async def download_killmails(
    connection: ReadConnection,
    row: Annotated[Row, Depends(battle_row)],
    file_format: Format,
    data_status: CurrentDataStatus,
) -> Response:
    """The battle's killmails in the order they happened."""

    async def mails() -> AsyncIterator[BattleKillmail]:
        cursor = None
        while True:
            page = await list_battle_killmails(
                connection, row, KillmailParameters(limit=PAGE_ROWS, cursor=cursor), data_status
            )
            for item in page.items:
                yield item
            cursor = page.next_cursor
            if cursor is None:
                return

    return _file(f"{row['slug']}-killmails", file_format, BattleKillmail, [mail async for mail in mails()])


def _file(name: str, file_format: Format, model: type[BaseModel], items: list[Any]) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{file_format}"'}
    if file_format is Format.JSON:
        body = orjson.dumps([item.model_dump(mode="json") for item in items])
        return Response(body, headers=headers, media_type="application/json")
    return Response(as_csv(model, items), headers=headers, media_type="text/csv; charset=utf-8")


def as_csv(model: type[BaseModel], items: list[Any]) -> str:
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
