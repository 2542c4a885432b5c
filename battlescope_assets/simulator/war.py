"""The war: every day's killmails and their truth from a seed; what a day is made of stands in modules beside it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from battlescope_assets.domain.universe import StaticData
from battlescope_assets.simulator.bodies import Body, killmail_body
from battlescope_assets.simulator.galaxy import Galaxy
from battlescope_assets.simulator.market import Market, MarketRow
from battlescope_assets.simulator.people import People
from battlescope_assets.simulator.scenarios import DAY, MIX, Event, Scenario, Stage
from battlescope_assets.simulator.ships import Hangar
from battlescope_assets.simulator.truth import TruthRow, truth_of

FIRST_DAY = date(2007, 12, 5)
MAILS_OF_SCALE_ONE = 1_500
WEEKDAY_FACTORS = (0.92, 0.9, 0.9, 0.94, 1.0, 1.17, 1.17)
"""Monday to Sunday."""
ONE_DAY = timedelta(days=1)


class Made(NamedTuple):
    """A killmail with its truth."""

    seconds: int
    """Since 1970-01-01 UTC."""
    body: Body
    truth: TruthRow


class War:
    """A war on the real map, the same for the same arguments, each day drawn alone and on demand.

    What starts on a day belongs to it; what of it happens after midnight comes out on the next day.

    Args:
        static_data: the real map and types.
        seed: everything else follows from it.
        mails_per_day: about how many killmails a mean day has.
        mix: what happens, as in `scenarios.MIX`: name -> (scenario, share of the mails, fewest and most mails of one).
    """

    def __init__(
        self,
        static_data: StaticData,
        seed: int,
        mails_per_day: int = MAILS_OF_SCALE_ONE,
        mix: Mapping[str, tuple[Scenario, float, tuple[int, int]]] = MIX,
    ) -> None:
        self.seed, self.mails_per_day, self._mix = seed, mails_per_day, mix
        self._galaxy = Galaxy(static_data)
        self._people = People(self._galaxy, seed, max(1.0, mails_per_day / MAILS_OF_SCALE_ONE))
        self._hangar = Hangar(static_data)
        self._market = Market(static_data, self._hangar.lossable_type_ids(), seed)
        self._ids_per_day = max(20_000, 4 * mails_per_day)
        self._started_on = lru_cache(maxsize=3)(self._make)

    @property
    def names(self) -> dict[int, tuple[str, str]]:
        """Invented alliances, corporations and characters: id -> (category, name), categories as ESI's."""
        return self._people.names

    def killmails(self, day: date) -> list[Body]:
        """The day's killmails in order of time: ESI bodies with EVE Ref's `killmail_hash` and `http_last_modified`."""
        return [made.body for made in self._of(day)]

    def truth(self, day: date) -> list[TruthRow]:
        """What is true of each of the day's killmails, in the same order."""
        return [made.truth for made in self._of(day)]

    def market_history(self, day: date) -> list[MarketRow]:
        """The day's market history in the trade hubs' regions; what was lost the day before sells a little more."""
        lost = Counter(
            type_id for made in self._of(day - ONE_DAY) for type_id in _destroyed_type_ids(made.body["victim"])
        )
        return self._market.history(day, lost)

    def _of(self, day: date) -> list[Made]:
        start = _start_seconds(day)
        both = [*self._started_on(day - ONE_DAY), *self._started_on(day)]
        return sorted(
            (made for made in both if start <= made.seconds < start + DAY), key=lambda made: made.body["killmail_id"]
        )

    def _make(self, day: date) -> list[Made]:
        """All that started on the day, with ids in order of time."""
        start = _start_seconds(day)
        number = (day - FIRST_DAY).days
        events = list(self._events(day, number))
        losses = sorted(
            ((loss.time_seconds, i, j) for i, event in enumerate(events) for j, loss in enumerate(event.losses))
        )
        draw = np.random.default_rng([self.seed, number, 3])
        ids = number * self._ids_per_day + np.cumsum(draw.integers(1, 3, len(losses)))
        truths = [truth_of(event) for event in events]
        made = []
        for killmail_id, (seconds, i, j) in zip(ids.tolist(), losses, strict=True):
            body = killmail_body(events[i].losses[j], killmail_id, start, self._hangar, draw)
            made.append(Made(start + seconds, body, truths[i](j, body)))
        return made

    def _events(self, day: date, number: int) -> Iterator[Event]:
        """Scenarios of every kind until each kind's share of the day's mails is used up."""
        draw = np.random.default_rng([self.seed, number, 2])
        stage = Stage(draw, number, self._galaxy, self._people, self._hangar)
        for kind, (scenario, share, (fewest, most)) in self._mix.items():
            left = share * self.mails_per_day * WEEKDAY_FACTORS[day.weekday()]
            index = 0
            while left > 0:
                mails = round(np.exp(draw.uniform(np.log(fewest), np.log(most))))
                if mails > left and draw.random() > left / mails:
                    break
                left -= mails
                yield from (e for e in scenario(stage, mails, f"{kind}-{day:%Y%m%d}-{index}") if e.losses)
                index += 1


def _start_seconds(day: date) -> int:
    return (day - date(1970, 1, 1)).days * DAY


def _destroyed_type_ids(victim: dict[str, Any]) -> Iterator[int]:
    yield victim["ship_type_id"]
    for item in victim["items"]:
        if "quantity_destroyed" in item:
            yield item["item_type_id"]
