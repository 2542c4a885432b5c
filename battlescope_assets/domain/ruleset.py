"""The ruleset: which killmails an installation takes in; neither settings nor counting belongs here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # settings are read by processes that start at once
    from battlescope_assets.domain.killmail import Attacker, Killmail, Victim


@dataclass(frozen=True)
class Ruleset:
    """Every criterion given must hold; one that is empty is not given.

    Alliances and corporations are one criterion: one of them must be the victim's or an attacker's.
    """

    min_pilots: int = 0
    """Different characters on the mail, the victim included."""
    alliance_ids: frozenset[int] = frozenset()
    corporation_ids: frozenset[int] = frozenset()
    solar_system_ids: frozenset[int] = frozenset()
    security_classes: frozenset[str] = frozenset()
    """Values of `SecurityClass`."""

    def accepts(self, mail: "Killmail", security_class_of: Mapping[int, str]) -> bool:
        """Whether the mail is taken in; a system missing in `security_class_of` is of no class."""
        sides: list[Victim | Attacker] = [mail.victim, *mail.attackers]
        if len({side.character_id for side in sides if side.character_id}) < self.min_pilots:
            return False
        tracked = self.alliance_ids or self.corporation_ids
        if tracked and not any(
            side.alliance_id in self.alliance_ids or side.corporation_id in self.corporation_ids for side in sides
        ):
            return False
        if self.solar_system_ids and mail.solar_system_id not in self.solar_system_ids:
            return False
        return not self.security_classes or security_class_of.get(mail.solar_system_id) in self.security_classes

    def __str__(self) -> str:
        """The criteria given, always in the same words; nothing where every mail is taken in."""
        given: dict[str, Iterable[object]] = {
            "min_pilots": [self.min_pilots] if self.min_pilots else [],
            "alliance_ids": sorted(self.alliance_ids),
            "corporation_ids": sorted(self.corporation_ids),
            "solar_system_ids": sorted(self.solar_system_ids),
            "security_classes": sorted(self.security_classes),
        }
        return " ".join(f"{name}={','.join(map(str, values))}" for name, values in given.items() if values)


EVERY_MAIL = Ruleset()
