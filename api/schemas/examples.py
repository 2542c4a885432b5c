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

_SIDE_DETAILS: list[JsonDict] = [
    {
        "groups": [
            {
                "id": 99000001,
                "name": "First Example Alliance",
                "kind": "alliance",
                "pilots": 118,
                "isk_destroyed": 25118004120,
                "isk_lost": 11200981442,
                "confidence": 0.97,
            }
        ],
        "ship_types": [{"ship": {"id": 24690, "name": "Hyperion", "group": "Battleship"}, "fielded": 64, "lost": 17}],
        "items_lost": [{"id": 3831, "name": "Large Shield Extender II", "destroyed": 21, "dropped": 13}],
    },
    {
        "groups": [
            {
                "id": 99000002,
                "name": None,
                "kind": "alliance",
                "pilots": 80,
                "isk_destroyed": 11904310550,
                "isk_lost": 28118730092,
                "confidence": 0.95,
            }
        ],
        "ship_types": [
            {"ship": {"id": 16227, "name": "Ferox", "group": "Combat Battlecruiser"}, "fielded": 51, "lost": 44}
        ],
        "items_lost": [{"id": 2185, "name": "Hammerhead II", "destroyed": 35, "dropped": 12}],
    },
]
_SIDES: list[JsonDict] = BATTLE["sides"]  # type: ignore[assignment]  # JsonDict does not say which values are lists

BATTLE_DETAIL: JsonDict = BATTLE | {
    "sides": [side | detail for side, detail in zip(_SIDES, _SIDE_DETAILS, strict=True)],
    "total_ships_lost": 96,
    "systems": [{"system": {"id": 30004759, "name": "1DQ1-A"}, "killmails": 96}],
    "top_killers": [
        {"character": {"id": 2112000001, "name": "Example Pilot"}, "side": 1, "kills": 41, "isk_destroyed": 1207550113}
    ],
    "top_losers": [
        {"character": {"id": 2112000002, "name": "Another Pilot"}, "side": 2, "losses": 2, "isk_lost": 912004551}
    ],
    "killmails": [
        {"killmail_id": 132000001, "link": None},
        {
            "killmail_id": 132000002,
            "link": {
                "killmail_id": 132000001,
                "evidence": "opposition",
                "seconds": 51,
                "entity_ids": [99000001, 99000002],
            },
        },
    ],
    "friendly_fire": [
        {
            "killmail_id": 132000002,
            "character": {"id": 2112000003, "name": "Clumsy Pilot"},
            "damage_done": 1204,
        }
    ],
    "former": [
        {
            "id": "0d7c2d43-2f0e-5d0b-8f65-1b1f7f6a1c11",
            "slug": "BR-30004759-202601311901",
            "reason": "merged",
            "happened_at": "2026-02-01T11:04:52Z",
        }
    ],
    "created_at": "2026-02-01T11:02:10Z",
    "updated_at": "2026-02-01T11:04:52Z",
    "data_status": {
        "as_of": "2026-02-01T23:59:41Z",
        "completeness": 1.0,
        "mails_quarantined": 0,
        "stale_sources": [],
        "failed_tests": [],
    },
}

LOSSES: JsonDict = {
    "minute_at": "2026-01-31T18:43:00Z",
    "side": 2,
    "killmails": 3,
    "ships_lost": 2,
    "isk_lost": 902117440,
}

SEARCH_ENTRY: JsonDict = {"type": "system", "id": 30004759, "name": "1DQ1-A", "context": "Delve"}

RECLUSTER_JOB: JsonDict = {
    "job_id": "7a0d1a34-52a5-4cf1-9d0c-8f3f7a2f9f10",
    "type": "reclustering",
    "status": "completed",
    "priority": "normal",
    "first_day": "2026-06-05",
    "last_day": "2026-06-07",
    "created_at": "2026-06-08T11:00:02Z",
    "started_at": "2026-06-08T11:00:04Z",
    "completed_at": "2026-06-08T11:00:19Z",
    "progress": {
        "days_processed": 3,
        "killmails_processed": 44120,
        "battles_created": 2,
        "battles_updated": 9,
        "battles_deleted": 1,
        "battles_unchanged": 1806,
    },
    "retries": 0,
    "error": None,
}
