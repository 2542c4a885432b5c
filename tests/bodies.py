"""Killmail bodies for tests: one sound mail and the many ways to break it."""

import json
from typing import Any

KILLMAIL_ID = 100_000_001
DAY = "2026-09-15"


def body(**changes: Any) -> dict[str, Any]:
    """A sound killmail; `changes` replace its fields, None removes one."""
    mail: dict[str, Any] = {
        "killmail_id": KILLMAIL_ID,
        "killmail_hash": "0123456789abcdef0123456789abcdef01234567",
        "killmail_time": f"{DAY}T12:00:00Z",
        "solar_system_id": 30002187,
        "victim": {
            "character_id": 90000001,
            "corporation_id": 98000001,
            "alliance_id": 99000001,
            "ship_type_id": 587,
            "damage_taken": 100,
            "position": {"x": 1.0, "y": 2.0, "z": 3.0},
            "items": [
                {"item_type_id": 3520, "flag": 27, "singleton": 0, "quantity_destroyed": 1},
                {
                    "item_type_id": 3467,
                    "flag": 5,
                    "singleton": 0,
                    "quantity_dropped": 1,
                    "items": [{"item_type_id": 34, "flag": 0, "singleton": 0, "quantity_dropped": 7}],
                },
            ],
        },
        "attackers": [
            {
                "character_id": 90000002,
                "corporation_id": 98000002,
                "alliance_id": 99000002,
                "damage_done": 100,
                "final_blow": True,
                "security_status": -1.5,
                "ship_type_id": 603,
                "weapon_type_id": 3520,
            },
            {"corporation_id": 1000125, "damage_done": 0, "final_blow": False, "security_status": 0, "ship_type_id": 1},
        ],
    }
    mail |= changes
    return {key: value for key, value in mail.items() if value is not None}


def encoded(mail: dict[str, Any]) -> bytes:
    return json.dumps(mail).encode()


def with_victim(**changes: Any) -> bytes:
    return encoded(body(victim=body()["victim"] | changes))


def with_attacker(**changes: Any) -> bytes:
    return encoded(body(attackers=[body()["attackers"][0] | changes]))


def with_item(**changes: Any) -> bytes:
    return with_victim(items=[{"item_type_id": 34, "flag": 5, "singleton": 0, "quantity_destroyed": 1} | changes])


def replaced(old: str, new: str) -> bytes:
    text = encoded(body()).decode()
    assert old in text
    return text.replace(old, new, 1).encode()


