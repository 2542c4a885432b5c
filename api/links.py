"""Addresses of other sites about what BattleScope shows; no address of BattleScope's own belongs here."""

from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
DIGITS_ONLY = {ord(sign): None for sign in "-T"}
PAGE_BEFORE = HOUR
PAGE_AFTER = 2 * HOUR
"""zKillboard's related page of hour T shows one system from T - 1 h to T + 2 h, both included."""


def zkillboard_related_urls(solar_system_id: int, started_at: datetime, ended_at: datetime) -> list[str]:
    """The fewest related pages, in order, that together show [started_at, ended_at] (UTC) of a system.

    The first page is the one of the hour of the start. zKillboard's address is canonical only with minutes `00`.
    """
    hour = started_at.replace(minute=0, second=0, microsecond=0)
    urls = [_related_url(solar_system_id, hour)]
    while hour + PAGE_AFTER < ended_at:
        hour += PAGE_BEFORE + PAGE_AFTER
        urls.append(_related_url(solar_system_id, hour))
    return urls


def _related_url(solar_system_id: int, hour: datetime) -> str:
    digits = hour.isoformat()[:13].translate(DIGITS_ONLY)  # ten times as fast as strftime, and lists have many
    return f"https://zkillboard.com/related/{solar_system_id}/{digits}00/"


def zkillboard_kill_url(killmail_id: int) -> str:
    """ZKillboard's page of a killmail."""
    return f"https://zkillboard.com/kill/{killmail_id}/"


def esi_killmail_url(killmail_id: int, killmail_hash: str | None) -> str | None:
    """The killmail in EVE's own API; none where the hash, which that address needs, is unknown."""
    return killmail_hash and f"https://esi.evetech.net/killmails/{killmail_id}/{killmail_hash}"
