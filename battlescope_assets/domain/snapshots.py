"""What a snapshot of ESI's says: typed rows of each kind, and why a row is refused; histories and SQL belong elsewhere.

Shapes are ESI's of 2026-08-18. Only what is used is read; unknown fields and new words in `event_type` and `contested`
are let through. A row that cannot be read is refused alone, since one odd row must not stop a source for good; an
answer that is not a list of rows is refused whole.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

import msgspec

INT32_MAX = 2**31 - 1
INT64_MAX = 2**63 - 1
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What reading JSON may raise."""
LONGEST_REFUSED_ROW = 2_000
"""Characters of a refused row that are kept."""

Id = Annotated[int, msgspec.Meta(ge=1, le=INT64_MAX)]
SmallId = Annotated[int, msgspec.Meta(ge=1, le=INT32_MAX)]
Count = Annotated[int, msgspec.Meta(ge=0, le=INT32_MAX)]
Word = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z_]{0,39}$")]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Level = Annotated[int, msgspec.Meta(ge=0, le=100)]
Time = Annotated[datetime, msgspec.Meta(tz=True)]
Isk = Annotated[float, msgspec.Meta(ge=0, le=1e17)]

Row = tuple[Any, ...]
"""Fields of one row in the order of its kind's columns, the key left out."""


class SnapshotError(Exception):
    """An answer that is no snapshot of its kind."""


class Participant(msgspec.Struct, frozen=True):
    """An alliance in a freeport campaign."""

    alliance_id: SmallId
    score: Share


class Campaign(msgspec.Struct, frozen=True):
    """A sovereignty campaign: a structure reinforced, to be fought over from `start_time` on."""

    campaign_id: SmallId
    solar_system_id: SmallId
    constellation_id: SmallId
    structure_id: Id
    event_type: Word
    start_time: Time
    defender_id: SmallId | None = None
    defender_score: Share | None = None
    attackers_score: Share | None = None
    participants: list[Participant] | None = None

    def row(self) -> Row:
        """The fields after the key."""
        participants = sorted((p.alliance_id, p.score) for p in self.participants or [])
        return (
            self.solar_system_id,
            self.constellation_id,
            self.structure_id,
            self.event_type,
            self.start_time.astimezone(UTC),
            self.defender_id,
            self.defender_score,
            self.attackers_score,
            [alliance_id for alliance_id, _ in participants],
            [score for _, score in participants],
        )


class VulnerabilityWindow(msgspec.Struct, frozen=True):
    """When a sovereignty hub can be attacked."""

    start: Time
    end: Time


class SovereigntyHub(msgspec.Struct, frozen=True):
    """The structure that holds a system."""

    id: Id
    vulnerability_window: VulnerabilityWindow | None = None


class Development(msgspec.Struct, frozen=True):
    """How much a system is used by who holds it."""

    activity_defense_multiplier: Annotated[float, msgspec.Meta(ge=0, le=1_000)]
    industrial_level: Level
    military_level: Level
    strategic_level: Level


class AllianceClaim(msgspec.Struct, frozen=True):
    """A system held by an alliance."""

    alliance_id: SmallId
    corporation_id: SmallId | None = None
    claimed_since: Time | None = None
    is_capital_system: bool = False
    development: Development | None = None
    sovereignty_hub: SovereigntyHub | None = None


class FactionClaim(msgspec.Struct, frozen=True):
    """A system held by an NPC faction."""

    faction_id: SmallId


class Claim(msgspec.Struct, frozen=True):
    """Who holds a system: an alliance, a faction, or (both absent) nobody."""

    alliance: AllianceClaim | None = None
    faction: FactionClaim | None = None


