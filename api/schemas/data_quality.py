"""Parameters and answers of the routes of data quality."""

from datetime import date, datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from api.schemas import examples
from api.schemas.fields import Answer, Isk, Parameters, Ratio
from api.schemas.lists import DataStatus


class DataQualityParameters(Parameters):
    """Over how many days."""

    days: Annotated[int, Field(ge=1, le=90)] = Field(30, description="The newest days asked for, at most so many.")


class DataDay(Answer):
    """A day of killmails: what was announced and what is stored."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.DATA_DAY]})

    day: date
    status: str = Field(description="`stored`, `absent` (the upstream has no file) or `never_asked_for`: a gap.")
    mails_expected: int | None = Field(description="As the upstream announced; null where it announced nothing.")
    mails_stored: int
    mails_quarantined: int = Field(description="Files of the archive that are no valid killmail.")
    completeness: float | None = Field(
        description="mails_stored / mails_expected, at most 1; where nothing was announced, the share not quarantined; "
        "null for an absent day of which nothing was announced."
    )
    revision: int | None = Field(description="How often its content changed; null for a gap.")
    changed_at: datetime | None


class SourceFreshness(Answer):
    """A source, when it was last read, and whether its promise is kept."""

    source: str = Field(examples=["killmail_feed"])
    is_stale: bool
    last_attempt_at: datetime | None = Field(description="null where it was never asked.")
    last_success_at: datetime | None = Field(description="null where it never came.")
    as_of: datetime | None = Field(description="The newest moment that its answers stand for.")
    age_seconds: int | None = Field(
        description="Since it was last read; of the archives of days, since their newest day ended."
    )
    fresh_for_seconds: int = Field(description="What age_seconds is promised to be at most.")
    last_error: str | None = Field(description="Why the last attempt failed; null where it did not.")


class DataTest(Answer):
    """A test of the data that did not pass."""

    test: str = Field(description="What holds when it passes.", examples=["completeness_is_a_share"])
    model: str | None = Field(description="The mart or model it is about.")
    status: str = Field(
        description="`warn`: rows worth a look; `fail`: rows that must not be; `error`, `skipped`: it did not run."
    )
    failures: int | None = Field(description="Rows found.")
    message: str | None
    window_start: date | None = Field(description="First day it looked at; null: all of them.")
    window_end: date | None = Field(description="The day after the last.")
    ran_at: datetime


class DataTests(Answer):
    """Tests of the data, as each last ran."""

    passed: int
    not_passed: list[DataTest] = Field(description="Every test that did not pass, the worst first.")


class Quarantine(Answer):
    """What was refused for a reason."""

    source: str
    reason: str
    quarantined: int = Field(description="Killmails, documents or rows.")
    newest_at: datetime
    newest_detail: str | None = Field(description="What was wrong with the newest.")


class StoredTable(Answer):
    """A table below the marts."""

    schema_name: str = Field(description="`raw`, `core` or `intermediate`.")
    table: str = Field(description="Months of a partitioned one count together.")
    rows: int | None = Field(
        description="By PostgreSQL's statistics, which follow writes by about a second; null until first counted."
    )
    size_bytes: int = Field(description="With indexes.")


class ValueDifference(Answer):
    """How far a day's values are from zKillboard's."""

    day: date
    mails_compared: int = Field(description="Whose zKillboard value the feed brought.")
    isk_total: Isk = Field(description="Their worth here.")
    zkillboard_isk_total: Isk
    ratio_p5: Ratio = Field(description="Of 5 % of them, the value here / zKillboard's is at most this.")
    ratio_p25: Ratio
    ratio_p50: Ratio
    ratio_p75: Ratio
    ratio_p95: Ratio
    share_within_1_percent: Ratio = Field(description="Share of the mails whose value is within 1 % of zKillboard's.")
    share_within_5_percent: Ratio
    share_within_25_percent: Ratio
    share_within_range: Ratio = Field(description="With zKillboard's value between our low and high.")
    share_same_flags: Ratio = Field(description="With the same npc, solo and awox.")


class DataQuality(Answer):
    """How far the numbers can be trusted, and where they cannot."""

    days: list[DataDay] = Field(description="By day, the newest first; gaps between days are in it.")
    sources: list[SourceFreshness] = Field(description="Every source, by name.")
    tests: DataTests
    quarantine: list[Quarantine] = Field(description="By source and reason.")
    tables: list[StoredTable] = Field(description="The largest first.")
    value_differences: list[ValueDifference] = Field(description="Of the same days, the newest first.")
    data_status: DataStatus
