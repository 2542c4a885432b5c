"""The killmail feed (zKillboard's R2Z2): its documents and the position in it; neither fetching nor tables belong here.

The feed numbers its documents: `ephemeral/sequence.json` names the newest number, now and then; `ephemeral/N.json` is
document N, there for at least a day. A number may be missing while later ones exist, a document may name an older
number that was uploaded anew, and the same mail may come under several numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

import msgspec

from battlescope_assets.domain.killmail import Hash, Id, Killmail, Reason, Rejection
from battlescope_assets.domain.killmail import parse as parse_killmail
from battlescope_assets.domain.window import ONE_DAY, Window

FIRST_LIGHT = datetime(2003, 5, 6, tzinfo=UTC)
"""EVE began; no mail is older."""
LATEST_UPLOAD_SECONDS = 2**33
"""A unix time in the 23rd century: what is later is no time."""
RETRIES = (timedelta(minutes=10), timedelta(hours=2), timedelta(hours=20))
"""When a missing number is asked for again, each after the one before; then its file may be gone.

Few, since after each miss nothing may be asked for seconds."""
UNREAD_RETRY = timedelta(seconds=30)
"""When a document that is there but could not be read is asked for again at first; then as a missing one is."""
MOST_PUT_OFF = 10
"""More documents in a row that cannot be read are an outage, and the position stays until it is over."""
DOCUMENTS_LAST = timedelta(hours=24)
"""What upstream promises."""
RESUME_BEHIND = timedelta(hours=12)
"""How far back reading resumes after a longer silence: a day's rate varies, and the documents must still be there."""
RENUMBERED = 10_000
"""`sequence.json` lags behind by dozens; a newest number so far behind what was read means numbers were given anew."""
RENUMBERED_IN_SILENCE, SILENCE = 100, timedelta(minutes=10)
"""So does one that is this far behind, twice the lag, while no document came for so long."""
MOST_A_DAY = 1_000_000
"""Forty busy days' documents: a newest number so far ahead of what was just read means the same."""

Isk = Annotated[float, msgspec.Meta(ge=0, le=1e18)]
SequenceId = Annotated[int, msgspec.Meta(ge=1, le=2**62)]


class Zkb(
    msgspec.Struct,
    frozen=True,
    rename={
        "location_id": "locationID",
        "fitted_value_isk": "fittedValue",
        "dropped_value_isk": "droppedValue",
        "destroyed_value_isk": "destroyedValue",
        "total_value_isk": "totalValue",
    },
):
    """What zKillboard says of a mail; older documents lack some values."""

    hash: Hash
    total_value_isk: Isk
    fitted_value_isk: Isk | None = None
    dropped_value_isk: Isk | None = None
    destroyed_value_isk: Isk | None = None
    location_id: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None = None
    points: Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)] = 0
    npc: bool = False
    solo: bool = False
    awox: bool = False
    labels: list[str] = []


class _Document(msgspec.Struct, frozen=True):
    """A document of the feed; `esi` is the killmail's whole body."""

    killmail_id: Id
    hash: Hash
    esi: msgspec.Raw
    zkb: Zkb
    uploaded_at: Annotated[int, msgspec.Meta(ge=0, le=LATEST_UPLOAD_SECONDS)]
    sequence_id: SequenceId
    sequence_updated: SequenceId | None = None


class FeedMail(NamedTuple):
    """A mail as the feed brings it."""

    killmail: Killmail
    zkb: Zkb
    uploaded_at: datetime
    sequence_updated: int | None
    """An older number that was uploaded anew."""


_decode = msgspec.json.Decoder(_Document).decode


def parse(body: bytes, sequence_id: int) -> FeedMail | Rejection:
    """Reads document `sequence_id` of the feed."""
    try:
        document = _decode(body)
    except msgspec.ValidationError as error:
        return Rejection(Reason.WRONG_SHAPE, str(error), None)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Rejection(Reason.NOT_JSON, str(error), None)
    mail_id = document.killmail_id
    if document.sequence_id != sequence_id:
        detail = f"sequence_id is {document.sequence_id}, the file is named {sequence_id}"
        return Rejection(Reason.ID_MISMATCH, detail, mail_id)
    uploaded_at = datetime.fromtimestamp(document.uploaded_at, UTC)
    if uploaded_at < FIRST_LIGHT:
        return Rejection(Reason.WRONG_SHAPE, f"uploaded_at is {uploaded_at:%Y-%m-%d}, before EVE began", mail_id)
    if any("\0" in label for label in document.zkb.labels):
        return Rejection(Reason.WRONG_SHAPE, "a label holds a NUL character", mail_id)
    mail = parse_killmail(bytes(document.esi), Window(FIRST_LIGHT, uploaded_at + ONE_DAY), mail_id)
    if isinstance(mail, Rejection):
        return mail
    mail = msgspec.structs.replace(mail, killmail_hash=document.hash)
    return FeedMail(mail, document.zkb, uploaded_at, document.sequence_updated)


class _Sequence(msgspec.Struct):
    sequence: SequenceId


