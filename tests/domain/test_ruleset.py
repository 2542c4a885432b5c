"""Rulesets, as a table."""

import msgspec
import pytest

from battlescope_assets.domain.killmail import Killmail
from battlescope_assets.domain.ruleset import EVERY_MAIL, Ruleset
from battlescope_assets.domain.universe import SecurityClass
from battlescope_assets.settings import Settings
from tests.bodies import SOUND

MAIL = msgspec.json.decode(SOUND, type=Killmail)
"""In 30002187: a pilot of 98000001 in 99000001, lost to one of 98000002 in 99000002 and an NPC of 1000125."""
CLASSES = {30002187: SecurityClass.HIGHSEC, 31000001: SecurityClass.WORMHOLE}


def ids(*values: int) -> frozenset[int]:
    return frozenset(values)


@pytest.mark.parametrize(
    ("ruleset", "accepted"),
    [
        (EVERY_MAIL, True),
        (Ruleset(min_pilots=2), True),
        (Ruleset(min_pilots=3), False),
        (Ruleset(alliance_ids=ids(99000001)), True),
        (Ruleset(alliance_ids=ids(99000002, 5)), True),
        (Ruleset(alliance_ids=ids(5)), False),
        (Ruleset(corporation_ids=ids(98000001)), True),
        (Ruleset(corporation_ids=ids(1000125)), True),
        (Ruleset(corporation_ids=ids(99000001)), False),
        (Ruleset(alliance_ids=ids(5), corporation_ids=ids(98000002)), True),
        (Ruleset(solar_system_ids=ids(30002187)), True),
        (Ruleset(solar_system_ids=ids(30000142)), False),
        (Ruleset(security_classes=frozenset({SecurityClass.HIGHSEC})), True),
        (Ruleset(security_classes=frozenset({SecurityClass.WORMHOLE})), False),
        (Ruleset(min_pilots=2, alliance_ids=ids(99000001), solar_system_ids=ids(30002187)), True),
        (Ruleset(min_pilots=2, alliance_ids=ids(99000001), solar_system_ids=ids(30000142)), False),
        (Ruleset(min_pilots=3, alliance_ids=ids(99000001), solar_system_ids=ids(30002187)), False),
    ],
    ids=lambda value: str(value) or "every mail" if isinstance(value, Ruleset) else "",
)
def test_which_mails_are_taken_in(ruleset: Ruleset, accepted: bool) -> None:
    assert ruleset.accepts(MAIL, CLASSES) is accepted


def test_a_system_unknown_to_the_static_data_is_of_no_class() -> None:
    assert not Ruleset(security_classes=frozenset(SecurityClass)).accepts(MAIL, {})


def test_settings_spell_the_ruleset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATTLESCOPE_RULESET_ALLIANCE_IDS", "99000002, 99000001")
    monkeypatch.setenv("BATTLESCOPE_RULESET_SECURITY_CLASSES", "lowsec,nullsec")
    monkeypatch.setenv("BATTLESCOPE_RULESET_MIN_PILOTS", "3")
    expected = "min_pilots=3 alliance_ids=99000001,99000002 security_classes=lowsec,nullsec"
    assert str(Settings().ruleset) == expected
    monkeypatch.delenv("BATTLESCOPE_RULESET_SECURITY_CLASSES")
    for name in SecurityClass:
        assert Settings(ruleset_security_classes=frozenset({name.value})).ruleset.security_classes == {name}
    monkeypatch.setenv("BATTLESCOPE_RULESET_SECURITY_CLASSES", "highseq")
    with pytest.raises(ValueError, match="'highsec', 'lowsec', 'nullsec', 'wormhole', 'pochven' or 'abyssal'"):
        Settings()
