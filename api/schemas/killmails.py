"""Parameters and answers of the killmail routes."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from api.schemas import examples
from api.schemas.battles import Kind, Region, Victim
from api.schemas.fields import (
    SORT,
    Answer,
    Cursor,
    Id,
    Isk,
    Limit,
    Moment,
    Named,
    Parameters,
    Ship,
    SmallId,
    SolarSystem,
)
from api.schemas.lists import DataStatus, Listing
from battlescope_assets.domain.universe import SecurityClass

LONGEST_WINDOW_DAYS = 366
USUAL_WINDOW_DAYS = 7


class KillmailListSort(StrEnum):
    """Sorts of killmails; ties run by killmail id, the same way."""

    TIME = "time"
    TIME_DOWN = "-time"
    ISK_TOTAL = "isk_total"
    ISK_TOTAL_DOWN = "-isk_total"


class KillmailListParameters(Parameters):
    """Which killmails of a window of time, in which order, how many."""

    start: Moment | None = Field(
        None,
        description=f"Lost at or after this moment; without it, {USUAL_WINDOW_DAYS} days before the end. A window "
        f"spans at most {LONGEST_WINDOW_DAYS} days.",
        examples=["2026-01-31"],
    )
    end: Moment | None = Field(
        None,
        description="Lost before this moment; without it, the end of the newest day that has killmails.",
        examples=["2026-02-01T00:00:00Z"],
    )
    system_id: SmallId | None = Field(None, description="The solar system.")
    region_id: SmallId | None = Field(None, description="The solar system's region.")
    alliance_id: Id | None = Field(None, description="The victim's alliance.")
    corporation_id: Id | None = Field(None, description="The victim's corporation.")
    character_id: Id | None = Field(None, description="The victim.")
    ship_type_id: SmallId | None = Field(None, description="The type lost: a ship, structure, deployable.")
    security: SecurityClass | None = Field(None, description="The solar system's security class.")
    min_isk: Annotated[int, Field(ge=0, le=10**18)] | None = Field(
        None, description="Worth at least so much, destroyed and dropped together, in ISK."
    )
    npc: bool | None = Field(None, description="Whether no player attacked, or an NPC lost it, by zKillboard's rule.")
    solo: bool | None = Field(None, description="Whether one pilot alone shot it.")
    awox: bool | None = Field(None, description="Whether the victim's own corporation shot it.")
    sort: KillmailListSort = Field(
        KillmailListSort.TIME_DOWN, description=f"{SORT} By ISK, killmails without a value yet are left out."
    )
    limit: Limit = 50
    cursor: Cursor = None


class KillmailBattle(Answer):
    """The battle a killmail is in."""

    id: UUID
    slug: str
    kind: Kind


class Zkb(Answer):
    """What zKillboard says of a killmail."""

    isk_total: Isk = Field(description="Its own total.")
    points: int
    npc: bool
    solo: bool
    awox: bool
    labels: list[str]


class KillmailSummary(Answer):
    """A killmail in a list."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.KILLMAIL_SUMMARY]})

    killmail_id: int
    killmail_time: datetime
    system: SolarSystem
    region: Region
    security_class: SecurityClass | None = Field(description="null where the static data has no such system.")
    victim: Victim
    attackers: int = Field(description="How many stand on the mail, NPCs included.")
    isk_destroyed: Isk | None = Field(description="null while the killmail has no price yet.")
    isk_dropped: Isk | None = Field(description="null while the killmail has no price yet.")
    isk_total: Isk | None = Field(description="Destroyed and dropped together.")
    is_npc: bool | None = Field(
        description="No player attacked, or an NPC lost it, by zKillboard's rule; null while it has no price yet."
    )
    is_solo: bool | None = Field(description="One pilot alone shot it, by zKillboard's rule.")
    is_awox: bool | None = Field(description="The victim's own corporation shot it last, by zKillboard's rule.")
    zkillboard_url: str
    esi_url: str | None = Field(description="null where the killmail's hash is not known.")


class KillmailWindow(Answer):
    """A window of time, from `start` up to and without `end`."""

    start: datetime
    end: datetime


class KillmailSummaryList(Listing[KillmailSummary]):
    """A page of killmails."""

    window: KillmailWindow = Field(description="Where the list looked: a killmail outside is not in it.")


class EnrichmentStatus(StrEnum):
    """What became of a request: it waits, is at work, is answered, or could not be (and is tried again)."""

    PENDING = "pending"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Position(Answer):
    """Where the wreck lies, in metres from the system's star."""

    x: float
    y: float
    z: float


class Attacker(Answer):
    """Who shot: a pilot, a structure (a corporation without a character) or an NPC."""

    character: Named | None
    corporation: Named | None
    alliance: Named | None
    faction: Named | None
    ship: Ship | None
    weapon: Ship | None
    damage_done: int
    final_blow: bool
    security_status: float | None


class ContainedItem(Answer):
    """A stack of items."""

    type: Ship
    flag: int = Field(description="CCP's number of the place it was in: slot, hold, bay.")
    singleton: int = Field(description="0 packaged, 1 assembled, 2 a blueprint copy.")
    quantity_destroyed: int
    quantity_dropped: int


class LostItem(ContainedItem):
    """A stack of items the victim had, or a container."""

    items: list[ContainedItem] = Field(description="What was in it.")


class EnrichmentPayload(Answer):
    """A killmail's details, as ESI has them."""

    source: Literal["esi"]
    war_id: int | None
    moon_id: int | None
    position: Position | None
    attackers: list[Attacker] = Field(description="In the mail's order.")
    items: list[LostItem] = Field(description="In the mail's order.")


class Enrichment(Answer):
    """A killmail's details, fetched for whoever asks; forgotten after 30 days."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ENRICHMENT]})

    status: EnrichmentStatus
    payload: EnrichmentPayload | None = Field(description="null until it succeeded.")
    error: str | None = Field(description="Why it could not be fetched; null unless it failed.")
    attempts: int = Field(description="How many times it was tried; six times at most, ever later.")
    created_at: datetime = Field(description="When it was asked for.")
    fetched_at: datetime | None = Field(description="When it was fetched; null until it succeeded.")
    updated_at: datetime = Field(description="When the status last changed.")


class Killmail(KillmailSummary):
    """A killmail."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SINGLE_KILLMAIL]})

    damage_taken: int
    battle: KillmailBattle | None = Field(description="null where it is in none.")
    zkb: Zkb | None = Field(description="null where the killmail came from an archive only, which has no such values.")
    enrichment: Enrichment | None = Field(
        description="Attackers, items and position; null until they are asked for: POST …/enrichment."
    )
    data_status: DataStatus
