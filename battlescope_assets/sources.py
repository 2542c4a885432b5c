"""The upstreams these settings name, one `Source` each; how an upstream is asked belongs to io."""

from typing import NamedTuple

from battlescope_assets.io.sources import ESI_COMPATIBILITY_DATE, Source
from battlescope_assets.settings import Settings

EVEREF_MOST_AT_ONCE = 2
"""Eight at once were refused; EVE Ref's own downloader uses two."""
FEED_MOST_A_SECOND = 10
"""Requests to zKillboard; it answers 403 for an hour after more than 15."""
FEED_SECONDS_AFTER_MISSING = 6.0
"""Its rule after a 404."""
FEED_SECONDS_AFTER_FORBIDDEN = 3_600.0
"""How long its 403 holds, for everything."""
TICK_PATIENCE_SECONDS = 10.0
"""For a sensor's tick: one that waits holds up the other sensors, and the next one comes soon."""
RUN_PATIENCE_SECONDS = 90.0
"""A run has time for what a sensor's tick has not: to wait until ESI's error limit is reset, every minute."""


class Sources(NamedTuple):
    """Every upstream; the names are those of Dagster's resources."""

    everef: Source
    zkillboard: Source
    ccp: Source
    esi: Source


def sources(settings: Settings) -> Sources:
    """The upstreams of these settings; processes with the same home share caches and limits."""
    cache = settings.home / "cache"
    return Sources(
        everef=Source(
            settings.everef_url,
            settings.user_agent,
            cache / "everef",
            most_at_once=EVEREF_MOST_AT_ONCE,
            patience_seconds=RUN_PATIENCE_SECONDS,
        ),
        zkillboard=Source(
            settings.killmail_feed_url,
            settings.user_agent,
            cache / "zkillboard",
            most_a_second=FEED_MOST_A_SECOND,
            seconds_after_missing=FEED_SECONDS_AFTER_MISSING,
            seconds_after_forbidden=FEED_SECONDS_AFTER_FORBIDDEN,
            patience_seconds=RUN_PATIENCE_SECONDS,
        ),
        ccp=Source(settings.static_data_url, settings.user_agent, cache / "static-data"),
        esi=Source(
            settings.esi_url,
            settings.user_agent,
            cache / "esi",
            compatibility_date=ESI_COMPATIBILITY_DATE,
            patience_seconds=RUN_PATIENCE_SECONDS,
        ),
    )
