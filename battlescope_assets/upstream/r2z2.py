"""zKillboard's feed and history as R2Z2 serves them: which mail is out when, its number, its document; no HTTP here."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from battlescope_assets.domain.universe import SecurityClass
from battlescope_assets.domain.valuation import BLUEPRINT_COPY, CAPSULE_GROUP_ID, FRIGATE_ESCAPE_BAY_FLAG
from battlescope_assets.domain.window import ONE_DAY
from battlescope_assets.simulator.bodies import Body, esi_body, killmail_hash
from battlescope_assets.simulator.war import Made, War

FIRST_NUMBER = 96_000_001
"""The number of the first document of the feed's first day."""
REFRESH_NUMBERS = 52
"""`sequence.json` is written anew once so many numbers have passed."""
LONGEST_DELAY = timedelta(days=4)
"""Every mail has been published, and published again where it is, so long after its day's end."""
HOURS_LATE, DAYS_LATE, REPOSTED, UPLOADED_AGAIN, UNUSED = 0.045, 0.01, 0.015, 0.015, 0.006
"""Shares: mails out hours late, days late, twice; numbers whose document is corrected later, or never comes."""
HISTORY_HOUR = time(6, tzinfo=UTC)
"""When the history of ended days is written."""

PLAYER_CHARACTER_IDS, PLAYER_CORPORATION_IDS = 4_000_000, 2_000_000
SHIP_CATEGORY_ID, STRUCTURE_CATEGORY_ID = 6, 65
SHUTTLE_GROUP_ID, ROOKIE_SHIP_GROUP_ID = 31, 237
NOT_SOLO_GROUPS = {CAPSULE_GROUP_ID, SHUTTLE_GROUP_ID, ROOKIE_SHIP_GROUP_ID}
CAPITAL_GROUPS = {"Carrier", "Dreadnought", "Lancer Dreadnought", "Force Auxiliary", "Supercarrier", "Titan"}
FITTED_FLAGS = {*range(11, 35), 87, 89, *range(92, 100), *range(125, 133), *range(158, 164), 172}
CAPSULE_ISK, WORTHLESS_ISK = 10_000.0, 0.01
HULL_SIZES = {"Frigate": 1, "Destroyer": 1, "Cruiser": 2, "Battlecruiser": 2, "Battleship": 3}
TIME_ZONES = (("use", 4), ("usw", 8), ("au", 14), ("ru", 17), ("eu", 22), ("use", 24))
"""zKillboard's labels and the UTC hour before which they hold."""
ATTACKER_LABELS = (
    (1000, "1000+"),
    (100, "100+"),
    (50, "50+"),
    (25, "25+"),
    (10, "10+"),
    (5, "5+"),
    (2, "2+"),
    (1, "1"),
)
VALUE_LABELS = ((1e12, "1t+"), (1e11, "100b+"), (1e10, "10b+"), (5e9, "5b+"), (1e9, "1b+"))
LOCATIONS = {
    SecurityClass.HIGHSEC: "highsec",
    SecurityClass.LOWSEC: "lowsec",
    SecurityClass.NULLSEC: "nullsec",
    SecurityClass.WORMHOLE: "w-space",
    SecurityClass.ABYSSAL: "abyssal",
}
FACTION_WARS = {
    500_001: ("gallente", "calgal", 500_004), 500_004: ("caldari", "calgal", 500_001),
    500_002: ("amarr", "amamin", 500_003), 500_003: ("minmatar", "amamin", 500_002),
}  # fmt: skip
"""By the victim's faction: who won, in which war, against whom."""


class Slot(NamedTuple):
    """One number of the feed."""

    seconds: int
    """When its document appears, since 1970-01-01 UTC."""
    made: Made | None
    """None where the number is never used."""
    corrects: int | None
    """The earlier number whose document is uploaded again at that time."""
    corrected_seconds: int | None
    """When this number's document is uploaded again."""


