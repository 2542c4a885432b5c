"""Examples for the OpenAPI document, each a whole item as the API writes it; a test holds them to their schemas."""

from pydantic.config import JsonDict

BATTLE: JsonDict = {
    "id": "5b0a6f0e-6c4e-5f5a-9d3a-0c2f6f1f7a55",
    "slug": "BR-30004759-202601311842",
    "kind": "battle",
    "status": "closed",
    "started_at": "2026-01-31T18:42:11Z",
    "ended_at": "2026-01-31T19:30:05Z",
    "duration_seconds": 2874,
    "last_killmail_at": "2026-01-31T19:30:05Z",
    "system": {"id": 30004759, "name": "1DQ1-A", "security_status": -0.38527},
    "region": {"id": 10000060, "name": "Delve"},
    "space_type": "kspace",
    "security_class": "nullsec",
    "total_killmails": 96,
    "total_pilots": 214,
    "total_isk_destroyed": 31420655120,
    "total_isk_dropped": 9112004388,
    "sides": [
        {
            "side": 1,
            "label": "team_a",
            "pilots": 131,
            "ships_lost": 31,
            "ships_destroyed": 63.5,
            "isk_lost": 12014233801,
            "isk_destroyed": 28518425707,
            "efficiency": 0.7036,
            "top_alliances": [{"id": 99000001, "name": "First Example Alliance", "pilots": 118}],
        },
        {
            "side": 2,
            "label": "team_b",
            "pilots": 83,
            "ships_lost": 65,
            "ships_destroyed": 32.5,
            "isk_lost": 28518425707,
            "isk_destroyed": 12014233801,
            "efficiency": 0.2964,
            "top_alliances": [{"id": 99000002, "name": None, "pilots": 80}],
        },
    ],
    "outcome": {
        "is_decisive": True,
        "winning_side": 1,
        "reason": "Team A destroyed 70 % of the ISK and 63 ships.",
    },
    "zkill_related_urls": ["https://zkillboard.com/related/30004759/202601311800/"],
}

PARTICIPANT: JsonDict = {
    "character": {"id": 2112000001, "name": "Example Pilot"},
    "corporation": {"id": 98000001, "name": "Example Corporation"},
    "alliance": {"id": 99000001, "name": "First Example Alliance"},
    "side": 1,
    "side_confidence": 0.98,
    "second_best_side": 2,
    "ships": [{"id": 24690, "name": "Hyperion", "group": "Battleship"}],
    "kills": 41,
    "final_blows": 3,
    "losses": 1,
    "damage_done": 182004,
    "damage_received": 98551,
    "isk_destroyed": 1207550113,
    "isk_lost": 412880034,
    "first_seen_at": "2026-01-31T18:43:02Z",
    "last_seen_at": "2026-01-31T19:28:47Z",
}

KILLMAIL: JsonDict = {
    "killmail_id": 132000002,
    "killmail_time": "2026-01-31T18:43:02Z",
    "system": {"id": 30004759, "name": "1DQ1-A"},
    "victim": {
        "character": {"id": 2112000002, "name": "Another Pilot"},
        "corporation": {"id": 98000002, "name": None},
        "alliance": {"id": 99000002, "name": None},
        "ship": {"id": 24690, "name": "Hyperion", "group": "Battleship"},
    },
    "victim_side": 2,
    "is_friendly_fire": False,
    "isk_destroyed": 381220094,
    "isk_dropped": 92110452,
    "isk_total": 473330546,
    "link": {"killmail_id": 132000001, "evidence": "opposition", "seconds": 51, "entity_ids": [99000001, 99000002]},
    "zkillboard_url": "https://zkillboard.com/kill/132000002/",
    "esi_url": "https://esi.evetech.net/killmails/132000002/0d0e3c1f5a7b9c2d4e6f8091a2b3c4d5e6f70819",
}

LOSS: JsonDict = {
    "type": {
        "id": 24690,
        "name": "Hyperion",
        "group": {"id": 27, "name": "Battleship"},
        "category": {"id": 6, "name": "Ship"},
    },
    "quantity": 214,
    "quantity_before": 160,
    "trend": 1.337,
    "isk_destroyed": 61220004118,
    "isk_dropped": 14008812200,
    "npc_quantity": 3,
    "quantity_dropped": None,
}

REGION_DEMAND: JsonDict = {
    "losses_7d": 116,
    "dropped_7d": 0,
    "losses_previous_7d": 74,
    "trend": 1.568,
    "change_standard_errors": 2.412,
    "losses_7d_isk": 31320000000,
    "market_days": 7,
    "average_isk": 268400112,
    "stock": 12,
    "lowest_sell_isk": 279900000,
    "gap_units": 104,
    "gap_isk": 28080000000,
    "demand_score": 3.955,
    "fights": 21.6,
    "confidence": 0.785,
    "is_short": True,
    "is_in_demand": True,
    "reason": "Lost in Delve in the 7 days to 2026-01-31: 116; in the week before: 74. Sold in 7 days: 46. For sale: "
    "12, from 279,900,000 ISK. What private structures sell is not public. Fights behind the losses: 21.6 of like "
    "size.",
    "recommendation": "Bring 104 Ishtar from Amarr, 22 jumps away, which has 412 for sale, from 271,000,000 ISK.",
    "volume_7d": 46,
    "buy_volume": 3,
    "region": {"id": 10000060, "name": "Delve"},
    "type": {
        "id": 12005,
        "name": "Ishtar",
        "group": {"id": 358, "name": "Heavy Assault Cruiser"},
        "category": {"id": 6, "name": "Ship"},
    },
    "has_market": True,
    "nearest_hub": {
        "system": {"id": 30002187, "name": "Amarr"},
        "jumps": 22,
        "stock": 412,
        "lowest_sell_isk": 271000000,
    },
}

BACKTEST: JsonDict = {
    "place_kind": "region",
    "region": {"id": 10000060, "name": "Delve"},
    "hub": None,
    "outcome": "dearer",
    "end_day": "2026-01-25",
    "is_trend_known": True,
    "flagged_types": 40,
    "flagged_hits": 26,
    "hit_rate": 0.65,
    "highest_score": 14.25,
    "other_types": 310,
    "other_hits": 150,
    "baseline_rate": 0.484,
    "lift": 1.341,
    "lift_low": 1.038,
    "lift_high": 1.733,
    "concordance": 0.561,
    "concordance_standard_error": 0.031,
    "result": "Of 40 types flagged a week ago 65 % became dearer, of 310 others 48 %: 1.34 times as many (95 % sure: "
    "1.04 to 1.73). Of two types of which one became dearer, it had the higher score in 56.1 % (50 % is chance, give "
    "or take 6.1).",
}

PRODUCTION_ALERT: JsonDict = {
    "id": "sovereignty_timer:692702864",
    "kind": "sovereignty_timer",
    "region": {"id": 10000060, "name": "Delve"},
    "system": {"id": 30004759, "name": "1DQ1-A"},
    "hub": {"id": 30002187, "name": "Amarr"},
    "hub_jumps": 22,
    "starts_at": "2026-02-01T10:47:47Z",
    "hours_until": 15.66,
    "ships_lost": 37,
    "isk_lost": 11623531417,
    "sentence": "Timer in 15 h 39 min in 1DQ1-A (Delve): First Example Alliance defends a sovereignty hub. 62 % of 13 "
    "timers of this region were fought over. Half of these fights cost 37 ships and 11.6 billion ISK or more. Stock up "
    "in Amarr, 22 jumps.",
}

SINGLE_KILLMAIL: JsonDict = {
    "killmail_id": 132000002,
    "killmail_time": "2026-01-31T18:43:02Z",
    "system": {"id": 30004759, "name": "1DQ1-A", "security_status": -0.38527},
    "victim": {
        "character": {"id": 2112000002, "name": "Another Pilot"},
        "corporation": {"id": 98000002, "name": None},
        "alliance": {"id": 99000002, "name": None},
        "ship": {"id": 24690, "name": "Hyperion", "group": "Battleship"},
    },
    "damage_taken": 48213,
    "attackers": 12,
    "isk_destroyed": 381220094,
    "isk_dropped": 92110452,
    "isk_total": 473330546,
    "battle": {
        "id": "5b0a6f0e-6c4e-5f5a-9d3a-0c2f6f1f7a55",
        "slug": "BR-30004759-202601311842",
        "kind": "battle",
    },
    "zkb": {
        "isk_total": 470118220,
        "points": 14,
        "npc": False,
        "solo": False,
        "awox": False,
        "labels": ["cat:6", "#:10+", "pvp", "loc:nullsec"],
    },
    "zkillboard_url": "https://zkillboard.com/kill/132000002/",
    "esi_url": "https://esi.evetech.net/killmails/132000002/0d0e3c1f5a7b9c2d4e6f8091a2b3c4d5e6f70819",
}
