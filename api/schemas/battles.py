"""Parameters and answers of the battle routes."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from api.schemas import examples
from api.schemas.fields import (
    SORT,
    Answer,
    Count,
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
from battlescope_assets.domain.universe import SecurityClass, SpaceType

BATTLE_ID = r"^(BR-[0-9]{1,10}-[0-9]{12}(-[0-9]{1,9})?|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$"


def _id_or_slug(value: str) -> str:
    if not re.fullmatch(BATTLE_ID, value, re.ASCII):
        message = "Input should be a battle's id (a UUID) or slug, like BR-30004759-202601311842"
        raise ValueError(message)
    return value


IdOrSlug = Annotated[
    str,
    AfterValidator(_id_or_slug),
    Field(
        description="A battle's `id` or `slug`; one that a re-clustering retired answers with the battle that holds "
        "its killmails now (compare `id`), or 410 where none does.",
        examples=["BR-30004759-202601311842"],
        json_schema_extra={"pattern": BATTLE_ID},
    ),
]
Side = Annotated[int, Field(ge=0, le=2**15 - 1)]


class Kind(StrEnum):
    """What sort of engagement it is."""

    BATTLE = "battle"
    SKIRMISH = "skirmish"
    CAMP = "camp"
    GANK = "gank"
    STRUCTURE_BASH = "structure_bash"


class Status(StrEnum):
    """Where in its life a battle is: its last killmail is recent, older, or older than 30 days."""

    OPEN = "open"
    CLOSED = "closed"
    HISTORICAL = "historical"


class BattleSort(StrEnum):
    """Sorts of battles; `-` runs from the largest or newest. Ties run by `id`, the same way."""

    STARTED_AT = "started_at"
    STARTED_AT_DOWN = "-started_at"
    ISK_DESTROYED = "isk_destroyed"
    ISK_DESTROYED_DOWN = "-isk_destroyed"
    PILOTS = "pilots"
    PILOTS_DOWN = "-pilots"
    KILLS = "kills"
    KILLS_DOWN = "-kills"


class ParticipantSort(StrEnum):
    """Sorts of participants; ties run by character id, the same way."""

    KILLS = "kills"
    KILLS_DOWN = "-kills"
    LOSSES = "losses"
    LOSSES_DOWN = "-losses"
    ISK_DESTROYED = "isk_destroyed"
    ISK_DESTROYED_DOWN = "-isk_destroyed"
    ISK_LOST = "isk_lost"
    ISK_LOST_DOWN = "-isk_lost"
    DAMAGE_DONE = "damage_done"
    DAMAGE_DONE_DOWN = "-damage_done"


class KillmailSort(StrEnum):
    """Sorts of killmails; ties run by killmail id, the same way."""

    TIME = "time"
    TIME_DOWN = "-time"
    ISK_DESTROYED = "isk_destroyed"
    ISK_DESTROYED_DOWN = "-isk_destroyed"


class BattleConditions(Parameters):
    """Which battles, whoever took part; a battle must meet every one given."""

    start: Moment | None = Field(None, description="Started at or after this moment.", examples=["2026-01-31"])
    end: Moment | None = Field(None, description="Started before this moment.", examples=["2026-02-01T00:00:00Z"])
    system_id: SmallId | None = Field(None, description="Its main solar system.")
    region_id: SmallId | None = Field(None, description="The region of its main solar system.")
    space_type: SpaceType | None = Field(None, description="The space of its main solar system.")
    security: SecurityClass | None = Field(None, description="The security class of its main solar system.")
    kind: list[Kind] | None = Field(
        None, description="One or more kinds (repeat the parameter); without it, all but `camp` and `gank`."
    )
    status: Status | None = Field(None, description="Where in its life it is.")
    min_isk: Annotated[int, Field(ge=0, le=10**18)] | None = Field(None, description="Destroyed at least, in ISK.")
    min_pilots: Count | None = Field(None, description="Pilots at least.")
    min_kills: Count | None = Field(None, description="Killmails at least.")


class BattleFilters(BattleConditions):
    """Which battles; a battle must meet every filter given."""

    alliance_id: Id | None = Field(None, description="An alliance that took part.")
    corporation_id: Id | None = Field(None, description="A corporation that took part.")
    character_id: Id | None = Field(None, description="A pilot who took part.")


class BattleParameters(BattleFilters):
    """Which battles, in which order, how many."""

    sort: BattleSort = Field(BattleSort.STARTED_AT_DOWN, description=SORT)
    limit: Limit = 50
    cursor: Cursor = None
    total: bool = Field(default=False, description="Also count all battles that meet the filters.")


class ParticipantParameters(Parameters):
    """Which participants of a battle, in which order, how many."""

    side: Side | None = Field(None, description="A side's number; 0 = unaligned.")
    alliance_id: Id | None = Field(None, description="Pilots of this alliance.")
    corporation_id: Id | None = Field(None, description="Pilots of this corporation.")
    sort: ParticipantSort = Field(ParticipantSort.KILLS_DOWN, description=SORT)
    limit: Limit = 50
    cursor: Cursor = None


class KillmailParameters(Parameters):
    """Which killmails of a battle, in which order, how many."""

    side: Side | None = Field(None, description="The victim's side; 0 = unaligned.")
    alliance_id: Id | None = Field(None, description="The victim's alliance.")
    sort: KillmailSort = Field(KillmailSort.TIME, description=SORT)
    limit: Limit = 50
    cursor: Cursor = None


class Region(Answer):
    """A region."""

    id: int | None = Field(description="null where the static data has no such system.", examples=[10000060])
    name: str | None = Field(examples=["Delve"])


class TopGroup(Answer):
    """One of the largest alliances or corporations on a side."""

    id: int
    name: str | None = Field(description="null where the name is not known.")
    pilots: int


class BattleSide(Answer):
    """A side of a battle; what it destroyed is its share, by damage, of each killmail."""

    side: int = Field(description="1, 2, … from the most pilots on; 0 gathers the unaligned.", examples=[1])
    label: str = Field(description="`team_a`, `team_b`, `side_3`, …, `unaligned`.", examples=["team_a"])
    pilots: int
    ships_lost: int
    ships_destroyed: float = Field(description="Its share, by damage, of the ships the others lost.")
    isk_lost: Isk
    isk_destroyed: Isk
    efficiency: float | None = Field(
        description="ISK destroyed / (ISK destroyed + ISK lost), 0-1; null where both are 0.", examples=[0.61]
    )
    top_alliances: list[TopGroup] = Field(description="By pilots, at most three.")
    top_corporations: list[TopGroup] = Field(
        description="Corporations of players by pilots, at most three; empty where somebody is in an alliance."
    )


class Outcome(Answer):
    """Who won."""

    is_decisive: bool
    winning_side: int | None = Field(description="The winner's `side`; null where the battle is not decisive.")
    reason: str = Field(description="Why, in a sentence.")


class Battle(Answer):
    """A battle in a list."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.BATTLE]})

    id: UUID
    slug: str = Field(description="A readable id: main system and start minute.", examples=["BR-30004759-202601311842"])
    kind: Kind
    status: Status
    started_at: datetime
    ended_at: datetime
    duration_seconds: int
    last_killmail_at: datetime
    system: SolarSystem = Field(description="Where most of it happened.")
    region: Region
    space_type: SpaceType | None
    security_class: SecurityClass | None
    total_killmails: int
    total_pilots: int
    total_isk_destroyed: Isk
    total_isk_dropped: Isk
    sides: tuple[BattleSide, ...] = Field(description="By `side`.")
    outcome: Outcome
    zkill_related_urls: list[str] = Field(description="zKillboard's related pages that together show it.")


