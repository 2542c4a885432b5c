"""Every page, for the tests that hold for all of them; a new page is one more line here."""

from typing import NamedTuple


class KnownPage(NamedTuple):
    """A page and what holds for it."""

    name: str
    address: str
    """`{battle}` and the like stand for what the golden war has (see fixture `known`)."""
    has_charts: bool = False
    has_tables: bool = True
    is_pictured: bool = True
    """In docs/screenshots/."""


PAGES = [
    KnownPage("dashboard", "/", has_charts=True),
    KnownPage("battles", "/battles?limit=6"),
    KnownPage("battle", "/battles/{battle}?limit=10", has_charts=True),
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
    KnownPage("about", "/about"),
    KnownPage("reference", "/docs", is_pictured=False),
    KnownPage("no-such-battle", "/battles/BR-30000142-200001010000", has_tables=False, is_pictured=False),
]
