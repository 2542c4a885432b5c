"""Who claims null security, and the timers that fleets fight over; the fights themselves are drawn elsewhere."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from battlescope_assets.domain.universe import SpaceType
from battlescope_assets.domain.window import ONE_DAY
from battlescope_assets.simulator.galaxy import EMPIRE_REGIONS, PIRATE_REGIONS
from battlescope_assets.simulator.scenarios import Event, Member
from battlescope_assets.simulator.war import FIRST_DAY, War

FEWEST_LOSSES = 10
"""A fleet fight of so many mails is about something."""
NOTICE_HOURS = 20, 44
"""How long before it starts a campaign is announced."""
QUIET_CAMPAIGNS_PER_DAY = 4
"""Campaigns to which only one of the two sides comes."""
QUIET_MINUTES = 20, 80
"""How long the side that came needs."""
QUIET_CAPTURES = 0.4
"""The share of them to which the attackers come."""
HELD_DAYS = 4
"""How long a captured system is held before its old owners have it back."""
APART_DAYS = HELD_DAYS + 3
"""A system fought over more recently has no campaign, so the owner of old defends in every one."""
REACH_JUMPS = 15
"""How far from home a coalition claims systems."""
START_SCORE = 0.6
"""The defender's score as a campaign starts; the attackers' is the rest of 1."""
SCORE_STEPS = 15
FIRST_HUB_ID = 1_040_000_000_000
PRIME_HOURS_AT_LOWEST_MULTIPLIER = 18


class Campaign(NamedTuple):
    """One timer, from its announcement to its resolution; scores move between its start and its end."""

    campaign_id: int
    solar_system_id: int
    constellation_id: int
    structure_id: int
    """The Sovereignty Hub."""
    defender_id: int
    attacker_id: int
    """The attackers' alliance with the most pilots; ESI does not say who attacks."""
    announced_at: datetime
    starts_at: datetime
    ends_at: datetime
    is_captured: bool
    """Whether the attackers win it."""
    is_fought: bool
    """Whether a fleet fight is about it; where none is, one side did not come."""

    def defender_score(self, moment: datetime) -> float:
        """The defender's share, 0 to 1, moving in steps towards the winner."""
        progress = (moment - self.starts_at) / (self.ends_at - self.starts_at)
        steps = max(0, min(SCORE_STEPS - 1, int(progress * SCORE_STEPS)))
        goal = 0.0 if self.is_captured else 1.0
        return round(START_SCORE + (goal - START_SCORE) * steps / SCORE_STEPS, 2)


class Claim(NamedTuple):
    """Who has a system: an alliance, a faction or nobody."""

    solar_system_id: int
    faction_id: int | None = None
    alliance_id: int | None = None
    corporation_id: int | None = None
    claimed_since: datetime | None = None
    hub_id: int | None = None
    is_capital_system: bool = False
    military_level: int = 0
    industrial_level: int = 0
    strategic_level: int = 0
    activity_defense_multiplier: float = 1.0
    vulnerable_from: datetime | None = None
    """None while a campaign is about the hub."""
    vulnerable_until: datetime | None = None


class _Fight(NamedTuple):
    day: date
    event: Event
    solar_system_id: int
    begin: datetime
    end: datetime


class _Holding(NamedTuple):
    alliance_id: int
    prime_hour: int
    is_capital_system: bool