class BattleList(Listing[Battle]):
    """A page of battles."""

    total: int | None = Field(
        None,
        description="All battles that meet the filters; only with `total=true`.",
        exclude_if=lambda total: total is None,
    )


class SideGroup(Answer):
    """A group on a side: an alliance, else a player corporation, else a pilot."""

    id: int
    name: str | None = Field(description="null where the name is not known.")
    kind: str = Field(description="`alliance`, `corporation` or `character`.", examples=["alliance"])
    pilots: int
    isk_destroyed: Isk
    isk_lost: Isk
    confidence: float = Field(description="How clearly it belongs to this side rather than the next best, 0-1.")


class SideShip(Answer):
    """A type of ship on a side."""

    ship: Ship
    fielded: int
    lost: int


class SideItem(Answer):
    """A type of item a side lost."""

    id: int
    name: str | None
    destroyed: int
    dropped: int


class BattleSideDetail(BattleSide):
    """A side of a battle, with its groups, ships and items; the largest at most."""

    groups: list[SideGroup]
    ship_types: list[SideShip]
    items_lost: list[SideItem]


class SystemShare(Answer):
    """A solar system a battle touched."""

    system: Named
    killmails: int


class TopKiller(Answer):
    """One of the pilots who destroyed most."""

    character: Named
    side: int
    kills: int
    isk_destroyed: Isk


