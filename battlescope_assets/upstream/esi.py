"""ESI's answers over a war, in its own words, with its caching and rate limits; what is true of the war is not here."""

import re
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from math import ceil
from typing import Any, NamedTuple

from battlescope_assets.domain.window import ONE_DAY
from battlescope_assets.simulator.bodies import esi_body, hash_of
from battlescope_assets.simulator.faction_warfare import THRESHOLD_POINTS, FactionWarfare
from battlescope_assets.simulator.sovereignty import Campaign, Claim, Sovereignty
from battlescope_assets.simulator.traffic import HOUR, Traffic, full_hour
from battlescope_assets.simulator.war import War
from battlescope_assets.upstream.clock import Clock

CACHE_SECONDS = {
    "fw/systems": 1_800,
    "markets/prices": 3_600,
    "sovereignty/campaigns": 5,
    "sovereignty/systems": 300,
    "universe/system_jumps": 3_600,
    "universe/system_kills": 3_600,
}
"""How long ESI caches each of its sets."""
KILLMAIL = re.compile(r"killmails/(\d+)/([0-9a-f]{40})")
KILLMAIL_CACHE_SECONDS = 30 * 86_400
BUCKETS = {"fw/": ("factional-warfare", 150), "killmails/": ("killmail", 3_600)}
"""Routes with a token bucket: its group and its tokens in fifteen minutes. The others have the error limit."""
BUCKET_WINDOW = timedelta(minutes=15)
TOKENS = {2: 2, 3: 1, 4: 5, 5: 0}
"""What an answer costs, by the first digit of its status."""
MOST_ERRORS, ERROR_WINDOW = 100, timedelta(minutes=1)
ERROR_LIMITED = 420


class Refusal(NamedTuple):
    """A request that a limit forbids."""

    status: int
    headers: Mapping[str, str]


class Answer(NamedTuple):
    """One of ESI's sets at a time."""

    content: Any
    last_modified: datetime
    headers: Mapping[str, str]


class Esi:
    """ESI's public sets of a war."""

    def __init__(self, war: War) -> None:
        self._war = war
        self._sovereignty = Sovereignty(war)
        self._faction_warfare = FactionWarfare(war)
        self._traffic = Traffic(war)
        self._contents: Mapping[str, Callable[[datetime], list[Any] | dict[str, Any]]] = {
            "fw/systems": self._fw_systems,
            "markets/prices": self._prices,
            "sovereignty/campaigns": lambda now: [_campaign(c, now) for c in self._sovereignty.campaigns(now)],
            "sovereignty/systems": lambda now: {"solar_systems": [_claim(c) for c in self._sovereignty.claims(now)]},
            "universe/system_jumps": self._jumps,
            "universe/system_kills": self._kills,
        }

    def answer(self, route: str, now: datetime) -> Answer | None:
        """A set as ESI's cache has it at a time, or None where there is no such set."""
        if found := KILLMAIL.fullmatch(route):
            return self._killmail(int(found[1]), found[2], now)
        if route not in self._contents:
            return None
        seconds = CACHE_SECONDS[route]
        made = datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)
        return Answer(self._contents[route](made), made, _cached(made + timedelta(seconds=seconds), seconds))

    def _killmail(self, killmail_id: int, key: str, now: datetime) -> Answer | None:
        """A killmail by id and hash, once it has happened."""
        made = self._war.killmail(killmail_id)
        if made is None or made.seconds > now.timestamp() or hash_of(made.body) != key:
            return None
        headers = _cached(now + timedelta(seconds=KILLMAIL_CACHE_SECONDS), KILLMAIL_CACHE_SECONDS)
        return Answer(esi_body(made.body), datetime.fromtimestamp(made.seconds, UTC), headers)

    def _fw_systems(self, now: datetime) -> list[dict[str, Any]]:
        return [
            {
                "contested": system.contested,
                "occupier_faction_id": system.occupier_faction_id,
                "owner_faction_id": system.owner_faction_id,
                "solar_system_id": system.solar_system_id,
                "victory_points": system.victory_points,
                "victory_points_threshold": THRESHOLD_POINTS,
            }
            for system in self._faction_warfare.systems(now)
        ]

    def _prices(self, now: datetime) -> list[dict[str, Any]]:
        """Average prices of the day before; adjusted ones follow them slowly."""
        day = now.date() - ONE_DAY
        weeks = [self._war.market.prices(day - ago * 7 * ONE_DAY) for ago in range(4)]
        return [
            {
                "adjusted_price": round(sum(week[type_id] for week in weeks) / len(weeks), 2),
                "average_price": price,
                "type_id": type_id,
            }
            for type_id, price in weeks[0].items()
        ]

    def _jumps(self, now: datetime) -> list[dict[str, Any]]:
        jumps = self._traffic.jumps(full_hour(now) - HOUR)
        return [{"ship_jumps": number, "system_id": system} for system, number in jumps.items()]

    def _kills(self, now: datetime) -> list[dict[str, Any]]:
        return [
            {
                "npc_kills": kills.npc_kills,
                "pod_kills": kills.pod_kills,
                "ship_kills": kills.ship_kills,
                "system_id": kills.solar_system_id,
            }
            for kills in self._traffic.kills(full_hour(now) - HOUR)
        ]