class SovereigntySystem(msgspec.Struct, frozen=True):
    """A system and who holds it."""

    solar_system_id: SmallId
    claim: Claim

    def row(self) -> Row:
        """The fields after the key."""
        alliance, faction = self.claim.alliance, self.claim.faction
        development = alliance and alliance.development
        hub = alliance and alliance.sovereignty_hub
        window = hub and hub.vulnerability_window
        return (
            alliance and alliance.alliance_id,
            alliance and alliance.corporation_id,
            faction and faction.faction_id,
            alliance and alliance.claimed_since and alliance.claimed_since.astimezone(UTC),
            alliance is not None and alliance.is_capital_system,
            hub and hub.id,
            window and window.start.astimezone(UTC),
            window and window.end.astimezone(UTC),
            development and development.activity_defense_multiplier,
            development and development.industrial_level,
            development and development.military_level,
            development and development.strategic_level,
        )


class FactionWarfareSystem(msgspec.Struct, frozen=True):
    """A system of faction warfare."""

    solar_system_id: SmallId
    owner_faction_id: SmallId
    occupier_faction_id: SmallId
    contested: Word
    victory_points: Count
    victory_points_threshold: SmallId

    def row(self) -> Row:
        """The fields after the key."""
        return (
            self.owner_faction_id,
            self.occupier_faction_id,
            self.contested,
            self.victory_points,
            self.victory_points_threshold,
        )


class SystemJumps(msgspec.Struct, frozen=True):
    """Jumps into a system in the hour before the answer; systems without any are not listed."""

    system_id: SmallId
    ship_jumps: Count

    def row(self) -> Row:
        """The fields after the key."""
        return (self.ship_jumps,)


class SystemKills(msgspec.Struct, frozen=True):
    """Kills in a system in the hour before the answer; systems without any are not listed."""

    system_id: SmallId
    ship_kills: Count
    pod_kills: Count
    npc_kills: Count

    def row(self) -> Row:
        """The fields after the key."""
        return (self.ship_kills, self.pod_kills, self.npc_kills)


class MarketPrice(msgspec.Struct, frozen=True):
    """ESI's universe-wide prices of a type, in ISK."""

    type_id: SmallId
    average_price: Isk | None = None
    adjusted_price: Isk | None = None

    def row(self) -> Row:
        """The fields after the key."""
        return _isk(self.average_price), _isk(self.adjusted_price)


def _isk(price: float | None) -> Decimal | None:
    return None if price is None else Decimal(f"{price:.2f}")


Shape = (
    type[Campaign]
    | type[SovereigntySystem]
    | type[FactionWarfareSystem]
    | type[SystemJumps]
    | type[SystemKills]
    | type[MarketPrice]
)


def half_hour_of(moment: datetime) -> datetime:
    """The half hour an answer lies in."""
    return moment.replace(minute=moment.minute // 30 * 30, second=0, microsecond=0)


def counted_hour_of(moment: datetime) -> datetime:
    """The clock hour that holds most of the 60 minutes before `moment`: those are what ESI counts up to it."""
    return (moment - timedelta(minutes=30)).replace(minute=0, second=0, microsecond=0)


def day_of(moment: datetime) -> datetime:
    """The UTC day an answer lies in, as its first moment."""
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)


class Kind(NamedTuple):
    """One kind of snapshot."""

    shape: Shape
    upstream_key: str
    """Field of the upstream's row that names what the row is about, once per answer."""
    columns: tuple[str, ...]
    """Our columns: the key, then those of `row()`."""
    slot: Callable[[datetime], datetime]
    """Which stretch of time an answer speaks for: an archived answer is not needed where one of its slot is there."""
    list_field: str | None = None
    """Where the rows are, if the answer is an object."""


