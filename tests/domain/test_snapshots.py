"""Reading snapshots: the documented shapes, what is let through, and what is refused with which sentence."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battlescope_assets.domain.snapshots import KINDS, SnapshotError, counted_hour_of, read_snapshot

CAMPAIGN = {
    "attackers_score": 0.4,
    "campaign_id": 32833,
    "constellation_id": 20000125,
    "defender_id": 1695357456,
    "defender_score": 0.6,
    "event_type": "ihub_defense",
    "solar_system_id": 30000856,
    "start_time": "2026-10-29T14:34:40Z",
    "structure_id": 1018253388776,
}
FREEPORT = {
    "campaign_id": 32834,
    "constellation_id": 20000125,
    "event_type": "station_freeport",
    "participants": [{"alliance_id": 99000002, "score": 0.3}, {"alliance_id": 99000001, "score": 0.7}],
    "solar_system_id": 30000856,
    "start_time": "2026-10-29T14:34:40Z",
    "structure_id": 61001096,
}
HELD = {
    "solar_system_id": 30004759,
    "claim": {
        "alliance": {
            "alliance_id": 99000001,
            "corporation_id": 98765432,
            "claimed_since": "2021-01-01T00:00:00Z",
            "is_capital_system": True,
            "development": {
                "activity_defense_multiplier": 4.5,
                "military_level": 5,
                "industrial_level": 3,
                "strategic_level": 1,
            },
            "sovereignty_hub": {
                "id": 1018253388776,
                "vulnerability_window": {"start": "2026-10-29T18:00:00Z", "end": "2026-10-29T21:00:00Z"},
            },
        }
    },
}
FACTIONS = {"solar_system_id": 30002096, "claim": {"faction": {"faction_id": 500001}}}
NOBODYS = {"solar_system_id": 30000001, "claim": {"unclaimed": True}}
CONTESTED = {
    "contested": "contested",
    "occupier_faction_id": 500001,
    "owner_faction_id": 500004,
    "solar_system_id": 30002096,
    "victory_points": 60,
    "victory_points_threshold": 3000,
}
NO_CLAIM = (None, None, None, None, False, None, None, None, None, None, None, None)


def read(source: str, content: Any) -> dict[int, tuple[Any, ...]]:
    snapshot = read_snapshot(json.dumps(content).encode(), KINDS[source])
    assert snapshot.refusals == []
    return dict(snapshot.rows)


@pytest.mark.parametrize(
    ("source", "content", "rows"),
    [
        (
            "sovereignty_campaigns",
            [CAMPAIGN, FREEPORT],
            {
                32833: (
                    30000856, 20000125, 1018253388776, "ihub_defense", datetime(2026, 10, 29, 14, 34, 40, tzinfo=UTC),
                    1695357456, 0.6, 0.4, [], [],
                ),
                32834: (
                    30000856, 20000125, 61001096, "station_freeport", datetime(2026, 10, 29, 14, 34, 40, tzinfo=UTC),
                    None, None, None, [99000001, 99000002], [0.7, 0.3],
                ),
            },
        ),
        (
            "sovereignty_systems",
            {"solar_systems": [HELD, FACTIONS, NOBODYS]},
            {
                30004759: (
                    99000001, 98765432, None, datetime(2021, 1, 1, tzinfo=UTC), True, 1018253388776,
                    datetime(2026, 10, 29, 18, tzinfo=UTC), datetime(2026, 10, 29, 21, tzinfo=UTC), 4.5, 3, 5, 1,
                ),
                30002096: (*NO_CLAIM[:2], 500001, *NO_CLAIM[3:]),
                30000001: NO_CLAIM,
            },
        ),
        ("faction_warfare", [CONTESTED], {30002096: (500004, 500001, "contested", 60, 3000)}),
        ("system_jumps", [{"system_id": 30002410, "ship_jumps": 42}], {30002410: (42,)}),
        (
            "system_kills",
            [{"system_id": 30002410, "ship_kills": 42, "npc_kills": 7, "pod_kills": 3}],
            {30002410: (42, 3, 7)},
        ),
        (
            "market_prices",
            [{"type_id": 32772, "adjusted_price": 306988.09, "average_price": 306292.67}, {"type_id": 34}],
            {32772: (Decimal("306292.67"), Decimal("306988.09")), 34: (None, None)},
        ),
    ],
)  # fmt: skip
def test_documented_shapes(source: str, content: Any, rows: dict[int, tuple[Any, ...]]) -> None:
    assert read(source, content) == rows
    assert all(len(KINDS[source].columns) == 1 + len(row) for row in rows.values())


@pytest.mark.parametrize(
    "change", [{"event_type": "sovhub_defense"}, {"a_new_field": {"of": ["any", "shape"]}}, {"defender_score": None}]
)
def test_new_words_and_fields_are_let_through(change: dict[str, Any]) -> None:
    assert set(read("sovereignty_campaigns", [CAMPAIGN | change])) == {32833}


@pytest.mark.parametrize(
    ("row", "key", "detail"),
    [
        (CAMPAIGN | {"campaign_id": 2, "start_time": "tomorrow"}, 2, "Invalid RFC3339 encoded datetime - at `$.start_"),
        (CAMPAIGN | {"campaign_id": 2, "defender_score": 1.5}, 2, "Expected `float` <= 1.0 - at `$.defender_score`"),
        (CAMPAIGN | {"campaign_id": 2, "structure_id": 2**63}, 2, "Expected `int` <= 9223372036854775807"),
        (CAMPAIGN | {"campaign_id": 2, "event_type": "a\0b"}, 2, "Expected `str` matching regex"),
        (CAMPAIGN | {"campaign_id": "two"}, None, "Expected `int`, got `str` - at `$.campaign_id`"),
        ({}, None, "Object missing required field `campaign_id`"),
        (None, None, "Expected `object`, got `null`"),
        ([], None, "Expected `object`, got `array`"),
        (CAMPAIGN, 32833, "the same campaign_id came before"),
    ],
)
def test_a_malformed_row_is_refused_alone(row: Any, key: int | None, detail: str) -> None:
    snapshot = read_snapshot(json.dumps([CAMPAIGN, row]).encode(), KINDS["sovereignty_campaigns"])
    assert set(snapshot.rows) == {32833}
    (refusal,) = snapshot.refusals
    assert (refusal.row_index, refusal.key) == (1, key)
    assert refusal.detail.startswith(detail)
    assert "\0" not in refusal.row


@pytest.mark.parametrize(
    ("source", "body", "why"),
    [
        ("faction_warfare", b"", "it is no list of rows: Input data was truncated"),
        ("faction_warfare", b"<html>One moment</html>", "it is no list of rows: JSON is malformed"),
        ("faction_warfare", b'{"error": "down"}', "it is no list of rows: Expected `array`, got `object`"),
        ("faction_warfare", b'[{"contested": "cont', "it is no list of rows: Input data was truncated"),
        ("faction_warfare", b'[{"error": "down"}]', "none of its 1 rows can be read; the first: Object missing"),
        ("faction_warfare", b"[" * 200_000, "it is no list of rows: "),
        ("sovereignty_systems", b"[]", "it is no list of rows: Expected `object`, got `array`"),
        ("sovereignty_systems", b"{}", "it has no solar_systems"),
        ("sovereignty_systems", b'{"solar_systems": null}', "it is no list of rows: Expected `array`, got `null`"),
    ],
)
def test_what_is_no_snapshot_is_refused_whole(source: str, body: bytes, why: str) -> None:
    with pytest.raises(SnapshotError) as refused:
        read_snapshot(body, KINDS[source])
    assert f"{refused.value}".startswith(why)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(CAMPAIGN)), JSON)
def test_whatever_a_field_holds_the_other_rows_are_read(field: str, value: Any) -> None:
    body = json.dumps([FREEPORT, CAMPAIGN | {field: value}]).encode()
    snapshot = read_snapshot(body, KINDS["sovereignty_campaigns"])
    assert 32834 in snapshot.rows
    assert len(snapshot.rows) + len(snapshot.refusals) == 2


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        read_snapshot(body, KINDS["system_jumps"])
    except SnapshotError:
        return


@pytest.mark.parametrize(
    ("as_of", "hour"),
    [("12:00:00", 11), ("12:29:59", 11), ("12:30:00", 12), ("12:59:00", 12), ("13:10:00", 12)],
)
def test_the_hour_counted_is_the_one_that_holds_most_of_it(as_of: str, hour: int) -> None:
    assert counted_hour_of(datetime.fromisoformat(f"2026-09-15T{as_of}Z")).hour == hour


def test_a_row_of_broken_characters_is_refused_alone() -> None:
    broken = json.dumps(CAMPAIGN | {"event_type": "x"}).encode().replace(b'"x"', b'"\xff"')
    snapshot = read_snapshot(b"[%b,%b]" % (json.dumps(FREEPORT).encode(), broken), KINDS["sovereignty_campaigns"])
    assert set(snapshot.rows) == {32834}
    assert len(snapshot.refusals) == 1
