"""Data quality: how far the numbers can be trusted, and what is missing."""

from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from api import problems
from api.deps import ReadConnection
from api.queries import data_quality as queries
from api.revision import CurrentDataStatus
from api.schemas.data_quality import (
    DataDay,
    DataQuality,
    DataQualityParameters,
    DataTest,
    DataTests,
    Quarantine,
    SourceFreshness,
    StoredTable,
    ValueDifference,
)

router = APIRouter(prefix="/api/data-quality", tags=["data quality"])


@router.get(
    "",
    summary="Data quality",
    responses=problems.responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE),
)
async def get_data_quality(
    connection: ReadConnection, parameters: Annotated[DataQualityParameters, Query()], data_status: CurrentDataStatus
) -> DataQuality:
    """Completeness of each day, freshness of each source, tests, quarantine, sizes, and values against zKillboard's."""
    days = [DataDay(**row) for row in await queries.days(connection, parameters.days)]
    first_day = days[-1].day if days else date.min
    return DataQuality(
        days=days,
        sources=[SourceFreshness(**row) for row in await queries.sources(connection)],
        tests=DataTests(
            passed=await queries.tests_passed(connection),
            not_passed=[
                DataTest(
                    test=row["test_name"],
                    model=row["model_name"],
                    status=row["status"],
                    failures=row["failures"],
                    message=row["message"],
                    window_start=row["window_start"],
                    window_end=row["window_end"],
                    ran_at=row["ran_at"],
                )
                for row in await queries.tests_not_passed(connection)
            ],
        ),
        quarantine=[Quarantine(**row) for row in await queries.quarantine(connection)],
        tables=[
            StoredTable(
                schema_name=row["table_schema"],
                table=row["table_name"],
                rows=row["total_rows"],
                size_bytes=row["total_bytes"],
            )
            for row in await queries.tables(connection)
        ],
        value_differences=[
            ValueDifference(
                **{name: value for name, value in row.items() if name not in {"total_isk", "zkillboard_total_isk"}},
                isk_total=row["total_isk"],
                zkillboard_isk_total=row["zkillboard_total_isk"],
            )
            for row in await queries.value_differences(connection, first_day)
        ],
        data_status=data_status,
    )
