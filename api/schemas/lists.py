"""The one shape of every list; what a list holds belongs to the other modules."""

from datetime import datetime
from typing import Generic, TypeVar

from pydantic import Field

from api.schemas.fields import Answer

Item = TypeVar("Item", bound=Answer)


class DataStatus(Answer):
    """How fresh and complete the data behind an answer is."""

    as_of: datetime | None = Field(description="Time of the newest killmail stored; null while there is none.")
    completeness: float | None = Field(
        description="Killmails stored / killmails the upstream announces, over the days stored; null while unknown.",
        examples=[1.0],
    )
    mails_quarantined: int = Field(description="Files in the archives of the last 7 days that are no valid killmail.")
    stale_sources: list[str] = Field(description="Sources that have not been read for longer than they should.")
    failed_tests: list[str] = Field(description="Tests of the data that did not hold when they last ran.")


class Listing(Answer, Generic[Item]):
    """A page of a list."""

    items: list[Item]
    next_cursor: str | None = Field(description="Pass it as `cursor` for the next page; null at the end.")
    data_status: DataStatus