KINDS = {
    "sovereignty_campaigns": Kind(
        Campaign,
        "campaign_id",
        (
            "campaign_id", "solar_system_id", "constellation_id", "structure_id", "event_type", "starts_at",
            "defender_id", "defender_score", "attackers_score", "participant_alliance_ids", "participant_scores",
        ),
        half_hour_of,
    ),
    "sovereignty_systems": Kind(
        SovereigntySystem,
        "solar_system_id",
        (
            "solar_system_id", "alliance_id", "corporation_id", "faction_id", "claimed_since", "is_capital_system",
            "sovereignty_hub_id", "vulnerable_from", "vulnerable_until", "activity_defense_multiplier",
            "industrial_level", "military_level", "strategic_level",
        ),
        half_hour_of,
        "solar_systems",
    ),
    "faction_warfare": Kind(
        FactionWarfareSystem,
        "solar_system_id",
        (
            "solar_system_id", "owner_faction_id", "occupier_faction_id", "contested", "victory_points",
            "victory_points_threshold",
        ),
        half_hour_of,
    ),
    "system_jumps": Kind(SystemJumps, "system_id", ("solar_system_id", "ship_jumps"), counted_hour_of),
    "system_kills": Kind(
        SystemKills, "system_id", ("solar_system_id", "ship_kills", "pod_kills", "npc_kills"), counted_hour_of
    ),
    "market_prices": Kind(MarketPrice, "type_id", ("type_id", "average_isk", "adjusted_isk"), day_of),
}  # fmt: skip
"""Every kind by its source's name."""


class Refusal(NamedTuple):
    """A row that cannot be read."""

    row_index: int
    """In the answer, from 0."""
    key: int | None
    """What it is about, where that can be read."""
    detail: str
    """Why, for people."""
    row: str
    """Its beginning."""


class Snapshot(NamedTuple):
    """What an answer says."""

    rows: Mapping[int, Row]
    """By key."""
    refusals: Sequence[Refusal]

    @property
    def unread_keys(self) -> frozenset[int] | None:
        """Keys that the answer speaks of without a readable row; None where even those cannot be told."""
        keys = {refusal.key for refusal in self.refusals if refusal.key not in self.rows}
        return None if None in keys else frozenset(key for key in keys if key is not None)


def read_snapshot(body: bytes, kind: Kind) -> Snapshot:
    """Reads an answer.

    Raises:
        SnapshotError: it is not a list of rows, or none of its rows can be read.
    """
    rows: dict[int, Row] = {}
    refusals: list[Refusal] = []
    decode = msgspec.json.Decoder(kind.shape).decode
    listed = _listed(body, kind)
    for index, raw in enumerate(listed):
        try:
            read = decode(raw)
            key = getattr(read, kind.upstream_key)
            if key in rows:
                refusals.append(_refusal(index, key, f"the same {kind.upstream_key} came before", raw))
                continue
            rows[key] = read.row()
        except UNREADABLE as error:
            refusals.append(_refusal(index, _key_of(raw, kind), f"{error}", raw))
    if listed and not rows:
        message = f"none of its {len(listed)} rows can be read; the first: {refusals[0].detail}"
        raise SnapshotError(message)
    return Snapshot(rows, refusals)


def _listed(body: bytes, kind: Kind) -> list[msgspec.Raw]:
    try:
        if kind.list_field is None:
            return msgspec.json.decode(body, type=list[msgspec.Raw])
        inside = msgspec.json.decode(body, type=dict[str, msgspec.Raw])[kind.list_field]
        return msgspec.json.decode(inside, type=list[msgspec.Raw])
    except KeyError as error:
        message = f"it has no {kind.list_field}"
        raise SnapshotError(message) from error
    except UNREADABLE as error:
        message = f"it is no list of rows: {error}"
        raise SnapshotError(message) from error


def _key_of(raw: msgspec.Raw, kind: Kind) -> int | None:
    """The key of a row that is malformed otherwise."""
    try:
        return msgspec.convert(msgspec.json.decode(raw, type=dict[str, Any]).get(kind.upstream_key), SmallId)
    except UNREADABLE:
        return None


def _refusal(index: int, key: int | None, detail: str, raw: msgspec.Raw) -> Refusal:
    text = bytes(raw)[:LONGEST_REFUSED_ROW].decode("utf-8", "replace").replace("\0", "")
    return Refusal(index, key, detail, text)
