"""Other ways to find battles, written anew from what is public of them; BattleScope's own way is not here.

Each takes mails and the region of every solar system, and answers with clusters of two mails and more and, where the
method tells them, sides. What each owes to its source stands with it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from operator import itemgetter
from typing import NamedTuple

from battlescope_assets.domain.killmail import Attacker, Killmail, Victim
from battlescope_assets.evaluation.scoring import Answer

MINUTE, HOUR = 60, 3_600
GAP_SECONDS = 15 * MINUTE
LEAST_PROXIMITY = 0.65
FEWEST_MAILS = 2

Fight = list[Killmail]
Sides = dict[int, int]
"""Side by character id."""


def gap_rule(mails: Sequence[Killmail], region_of_system: Mapping[int, int]) -> Answer:
    """A system's mails are one fight as long as the next comes within 15 minutes; no sides."""
    del region_of_system
    return _answer(fight for system in _by_system(mails) for fight in _cut(system, _is_soon))


def seed_pseudocode(mails: Sequence[Killmail], region_of_system: Mapping[int, int]) -> Answer:
    """The gap rule, and up to 30 minutes if an alliance or corporation of the fight is on the mail; no sides.

    Source: technical specification, section 4, `contiguous || correlated`, with the product specification's "<= 30 min
    apart": without a bound an alliance's home is one fight for ever.
    """
    del region_of_system
    return _answer(fight for system in _by_system(mails) for fight in _cut(system, _is_soon_or_related))


def seed_proximity(mails: Sequence[Killmail], region_of_system: Mapping[int, int]) -> Answer:
    """Mail by mail, into the region's fight that scores best, from 0.65 on; two teams, newcomers into the smaller.

    Source: battle service specification, "Clustering Algorithm": 0.4 time + 0.3 place + 0.3 Jaccard of the pilots,
    among fights begun at most an hour before; a pilot joins his alliance's team, else the team with fewer pilots.
    """
    fights: dict[int, list[_ScoredFight]] = defaultdict(list)
    for mail in _ordered(mails):
        nearby = fights[region_of_system.get(mail.solar_system_id, 0)]
        candidates = [(f.proximity(mail), f) for f in nearby if f.started_seconds >= _seconds(mail) - HOUR]
        score, best = max(candidates, key=itemgetter(0), default=(0.0, None))
        if best is None or score < LEAST_PROXIMITY:
            best = _ScoredFight(mail.solar_system_id, _seconds(mail), _seconds(mail))
            nearby.append(best)
        best.add(mail)
    found = [fight for region in fights.values() for fight in region]
    return _answer((fight.mails for fight in found), [fight.teams for fight in found])


def zkillboard(mails: Sequence[Killmail], region_of_system: Mapping[int, int]) -> Answer:
    """All of a system from a full hour to two hours after it, as its related page has it; two teams by who shot whom.

    Source: zKillboard's classes Related and MongoFilter. A page shows a system from an hour before a full hour to two
    hours after it. People open it by hand; here it is opened for the hour of the first mail that no page has shown yet.
    """
    del region_of_system
    fights = [fight for system in _by_system(mails) for fight in _pages(system)]
    return _answer(fights, [_two_teams_by_hate(fight) for fight in fights])


def eve_kill(mails: Sequence[Killmail], region_of_system: Mapping[int, int]) -> Answer:
    """Ten mails in a system and clock hour, from its first to its last busy five minutes; two teams by who shot whom.

    Source: EVE-KILL's battle cron, with the end its backfill uses (the cron's own loses every short fight), and its two
    teams.
    """
    del region_of_system
    fights = [fight for system in _by_system(mails) for fight in _busy_hours(system)]
    return _answer(fights, [_two_teams_by_attacks(fight) for fight in fights])


Baseline = Callable[[Sequence[Killmail], Mapping[int, int]], Answer]
BASELINES: dict[str, Baseline] = {
    "same-system gap of 15 min": gap_rule,
    "seeds' pseudocode": seed_pseudocode,
    "seeds' proximity score": seed_proximity,
    "zKillboard's related page": zkillboard,
    "EVE-KILL's hour": eve_kill,
}


def _seconds(mail: Killmail) -> int:
    return int(mail.killmail_time.timestamp())


def _ordered(mails: Iterable[Killmail]) -> Fight:
    return sorted(mails, key=lambda mail: (mail.killmail_time, mail.killmail_id))


def _everybody(mail: Killmail) -> Iterator[Victim | Attacker]:
    yield mail.victim
    yield from mail.attackers


def _by_system(mails: Iterable[Killmail]) -> Iterable[Fight]:
    systems: dict[int, Fight] = defaultdict(list)
    for mail in _ordered(mails):
        systems[mail.solar_system_id].append(mail)
    return systems.values()


