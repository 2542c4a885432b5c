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
            "top_corporations": [],
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
            "top_alliances": [],
            "top_corporations": [{"id": 98000002, "name": None, "pilots": 80}],
        },
    ],
    "outcome": {
        "is_decisive": True,
        "winning_side": 1,
        "reason": "Side 1 destroyed 63.5 ships at 70.3% ISK efficiency.",
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

SOVEREIGNTY_CAMPAIGN: JsonDict = {
    "campaign_id": 74125,
    "event_type": "ihub_defense",
    "structure": "sovereignty hub",
    "structure_id": 1045003812345,
    "system": {"id": 30004759, "name": "1DQ1-A", "security_status": -0.38527},
    "constellation": {"id": 20000696, "name": "O-EIMK"},
    "region": {"id": 10000060, "name": "Delve"},
    "hub": {"system": {"id": 30002187, "name": "Amarr"}, "jumps": 31},
    "defender": {"id": 99000001, "name": "First Example Alliance"},
    "starts_at": "2026-02-01T15:36:00Z",
    "defender_score": 0.6,
    "attackers_score": 0.4,
    "participants": [],
    "is_ongoing": False,
    "seconds_until_start": 19242,
    "summary": "It starts in 5 h 20 min.",
    "holding": {
        "holder": {"id": 99000001, "name": "First Example Alliance"},
        "claimed_since": "2025-11-03T00:00:00Z",
        "is_capital_system": True,
        "vulnerable_from": "2026-02-01T15:00:00Z",
        "vulnerable_until": "2026-02-01T18:00:00Z",
        "activity_defense_multiplier": 5.6,
        "industrial_level": 2,
        "military_level": 5,
        "strategic_level": 5,
    },
    "expectation": {
        "scope": "defender",
        "timers": 9,
        "fight_share": 0.444,
        "fight_share_low": 0.217,
        "fight_share_high": 0.696,
        "ships_lost": 62,
        "isk_lost": 21400316280,
    },
}

PAST_SOVEREIGNTY_CAMPAIGN: JsonDict = {
    "campaign_id": 74101,
    "event_type": "ihub_defense",
    "structure": "sovereignty hub",
    "structure_id": 1045003812345,
    "system": {"id": 30004759, "name": "1DQ1-A", "security_status": -0.38527},
    "constellation": {"id": 20000696, "name": "O-EIMK"},
    "region": {"id": 10000060, "name": "Delve"},
    "hub": {"system": {"id": 30002187, "name": "Amarr"}, "jumps": 31},
    "defender": {"id": 99000001, "name": "First Example Alliance"},
    "starts_at": "2026-01-31T18:30:00Z",
    "defender_score": 0.92,
    "attackers_score": 0.08,
    "participants": [],
    "resolved_at": "2026-01-31T19:55:00Z",
    "outcome": "defended",
    "outcome_reason": "The defender held the system before and after it.",
    "holder_after": {"id": 99000001, "name": "First Example Alliance"},
    "ships_lost": 96,
    "isk_lost": 40532659508,
    "battles": [
        {
            "id": "5b0a6f0e-6c4e-5f5a-9d3a-0c2f6f1f7a55",
            "slug": "BR-30004759-202601311842",
            "kind": "battle",
            "started_at": "2026-01-31T18:42:11Z",
            "ended_at": "2026-01-31T19:30:05Z",
            "minutes_after_start": 12,
            "system": {"id": 30004759, "name": "1DQ1-A"},
            "is_in_system": True,
            "pilots": 214,
            "ships_lost": 96,
            "isk_lost": 40532659508,
            "attackers": [{"id": 99000002, "name": None}],
        }
    ],
}

FACTION_WARFARE_SYSTEM: JsonDict = {
    "system": {"id": 30002813, "name": "Tama", "security_status": 0.25842},
    "constellation": {"id": 20000412, "name": "Okkamon"},
    "region": {"id": 10000033, "name": "The Citadel"},
    "hub": {"system": {"id": 30000142, "name": "Jita"}, "jumps": 7},
    "owner": {"id": 500001, "name": "Caldari State"},
    "occupier": {"id": 500001, "name": "Caldari State"},
    "attacker": {"id": 500004, "name": "Gallente Federation"},
    "contested": "contested",
    "victory_points": 66094,
    "victory_points_threshold": 75000,
    "contested_percent": 88.125,
    "is_hotspot": True,
    "is_vulnerable": False,
    "percent_per_hour_6h": 0.9,
    "percent_per_hour_24h": 0.75,
    "percent_per_hour_24h_error": 0.21,
    "observed_hours": 24.0,
    "flip": {
        "expected_at": "2026-02-01T10:20:00Z",
        "hours": 15.833,
        "hours_low": 10.41,
        "hours_high": 29.77,
        "reason": "At 0.8 % an hour it is fully contested in 15 h 50 min, between 10 h 24 min and 1 d 5 h.",
    },
    "killmails_24h": 88,
    "isk_destroyed_24h": 4120558190,
    "hulls_lost_7d": [{"ship": {"id": 587, "name": "Rifter", "group": "Frigate"}, "quantity": 41}],
    "modules_lost_7d": [
        {"item": {"id": 2046, "name": "Damage Control I"}, "group": "Damage Control", "quantity": 52},
    ],
    "as_of": "2026-01-31T18:30:00Z",
}

HEAT_SYSTEM: JsonDict = {
    "system": {"id": 30002813, "name": "Tama", "security_status": 0.25842},
    "region": {"id": 10000033, "name": "The Citadel"},
    "space_type": "kspace",
    "security_class": "lowsec",
    "map_x_ly": -17.1123,
    "map_y_ly": 5.0871,
    "killmails": 412,
    "npc_killmails": 3,
    "capsule_killmails": 121,
    "structure_killmails": 1,
    "ships_lost_to_players": 284,
    "isk_destroyed": 18220994011,
    "isk_dropped": 5120558190,
}

DATA_DAY: JsonDict = {
    "day": "2026-01-31",
    "status": "stored",
    "mails_expected": 15804,
    "mails_stored": 15803,
    "mails_quarantined": 1,
    "completeness": 0.9999367249,
    "revision": 2,
    "changed_at": "2026-02-01T06:03:44Z",
}

ROUTE: JsonDict = {
    "preference": "shortest",
    "jumps": 1,
    "risk": 0.0125,
    "danger": "high",
    "ships_lost_1_hour": 3,
    "ships_lost_24_hours": 47,
    "sentence": "1 jump; 47 ships lost to players in 24 hours, 3 in the last hour; "
    "about 1 of 80 passing ships is lost.",
    "warnings": [
        "Passes through a conflict zone: Tama, 47 kills in 24 h, 3 in the last hour.",
        "Tama: Camp of 9 pilots, going on: 6 killmails here.",
    ],
    "steps": [
        {
            "jump": 0,
            "system": {"id": 30001376, "name": "Nourvukaiken", "security_status": 0.816557},
            "region": {"id": 10000016, "name": "Lonetrek"},
            "security_class": "highsec",
            "ships_lost_1_hour": 0,
            "ships_lost_24_hours": 0,
            "is_conflict_zone": False,
            "camp_share": None,
            "risk": 0.00005,
            "danger": "low",
            "reasons": [],
            "killmail_ids": [],
        },
        {
            "jump": 1,
            "system": {"id": 30002813, "name": "Tama", "security_status": 0.282556},
            "region": {"id": 10000033, "name": "The Citadel"},
            "security_class": "lowsec",
            "ships_lost_1_hour": 3,
            "ships_lost_24_hours": 47,
            "is_conflict_zone": True,
            "camp_share": 0.617,
            "risk": 0.0125,
            "danger": "high",
            "reasons": [
                {
                    "kind": "battle",
                    "sentence": "Camp of 9 pilots, going on: 6 killmails here.",
                    "battle": {
                        "id": "5b0a6f0e-6c4e-5f5a-9d3a-0c2f6f1f7a55",
                        "slug": "BR-30002813-202601311842",
                        "kind": "camp",
                        "status": "open",
                    },
                },
            ],
            "killmail_ids": [132000002],
        },
    ],
}

CONFLICT_ALERT: JsonDict = {
    "danger": "high",
    "risk": 0.0125,
    "sentence": "47 ships lost to players in 24 hours, 3 in the last hour; about 1 of 80 passing ships is lost.",
    "systems": 1,
    "ships_lost_1_hour": 3,
    "ships_lost_24_hours": 47,
    "conflict_zones": [
        {
            "system": {"id": 30002813, "name": "Tama", "security_status": 0.282556},
            "ships_lost_1_hour": 3,
            "ships_lost_24_hours": 47,
        },
    ],
    "biggest_battle": {
        "id": "5b0a6f0e-6c4e-5f5a-9d3a-0c2f6f1f7a55",
        "slug": "BR-30002813-202601311842",
        "kind": "camp",
        "status": "open",
        "system": {"id": 30002813, "name": "Tama"},
        "started_at": "2026-01-31T18:42:11Z",
        "ended_at": "2026-01-31T19:30:05Z",
        "total_killmails": 6,
        "total_pilots": 9,
        "isk_destroyed": 1420655120,
    },
    "timers": [
        {
            "campaign_id": 31337,
            "system": {"id": 30002813, "name": "Tama"},
            "defender": {"id": 99000001, "name": "First Example Alliance"},
            "starts_at": "2026-02-01T02:15:00Z",
            "seconds_until_start": 24300,
            "sentence": "Sovereignty timer in 6 h 45 min, defended by First Example Alliance.",
        },
    ],
    "risks_as_of": "2026-01-31T19:12:40Z",
    "data_status": {
        "as_of": "2026-01-31T19:30:05Z",
        "completeness": 1.0,
        "mails_quarantined": 0,
        "stale_sources": [],
        "failed_tests": [],
    },
}

DOCTRINE: JsonDict = {
    "id": "50ee168f-646a-a89f-b049-489860d3aa50",
    "ship": {"id": 29990, "name": "Loki", "group": "Strategic Cruiser"},
    "summary": "Loki with 6 720mm Howitzer Artillery II, 2 Large Shield Extender II, 3 Gyrostabilizer II: 488 lost in "
    "23 fights, most by First Example Alliance. About 371 will be bought in the next 7 days.",
    "modules": "6 720mm Howitzer Artillery II, 2 Large Shield Extender II, 3 Gyrostabilizer II",
    "first_seen_at": "2026-11-06T17:35:33Z",
    "last_seen_at": "2026-11-20T23:21:29Z",
    "regions": [{"id": 10000015, "name": "Venal"}, {"id": 10000029, "name": "Geminate"}],
    "mean_fleet_size": 53.956,
    "loss_share": 0.393,
    "losses_7d": 371,
    "losses_previous_7d": 100,
    "expected_restock_units": 371,
    "ship_isk": 568383599,
    "bursts": 15,
    "losses": 371,
    "isk_lost": 207941342885,
    "survivors": 560,
    "first_lost_at": "2026-11-14T04:00:49Z",
    "last_lost_at": "2026-11-20T23:21:29Z",
    "flyers": [
        {
            "group": {"id": 99010002, "name": "First Example Alliance", "kind": "alliance"},
            "losses": 94,
            "losses_7d": 81,
            "first_seen_at": "2026-11-06T17:35:33Z",
            "last_seen_at": "2026-11-20T23:21:29Z",
        },
        {
            "group": {"id": 99010004, "name": "Second Example Alliance", "kind": "alliance"},
            "losses": 73,
            "losses_7d": 62,
            "first_seen_at": "2026-11-06T17:35:33Z",
            "last_seen_at": "2026-11-20T23:21:29Z",
        },
    ],
}

CONFLICT: JsonDict = {
    "id": "99010002-99010006",
    "group": {"id": 99010002, "name": "First Example Alliance", "kind": "alliance"},
    "opponent": {"id": 99010006, "name": "Third Example Alliance", "kind": "alliance"},
    "kills": 290,
    "losses": 357,
    "kills_share": 120.131,
    "losses_share": 171.046,
    "isk_destroyed": 28689388455,
    "isk_lost": 87286847060,
    "isk_total": 115976235515,
    "efficiency": 0.247,
    "trend": 0.999,
    "systems": 52,
    "main_system": {"id": 30004313, "name": "PKG4-7"},
    "region": {"id": 10000055, "name": "Branch"},
    "hub": {"id": 30000142, "name": "Jita"},
    "hub_jumps": 29.407,
}

CAMPAIGN: JsonDict = {
    "id": "3dce8277-305f-ca06-0d8d-884abfd2c470",
    "side": {
        "group": {"id": 98500127, "name": "Second Example Corporation", "kind": "corporation"},
        "ships_lost": 184,
        "isk_destroyed": 2600461222,
        "isk_lost": 2356996073,
    },
    "opponent": {
        "group": {"id": 98500128, "name": "Third Example Corporation", "kind": "corporation"},
        "ships_lost": 194,
        "isk_destroyed": 2263585219,
        "isk_lost": 2642619895,
    },
    "first_battle_at": "2026-11-06T19:50:19Z",
    "last_battle_at": "2026-11-21T15:37:49Z",
    "battles": 53,
    "battle_days": 16,
    "killmails": 471,
    "isk_total": 4999615968,
    "leading_group_id": 98500127,
    "systems": 25,
    "main_system": {"id": 30002082, "name": "Floseswin"},
    "region": {"id": 10000042, "name": "Metropolis"},
}

ALLIANCE: JsonDict = {
    "id": 99010002,
    "name": "First Example Alliance",
    "first_seen_on": "2026-11-06",
    "last_seen_on": "2026-11-21",
    "statistics": [
        {
            "days": 7,
            "active_days": 7,
            "most_pilots": 148,
            "kills": 977,
            "final_blows": 400,
            "losses": 536,
            "friendly_kills": 0,
            "isk_destroyed": 139784753006,
            "isk_lost": 235856444641,
            "efficiency": 0.372,
            "kills_trend": 1.088,
            "losses_trend": 1.407,
        }
    ],
    "window": {"start": "2026-10-22T00:00:00Z", "end": "2026-11-21T00:00:00Z", "days_stored": 15},
    "hours": [
        {"hour": 0, "active_days": 10, "kills": 111, "losses": 25, "isk_destroyed": 6862389522, "isk_lost": 5875357440}
    ],
    "ships": [
        {
            "ship": {"id": 12019, "name": "Sacrilege", "group": "Heavy Assault Cruiser"},
            "pilot_days": 416,
            "pilot_kills": 4781,
            "losses": 122,
            "isk_destroyed": 46395868674,
            "isk_lost": 69707190570,
        }
    ],
    "systems": [
        {
            "system": {"id": 30004313, "name": "PKG4-7"},
            "region": {"id": 10000055, "name": "Branch"},
            "pilot_days": 155,
            "pilot_kills": 3373,
            "losses": 82,
            "isk_destroyed": 20016297534,
            "isk_lost": 26975236706,
        }
    ],
    "opponents": [
        {
            "group": {"id": 99010006, "name": "Third Example Alliance", "kind": "alliance"},
            "kills": 688,
            "losses": 682,
            "isk_destroyed": 63545477111,
            "isk_lost": 276183040363,
            "efficiency": 0.187,
            "trend": None,
        }
    ],
    "allies": [
        {
            "group": {"id": 99010004, "name": "Second Example Alliance", "kind": "alliance"},
            "joint_kills": 1762,
            "opposed_kills": 0,
            "weight": 0.892,
        }
    ],
    "coalition": {"id": 99010002, "name": "First Example Alliance"},
    "doctrines": [
        {
            "id": "50ee168f-646a-a89f-b049-489860d3aa50",
            "ship": {"id": 29990, "name": "Loki", "group": "Strategic Cruiser"},
            "modules": "6 720mm Howitzer Artillery II, 2 Large Shield Extender II, 3 Gyrostabilizer II",
            "main_group": {"id": 99010002, "name": "First Example Alliance"},
            "losses": 488,
            "losses_7d": 371,
            "last_seen_at": "2026-11-20T23:21:29Z",
        }
    ],
    "data_status": {
        "as_of": "2026-11-21T15:37:49Z",
        "completeness": 1.0,
        "mails_quarantined": 0,
        "stale_sources": [],
        "failed_tests": [],
    },
}

CHARACTER: JsonDict = {
    "id": 2112002226,
    "name": "First Example Pilot",
    "corporation": {"id": 98500041, "name": "First Example Corporation"},
    "alliance": {"id": 99010016, "name": "Fourth Example Alliance"},
    "first_seen_at": "2026-11-11T09:49:31Z",
    "last_seen_at": "2026-11-16T10:19:53Z",
    "statistics": [
        {
            "days": 7,
            "active_days": 2,
            "kills": 21,
            "final_blows": 1,
            "losses": 2,
            "damage_done": 12337,
            "damage_received": 83885,
            "isk_destroyed": 13607840,
            "isk_lost": 535914038,
            "efficiency": 0.025,
        }
    ],
    "window": {"start": "2026-10-22T00:00:00Z", "end": "2026-11-21T00:00:00Z", "days_stored": 15},
    "ships": [
        {
            "ship": {"id": 24692, "name": "Abaddon", "group": "Battleship"},
            "kills": 68,
            "losses": 0,
            "isk_destroyed": 656974425,
            "isk_lost": 0,
            "first_seen_at": "2026-11-11T09:49:31Z",
            "last_seen_at": "2026-11-13T14:40:39Z",
        }
    ],
    "systems": [
        {
            "system": {"id": 30002867, "name": "ND-GL4"},
            "region": {"id": 10000034, "name": "The Kalevala Expanse"},
            "days": 2,
            "kills": 7,
            "losses": 2,
            "isk_destroyed": 6591792,
            "isk_lost": 535914038,
            "last_seen_at": "2026-11-14T12:04:07Z",
        }
    ],
    "data_status": {
        "as_of": "2026-11-21T15:37:49Z",
        "completeness": 1.0,
        "mails_quarantined": 0,
        "stale_sources": [],
        "failed_tests": [],
    },
}

SYSTEM: JsonDict = {
    "id": 30002537,
    "name": "Amamake",
    "security_status": 0.4388,
    "constellation": {"id": 20000372, "name": "Hed"},
    "region": {"id": 10000030, "name": "Heimatar"},
    "space_type": "kspace",
    "security_class": "lowsec",
    "neighbours": [
        {
            "system": {"id": 30002542, "name": "Auga", "security_status": 0.3855},
            "region": {"id": 10000030, "name": "Heimatar"},
            "security_class": "lowsec",
        }
    ],
    "activity": [
        {
            "days": 1,
            "killmails": 1,
            "npc_killmails": 0,
            "capsule_killmails": 0,
            "ships_lost_to_players": 0,
            "isk_destroyed": 11013170,
            "isk_dropped": 110521,
            "trend": 0.0,
        }
    ],
    "window": {"start": "2026-10-22T00:00:00Z", "end": "2026-11-21T00:00:00Z", "days_stored": 15},
    "hours": [{"hour": 0, "ships_lost_to_players": 0, "isk_destroyed": 0}],
    "ships_lost": [
        {
            "ship": {"id": 593, "name": "Tristan", "group": "Frigate"},
            "quantity": 2,
            "isk_destroyed": 10914530,
            "isk_dropped": 4397525,
        }
    ],
    "battles": {"battle": 1},
    "timers": [],
    "sovereignty": {
        "holder": {"id": 500002, "name": "Minmatar Republic"},
        "holder_category": "faction",
        "claimed_since": None,
        "vulnerable_from": None,
        "vulnerable_until": None,
        "is_vulnerable": False,
        "activity_defense_multiplier": None,
    },
    "faction_warfare": {
        "system": {"id": 30002537, "name": "Amamake"},
        "occupier": {"id": 500002, "name": "Minmatar Republic"},
        "attacker": {"id": 500003, "name": "Amarr Empire"},
        "contested": "contested",
        "contested_percent": 1.692,
        "expected_flip_at": None,
    },
    "data_status": {
        "as_of": "2026-11-21T15:37:49Z",
        "completeness": 1.0,
        "mails_quarantined": 0,
        "stale_sources": [],
        "failed_tests": [],
    },
}

REGION: JsonDict = {
    "id": 10000030,
    "name": "Heimatar",
    "systems": {"highsec": 58, "lowsec": 25},
    "neighbours": [{"id": 10000001, "name": "Derelik"}],
    "activity": [
        {
            "days": 1,
            "killmails": 24,
            "npc_killmails": 0,
            "capsule_killmails": 5,
            "ships_lost_to_players": 18,
            "isk_destroyed": 214995339,
            "isk_dropped": 31893248,
            "trend": 0.391,
        }
    ],
    "window": {"start": "2026-10-22T00:00:00Z", "end": "2026-11-21T00:00:00Z", "days_stored": 15},
    "hours": [{"hour": 0, "ships_lost_to_players": 5, "isk_destroyed": 326482694}],
    "hot_systems": [
        {
            "system": {"id": 30002517, "name": "Gulmorogod"},
            "security_class": "lowsec",
            "ships_lost_to_players": 55,
            "isk_destroyed": 1682384738,
            "trend": None,
        }
    ],
    "ships_lost": [
        {
            "ship": {"id": 670, "name": "Capsule", "group": "Capsule"},
            "quantity": 98,
            "isk_destroyed": 1432336829,
            "isk_dropped": 0,
        }
    ],
    "battles": {"gank": 51, "skirmish": 22, "battle": 18, "camp": 5},
    "timers": [],
    "faction_warfare": [
        {
            "system": {"id": 30002542, "name": "Auga"},
            "occupier": {"id": 500002, "name": "Minmatar Republic"},
            "attacker": {"id": 500003, "name": "Amarr Empire"},
            "contested": "contested",
            "contested_percent": 85.031,
            "expected_flip_at": None,
        }
    ],
    "data_status": {
        "as_of": "2026-11-21T15:37:49Z",
        "completeness": 1.0,
        "mails_quarantined": 0,
        "stale_sources": [],
        "failed_tests": [],
    },
}

TYPE: JsonDict = {
    "id": 29990,
    "name": "Loki",
    "group": {"id": 963, "name": "Strategic Cruiser"},
    "category": {"id": 6, "name": "Ship"},
    "window": {"start": "2026-10-22T00:00:00Z", "end": "2026-11-21T00:00:00Z", "days_stored": 15},
    "days": [{"day": "2026-11-06", "ships_lost": 24, "quantity_destroyed": 0, "quantity_dropped": 0}],
    "regions": [{"region": {"id": 10000055, "name": "Branch"}, "quantity": 305, "isk_destroyed": 136290594266}],
    "demand": {
        "losses_7d": 487,
        "losses_previous_7d": 234,
        "volume_7d": 1437,
        "stock": 533,
        "gap_units": -46,
        "demand_score": 0.705,
        "confidence": 0.732,
        "recommendation": None,
    },
    "flown_by": [
        {
            "group": {"id": 99010002, "name": "First Example Alliance", "kind": "alliance"},
            "pilot_days": 410,
            "pilot_kills": 5246,
            "losses": 137,
            "isk_destroyed": 55334235262,
            "isk_lost": 76896651454,
        }
    ],
    "doctrines": [
        {
            "id": "50ee168f-646a-a89f-b049-489860d3aa50",
            "ship": {"id": 29990, "name": "Loki", "group": "Strategic Cruiser"},
            "modules": "6 720mm Howitzer Artillery II, 2 Large Shield Extender II, 3 Gyrostabilizer II",
            "main_group": {"id": 99010002, "name": "First Example Alliance"},
            "losses": 488,
            "losses_7d": 371,
            "last_seen_at": "2026-11-20T23:21:29Z",
        }
    ],
    "data_status": {
        "as_of": "2026-11-21T15:37:49Z",
        "completeness": 1.0,
        "mails_quarantined": 0,
        "stale_sources": [],
        "failed_tests": [],
    },
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
