"""Parameters and answers of re-clustering."""

from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.schemas import examples
from api.schemas.fields import Answer, Count

MOST_DAYS = 366
Priority = Literal["low", "normal", "high"]


class ReclusterRequest(BaseModel):
    """Which days to reconstruct, both included."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_day: date = Field(description="First day, UTC.", examples=["2026-06-05"])
    last_day: date = Field(
        description=f"Last day, included: today at latest, {MOST_DAYS} days in all at most.", examples=["2026-06-07"]
    )
    priority: Priority = Field("normal", description="Who goes first in Dagster's queue.")

    @model_validator(mode="after")
    def _days_are_a_span(self) -> "ReclusterRequest":
        days = (self.last_day - self.first_day).days + 1
        if not 1 <= days <= MOST_DAYS:
            message = f"first_day to last_day should be 1 to {MOST_DAYS} days, not {days}"
            raise ValueError(message)
        if self.last_day > (today := datetime.now(UTC).date()):
            message = f"last_day should be {today} at latest: no killmail is of a later day"
            raise ValueError(message)
        return self


class ReclusterProgress(Answer):
    """What the job did so far; Dagster is told at the end of a run."""

    days_processed: Count
    killmails_processed: Count = Field(description="Killmails of these days.")
    battles_created: Count
    battles_updated: Count
    battles_deleted: Count
    battles_unchanged: Count


class ReclusterJob(Answer):
    """A re-clustering."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.RECLUSTER_JOB]})

    job_id: UUID = Field(description="Also the id of the run in the Dagster UI.")
    type: Literal["reclustering"]
    status: Literal["pending", "running", "completed", "failed"]
    priority: Priority
    first_day: date
    last_day: date
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    progress: ReclusterProgress
    retries: Count = Field(description="How often Dagster began anew after a crash.")
    error: str | None = Field(description="Why it failed, in a sentence.")
