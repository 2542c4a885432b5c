"""Every page, for the tests that hold for all of them; a new page is one more line here."""

from typing import NamedTuple


class KnownPage(NamedTuple):
    """A page and what holds for it."""

    name: str
    address: str
    """`{battle}` and the like stand for what the golden war has (see fixture `known`)."""
    has_charts: bool = False
    has_tables: bool = True


PAGES = [
    KnownPage("dashboard", "/", has_charts=True),
    KnownPage("battles", "/battles"),
    KnownPage("battle", "/battles/{battle}", has_charts=True),
    KnownPage("about", "/about"),
    KnownPage("reference", "/docs"),
    KnownPage("no-such-battle", "/battles/BR-30000142-200001010000", has_tables=False),
]
