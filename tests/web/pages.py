"""Every page, for the tests that hold for all of them; a new page is one more line here."""

from typing import NamedTuple


class KnownPage(NamedTuple):
    """A page and what holds for it."""

    name: str
    address: str
    """`{battle}` and the like stand for what the golden war has (see fixture `known`)."""
    has_charts: bool = False
    has_tables: bool = True
    has_themes: bool = True
    """Its visitors choose between them."""
    is_pictured: bool = True
    """In docs/screenshots/."""


PAGES = [
    KnownPage("dashboard", "/", has_charts=True),
    KnownPage("battles", "/battles?limit=6"),
    KnownPage("battle", "/battles/{battle}?limit=10", has_charts=True),
    KnownPage("war-room", "/war-room", has_charts=True),
    KnownPage("region", "/regions/{region}", has_charts=True),
    KnownPage("system", "/systems/{system}", has_charts=True),
    KnownPage("intel", "/intel"),
    KnownPage("route", "/route?from_system_id=30000142&to_system_id={system}", has_charts=True),
    KnownPage("route-unknown", "/route?from_system=Jtia&to_system={system}", has_tables=False, is_pictured=False),
    KnownPage(
        "conflict-alert", "/embed/conflict-alert?system_id={system}&theme=light", has_tables=False, has_themes=False
    ),
    KnownPage("alliance", "/alliances/{alliance}", has_charts=True),
    KnownPage("corporation", "/corporations/{corporation}?days=7", has_charts=True),
    KnownPage("pilot", "/characters/{character}"),
    KnownPage("type", "/types/{type}", has_charts=True),
    KnownPage("killmail", "/killmails/{killmail}", has_tables=False),
    KnownPage("search", "/search?q=na"),
    KnownPage("about", "/about", has_charts=True),
    KnownPage("methods", "/methods", has_tables=False),
    KnownPage("method", "/methods/sources", is_pictured=False),
    KnownPage("losses", "/war-room/losses", has_charts=True),
    KnownPage("demand", "/war-room/demand?region_id={region}"),
    KnownPage("timers", "/war-room/timers"),
    KnownPage("faction-warfare", "/war-room/faction-warfare", has_charts=True),
    KnownPage("doctrines", "/war-room/doctrines"),
    KnownPage("doctrine", "/doctrines/{doctrine}"),
    KnownPage("conflicts", "/war-room/conflicts", has_charts=True),
    KnownPage("campaign", "/war-room/campaigns/{campaign}"),
    KnownPage("hours", "/war-room/hours", has_charts=True),
    KnownPage("production", "/war-room/production"),
    KnownPage("reference", "/docs", is_pictured=False),
    KnownPage("no-such-battle", "/battles/BR-30000142-200001010000", has_tables=False, is_pictured=False),
]