class Limits:
    """ESI's two kinds of limit, by the clock: token buckets of some groups of routes, and errors of all others."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._spent: dict[str, deque[tuple[datetime, int]]] = defaultdict(deque)
        self._errors: dict[datetime, int] = {}

    def refusal(self, route: str) -> Refusal | None:
        """What a request is refused with, or None where it may be answered."""
        if not is_esi(route):
            return None
        with self._lock:
            if self._errors_left() <= 0:
                return Refusal(ERROR_LIMITED, {})
            bucket = _bucket(route)
            if bucket and self._tokens_left(*bucket) <= 0:
                freed = self._spent[bucket[0]][0][0] + BUCKET_WINDOW - self._now()
                return Refusal(HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(ceil(freed.total_seconds()))})
        return None

    def headers(self, route: str, status: int) -> dict[str, str]:
        """Counts an answer and gives the headers that say what is left."""
        if not is_esi(route):
            return {}
        with self._lock:
            if bucket := _bucket(route):
                group, limit = bucket
                cost = 0 if status == HTTPStatus.TOO_MANY_REQUESTS else TOKENS.get(status // 100, 0)
                if cost:
                    self._spent[group].append((self._now(), cost))
                return {
                    "X-Ratelimit-Group": group,
                    "X-Ratelimit-Limit": f"{limit}/{BUCKET_WINDOW.seconds // 60}m",
                    "X-Ratelimit-Remaining": str(max(0, self._tokens_left(group, limit))),
                    "X-Ratelimit-Used": str(cost),
                }
            if status >= HTTPStatus.BAD_REQUEST and status != ERROR_LIMITED:
                window = self._error_window()
                self._errors = {window: self._errors.get(window, 0) + 1}
            reset = self._error_window() + ERROR_WINDOW - self._now()
            return {
                "X-ESI-Error-Limit-Remain": str(max(0, self._errors_left())),
                "X-ESI-Error-Limit-Reset": str(ceil(reset.total_seconds())),
            }

    def _tokens_left(self, group: str, limit: int) -> int:
        spent = self._spent[group]
        while spent and spent[0][0] <= self._now() - BUCKET_WINDOW:
            spent.popleft()
        return limit - sum(cost for _, cost in spent)

    def _errors_left(self) -> int:
        return MOST_ERRORS - self._errors.get(self._error_window(), 0)

    def _error_window(self) -> datetime:
        return self._now().replace(second=0, microsecond=0)


def is_esi(route: str) -> bool:
    """Whether a route is one of ESI's."""
    return route in CACHE_SECONDS or route == "universe/names" or KILLMAIL.fullmatch(route) is not None


def _bucket(route: str) -> tuple[str, int] | None:
    return next((bucket for start, bucket in BUCKETS.items() if route.startswith(start)), None)


def _cached(until: datetime, seconds: int) -> dict[str, str]:
    return {"Cache-Control": f"public, max-age={seconds}", "Expires": format_datetime(until, usegmt=True)}


def _campaign(campaign: Campaign, now: datetime) -> dict[str, Any]:
    defender_score = campaign.defender_score(now)
    return {
        "attackers_score": round(1 - defender_score, 2),
        "campaign_id": campaign.campaign_id,
        "constellation_id": campaign.constellation_id,
        "defender_id": campaign.defender_id,
        "defender_score": defender_score,
        "event_type": "ihub_defense",
        "solar_system_id": campaign.solar_system_id,
        "start_time": _moment(campaign.starts_at),
        "structure_id": campaign.structure_id,
    }


def _claim(claim: Claim) -> dict[str, Any]:
    if claim.faction_id is not None:
        return {"claim": {"faction": {"faction_id": claim.faction_id}}, "solar_system_id": claim.solar_system_id}
    if claim.alliance_id is None or claim.claimed_since is None:
        return {"claim": {"unclaimed": True}, "solar_system_id": claim.solar_system_id}
    hub: dict[str, Any] = {"id": claim.hub_id}
    if claim.vulnerable_from and claim.vulnerable_until:
        hub["vulnerability_window"] = {"end": _moment(claim.vulnerable_until), "start": _moment(claim.vulnerable_from)}
    alliance = {
        "alliance_id": claim.alliance_id,
        "claimed_since": _moment(claim.claimed_since),
        "corporation_id": claim.corporation_id,
        "development": {
            "activity_defense_multiplier": claim.activity_defense_multiplier,
            "industrial_level": claim.industrial_level,
            "military_level": claim.military_level,
            "strategic_level": claim.strategic_level,
        },
        "is_capital_system": claim.is_capital_system,
        "sovereignty_hub": hub,
    }
    return {"claim": {"alliance": alliance}, "solar_system_id": claim.solar_system_id}


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
