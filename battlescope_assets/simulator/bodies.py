"""A loss written as ESI writes a killmail, with what EVE Ref adds; what was lost and why does not belong here."""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import pi
from typing import Any

import numpy as np

from battlescope_assets.simulator.scenarios import Loss, Member, Npc
from battlescope_assets.simulator.ships import Draw, Hangar

Body = dict[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_MOON_ID = 40_000_001
GRID_METRES = 40_000
"""How far wrecks of one place lie apart."""
NEGATIVE_DAMAGE, NO_HASH, NO_POSITION = 0.0007, 0.003, 0.004
"""How often a mail has an oddity that real archives have."""


def moment(seconds: int) -> str:
    """Seconds since 1970-01-01 UTC as ESI writes times."""
    return f"{EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"


def killmail_hash(killmail_id: int, seconds: int) -> str:
    """The hash by which ESI hands out a killmail; `seconds` since 1970-01-01 UTC.

    Every mail has one, though EVE Ref's archives lack some.
    """
    return hashlib.sha1(f"{killmail_id} {seconds}".encode(), usedforsecurity=False).hexdigest()


def esi_body(body: Body) -> Body:
    """A killmail without what EVE Ref adds to it."""
    return {name: value for name, value in body.items() if name not in {"killmail_hash", "http_last_modified"}}


def hash_of(body: Body) -> str:
    """A killmail's hash, also where EVE Ref lacks it."""
    return killmail_hash(body["killmail_id"], int(datetime.fromisoformat(body["killmail_time"]).timestamp()))


def killmail_body(loss: Loss, killmail_id: int, day_start_seconds: int, hangar: Hangar, draw: Draw) -> Body:
    """One killmail.

    Args:
        loss: its time counts from the day it started on.
        killmail_id: its id.
        day_start_seconds: that day's start, in seconds since 1970-01-01 UTC.
        hangar: what ships hold.
        draw: decides damage, fates of items and oddities.
    """
    fit = loss.victim.fit
    seconds = day_start_seconds + loss.time_seconds
    rolls = draw.random(6).tolist()
    damage = max(1, round(fit.hit_points * (0.75 + rolls[0] * 0.6)))
    attackers = _attackers(loss, damage, rolls[1], draw)
    if rolls[2] < NEGATIVE_DAMAGE:
        attackers[-1]["damage_done"] = -int(rolls[1] * 1000) - 1
    victim: Body = {
        "damage_taken": damage,
        "items": _items(loss, hangar, draw),
        "ship_type_id": fit.hull_type_id,
        **_identity(loss.victim),
    }
    if rolls[3] >= NO_POSITION:
        victim["position"] = _position(loss, draw)
    body: Body = {
        "attackers": attackers,
        "http_last_modified": moment(seconds + 60 + int(rolls[4] * 600)),
        "killmail_id": killmail_id,
        "killmail_time": moment(seconds),
        "solar_system_id": loss.solar_system_id,
        "victim": victim,
    }
    if rolls[5] >= NO_HASH:
        body["killmail_hash"] = killmail_hash(killmail_id, seconds)
    if loss.war_id:
        body["war_id"] = loss.war_id
    if fit.hull_name == "Athanor":
        body["moon_id"] = FIRST_MOON_ID + loss.solar_system_id % 100_000
    return body


def _identity(who: Member) -> Body:
    pilot = who.pilot
    ids = {
        "character_id": pilot.character_id,
        "corporation_id": pilot.corporation_id,
        "alliance_id": pilot.alliance_id,
        "faction_id": pilot.faction_id,
    }
    return {name: value for name, value in ids.items() if value}


def _attackers(loss: Loss, damage: int, blow: float, draw: Draw) -> list[Body]:
    """Attackers by falling damage, which adds up to what the victim took; logistics ships do none."""
    shares = draw.standard_exponential(len(loss.attackers))
    shares *= [not (isinstance(a, Member) and a.role == "logistics") for a in loss.attackers]
    if not shares.any():
        shares[0] = 1
    done = np.floor(shares / shares.sum() * damage).astype(int)
    done[np.argmax(done)] += damage - done.sum()
    order = np.argsort(-done, kind="stable").tolist()
    final = order[int(blow**2 * np.count_nonzero(done))]
    guns = draw.random(len(order)).tolist()
    attackers = []
    for index in order:
        attacker = loss.attackers[index]
        entry: Body = {"damage_done": int(done[index]), "final_blow": index == final, "security_status": 0.0}
        if isinstance(attacker, Npc):
            entry["ship_type_id"] = attacker.ship_type_id
            if attacker.corporation_id:
                entry["corporation_id"] = attacker.corporation_id
            if attacker.faction_id:
                entry["faction_id"] = attacker.faction_id
        else:
            weapons = attacker.fit.weapon_type_ids
            entry["security_status"] = attacker.pilot.security_status
            entry["ship_type_id"] = attacker.fit.hull_type_id
            entry["weapon_type_id"] = weapons[int(guns[index] * len(weapons))]
            entry |= _identity(attacker)
        attackers.append(entry)
    return attackers


def _items(loss: Loss, hangar: Hangar, draw: Draw) -> list[Body]:
    if loss.victim.role == "pod":
        return hangar.implants(draw) if draw.random() < 0.25 else []
    items = hangar.loss_items(loss.victim.fit, draw)
    if loss.has_cargo:
        items += hangar.cargo(draw, 1 + int(draw.exponential(7)))
    if loss.victim.fit.hull_name in {"Megathron", "Abaddon", "Leshak", "Raven"} and draw.random() < 0.1:
        items += hangar.escape_frigate(draw)
    return items


def _position(loss: Loss, draw: Draw) -> Body:
    """Metres from the star, on the grid of the loss's place."""
    centre = _grid(loss.solar_system_id, loss.place)
    scatter = draw.normal(0, GRID_METRES, 3).tolist()
    return dict(zip("xyz", (a + b for a, b in zip(centre, scatter, strict=True)), strict=True))


@lru_cache(maxsize=4_096)
def _grid(solar_system_id: int, place: int) -> tuple[float, float, float]:
    """The same place of a system is the same grid on every day."""
    turn, height, distance = np.random.default_rng([solar_system_id, place]).random(3).tolist()
    metres = 10 ** (10.3 + 2.2 * distance)
    x, z = np.cos(2 * pi * turn) * metres, np.sin(2 * pi * turn) * metres
    return float(x), float((height - 0.5) * metres / 10), float(z)