def _answer(fights: Iterable[Fight], sides: Iterable[Sides] | None = None) -> Answer:
    """Fights of two mails and more, numbered in their order."""
    kept = {number: fight for number, fight in enumerate(fights) if len(fight) >= FEWEST_MAILS}
    return Answer(
        clusters={mail.killmail_id: number for number, fight in kept.items() for mail in fight},
        sides=None if sides is None else {number: found for number, found in enumerate(sides) if number in kept},
    )


# ------------------------------------------------------------------------------------- the gap rule and the pseudocode


def _cut(mails: Iterable[Killmail], belongs: Callable[[Fight, Killmail], bool]) -> Iterator[Fight]:
    fight: Fight = []
    for mail in mails:
        if fight and not belongs(fight, mail):
            yield fight
            fight = []
        fight.append(mail)
    yield fight


def _is_soon(fight: Fight, mail: Killmail) -> bool:
    return _seconds(mail) - _seconds(fight[-1]) <= GAP_SECONDS


def _is_soon_or_related(fight: Fight, mail: Killmail) -> bool:
    if _is_soon(fight, mail):
        return True
    if _seconds(mail) - _seconds(fight[-1]) > 2 * GAP_SECONDS:
        return False
    here = set(_organisations(mail))
    return any(here & set(_organisations(other)) for other in fight)


def _organisations(mail: Killmail) -> Iterator[int]:
    for who in _everybody(mail):
        yield from (entity for entity in (who.alliance_id, who.corporation_id) if entity)


# ----------------------------------------------------------------------------------------------- the proximity score


@dataclass
class _ScoredFight:
    solar_system_id: int
    started_seconds: int
    ended_seconds: int
    mails: Fight = field(default_factory=list)
    teams: Sides = field(default_factory=dict)
    team_of_alliance: dict[int, int] = field(default_factory=dict)

    def proximity(self, mail: Killmail) -> float:
        apart = max(self.started_seconds - _seconds(mail), _seconds(mail) - self.ended_seconds, 0)
        place = 1.0 if mail.solar_system_id == self.solar_system_id else 0.5
        pilots = _pilots(mail)
        common = len(pilots & self.teams.keys())
        overlap = common / (len(pilots) + len(self.teams) - common) if common else 0.0
        return 0.4 * max(0.0, 1 - apart / HOUR) + 0.3 * place + 0.3 * overlap

    def add(self, mail: Killmail) -> None:
        self.mails.append(mail)
        self.ended_seconds = _seconds(mail)
        for who in _everybody(mail):
            if not who.character_id or who.character_id in self.teams:
                continue
            pilots = Counter(self.teams.values())
            team = self.team_of_alliance.get(who.alliance_id or 0, 1 if pilots[1] <= pilots[2] else 2)
            self.teams[who.character_id] = team
            if who.alliance_id:
                self.team_of_alliance[who.alliance_id] = team


def _pilots(mail: Killmail) -> set[int]:
    return {who.character_id for who in _everybody(mail) if who.character_id}


# -------------------------------------------------------------------------------------------------------- zKillboard


def _pages(mails: Iterable[Killmail]) -> Iterator[Fight]:
    page: Fight = []
    end_seconds = 0
    for mail in mails:
        if page and _seconds(mail) > end_seconds:
            yield page
            page = []
        if not page:
            end_seconds = _seconds(mail) // HOUR * HOUR + 2 * HOUR
        page.append(mail)
    yield page


class _Involved(NamedTuple):
    character_id: int
    corporation_id: int
    alliance_id: int

    @classmethod
    def of(cls, who: Victim | Attacker) -> "_Involved":
        return cls(who.character_id or 0, who.corporation_id or 0, who.alliance_id or 0)

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(entity for entity in self if entity)

    @property
    def affiliation(self) -> int:
        return self.alliance_id or self.corporation_id


def _two_teams_by_hate(mails: Fight) -> Sides:
    """ZKillboard's rule: whoever shot someone hates him; largest affiliations first, each into the team it hates less.

    A team knows one member per affiliation, and whoever shares an id with a member goes to him.
    """
    hate: Counter[tuple[int, int]] = Counter()
    latest: dict[int, _Involved] = {}
    for mail in mails:
        victim = _Involved.of(mail.victim)
        for involved in (victim, *map(_Involved.of, mail.attackers)):
            if not involved.ids:
                continue
            latest[involved.ids[0]] = involved
            for ours in victim.ids:
                for theirs in involved.ids:
                    hate[min(ours, theirs), max(ours, theirs)] += 5
    size = Counter(involved.affiliation for involved in latest.values())
    teams: tuple[dict[int, _Involved], ...] = ({}, {})
    sides: Sides = {}
    for involved in sorted(latest.values(), key=lambda who: -size[who.affiliation]):
        scores = [_hatred(involved, team.values(), hate) for team in teams]
        chosen = int(scores[1] < scores[0])
        teams[chosen][involved.affiliation] = involved
        if involved.character_id:
            sides[involved.character_id] = chosen + 1
    return sides


