"""One killmail: its typed form, its parsing, and why a body is refused; no archive, table or battle belongs here."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple

import msgspec
import numpy as np

from battlescope_assets.domain.mails import NO_ID, ItemLosses, Mails
from battlescope_assets.domain.window import Window

INT32_MAX = 2**31 - 1
INT64_MAX = 2**63 - 1
LARGEST_MAIL_BYTES = 16 * 2**20
"""The largest real mail known (982 attackers) has 0.2 MB; ESI allows 10,000 attackers and 10,000 items."""
MOST_ATTACKERS = 10_000
MOST_ITEMS = 10_000

Id = Annotated[int, msgspec.Meta(ge=1, le=INT64_MAX)]
TypeId = Annotated[int, msgspec.Meta(ge=1, le=INT32_MAX)]
OptionalId = Annotated[int, msgspec.Meta(ge=0, le=INT64_MAX)] | None
OptionalTypeId = Annotated[int, msgspec.Meta(ge=0, le=INT32_MAX)] | None
Damage = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
"""Some damage in mails of 2008-2012 is negative; beyond 2^53 no damage is believable."""
Quantity = Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None
"""Beyond 2^53 no quantity is believable, and sums of them would leave 64 bits."""
Metres = Annotated[float, msgspec.Meta(ge=-1e15, le=1e15)]
"""A solar system reaches about 10^13 m from its star."""
Time = Annotated[datetime, msgspec.Meta(tz=True)]
Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{40}$")]


class Position(msgspec.Struct, frozen=True, gc=False):
    """Where the wreck lies, metres from the star."""

    x: Metres
    y: Metres
    z: Metres


class Item(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stack of items, or a container and what is in it."""

    item_type_id: TypeId
    flag: Annotated[int, msgspec.Meta(ge=0, le=INT32_MAX)]
    singleton: Annotated[int, msgspec.Meta(ge=0, le=2)]
    quantity_destroyed: Quantity = None
    quantity_dropped: Quantity = None
    items: "list[ContainedItem] | None" = None


