from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from battlescope_assets.domain.universe import TRADE_HUBS, SpaceType
from battlescope_assets.simulator.galaxy import JITA
from battlescope_assets.simulator.traffic import Traffic
from battlescope_assets.simulator.war import War

DAY = date(2026, 11, 2)
HOURS = [datetime(2026, 11, 2, hour, tzinfo=UTC) for hour in range(24)]


@pytest.fixture(scope="module")
def traffic(war: War) -> Traffic:
    return Traffic(war)


def test_kills_are_exactly_the_mails_of_ships_and_capsules_in_known_space(war: War, traffic: Traffic) -> None:
    ships, pods = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for hour in HOURS:
        for kills in traffic.kills(hour):
            ships[hour.hour, kills.solar_system_id] += kills.ship_kills
            pods[hour.hour, kills.solar_system_id] += kills.pod_kills
    mailed_ships, mailed_pods = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for mail in war.killmails(DAY):
        hull = war.types[mail["victim"]["ship_type_id"]]
        where = int(mail["killmail_time"][11:13]), mail["solar_system_id"]
        if war.galaxy.systems[where[1]].space_type is SpaceType.KSPACE and hull.category_name == "Ship":
            (mailed_pods if hull.group_name == "Capsule" else mailed_ships)[where] += 1
    assert +ships == mailed_ships
    assert +pods == mailed_pods
    assert ships.total() > 500


def test_more_is_under_way_in_the_evening_between_the_hubs_and_at_fights(war: War, traffic: Traffic) -> None:
    morning, evening = traffic.jumps(HOURS[7]), traffic.jumps(HOURS[19])
    assert sum(evening.values()) > 1.5 * sum(morning.values())
    busiest = sorted(evening, key=lambda system: -evening[system])[:20]
    assert busiest[0] == JITA
    assert set(TRADE_HUBS) & set(busiest) >= {30002187, 30002053}, "Amarr and Hek"
    at_fights = [(h, k.solar_system_id) for h in HOURS for k in traffic.kills(h) if k.ship_kills > 10]
    fighting = sum(traffic.jumps(hour)[system] for hour, system in at_fights)
    a_day_later = sum(traffic.jumps(hour + timedelta(days=1)).get(system, 0) for hour, system in at_fights)
    assert fighting > 1.5 * a_day_later


def test_npcs_die_where_nobody_else_does_too(traffic: Traffic) -> None:
    kills = traffic.kills(HOURS[19])
    assert sum(k.npc_kills > 0 and k.ship_kills == 0 for k in kills) > 1_000
    assert traffic.kills(HOURS[19]) == kills
    assert traffic.kills(HOURS[19] + timedelta(days=1)) != kills