class Feed:
    """The feed and the history of a war from `first_day` on.

    Numbers grow by one from document to document, whatever the day; numbers of one day are known once the documents
    of the days before are counted, which needs their mails' times only. `keep(name, day, count)` remembers a count.
    """

    def __init__(self, war: War, first_day: date, keep: Callable[[str, date, Callable[[date], int]], int]) -> None:
        self._war, self._first_day, self._keep = war, first_day, keep
        self._firsts = {first_day: FIRST_NUMBER}
        self._publications = lru_cache(maxsize=16)(self._draw_publications)
        self._slots = lru_cache(maxsize=2)(self._make_slots)

    def sequence(self, now: datetime) -> int:
        """The number in `sequence.json`: the latest at its last refresh, at most `REFRESH_NUMBERS` - 1 behind."""
        latest = self._latest(now)
        return max(FIRST_NUMBER, latest - (latest - FIRST_NUMBER) % REFRESH_NUMBERS)

    def document(self, number: int, now: datetime) -> Body | None:
        """The document of a number; None where it is not there yet, is older than the day before, or never comes."""
        for day in (now.date(), now.date() - ONE_DAY):
            if day < self._first_day:
                return None
            index = number - self._first(day)
            if index >= 0:
                slots = self._slots(day)
                return self._document(number, slots[index], now) if index < len(slots) else None
        return None

    def published(self, day: date, until: datetime) -> list[Body]:
        """The day's mails that were out by then, in order of id."""
        mails = self._war.killmails(day)
        if is_complete(day, until):
            return mails
        first_out = [min(moments) for moments in self._publications(day)]
        return [mail for mail, out in zip(mails, first_out, strict=True) if out < until.timestamp()]

    def history(self, day: date, now: datetime) -> list[Body] | None:
        """The mails of a day in the history: those that were out when it was last written; None before it was."""
        written = history_written(now)
        if not self._first_day <= day < written.date():
            return None
        return self.published(day, written)

    def _first(self, day: date) -> int:
        """The first number of a day."""
        latest = max(known for known in self._firsts if known <= day)
        while latest < day:
            first = self._firsts[latest] + self._keep("feed", latest, self._count)
            latest += ONE_DAY
            self._firsts[latest] = first
        return self._firsts[day]

    def _latest(self, now: datetime) -> int:
        day = now.date()
        if day < self._first_day:
            return FIRST_NUMBER - 1
        out = [slot.made is not None and slot.seconds <= now.timestamp() for slot in self._slots(day)]
        return self._first(day) - 1 + max((index + 1 for index, is_out in enumerate(out) if is_out), default=0)

    def _draw_publications(self, day: date) -> list[tuple[int, ...]]:
        """When each of the day's mails is published, in order of id: most within minutes, some twice."""
        moments = np.array([moment for _, moment in self._war.moments(day)])
        draw = np.random.default_rng([self._war.seed, day.toordinal(), 6])
        kinds, spread, again = draw.random((3, len(moments)))
        delays = np.select(
            (kinds < DAYS_LATE, kinds < DAYS_LATE + HOURS_LATE),
            (12 * 3_600 + spread * 2.4 * 86_400, 600 + spread * 6 * 3_600),
            (3 + draw.gamma(1.7, 65, len(moments))).clip(max=600),
        )
        first = (moments + delays).astype(int)
        second = (first + 300 + spread * 12 * 3_600).astype(int)
        return [
            (one, two) if is_twice else (one,)
            for one, two, is_twice in zip(first.tolist(), second.tolist(), (again < REPOSTED).tolist(), strict=True)
        ]

    def _published_on(self, day: date) -> Iterator[tuple[int, date, int]]:
        """What the feed has on a day: time, the mail's day and its place among that day's mails."""
        start = int(datetime.combine(day, time(), UTC).timestamp())
        for ago in range(LONGEST_DELAY.days, -1, -1):
            killed = day - timedelta(days=ago)
            for index, moments in enumerate(self._publications(killed)):
                for moment in moments:
                    if start <= moment < start + 86_400:
                        yield moment, killed, index

    def _count(self, day: date) -> int:
        published = sum(1 for _ in self._published_on(day))
        return published + sum(self._unused(day, published))

    def _unused(self, day: date, published: int) -> list[bool]:
        """Behind which of the day's documents a number is left out."""
        draw = np.random.default_rng([self._war.seed, day.toordinal(), 7])
        return [chance < UNUSED for chance in draw.random(published).tolist()]

    def _make_slots(self, day: date) -> list[Slot]:
        published = sorted(self._published_on(day))
        mails = {killed: self._war.made(killed) for killed in sorted({killed for _, killed, _ in published})}
        slots: list[Slot] = []
        for (moment, killed, index), is_followed in zip(published, self._unused(day, len(published)), strict=True):
            slots.append(Slot(moment, mails[killed][index], None, None))
            if is_followed:
                slots.append(Slot(moment, None, None, None))
        draw = np.random.default_rng([self._war.seed, day.toordinal(), 8])
        first = self._first(day)
        for later in np.flatnonzero(draw.random(len(slots)) < UPLOADED_AGAIN).tolist():
            earlier = later - int(draw.integers(3, 60))
            if earlier >= 0 and slots[earlier].made and slots[later].made and not slots[earlier].corrected_seconds:
                slots[later] = slots[later]._replace(corrects=first + earlier)
                slots[earlier] = slots[earlier]._replace(corrected_seconds=slots[later].seconds)
        return slots

    def _document(self, number: int, slot: Slot, now: datetime) -> Body | None:
        if slot.made is None or now.timestamp() < slot.seconds:
            return None
        is_corrected = slot.corrected_seconds is not None and slot.corrected_seconds <= now.timestamp()
        has_hull_price = slot.corrected_seconds is None or is_corrected
        zkb = self._zkb(slot.made, has_hull_price=has_hull_price)
        document = {
            "killmail_id": slot.made.killmail_id,
            "hash": zkb["hash"],
            "esi": esi_body(slot.made.body) | {"attackers": _written_by_php(slot.made.body["attackers"])},
            "zkb": zkb,
            "uploaded_at": slot.corrected_seconds if is_corrected else slot.seconds,
            "sequence_id": number,
        }
        return document if slot.corrects is None else document | {"sequence_updated": slot.corrects}

    def _zkb(self, made: Made, *, has_hull_price: bool) -> dict[str, Any]:
        """What zKillboard says of a mail; one that is corrected later was first valued before its hull had a price."""
        body = made.body
        victim, attackers = body["victim"], body["attackers"]
        hull = self._war.types[victim["ship_type_id"]]
        prices = self._war.market.prices(datetime.fromtimestamp(made.seconds, UTC).date())
        hull_isk = CAPSULE_ISK if hull.group_id == CAPSULE_GROUP_ID else prices.get(hull.type_id, 0.0) * has_hull_price
        destroyed = hull_isk + sum(_isk(item, prices) for item in victim["items"] if "quantity_destroyed" in item)
        dropped = sum(_isk(item, prices) for item in victim["items"] if "quantity_dropped" in item)
        fitted = hull_isk + sum(_isk(item, prices) for item in victim["items"] if item["flag"] in FITTED_FLAGS)
        npc = is_npc(body)
        flags = {
            "npc": npc,
            "solo": not npc and self._is_solo(body),
            "awox": not npc and hull.group_id not in {CAPSULE_GROUP_ID, ROOKIE_SHIP_GROUP_ID} and is_awox(body),
        }
        players = sum("character_id" in attacker for attacker in attackers)
        size = next((size for name, size in HULL_SIZES.items() if name in hull.group_name), 4)
        key = killmail_hash(made.killmail_id, made.seconds)
        block: dict[str, Any] = {
            "locationID": 40_000_000 + body["solar_system_id"] % 1_000_000,
            "hash": key,
            "fittedValue": _number(fitted),
            "droppedValue": _number(dropped),
            "destroyedValue": _number(destroyed),
            "totalValue": _number(destroyed + dropped),
            "points": 1 if npc else max(1, 5**size // max(1, players * players // 2)),
            **flags,
            "labels": self._labels(made, destroyed + dropped, flags),
            "attackerCount": len(attackers),
            "href": f"https://esi.evetech.net/killmails/{made.killmail_id}/{key}/",
        }
        if "position" not in victim:
            del block["locationID"]
        return block

    def _is_solo(self, body: Body) -> bool:
        hull = self._war.types[body["victim"]["ship_type_id"]]
        if hull.group_id in NOT_SOLO_GROUPS or hull.category_id != SHIP_CATEGORY_ID:
            return False
        ships = [self._war.types.get(attacker.get("ship_type_id", 0)) for attacker in body["attackers"]]
        if any(ship is not None and ship.category_id == STRUCTURE_CATEGORY_ID for ship in ships):
            return False
        pilots = [attacker for attacker in body["attackers"] if attacker.get("character_id", 0) >= PLAYER_CHARACTER_IDS]
        return len(pilots) == 1

    def _labels(self, made: Made, total_isk: float, flags: dict[str, bool]) -> list[str]:
        body = made.body
        hull = self._war.types[body["victim"]["ship_type_id"]]
        hour = made.seconds // 3_600 % 24
        attackers = len(body["attackers"])
        labels = [
            f"tz:{next(zone for zone, before in TIME_ZONES if hour < before)}",
            f"cat:{hull.category_id}",
            "solo" if flags["solo"] else f"#:{next(name for least, name in ATTACKER_LABELS if attackers >= least)}",
            "npc" if flags["npc"] else "pvp",
        ]
        if flags["awox"]:
            labels.append("awox")
        if location := LOCATIONS.get(self._war.galaxy.security(body["solar_system_id"])):
            labels.append(f"loc:{location}")
        labels += [f"isk:{name}" for least, name in VALUE_LABELS if total_isk >= least][:1]
        if hull.group_name in CAPITAL_GROUPS:
            labels.append("capital")
        winner, war, enemy = FACTION_WARS.get(body["victim"].get("faction_id", 0), ("", "", 0))
        if any(attacker.get("faction_id") == enemy for attacker in body["attackers"] if enemy):
            labels += [f"fw:{winner}", f"fw:{war}"]
        return labels


def is_complete(day: date, by: datetime) -> bool:
    """Whether every mail of the day has been published by then."""
    return by >= datetime.combine(day, time(), UTC) + ONE_DAY + LONGEST_DELAY


def history_written(now: datetime) -> datetime:
    """When the history was last written."""
    today = datetime.combine(now.date(), HISTORY_HOUR)
    return today if today <= now else today - ONE_DAY


def is_npc(body: Body) -> bool:
    """The `npc` of zKillboard: no player and no player corporation among the attackers, or nobody's ship lost."""
    victim = body["victim"]
    if "character_id" not in victim and 1 < victim.get("corporation_id", 0) < PLAYER_CORPORATION_IDS:
        return True
    return not any(
        attacker.get("character_id", 0) >= PLAYER_CHARACTER_IDS
        or attacker.get("corporation_id", 0) >= PLAYER_CORPORATION_IDS
        for attacker in body["attackers"]
    )


def is_awox(body: Body) -> bool:
    """The `awox` of zKillboard: the final blow came from the victim's own player corporation."""
    corporation = body["victim"].get("corporation_id", 0)
    return corporation >= PLAYER_CORPORATION_IDS and any(
        attacker["final_blow"] and attacker.get("corporation_id") == corporation for attacker in body["attackers"]
    )


def _isk(item: dict[str, Any], prices: Mapping[int, float]) -> float:
    """A stack's worth as zKillboard has it, contents included."""
    quantity: int = item.get("quantity_destroyed", 0) + item.get("quantity_dropped", 0)
    is_worthless = item["singleton"] == BLUEPRINT_COPY or item["flag"] == FRIGATE_ESCAPE_BAY_FLAG
    price = WORTHLESS_ISK if is_worthless else prices.get(item["item_type_id"], 0.0)
    return price * quantity + sum(_isk(inner, prices) for inner in item.get("items", ()))


def _written_by_php(attackers: list[Body]) -> list[Body]:
    return [attacker | {"security_status": _number(attacker["security_status"])} for attacker in attackers]


def _number(value: float) -> float | int:
    """Hundredths; whole numbers without a point, as PHP writes them."""
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded
