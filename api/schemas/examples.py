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

SHIP_LOSS: JsonDict = {
    "ship": {"id": 24690, "name": "Hyperion", "group": "Battleship"},
    "quantity": 214,
    "npc_quantity": 3,
    "isk_destroyed": 61220004118,
    "isk_dropped": 14008812200,
    "quantity_before": 160,
    "trend": 1.338,
}

KILLMAIL_SUMMARY: JsonDict = {
    "killmail_id": 132000002,
    "killmail_time": "2026-01-31T18:43:02Z",
    "system": {"id": 30004759, "name": "1DQ1-A", "security_status": -0.38527},
    "region": {"id": 10000060, "name": "Delve"},
    "security_class": "nullsec",
    "victim": {
        "character": {"id": 2112000002, "name": "Another Pilot"},
        "corporation": {"id": 98000002, "name": None},
        "alliance": {"id": 99000002, "name": None},
        "ship": {"id": 24690, "name": "Hyperion", "group": "Battleship"},
    },
    "attackers": 12,
    "isk_destroyed": 381220094,
    "isk_dropped": 92110452,
    "isk_total": 473330546,
    "is_npc": False,
    "is_solo": False,
    "is_awox": False,
    "zkillboard_url": "https://zkillboard.com/kill/132000002/",
    "esi_url": "https://esi.evetech.net/killmails/132000002/0d0e3c1f5a7b9c2d4e6f8091a2b3c4d5e6f70819",
}

LIVE_KILLMAIL: JsonDict = {
    **KILLMAIL_SUMMARY,
    "landed_at": "2026-01-31T18:43:30Z",
    "alliance_ids": [99000001, 99000002],
}

ENRICHMENT: JsonDict = {
    "status": "succeeded",
    "payload": {
        "source": "esi",
        "war_id": None,
        "moon_id": None,
        "position": {"x": -102844404510.0, "y": 10277290482.0, "z": 99804419173.0},
        "attackers": [
            {
                "character": {"id": 2112000001, "name": "Example Pilot"},
                "corporation": {"id": 98000001, "name": "Example Corporation"},
                "alliance": {"id": 99000001, "name": "First Example Alliance"},
                "faction": None,
                "ship": {"id": 12015, "name": "Muninn", "group": "Heavy Assault Cruiser"},
                "weapon": {"id": 2929, "name": "800mm Repeating Cannon II", "group": "Projectile Weapon"},
                "damage_done": 48213,
                "final_blow": True,
                "security_status": -1.2,
            }
        ],
        "items": [
            {
                "type": {"id": 3186, "name": "Neutron Blaster Cannon II", "group": "Hybrid Weapon"},
                "flag": 27,
                "singleton": 0,
                "quantity_destroyed": 1,
                "quantity_dropped": 0,
                "items": [],
            }
        ],
    },
    "error": None,
    "attempts": 1,
    "created_at": "2026-01-31T18:44:30Z",
    "fetched_at": "2026-01-31T18:44:33Z",
    "updated_at": "2026-01-31T18:44:33Z",
}

DATA_STATUS: JsonDict = {
    "as_of": "2026-01-31T19:58:40Z",
    "completeness": 1.0,
    "mails_quarantined": 0,
    "stale_sources": [],
    "failed_tests": [],
}

BATTLES_STATISTICS: JsonDict = {
    "total_battles": 125456,
    "active_battles": 15,
    "last_24_hours": {
        "battles_created": 234,
        "battles_updated": 456,
        "battles_deleted": 3,
        "killmails_processed": 15234,
        "mean_clustering_milliseconds": 125.4,
    },
    "data_status": DATA_STATUS,
}

SINGLE_KILLMAIL: JsonDict = {
    **KILLMAIL_SUMMARY,
    "damage_taken": 48213,
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
    "enrichment": None,
    "data_status": DATA_STATUS,
}
