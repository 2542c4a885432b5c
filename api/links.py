"""Addresses of other sites about what BattleScope shows; no address of BattleScope's own belongs here."""


def zkillboard_kill_url(killmail_id: int) -> str:
    """ZKillboard's page of a killmail."""
    return f"https://zkillboard.com/kill/{killmail_id}/"


def esi_killmail_url(killmail_id: int, killmail_hash: str | None) -> str | None:
    """The killmail in EVE's own API; none where the hash, which that address needs, is unknown."""
    return killmail_hash and f"https://esi.evetech.net/killmails/{killmail_id}/{killmail_hash}"