class Sovereignty:
    """Claims and campaigns of a war: over some, fleets fight minutes after their start; to others one side comes."""

    def __init__(self, war: War) -> None:
        self._war = war
        self._galaxy = war.galaxy
        self._corporations = {
            pilot.alliance_id: pilot.corporation_id
            for power in reversed(war.people.coalitions)
            for pilot in reversed(power.pilots)
            if pilot.alliance_id
        }
        self._holdings = self._settle()
        self._held_systems = sorted(self._holdings)
        self._fights_on = lru_cache(maxsize=3 * APART_DAYS)(lambda day: list(self._draw_fights(day)))
        self._starting_on = lru_cache(maxsize=3 * APART_DAYS)(lambda day: list(self._draw_campaigns(day)))

    def campaigns(self, moment: datetime) -> list[Campaign]:
        """The campaigns that are announced and not resolved at a time, by start."""
        days = [moment.date() + ahead * ONE_DAY for ahead in range(-1, 3)]
        found = [c for day in days for c in self._starting_on(day) if c.announced_at <= moment < c.ends_at]
        return sorted(found, key=lambda campaign: (campaign.starts_at, campaign.campaign_id))

    def starting_on(self, day: date) -> list[Campaign]:
        """The campaigns over fights of the day and the quiet ones of the day, whenever they were announced."""
        return self._starting_on(day)

    def claims(self, moment: datetime) -> list[Claim]:
        """Who has each system of known space at a time, in order of id."""
        contested = {campaign.solar_system_id for campaign in self.campaigns(moment)}
        since = moment.date() - (HELD_DAYS + 2) * ONE_DAY
        captures: dict[int, Campaign] = {}
        while since <= moment.date():
            captures |= {
                c.solar_system_id: c for c in self._starting_on(since) if c.is_captured and c.ends_at <= moment
            }
            since += ONE_DAY
        return [
            self._claim(system, captures.get(system), moment, is_contested=system in contested)
            for system, known in sorted(self._galaxy.systems.items())
            if known.space_type is SpaceType.KSPACE
        ]

    def _claim(self, system: int, capture: Campaign | None, moment: datetime, *, is_contested: bool) -> Claim:
        region = self._galaxy.systems[system].region_id
        faction = self._galaxy.warzone.get(system) or EMPIRE_REGIONS.get(region) or PIRATE_REGIONS.get(region)
        holding = self._holdings.get(system)
        if holding is None:
            return Claim(system, faction_id=faction)
        draw = np.random.default_rng([self._war.seed, 10, system])
        strategic, military, industrial = draw.integers((1, 0, 0), 6, 3).tolist()
        alliance = holding.alliance_id
        since = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=int(draw.integers(0, 2 * 365 * 86_400)))
        if capture:
            returned = capture.ends_at + timedelta(days=HELD_DAYS)
            alliance, since = (capture.attacker_id, capture.ends_at) if moment < returned else (alliance, returned)
        multiplier = round(1 + 0.6 * military + 0.2 * industrial + 0.2 * strategic, 1)
        start, end = _prime_time(holding.prime_hour, multiplier, moment)
        return Claim(
            system,
            alliance_id=alliance,
            corporation_id=self._corporations[alliance],
            claimed_since=since,
            hub_id=FIRST_HUB_ID + system,
            is_capital_system=holding.is_capital_system and alliance == holding.alliance_id,
            military_level=military,
            industrial_level=industrial,
            strategic_level=strategic,
            activity_defense_multiplier=multiplier,
            vulnerable_from=None if is_contested else start,
            vulnerable_until=None if is_contested else end,
        )

    def _settle(self) -> dict[int, _Holding]:
        """Which alliance of old has which system: home regions first, then regions within reach of one home."""
        coalitions = self._war.people.coalitions
        homes = {power.region_id: number for number, power in enumerate(coalitions)}
        reach = [
            self._galaxy.jumps_from(self._galaxy.nullsec_regions[power.region_id], REACH_JUMPS)
            for power in coalitions
            if power.region_id is not None
        ]
        alliances = [sorted({p.alliance_id for p in power.pilots if p.alliance_id}) for power in coalitions]
        holdings: dict[int, _Holding] = {}
        capitals = set[int]()
        for region, systems in self._galaxy.nullsec_regions.items():
            if region in PIRATE_REGIONS and region not in homes:
                continue
            for system in systems:
                jumps = [near.get(system, REACH_JUMPS + 1) for near in reach]
                nearest = homes.get(region, int(np.argmin(jumps)))
                if region in homes or min(jumps) <= REACH_JUMPS:
                    members = alliances[nearest]
                    alliance = members[self._galaxy.systems[system].constellation_id % len(members)]
                    is_capital = region in homes and alliance not in capitals
                    capitals |= {alliance} if is_capital else set()
                    holdings[system] = _Holding(alliance, coalitions[nearest].prime_hour, is_capital)
        return holdings

    def _draw_fights(self, day: date) -> Iterator[_Fight]:
        """The day's large fleet fights in claimed systems; they come first in the mix, so little else is drawn."""
        midnight = datetime.combine(day, time(), UTC)
        has_begun = False
        for event in self._war.events(day):
            if event.kind != "fleet":
                if has_begun:
                    return
                continue
            has_begun = True
            system = event.losses[0].solar_system_id
            if len(event.losses) >= FEWEST_LOSSES and system in self._holdings:
                times = [loss.time_seconds for loss in event.losses]
                begin, end = (midnight + timedelta(seconds=moment) for moment in (min(times), max(times)))
                yield _Fight(day, event, system, begin, end)

    def _draw_campaigns(self, day: date) -> Iterator[Campaign]:
        days = [day - ago * ONE_DAY for ago in range(APART_DAYS, -1, -1)]
        recent = [fight for each in days for fight in self._fights_on(each)]
        # Both kinds keep apart from both, which needs the draws of the days before and not what became of them.
        quiet = [system for each in days for system in self._draw_quiet_systems(each)]
        for fight in self._fights_on(day):
            is_first = all(f.solar_system_id != fight.solar_system_id for f in recent if f.begin < fight.begin)
            if is_first and fight.solar_system_id not in quiet and (campaign := self._campaign(fight)):
                yield campaign
        for system in self._draw_quiet_systems(day):
            if quiet.count(system) == 1 and all(fight.solar_system_id != system for fight in recent):
                yield self._quiet_campaign(day, system)

    def _draw_quiet_systems(self, day: date) -> list[int]:
        draw = np.random.default_rng([self._war.seed, day.toordinal(), 12])
        return [int(system) for system in draw.choice(self._held_systems, QUIET_CAMPAIGNS_PER_DAY, replace=False)]

    def _quiet_campaign(self, day: date, system: int) -> Campaign:
        """A campaign in the defender's prime time."""
        holding = self._holdings[system]
        draw = np.random.default_rng([self._war.seed, day.toordinal(), 13, system])
        length, notice, hour = draw.uniform(
            (QUIET_MINUTES[0], NOTICE_HOURS[0] * 60, -2), (QUIET_MINUTES[1], NOTICE_HOURS[1] * 60, 2)
        ).tolist()
        starts = datetime.combine(day, time(), UTC) + timedelta(seconds=int((holding.prime_hour + hour) % 24 * 3600))
        others = sorted(set(self._corporations) - {holding.alliance_id})
        return Campaign(
            campaign_id=(day - FIRST_DAY).days * 100_000 + system % 100_000,
            solar_system_id=system,
            constellation_id=self._galaxy.systems[system].constellation_id,
            structure_id=FIRST_HUB_ID + system,
            defender_id=holding.alliance_id,
            attacker_id=int(draw.choice(others)),
            announced_at=starts - timedelta(minutes=round(notice)),
            starts_at=starts,
            ends_at=starts + timedelta(minutes=round(length)),
            is_captured=bool(draw.random() < QUIET_CAPTURES),
            is_fought=False,
        )

    def _campaign(self, fight: _Fight) -> Campaign | None:
        system, event = fight.solar_system_id, fight.event
        defender = self._holdings[system].alliance_id
        pilots = {
            member.pilot
            for loss in event.losses
            for member in (loss.victim, *loss.attackers)
            if isinstance(member, Member) and member.pilot.alliance_id in self._corporations
        }
        sides = [
            Counter(p.alliance_id for p in pilots if p.alliance_id and event.sides.get(p.character_id) == side)
            for side in (0, 1)
        ]
        attackers = 1 if defender in sides[0] else 0
        if defender not in sides[1 - attackers] or not sides[attackers]:
            return None  # allies alone fought for it
        lost = Counter(loss.victim_side for loss in event.losses)
        draw = np.random.default_rng([self._war.seed, fight.day.toordinal(), 11, system])
        lead, notice, rest = draw.uniform((2, NOTICE_HOURS[0] * 60, 5), (12, NOTICE_HOURS[1] * 60, 25)).tolist()
        starts = (fight.begin - timedelta(minutes=lead)).replace(microsecond=0)
        return Campaign(
            campaign_id=(fight.day - FIRST_DAY).days * 100_000 + system % 100_000,
            solar_system_id=system,
            constellation_id=self._galaxy.systems[system].constellation_id,
            structure_id=FIRST_HUB_ID + system,
            defender_id=defender,
            attacker_id=max(sides[attackers].items(), key=lambda item: (item[1], item[0]))[0],
            announced_at=starts - timedelta(minutes=round(notice)),
            starts_at=starts,
            ends_at=(fight.end + timedelta(minutes=rest)).replace(microsecond=0),
            is_captured=lost[1 - attackers] > lost[attackers],
            is_fought=True,
        )


def _prime_time(prime_hour: int, multiplier: float, moment: datetime) -> tuple[datetime, datetime]:
    """The hub's vulnerability window of the day, or of the next where it has ended; short where it is well defended."""
    length = timedelta(hours=round(PRIME_HOURS_AT_LOWEST_MULTIPLIER / multiplier, 2))
    start = datetime.combine(moment.date() - ONE_DAY, time(prime_hour), UTC) - length / 2
    while start + length <= moment:
        start += ONE_DAY
    return start, start + length
