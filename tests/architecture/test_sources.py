"""The page of sources says what the code does."""

import re
from datetime import timedelta

from battlescope_assets.domain.freshness import PROMISES
from battlescope_assets.settings import REPOSITORY

UNITS = {"s": timedelta(seconds=1), "min": timedelta(minutes=1), "h": timedelta(hours=1), "days": timedelta(days=1)}


def span(text: str) -> timedelta:
    number, unit = text.split()
    return int(number) * UNITS[unit]


def test_every_source_is_listed_with_its_promise() -> None:
    page = (REPOSITORY / "docs" / "sources.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \|(.*?)\| `(\w+/\w+)` \|$", page, re.MULTILINE)
    listed = {
        source: (upstream, span(every), span(stale), span(ended) if ended.strip() else None, asset)
        for source, upstream, every, stale, ended, asset in rows
    }
    assert listed == {
        source: (promise.upstream, promise.every, promise.fresh_for, promise.content_for, f"{promise.schema}/{source}")
        for source, promise in PROMISES.items()
    }