def _hatred(who: _Involved, members: Iterable[_Involved], hate: Mapping[tuple[int, int], int]) -> int:
    score = 0
    for member in members:
        if set(who.ids) & set(member.ids):
            return -50
        score += sum(hate.get((min(a, b), max(a, b)), 0) for a in who.ids for b in member.ids)
    return score


# ---------------------------------------------------------------------------------------------------------- EVE-KILL

BUSY_SECONDS = 5 * MINUTE
FEWEST_IN_HOUR, FEWEST_WHEN_BUSY, MOST_QUIET = 10, 5, 5


def _busy_hours(mails: Iterable[Killmail]) -> Iterator[Fight]:
    hours: dict[int, Fight] = defaultdict(list)
    for mail in mails:
        hours[_seconds(mail) // HOUR].append(mail)
    for hour, found in hours.items():
        if len(found) < FEWEST_IN_HOUR:
            continue
        number = [(_seconds(mail) - hour * HOUR) // BUSY_SECONDS for mail in found]
        counts = Counter(number)
        first, last, quiet = None, HOUR // BUSY_SECONDS - 1, 0
        for segment in range(HOUR // BUSY_SECONDS):
            if counts[segment] >= FEWEST_WHEN_BUSY:
                first, busy, quiet = segment if first is None else first, segment, 0
                continue
            quiet += 1
            if quiet > MOST_QUIET:
                # Six quiet segments in a row end it, even where nothing has begun.
                last = busy if first is not None else last
                break
        fight = [
            mail for mail, segment in zip(found, number, strict=True) if first is not None and first <= segment <= last
        ]
        if len(fight) >= FEWEST_WHEN_BUSY:
            yield fight


def _two_teams_by_attacks(mails: Fight) -> Sides:
    """EVE-KILL's rule: corporations that shot each other most go to opposite teams; alliances follow their majority."""
    attacks: Counter[tuple[int, int]] = Counter()
    alliance_of: dict[int, int] = {}
    corporation_of: dict[int, int] = {}
    for mail in mails:
        for who in _everybody(mail):
            if who.corporation_id:
                alliance_of[who.corporation_id] = who.alliance_id or 0
                if who.character_id:
                    corporation_of[who.character_id] = who.corporation_id
        for attacker in mail.attackers:
            pair = attacker.corporation_id or 0, mail.victim.corporation_id or 0
            if all(pair) and pair[0] != pair[1]:
                attacks[min(pair), max(pair)] += 1
    strongest = sorted(attacks, key=lambda pair: (-attacks[pair], pair))
    team: dict[int, int] = {}
    for a, b in strongest:
        if a not in team and b not in team:
            team[a], team[b] = 1, 2
        elif a not in team:
            team[a] = 3 - team[b]
        elif b not in team or team[a] == team[b]:
            team[b] = 3 - team[a]
    _follow_alliances(team, alliance_of, attacks)
    for a, b in strongest:
        for corporation, enemy in ((a, b), (b, a)):
            if not alliance_of[corporation] and team[corporation] == team[enemy]:
                team[corporation] = 3 - team[enemy]
    return {character: team[corporation] for character, corporation in corporation_of.items() if corporation in team}


def _follow_alliances(
    team: dict[int, int], alliance_of: Mapping[int, int], attacks: Mapping[tuple[int, int], int]
) -> None:
    """Puts alliances on the team of most of their corporations; of two enemies on one team the smaller changes."""
    members: dict[int, list[int]] = defaultdict(list)
    for corporation in team:
        if alliance_of[corporation]:
            members[alliance_of[corporation]].append(corporation)
    team_of = {
        alliance: 1 if 2 * sum(team[c] == 1 for c in corporations) >= len(corporations) else 2
        for alliance, corporations in members.items()
    }
    enemies = {frozenset((alliance_of[a], alliance_of[b])) for a, b in attacks}
    for first, second in combinations(sorted(members), 2):
        if frozenset((first, second)) in enemies and team_of[first] == team_of[second]:
            smaller = min(first, second, key=lambda alliance: (len(members[alliance]), alliance))
            team_of[smaller] = 3 - team_of[smaller]
    for alliance, corporations in members.items():
        team.update(dict.fromkeys(corporations, team_of[alliance]))