def nested(depth: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for _ in range(depth):
        items = [{"item_type_id": 3467, "flag": 5, "singleton": 0, "quantity_destroyed": 1, "items": items}]
    return items


SOUND = encoded(body())

MALFORMED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not_json"),
    "cut short": (SOUND[:-40], "not_json"),
    "cut in a number": (b'{"killmail_id": 1', "not_json"),
    "two documents": (SOUND + SOUND, "not_json"),
    "not json": (b"<html>Bad Gateway</html>", "not_json"),
    "a BOM": (b"\xef\xbb\xbf" + SOUND, "not_json"),
    "200,000 deep": (b"[" * 200_000, "wrong_shape"),
    "200,000 deep in an unknown field": (b'{"x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "not_json"),
    "NaN": (replaced("-1.5", "NaN"), "not_json"),
    "a number out of range": (replaced("-1.5", "1e999"), "wrong_shape"),
    "bad UTF-8 in a known field": (replaced("01234567", "PLACE").replace(b"PLACE", b"\xff\xfe"), "not_utf8"),
    "bad UTF-8 in an unknown field": (SOUND[:-1] + b', "x": "\xff"}', "not_utf8"),
    "a lone surrogate": (replaced("01234567", "\\ud800"), "not_json"),
    "NUL in a text": (replaced("01234567", "\\u0000"), "wrong_shape"),
    "a list": (b"[]", "wrong_shape"),
    "null": (b"null", "wrong_shape"),
    "no killmail_id": (encoded(body(killmail_id=None)), "wrong_shape"),
    "killmail_id is text": (encoded(body(killmail_id=str(KILLMAIL_ID))), "wrong_shape"),
    "killmail_id 0": (encoded(body(killmail_id=0)), "wrong_shape"),
    "killmail_id negative": (encoded(body(killmail_id=-5)), "wrong_shape"),
    "killmail_id 2^63": (encoded(body(killmail_id=2**63)), "wrong_shape"),
    "killmail_id a fraction": (encoded(body(killmail_id=1.5)), "wrong_shape"),
    "no victim": (encoded(body(victim=None)), "wrong_shape"),
    "victim is a list": (encoded(body(victim=[])), "wrong_shape"),
    "no attackers": (encoded(body(attackers=None)), "wrong_shape"),
    "attackers empty": (encoded(body(attackers=[])), "wrong_shape"),
    "10,001 attackers": (encoded(body(attackers=[{"damage_done": 0, "final_blow": False}] * 10_001)), "wrong_shape"),
    "10,001 items": (with_victim(items=[{"item_type_id": 34, "flag": 5, "singleton": 0}] * 10_001), "wrong_shape"),
    "no time": (encoded(body(killmail_time=None)), "wrong_shape"),
    "time without zone": (encoded(body(killmail_time=f"{DAY}T12:00:00")), "wrong_shape"),
    "time is no time": (encoded(body(killmail_time="yesterday")), "wrong_shape"),
    "time of another zone": (encoded(body(killmail_time=f"{DAY}T12:00:00-02:00")), "wrong_shape"),
    "position beyond belief": (with_victim(position={"x": 1e300, "y": 0, "z": 0}), "wrong_shape"),
    "30 February": (encoded(body(killmail_time="2026-02-30T12:00:00Z")), "wrong_shape"),
    "1970": (encoded(body(killmail_time="1970-01-01T00:00:00Z")), "outside_day"),
    "the far future": (encoded(body(killmail_time="9999-12-31T00:00:00Z")), "outside_day"),
    "the first moment of the next day": (encoded(body(killmail_time="2026-09-16T00:00:00Z")), "outside_day"),
    "no solar system": (encoded(body(solar_system_id=None)), "wrong_shape"),
    "solar system 2^31": (encoded(body(solar_system_id=2**31)), "wrong_shape"),
    "no ship": (with_victim(ship_type_id=None), "wrong_shape"),
    "damage beyond belief": (with_victim(damage_taken=2**62), "wrong_shape"),
    "position of texts": (with_victim(position={"x": "a", "y": 0, "z": 0}), "wrong_shape"),
    "position without z": (with_victim(position={"x": 0, "y": 0}), "wrong_shape"),
    "alliance_id negative": (with_victim(alliance_id=-1), "wrong_shape"),
    "no damage_done": (encoded(body(attackers=[{"final_blow": True}])), "wrong_shape"),
    "final_blow is 1": (with_attacker(final_blow=1), "wrong_shape"),
    "weapon 2^31": (with_attacker(weapon_type_id=2**31), "wrong_shape"),
    "quantity negative": (with_item(quantity_destroyed=-1), "wrong_shape"),
    "quantity beyond belief": (with_item(quantity_destroyed=2**62), "wrong_shape"),
    "no singleton": (with_victim(items=[{"item_type_id": 34, "flag": 5}]), "wrong_shape"),
    "singleton 7": (with_item(singleton=7), "wrong_shape"),
    "item without type": (with_victim(items=[{"flag": 5, "quantity_destroyed": 1}]), "wrong_shape"),
    "items 5 deep": (with_victim(items=nested(5)), "wrong_shape"),
    "hash of 39 digits": (encoded(body(killmail_hash="0" * 39)), "wrong_shape"),
    "hash with a capital": (encoded(body(killmail_hash="A" * 40)), "wrong_shape"),
    "killmail_id twice": (SOUND[:-1] + b', "killmail_id": 5}', "duplicate_key"),
    "victim twice": (SOUND[:-1] + b', "victim": {"ship_type_id": 1, "damage_taken": 1}}', "duplicate_key"),
    "final_blow twice": (replaced('"final_blow": true', '"final_blow": true, "final_blow": false'), "duplicate_key"),
    "quantity twice": (replaced('"flag": 27', '"flag": 27, "flag": 28'), "duplicate_key"),
    "two final blows": (encoded(body(attackers=body()["attackers"][:1] * 2)), "two_final_blows"),
    "another id than the file's": (encoded(body(killmail_id=KILLMAIL_ID + 1)), "id_mismatch"),
}
"""Name → (body, the reason it must be refused for)."""
