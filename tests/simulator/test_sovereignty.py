from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from battlescope_assets.simulator.sovereignty import HELD_DAYS, Campaign, Sovereignty
from battlescope_assets.simulator.war import War

FIRST = datetime(2026, 11, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MOMENTS = st.integers(0, 10 * 86_400).map(lambda seconds: FIRST + timedelta(seconds=seconds))


@pytest.fixture(scope="module")
def sovereignty(war: War) -> Sovereignty:
    return Sovereignty(war)


@pytest.fixture(scope="module")
def campaigns(sovereignty: Sovereignty) -> list[Campaign]:
    return [c for day in range(1, 8) for c in sovereignty.starting_on(date(2026, 11, day))]


def test_every_campaign_that_is_fought_has_its_battle(war: War, campaigns: list[Campaign]) -> None:
    fought = [campaign for campaign in campaigns if campaign.is_fought]
    assert len(fought) > 5
    for campaign in fought:
        there = [
            made
            for made in war.made(campaign.starts_at.date())
            if made.body["solar_system_id"] == campaign.solar_system_id
            and campaign.starts_at.timestamp() < made.seconds < campaign.ends_at.timestamp()
        ]
        alliances = {who.get("alliance_id") for made in there for who in (made.body["victim"], *made.body["attackers"])}
        assert {made.truth["kind"] for made in there} >= {"fleet"}
        assert {campaign.attacker_id, campaign.defender_id} <= alliances
        assert min(made.seconds for made in there) - campaign.starts_at.timestamp() < 13 * 60


def test_nobody_fights_over_the_others(war: War, campaigns: list[Campaign]) -> None:
    quiet = [campaign for campaign in campaigns if not campaign.is_fought]
    assert {campaign.is_captured for campaign in quiet} == {True, False}
    for campaign in quiet:
        assert campaign.attacker_id != campaign.defender_id
        assert not [
            made
            for made in war.made(campaign.starts_at.date())
            if made.body["solar_system_id"] == campaign.solar_system_id and made.truth["kind"] == "fleet"
        ]


def test_some_campaign_is_always_ahead(sovereignty: Sovereignty) -> None:
    for hours in range(0, 7 * 24, 2):
        moment = FIRST + timedelta(hours=hours)
        assert any(campaign.starts_at > moment for campaign in sovereignty.campaigns(moment))


def test_campaigns_are_announced_ahead_and_vanish_when_resolved(
    sovereignty: Sovereignty, campaigns: list[Campaign]
) -> None:
    for campaign in campaigns:
        assert timedelta(hours=20) <= campaign.starts_at - campaign.announced_at <= timedelta(hours=44)
        for moment, is_there in (
            (campaign.announced_at - SECOND, False),
            (campaign.announced_at, True),
            (campaign.ends_at - SECOND, True),
            (campaign.ends_at, False),
        ):
            assert (campaign in sovereignty.campaigns(moment)) is is_there


def test_scores_move_towards_the_winner_once_it_has_started(campaigns: list[Campaign]) -> None:
    assert {campaign.is_captured for campaign in campaigns} == {True, False}
    for campaign in campaigns:
        span = campaign.ends_at - campaign.starts_at
        scores = [campaign.defender_score(campaign.starts_at + span * part / 20) for part in range(21)]
        assert campaign.defender_score(campaign.announced_at) == scores[0] == 0.6
        assert scores == sorted(scores, reverse=campaign.is_captured)
        assert len(set(scores)) > 10
        assert 0 < scores[-1] < 1


def test_a_captured_system_changes_hands_for_some_days(sovereignty: Sovereignty, campaigns: list[Campaign]) -> None:
    captured = next(campaign for campaign in campaigns if campaign.is_captured)
    for moment, holder in (
        (captured.ends_at - SECOND, captured.defender_id),
        (captured.ends_at, captured.attacker_id),
        (captured.ends_at + timedelta(days=HELD_DAYS) - SECOND, captured.attacker_id),
        (captured.ends_at + timedelta(days=HELD_DAYS), captured.defender_id),
    ):
        claim = next(c for c in sovereignty.claims(moment) if c.solar_system_id == captured.solar_system_id)
        assert claim.alliance_id == holder
        assert claim.claimed_since is not None
        assert claim.claimed_since <= moment


@settings(max_examples=8)
@given(moment=MOMENTS)
def test_claims_and_campaigns_agree_at_any_time(sovereignty: Sovereignty, moment: datetime) -> None:
    claims = {claim.solar_system_id: claim for claim in sovereignty.claims(moment)}
    campaigns = {campaign.solar_system_id: campaign for campaign in sovereignty.campaigns(moment)}
    for system, campaign in campaigns.items():
        assert claims[system].alliance_id == campaign.defender_id
        assert claims[system].hub_id == campaign.structure_id
    for system, claim in claims.items():
        assert (claim.alliance_id is None) or (claim.faction_id is None)
        assert (claim.vulnerable_from is None) == (claim.alliance_id is None or system in campaigns)
        if claim.vulnerable_until:
            assert claim.vulnerable_until > moment


def test_another_war_has_other_campaigns_and_the_same_war_the_same(war: War, sovereignty: Sovereignty) -> None:
    moment = FIRST + timedelta(days=3)
    assert Sovereignty(war).campaigns(moment) == sovereignty.campaigns(moment)
    assert Sovereignty(war).claims(moment) == sovereignty.claims(moment)