def newest_number(body: bytes) -> int:
    """What `sequence.json` names.

    Raises:
        msgspec.DecodeError: it is no such document.
    """
    return msgspec.json.decode(body, type=_Sequence).sequence


class Pending(NamedTuple):
    """A number to be asked for again."""

    times_missing: int
    ask_at: datetime


@dataclass(frozen=True)
class Position:
    """Which numbers are read: all below `next_sequence_id` since reading began, but for the pending ones."""

    next_sequence_id: int
    newest_sequence_id: int
    """The highest number known to exist now."""
    pending: Mapping[int, Pending]
    is_probing: bool = False
    """The next number was missing when last asked for: the one behind it is asked for, since numbers may never come
    and `sequence.json` tells of it dozens of numbers later."""

    @classmethod
    def at(cls, sequence_id: int) -> "Position":
        """Where `sequence_id` is the next to be read and known to exist."""
        return cls(sequence_id, sequence_id, {})

    def due(self, now: datetime) -> int:
        """The number to ask for: the next while it is known to exist, then a pending one whose time has come."""
        if self.next_sequence_id <= self.newest_sequence_id:
            return self.next_sequence_id
        waiting = [number for number, wait in self.pending.items() if wait.ask_at <= now]
        return min(waiting, default=self.upcoming)

    @property
    def upcoming(self) -> int:
        """The number to ask for where none is pending: a document that came, or that upstream does not have yet."""
        is_known = self.next_sequence_id <= self.newest_sequence_id
        return self.next_sequence_id + (self.is_probing and not is_known)

    def told(self, newest: int, silence: timedelta, since_upload: timedelta) -> "Position":
        """After `sequence.json` named the newest number.

        Args:
            newest: that number.
            silence: since the feed was last read. After a long one the documents in between are gone; reading resumes
                half a day back, reckoned at the mean rate of the silence, and archives bring what lies before.
            since_upload: since the newest document that was read was uploaded.
        """
        ahead = newest - self.next_sequence_id
        most_behind = RENUMBERED_IN_SILENCE if since_upload > SILENCE else RENUMBERED
        if ahead < -most_behind or (ahead > MOST_A_DAY and silence <= DOCUMENTS_LAST):
            return Position.at(newest)
        if silence > DOCUMENTS_LAST and ahead > 0:
            return Position(newest - round(ahead * (RESUME_BEHIND / silence)), newest, {})
        # What was named before is forgotten: an upstream that went back would make gaps of numbers not yet there.
        return replace(self, newest_sequence_id=max(self.next_sequence_id - 1, newest))

    def found(self, number: int, updated: int | None, now: datetime) -> "Position":
        """After document `number` was read, which may name an older number to be read again."""
        pending = {other: wait for other, wait in self.pending.items() if other != number}
        if updated is not None and updated < number:  # ever older, so this ends
            pending[updated] = Pending(0, now)
        # A probe that hits leaves a number behind, which may have come since it was asked for.
        pending |= {skipped: Pending(0, now) for skipped in range(self.next_sequence_id, number)}
        following = max(self.next_sequence_id, number + 1)
        return Position(following, max(self.newest_sequence_id, number), pending)

    def unread(self, number: int, now: datetime) -> "Position":
        """After document `number`, which exists, could not be had or was damaged, while upstream has others to give.

        It is pending afterwards, unless this was the last try.
        """
        return self.missing(number, now) if number in self.pending else self._put_off(number, now)

    def unanswered(self, number: int, now: datetime) -> "Position":
        """After document `number`, which exists, could not be had or was damaged, and nothing else could be had since.

        Nobody can tell it from an outage, so it uses up no try; it holds up no other, unless many are put off already.
        """
        if number > self.newest_sequence_id:
            return replace(self, is_probing=not self.is_probing)
        put_off = sum(wait.times_missing == 0 for wait in self.pending.values())
        if number not in self.pending and put_off >= MOST_PUT_OFF:
            return self
        return self._put_off(number, now)

    def _put_off(self, number: int, now: datetime) -> "Position":
        times = self.pending[number].times_missing if number in self.pending else 0
        beyond = self.found(number, None, now)
        return replace(beyond, pending={**beyond.pending, number: Pending(times, now + UNREAD_RETRY)})

    def missing(self, number: int, now: datetime) -> "Position":
        """After upstream had no document `number`: not yet, or not while later ones exist, which is a gap."""
        if number >= max(self.next_sequence_id, self.newest_sequence_id):
            return replace(self, is_probing=not self.is_probing)
        times = self.pending[number].times_missing if number in self.pending else 0
        pending = {other: wait for other, wait in self.pending.items() if other != number}
        if times < len(RETRIES):
            pending[number] = Pending(times + 1, now + RETRIES[times])
        following = max(self.next_sequence_id, number + 1)
        return Position(following, self.newest_sequence_id, pending)


ZKB_COLUMNS = (
    "day", "killmail_id", "hash", "location_id", "fitted_value_isk", "dropped_value_isk", "destroyed_value_isk",
    "total_value_isk", "points", "npc", "solo", "awox", "labels",
)  # fmt: skip