class ContainedItem(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """An item inside a container; containers do not nest further in any archive."""

    item_type_id: TypeId
    flag: Annotated[int, msgspec.Meta(ge=0, le=INT32_MAX)]
    singleton: Annotated[int, msgspec.Meta(ge=0, le=2)]
    quantity_destroyed: Quantity = None
    quantity_dropped: Quantity = None
    items: Annotated[list[None], msgspec.Meta(max_length=0)] | None = None


class Attacker(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Who shot: a pilot, a structure (a corporation without a character) or an NPC."""

    damage_done: Damage
    final_blow: bool
    security_status: float | None = None
    character_id: OptionalId = None
    corporation_id: OptionalId = None
    alliance_id: OptionalId = None
    faction_id: OptionalId = None
    ship_type_id: OptionalTypeId = None
    weapon_type_id: OptionalTypeId = None


class Victim(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who lost what; structures have no character."""

    ship_type_id: TypeId
    damage_taken: Damage
    character_id: OptionalId = None
    corporation_id: OptionalId = None
    alliance_id: OptionalId = None
    faction_id: OptionalId = None
    position: Position | None = None
    items: Annotated[list[Item], msgspec.Meta(max_length=MOST_ITEMS)] | None = None


class Killmail(msgspec.Struct, frozen=True, omit_defaults=True):
    """A killmail as ESI and EVE Ref write it; EVE Ref adds the hash, and not always."""

    killmail_id: Id
    killmail_time: Time
    solar_system_id: TypeId
    victim: Victim
    attackers: Annotated[list[Attacker], msgspec.Meta(min_length=1, max_length=MOST_ATTACKERS)]
    killmail_hash: Hash | None = None
    war_id: OptionalId = None
    moon_id: OptionalId = None
    http_last_modified: str | None = None
    """EVE Ref's addition; read so that a mail's fields can be counted."""


class Reason(StrEnum):
    """Why a body is not a killmail of its day."""

    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    WRONG_SHAPE = "wrong_shape"
    DUPLICATE_KEY = "duplicate_key"
    ID_MISMATCH = "id_mismatch"
    OUTSIDE_DAY = "outside_day"
    TWO_FINAL_BLOWS = "two_final_blows"
    REPEATED_ID = "repeated_id"
    NOT_TO_BE_HAD = "not_to_be_had"


class Rejection(NamedTuple):
    """A body refused: `killmail_id` where one could be read."""

    reason: Reason
    detail: str
    killmail_id: int | None


_decode = msgspec.json.Decoder(Killmail).decode
_encode = msgspec.json.Encoder().encode


class _OnlyId(msgspec.Struct):
    killmail_id: Id


def parse(body: bytes, window: Window, expected_id: int | None) -> Killmail | Rejection:
    """Reads one killmail body.

    A mail with no final blow is accepted (a real one of 2016 has none); two are not.

    Args:
        body: the JSON document.
        window: the mail's time must lie inside it.
        expected_id: the id the archive member's name promises, if it promises one.
    """
    if len(body) > LARGEST_MAIL_BYTES:
        return Rejection(Reason.TOO_LARGE, f"{len(body)} bytes; the limit is {LARGEST_MAIL_BYTES}", expected_id)
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError as error:
            return Rejection(Reason.NOT_UTF8, str(error), expected_id)
    try:
        mail = _decode(body)
    except msgspec.ValidationError as error:
        return Rejection(Reason.WRONG_SHAPE, str(error), _id_in(body) or expected_id)
    except (msgspec.DecodeError, RecursionError) as error:
        return Rejection(Reason.NOT_JSON, str(error), expected_id)
    return _refusal(mail, body, window, expected_id) or mail


def _id_in(body: bytes) -> int | None:
    try:
        return msgspec.json.decode(body, type=_OnlyId).killmail_id
    except (msgspec.DecodeError, RecursionError):
        return None


def _refusal(mail: Killmail, body: bytes, window: Window, expected_id: int | None) -> Rejection | None:
    if repeated := _repeated_key(mail, body):
        return Rejection(
            Reason.DUPLICATE_KEY, f"`{repeated}` stands more often than the mail has room for", mail.killmail_id
        )
    if expected_id is not None and mail.killmail_id != expected_id:
        return Rejection(
            Reason.ID_MISMATCH, f"killmail_id is {mail.killmail_id}, the file is named {expected_id}", mail.killmail_id
        )
    if mail.killmail_time.utcoffset() != timedelta(0):
        return Rejection(Reason.WRONG_SHAPE, f"the time {mail.killmail_time} is not in UTC", mail.killmail_id)
    if mail.killmail_time not in window:
        return Rejection(
            Reason.OUTSIDE_DAY,
            f"the time {mail.killmail_time:%Y-%m-%dT%H:%M:%SZ} is not from {window.first_day} to {window.last_day}",
            mail.killmail_id,
        )
    blows = sum(attacker.final_blow for attacker in mail.attackers)
    if blows > 1:
        return Rejection(Reason.TWO_FINAL_BLOWS, f"{blows} attackers have the final blow", mail.killmail_id)
    return None


def _repeated_key(mail: Killmail, body: bytes) -> str | None:
    """The first key that stands more often than it can; JSON parsers silently keep the last of two.

    Written anew, a mail nearly always has as many keys as its body, and then none stands twice. Only bodies with
    unknown fields or nulls need the counting, which takes longer than parsing.
    """
    if _encode(mail).count(b'":') == body.count(b'":'):
        return None
    attackers = len(mail.attackers)
    items = sum(1 for _ in item_rows(mail))
    most = {
        "killmail_id": 1,
        "killmail_time": 1,
        "solar_system_id": 1,
        "victim": 1,
        "attackers": 1,
        "killmail_hash": 1,
        "damage_taken": 1,
        "position": 1,
        "final_blow": attackers,
        "damage_done": attackers,
        "security_status": attackers,
        "weapon_type_id": attackers,
        "character_id": attackers + 1,
        "corporation_id": attackers + 1,
        "alliance_id": attackers + 1,
        "faction_id": attackers + 1,
        "ship_type_id": attackers + 1,
        "item_type_id": items,
        "flag": items,
        "singleton": items,
        "quantity_destroyed": items,
        "quantity_dropped": items,
    }
    return next((key for key, limit in most.items() if body.count(b'"%b"' % key.encode()) > limit), None)


class ItemRow(NamedTuple):
    """An item stack of a mail; `container_index` points at the `item_index` of the container it lay in."""

    item_index: int
    container_index: int | None
    item: Item | ContainedItem


def item_rows(mail: Killmail) -> Iterator[ItemRow]:
    """The mail's items in its own order, each container before what lay in it."""
    index = 0
    for item in mail.victim.items or ():
        container = index
        yield ItemRow(container, None, item)
        index += 1
        for contained in item.items or ():
            yield ItemRow(index, container, contained)
            index += 1


KILLMAIL_COLUMNS = (
    "day", "killmail_id", "killmail_time", "killmail_hash", "solar_system_id", "war_id", "moon_id",
    "victim_character_id", "victim_corporation_id", "victim_alliance_id", "victim_faction_id", "victim_ship_type_id",
    "damage_taken", "position_x_m", "position_y_m", "position_z_m", "attacker_count",
)  # fmt: skip
ATTACKER_COLUMNS = (
    "day", "killmail_id", "attacker_index", "character_id", "corporation_id", "alliance_id", "faction_id",
    "ship_type_id", "weapon_type_id", "damage_done", "final_blow", "security_status",
)  # fmt: skip
ITEM_COLUMNS = (
    "day", "killmail_id", "item_index", "container_index", "item_type_id", "flag", "singleton",
    "quantity_destroyed", "quantity_dropped",
)  # fmt: skip
Row = tuple[object, ...]


class KillmailRows(NamedTuple):
    """Mails as rows whose fields follow `KILLMAIL_COLUMNS`, `ATTACKER_COLUMNS` and `ITEM_COLUMNS`."""

    killmails: list[Row]
    attackers: list[Row]
    items: list[Row]


def killmail_rows(mails: Iterable[Killmail]) -> KillmailRows:
    """Mails as rows, absent and zero ids as None."""
    rows = KillmailRows([], [], [])
    for mail in mails:
        day, mail_id, victim = mail.killmail_time.date(), mail.killmail_id, mail.victim
        position = victim.position
        rows.killmails.append((
            day, mail_id, mail.killmail_time, mail.killmail_hash, mail.solar_system_id,
            mail.war_id or None, mail.moon_id or None,
            victim.character_id or None, victim.corporation_id or None, victim.alliance_id or None,
            victim.faction_id or None, victim.ship_type_id, victim.damage_taken,
            position and position.x, position and position.y, position and position.z, len(mail.attackers),
        ))  # fmt: skip
        rows.attackers.extend(
            (
                day, mail_id, index, a.character_id or None, a.corporation_id or None, a.alliance_id or None,
                a.faction_id or None, a.ship_type_id or None, a.weapon_type_id or None, a.damage_done, a.final_blow,
                a.security_status,
            )
            for index, a in enumerate(mail.attackers)
        )  # fmt: skip
        rows.items.extend(
            (
                day, mail_id, index, container, item.item_type_id, item.flag, item.singleton,
                item.quantity_destroyed or 0, item.quantity_dropped or 0,
            )
            for index, container, item in item_rows(mail)
        )  # fmt: skip
    return rows


def as_columns(mails: list[Killmail]) -> tuple[Mails, ItemLosses]:
    """Mails without values as columns, for rules that need no database."""
    attackers = [attacker for mail in mails for attacker in mail.attackers]
    items = [(mail.killmail_id, row.item) for mail in mails for row in item_rows(mail)]
    nan = Position(np.nan, np.nan, np.nan)
    places = [mail.victim.position or nan for mail in mails]

    def integers(values: Iterable[int | None]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.fromiter((value or NO_ID for value in values), np.int64)

    columns = Mails.ordered(
        killmail_id=integers(m.killmail_id for m in mails),
        time_seconds=integers(int(m.killmail_time.timestamp()) for m in mails),
        solar_system_id=integers(m.solar_system_id for m in mails),
        victim_character_id=integers(m.victim.character_id for m in mails),
        victim_corporation_id=integers(m.victim.corporation_id for m in mails),
        victim_alliance_id=integers(m.victim.alliance_id for m in mails),
        victim_faction_id=integers(m.victim.faction_id for m in mails),
        victim_ship_type_id=integers(m.victim.ship_type_id for m in mails),
        damage_taken=integers(m.victim.damage_taken for m in mails),
        position_m=np.array([(p.x, p.y, p.z) for p in places], np.float64).reshape(-1, 3),
        destroyed_isk=np.zeros(len(mails)),
        dropped_isk=np.zeros(len(mails)),
        attacker_offset=np.concatenate(([0], np.cumsum([len(m.attackers) for m in mails]))).astype(np.int64),
        attacker_character_id=integers(a.character_id for a in attackers),
        attacker_corporation_id=integers(a.corporation_id for a in attackers),
        attacker_alliance_id=integers(a.alliance_id for a in attackers),
        attacker_faction_id=integers(a.faction_id for a in attackers),
        attacker_ship_type_id=integers(a.ship_type_id for a in attackers),
        damage_done=integers(a.damage_done for a in attackers),
        final_blow=np.fromiter((a.final_blow for a in attackers), np.bool_),
    )
    return columns, ItemLosses(
        killmail_id=integers(mail_id for mail_id, _ in items),
        item_type_id=integers(item.item_type_id for _, item in items),
        quantity_destroyed=integers(item.quantity_destroyed for _, item in items),
        quantity_dropped=integers(item.quantity_dropped for _, item in items),
    )
