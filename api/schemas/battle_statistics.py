"""Answers about the finding of battles."""

from datetime import datetime
from enum import StrEnum

from pydantic import ConfigDict, Field

from api.schemas import examples
from api.schemas.fields import Answer
from api.schemas.lists import DataStatus


class BattlesStatus(StrEnum):
    """Whether battles are found from data that is fresh and sound."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"


class LastDay(Answer):
    """The last 24 hours, by the clock."""

    battles_created: int = Field(description="Battles that were not there before, of whatever age.")
    battles_updated: int = Field(description="How many times a battle's content changed.")
    battles_deleted: int = Field(description="Battles that vanished or were merged into others.")
    killmails_processed: int = Field(description="Killmails stored that happened in the 7 days before; no backfills.")
    mean_clustering_milliseconds: float | None = Field(
        description="Mean time that one reconstruction of a day, or around new killmails, took; null where there was "
        "none."
    )


class BattlesStatistics(Answer):
    """How many battles there are, and what happened to them lately."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.BATTLES_STATISTICS]})

    total_battles: int = Field(description="Battles stored, of every kind.")
    active_battles: int = Field(description="Battles whose `status` is `open`.")
    last_24_hours: LastDay
    data_status: DataStatus


class BattlesHealth(Answer):
    """Whether battles are being found."""

    status: BattlesStatus = Field(
        description="`degraded` where a source is stale or a test of the data failed: `data_status` names them."
    )
    last_processed_at: datetime | None = Field(
        description="When battles were last reconstructed; null where that is more than a week ago."
    )
    active_battles: int = Field(description="Battles whose `status` is `open`.")
    killmails_per_minute: float = Field(description="Killmails stored per minute, over the last hour.")
    data_status: DataStatus