class TopLoser(Answer):
    """One of the pilots who lost most."""

    character: Named
    side: int
    losses: int
    isk_lost: Isk


class FormerBattle(Answer):
    """A battle that a re-clustering retired and whose killmails this battle holds."""

    id: UUID
    slug: str
    reason: str = Field(description="`merged`, `split` or `renamed`.")
    happened_at: datetime


class Link(Answer):
    """Why a killmail is in its battle: the killmail that brought it in, and by which evidence."""

    killmail_id: int = Field(description="The linked killmail.")
    evidence: str
    seconds: int = Field(description="Time between the two.")
    entity_ids: list[int] = Field(description="The characters, corporations or alliances that link them.")


class LinkedKillmail(Answer):
    """A killmail of a battle, and why it is there."""

    killmail_id: int
    link: Link | None = Field(description="null for the battle's first killmail.")


class FriendlyFire(Answer):
    """Someone shot a victim of his own side."""

    killmail_id: int = Field(description="The victim's killmail.")
    character: Named | None = Field(description="Who shot; null for a structure.")
    damage_done: int


class BattleDetail(Battle):
    """A battle with everything about it but its participants, killmails and timeline."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.BATTLE_DETAIL]})

    sides: tuple[BattleSideDetail, ...] = Field(description="By `side`.")
    total_ships_lost: int
    systems: list[SystemShare] = Field(description="From the most killmails on.")
    top_killers: list[TopKiller]
    top_losers: list[TopLoser]
    killmails: list[LinkedKillmail] = Field(
        description="Why each killmail is in the battle, in the order they happened."
    )
    friendly_fire: list[FriendlyFire]
    former: list[FormerBattle] = Field(description="Ids and slugs that lead here since a re-clustering.")
    created_at: datetime
    updated_at: datetime
    data_status: DataStatus


class Participant(Answer):
    """A pilot in a battle."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PARTICIPANT]})

    character: Named
    corporation: Named | None
    alliance: Named | None
    side: int = Field(description="The side's number; 0 = unaligned.")
    side_confidence: float = Field(description="How clearly the pilot belongs to this side, 0-1.")
    second_best_side: int | None
    ships: list[Ship] = Field(description="Ships flown.")
    kills: int = Field(description="Killmails the pilot is an attacker on.")
    final_blows: int
    losses: int
    damage_done: int
    damage_received: int
    isk_destroyed: Isk = Field(description="The pilot's share, by damage, of what was destroyed.")
    isk_lost: Isk
    first_seen_at: datetime
    last_seen_at: datetime


class ParticipantList(Listing[Participant]):
    """A page of participants."""


class Victim(Answer):
    """Who lost what; a structure has no character."""

    character: Named | None
    corporation: Named | None
    alliance: Named | None
    ship: Ship


class BattleKillmail(Answer):
    """A killmail in a battle."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.KILLMAIL]})

    killmail_id: int
    killmail_time: datetime
    system: Named
    victim: Victim
    victim_side: int = Field(description="The side's number; 0 = unaligned.")
    is_friendly_fire: bool
    isk_destroyed: Isk | None = Field(description="null while the killmail has no price yet.")
    isk_dropped: Isk | None = Field(description="null while the killmail has no price yet.")
    isk_total: Isk | None = Field(description="Destroyed and dropped together.")
    link: Link | None = Field(description="null for the battle's first killmail.")
    zkillboard_url: str
    esi_url: str | None = Field(description="null where the killmail's hash is not known.")


class KillmailList(Listing[BattleKillmail]):
    """A page of a battle's killmails."""


class Losses(Answer):
    """What a side lost within a minute."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.LOSSES]})

    minute_at: datetime = Field(description="The minute's beginning.")
    side: int = Field(description="The side's number; 0 = unaligned.")
    killmails: int
    ships_lost: int = Field(description="Structures and deployables included, capsules not.")
    isk_lost: Isk


class Timeline(Listing[Losses]):
    """A battle's losses by minute and side, whole: `next_cursor` is always null."""
