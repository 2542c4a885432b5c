"""Every threshold of battle reconstruction, with its unit and reason; no rule belongs here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BattleParams:
    """Thresholds of linking, cutting, kinds, sides and outcome.

    All links are between two mails at most `longest_link_minutes` apart, so whoever reads a window reads that margin
    around it, and widens while an engagement has a mail within that margin of what was read.
    """

    gap_max_minutes: int = 15
    """Longest pause that a turned role bridges: a pilot, or at one place a group, who attacks on one mail and loses on
    the other. Also what one pilot bridges who fights the same enemy on in another system, and how long hunters wait."""
    window_minutes: int = 30
    """Longest pause that enemies who fight on bridge: the same two groups, a pilot against the same group, and, in
    another system, a crew against the same group."""
    min_kills: int = 2
    """Fewest mails of an engagement."""

    capsule_minutes: int = 10
    """A capsule lost this long after its pilot's ship, in the same system, belongs to the ship."""
    concord_minutes: int = 15
    """A ship lost to CONCORD this long around its pilot's attack, in the same system, is the attack's consequence."""
    place_minutes: int = 3
    """Two wrecks at one place this close in time, with a group in common, are one fight."""
    place_km: int = 10_000
    """Side of the cubes that stand for a place; a grid in the game reaches about 8,000 km."""

    running_minutes_per_jump: int = 2
    """Time a fleet is given per jump, beside the pause, to fight the same enemy on in another system."""
    running_most_jumps: int = 3
    running_least_pilots: int = 2
    """Pilots on both mails that are a crew ..."""
    running_least_share: float = 0.3
    """... or this share of the smaller mail's pilots, for mails of few pilots."""

    cut_least_minutes: int = 3
    """No shorter pause cuts an engagement, ..."""
    cut_median_pauses: float = 3.0
    """... none shorter than this many times its median pause, ..."""
    cut_least_mails: int = 3
    """... none that leaves a part with fewer mails. One cuts where no two groups fight in both parts, and each part is
    mostly a fight of two groups: they meet on so many of its mails and ..."""
    cut_least_duel: float = 0.5
    """... on this share of them. One also cuts ..."""
    cut_long_minutes: int = 20
    """... from this long on, where ..."""
    cut_most_shared_pilots: float = 0.1
    """... fewer than this share of the smaller part's pilots are on both ends."""

    hunt_most_own_losses: float = 0.25
    """Hunters who lose more than this share of what they destroy, and more than one ship, met a fight."""
    camp_least_strangers: float = 0.7
    """Groups per ship lost to hunters from which the victims count as strangers."""
    battle_least_ships_lost: int = 5
    battle_least_pilots: int = 10

    hostility_weight: float = 0.8
    """How much attacking one another weighs against attacking together when sides are sought."""
    common_enemy_weight: float = 0.5
    """How much being shot by the same groups weighs against attacking together."""

    divided_least_weight: float = 2.5
    """A group is looked at pilot by pilot if what it did to and suffered from itself and its own side has the weight of
    so many mails, a mail within the group counting twice (so one accident never divides), ..."""
    divided_least_share: float = 0.15
    """... and this share of all it did and suffered."""
    torn_least_weight: float = 1.0
    """A group is looked at pilot by pilot, too, if it fights both with and against the same sides: the lesser of the
    two, summed over the sides, has the weight of so many mails, ..."""
    torn_least_share: float = 0.2
    """... and this share of all it did with and against others. Less parts those who fight everybody at once."""

    decisive_least_efficiency: float = 0.6
    decisive_least_ships_destroyed: int = 5

    @property
    def longest_run_minutes(self) -> int:
        """A fight that moves on to another system takes at most this long from one mail to the next."""
        pause = max(self.window_minutes, self.gap_max_minutes)
        return pause + self.running_minutes_per_jump * self.running_most_jumps

    @property
    def longest_link_minutes(self) -> int:
        """No link joins two mails further apart."""
        return max(
            self.window_minutes,
            self.gap_max_minutes,
            self.capsule_minutes,
            self.concord_minutes,
            self.place_minutes,
            self.longest_run_minutes,
        )
