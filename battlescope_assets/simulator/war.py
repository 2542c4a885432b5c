"""The war: every day's killmails and their truth from a seed; what a day is made of stands in modules beside it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

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
MARKET_REMEMBERS_DAYS = 4
ONE_DAY = timedelta(days=1)


class Made(NamedTuple):
    """A killmail with its truth."""

    killmail_id: int
    seconds: int
    """Since 1970-01-01 UTC."""
    body: Body
    truth: TruthRow


class Destroyed(NamedTuple):
    """So many of a type, destroyed at one time."""

    seconds: int
    """Since 1970-01-01 UTC."""
    type_id: int
    quantity: int
    region_id: int


class _Listed(NamedTuple):
    """What started on a day before its killmails are written."""

    events: list[Event]
    killmail_ids: list[int]
    moments: list[int]
    """Time of each loss, since 1970-01-01 UTC, growing."""
    losses: list[tuple[int, int]]
    """Which event's which loss it is."""
    draw: np.random.Generator
    """Writes the killmails."""


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
        self.types = {item_type.type_id: item_type for item_type in static_data.types}
        self.galaxy = Galaxy(static_data)
        self.people = People(self.galaxy, seed, max(1.0, mails_per_day / MAILS_OF_SCALE_ONE))
        self._hangar = Hangar(static_data)
        self.market = Market(static_data, self._hangar.lossable_type_ids(), seed)
        self._ids_per_day = max(20_000, 4 * mails_per_day)
        self._started_on = lru_cache(maxsize=3)(self._make)
        self._lost_on = lru_cache(maxsize=3 * MARKET_REMEMBERS_DAYS)(self._lost)

    @property
    def names(self) -> dict[int, tuple[str, str]]:
        """Invented alliances, corporations and characters: id -> (category, name), categories as ESI's."""
        return self.people.names

    def killmails(self, day: date) -> list[Body]:
        """The day's killmails in order of id: ESI bodies with EVE Ref's `killmail_hash` and `http_last_modified`."""
        return [made.body for made in self.made(day)]

    def truth(self, day: date) -> list[TruthRow]:
        """What is true of each of the day's killmails, in the same order."""
        return [made.truth for made in self.made(day)]

    def made(self, day: date) -> list[Made]:
        """The day's killmails with their truth, in order of id."""
        start = _start_seconds(day)
        both = [*self._started_on(day - ONE_DAY), *self._started_on(day)]
        return sorted((made for made in both if start <= made.seconds < start + DAY), key=lambda made: made.killmail_id)

    def moments(self, day: date) -> list[tuple[int, int]]:
        """Id and time of each of the day's killmails, in order of id; much cheaper than the killmails themselves."""
        start = _start_seconds(day)
        return sorted(
            (killmail_id, moment)
            for started in (self._listed(day - ONE_DAY), self._listed(day))
            for killmail_id, moment in zip(started.killmail_ids, started.moments, strict=True)
            if start <= moment < start + DAY
        )

    def killmail(self, killmail_id: int) -> Made | None:
        """The killmail of an id, or None where there is none."""
        started = FIRST_DAY + timedelta(days=killmail_id // self._ids_per_day)
        return next((made for made in self._started_on(started) if made.killmail_id == killmail_id), None)

    def market_history(self, day: date) -> list[MarketRow]:
        """The day's market history in the trade hubs' regions; what was lost the days before moves it."""
        return self.market.history(
            day, [self._lost_on(day - ago * ONE_DAY) for ago in range(1, MARKET_REMEMBERS_DAYS + 1)]
        )

    def destroyed(self, day: date) -> Iterator[Destroyed]:
        """What was destroyed on the day: hulls, and items destroyed with them, contents of containers left out."""
        for made in self.made(day):
            region = self.galaxy.systems[made.body["solar_system_id"]].region_id
            victim = made.body["victim"]
            yield Destroyed(made.seconds, victim["ship_type_id"], 1, region)
            for item in victim["items"]:
                if "quantity_destroyed" in item:
                    yield Destroyed(made.seconds, item["item_type_id"], item["quantity_destroyed"], region)

    def _lost(self, day: date) -> Counter[int]:
        lost = Counter[int]()
        for destroyed in self.destroyed(day):
            lost[destroyed.type_id] += destroyed.quantity
        return lost

    def events(self, day: date) -> Iterator[Event]:
        """What starts on the day, in the order of the mix, drawn as it is asked for."""
        return self._events(day, (day - FIRST_DAY).days)

    def _make(self, day: date) -> list[Made]:
        """All that started on the day, with ids in order of time."""
        listed = self._listed(day)
        truths = [truth_of(event) for event in listed.events]
        made = []
        for killmail_id, moment, (i, j) in zip(listed.killmail_ids, listed.moments, listed.losses, strict=True):
            loss = listed.events[i].losses[j]
            body = killmail_body(loss, killmail_id, _start_seconds(day), self._hangar, listed.draw)
            made.append(Made(killmail_id, moment, body, truths[i](j, body)))
        return made

    def _listed(self, day: date) -> _Listed:
        number = (day - FIRST_DAY).days
        events = list(self._events(day, number))
        losses = sorted(
            ((loss.time_seconds, i, j) for i, event in enumerate(events) for j, loss in enumerate(event.losses))
        )
        draw = np.random.default_rng([self.seed, number, 3])
        ids = number * self._ids_per_day + np.cumsum(draw.integers(1, 3, len(losses)))
        start = _start_seconds(day)
        return _Listed(
            events, ids.tolist(), [start + seconds for seconds, _, _ in losses], [(i, j) for _, i, j in losses], draw
        )

    def _events(self, day: date, number: int) -> Iterator[Event]:
        """Scenarios of every kind until each kind's share of the day's mails is used up."""
        draw = np.random.default_rng([self.seed, number, 2])
        stage = Stage(draw, number, self.galaxy, self.people, self._hangar)
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
