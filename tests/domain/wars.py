"""Generated wars, for laws of reconstruction: fights of every sort that overlap, and what happens beside them.

Rows are those of `tables`. Mails drawn one by one rarely make a fight that could be cut, merged or two-sided, so fights
are drawn as such: two groups that shoot each other or one that hunts, with capsules, police, rats, friendly fire and
third parties, at one place or moving on, with pauses on both sides of every limit.
"""

from typing import NamedTuple

from hypothesis import strategies as st

from tests.domain.tables import PLACES, Row

GROUPS = "ABCDx"
"""Four alliances, and pilots of an NPC corporation, who are no group."""
PILOTS = [f"{group}{number}" for group in GROUPS for number in range(1, 4)]
VICTIMS = [*PILOTS, *(f"{pilot}/pod" for pilot in PILOTS), "A/fort"]
SYSTEMS = ["a", "b", "d", "J1"]
PAUSES_SECONDS = [0, 20, 20, 70, 70, 70, 200, 400, 890, 910, 1_300, 1_790, 1_810]
"""Between mails of a fight: below, at and above the limits of capsules, places, cuts and links."""


class Loss(NamedTuple):
    """What a fight's next mail is drawn from."""

    pause_seconds: int
    does_other_lose: bool
    victim: int
    shooter: int
    shooters: int
    twist: str


LOSSES = st.builds(
    Loss,
    st.sampled_from(PAUSES_SECONDS),
    st.booleans(),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from([*[""] * 8, "pod", "concord", "npc", "friend", "third", "fort", "moves"]),
)


@st.composite
def fights(draw: st.DrawFn, minutes: int) -> list[Row]:
    """One fight, or a hunt: losses one after the other, most of them between the same two groups."""
    one, other = draw(st.sampled_from([(a, b) for a in GROUPS for b in GROUPS if a != b]))
    is_hunt = draw(st.integers(0, 3)) == 0
    place, system = draw(st.sampled_from(sorted(PLACES))), draw(st.sampled_from(SYSTEMS))
    seconds = draw(st.integers(0, minutes * 60))
    found: list[Row] = []
    for loss in draw(st.lists(LOSSES, min_size=2, max_size=14)):
        seconds += loss.pause_seconds
        loser, winner = (other, one) if loss.does_other_lose else (one, other)
        if is_hunt:  # by one group, of strangers
            loser, winner = GROUPS[(GROUPS.index(one) + loss.victim) % len(GROUPS)], one
        victim = f"{loser}{loss.victim}"
        shooters = [f"{winner}{(loss.shooter + i) % 4 + 1}" for i in range(loss.shooters)]
        match loss.twist:
            case "pod":
                found.append(Row(0, seconds, system, victim, shooters, place))
                victim = f"{victim}/pod"
            case "concord":
                victim, shooters = shooters[0], ["concord"]
            case "npc":
                shooters = ["npc"]
            case "friend":
                shooters[0] = f"{loser}{loss.victim % 4 + 1}"
            case "third":
                shooters[0] = f"{GROUPS[loss.shooter]}1"
            case "fort":
                victim = f"{loser}/fort" if loser != "x" else victim
            case "moves":
                system = SYSTEMS[loss.victim - 1]
        found.append(Row(0, seconds, system, victim, shooters, place, 1e6 * loss.victim + 1e3 / 3 * loss.shooter))
    return found


@st.composite
def rounds(draw: st.DrawFn, minutes: int) -> list[Row]:
    """Two brawls with a pause between them and little that bridges it: what cuts are about."""
    system, place = draw(st.sampled_from(SYSTEMS)), draw(st.sampled_from(sorted(PLACES)))
    seconds, pace = draw(st.integers(0, minutes * 60)), draw(st.sampled_from([10, 20, 40, 60, 100]))
    found: list[Row] = []
    for one, other, first in ("A", "B", 10), draw(st.sampled_from([("A", "B", 30), ("C", "D", 10), ("A", "C", 10)])):
        for number in range(draw(st.integers(4, 9))):
            loser, winner = (one, other) if number % 2 else (other, one)
            shooters = [f"{winner}{first + (number + i) % 7}" for i in range(3)]
            found.append(Row(0, seconds, system, f"{loser}{first + number}", shooters, place))
            seconds += pace
        if not found[-1].victim.startswith(("C", "D")):
            for bridge in draw(st.lists(st.sampled_from(["A10 C10", "A30 B30", "C10 A10", "B10 D10"]), max_size=3)):
                found.append(Row(0, seconds, system, bridge.split()[0], bridge.split()[1:], place))
                seconds += pace
        seconds += draw(st.sampled_from([170, 190, 340, 500, 650, 890, 910, 1_300]))
    return found


@st.composite
def wars(draw: st.DrawFn, most: int = 12, minutes: int = 180, most_fights: int = 3) -> list[Row]:
    """Up to so many fights and so many single losses, which begin within so many minutes; ids do not follow time."""
    attackers = st.lists(st.sampled_from([*PILOTS, "npc", "concord"]), min_size=1, max_size=4, unique=True)
    loss = st.builds(
        Row,
        st.just(0),
        st.integers(0, minutes * 60),
        st.sampled_from(SYSTEMS),
        st.sampled_from(VICTIMS),
        attackers,
        st.sampled_from(sorted(PLACES)),
        st.integers(0, 10**9).map(float),
    )
    fought = st.lists(fights(minutes) | fights(minutes) | rounds(minutes), max_size=most_fights)
    rows = [row for fight in draw(fought) for row in fight]
    rows += draw(st.lists(loss, max_size=most))
    return [row._replace(killmail_id=number) for number, row in enumerate(rows, 1)]
