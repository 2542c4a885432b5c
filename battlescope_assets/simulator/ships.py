"""Ships as they are lost: fits resolved against static data, the items of a loss; who lost it does not belong here."""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from battlescope_assets.domain.universe import ItemType, Slot, StaticData
from battlescope_assets.simulator.fits import BUFFER_HIT_POINTS, FITS, TYPICAL_HIT_POINTS

CARGO, DRONE_BAY, IMPLANT, FLEET_HANGAR, FIGHTER_BAY, FRIGATE_ESCAPE_BAY = 5, 87, 89, 155, 158, 179
"""Inventory flags."""
FIRST_FLAG = {Slot.LOW: 11, Slot.MID: 19, Slot.HIGH: 27, Slot.RIG: 92, Slot.SUBSYSTEM: 125, Slot.SERVICE: 164}
RIG_FLAGS = range(92, 100)
SWAP_META_GROUPS = {1, 2, 4}
"""Tech I, Tech II, faction: what people swap a module for."""
WEAPON = re.compile(r"Weapon|Launcher|Disintegrator|Bomb|Interdiction", re.IGNORECASE)
LINE = re.compile(r"(.+?)(?: x(\d+))?(?:, (.+))?")
DRONE, FIGHTER, MODULE = "Drone", "Fighter", "Module"

RATS = {
    500010: "Asteroid Guristas Battleship",
    500011: "Asteroid Angel Cartel Cruiser",
    500012: "Asteroid Blood Raiders Battleship",
    500019: "Asteroid Sansha's Nation Battleship",
    500020: "Asteroid Serpentis Battleship",
}

MISSING, SWAPPED = 0.02, 0.08
"""How often a slot is empty, and how often it holds another module of the same kind."""

Items = list[dict[str, Any]]
Draw = np.random.Generator


class Stack(NamedTuple):
    """One stack of items aboard; `swaps` are modules that some pilots fit instead."""

    flag: int
    type_id: int
    quantity: int
    swaps: tuple[int, ...]


@dataclass(frozen=True)
class Fit:
    """A ship as it is fitted and loaded."""

    name: str
    """The hull and what the fit is for: "Hurricane, artillery"."""
    hull_type_id: int
    hull_name: str
    hit_points: int
    stacks: tuple[Stack, ...]
    weapon_type_ids: tuple[int, ...]
    """What its damage is booked on; the hull itself where it has no weapon."""


class Hangar:
    """All fits, and all that may lie in a hold, as type ids.

    Raises:
        KeyError: the static data lacks a type that a fit names.
    """

    def __init__(self, static_data: StaticData) -> None:
        self._types: dict[str, ItemType] = {}
        for item_type in static_data.types:
            known = self._types.get(item_type.name)
            if known is None or (item_type.is_published and not known.is_published):
                self._types[item_type.name] = item_type
        self._by_group: dict[int, list[ItemType]] = defaultdict(list)
        for item_type in static_data.types:
            if item_type.is_published and item_type.meta_group_id in SWAP_META_GROUPS:
                self._by_group[item_type.group_id].append(item_type)
        fits = [self._fit(block) for block in FITS.strip().split("\n\n")]
        self.fits = {fit.name: fit for fit in fits} | {fit.hull_name: fit for fit in reversed(fits)}
        """Fits by their names, and by their hulls' the first of each hull."""
        self.capsule = Fit("Capsule", self.type_id("Capsule"), "Capsule", BUFFER_HIT_POINTS["Capsule"], (), ())
        by_name = [
            t for t in sorted(static_data.types, key=lambda t: t.type_id) if t.is_published and t.market_group_id
        ]
        self._cargo = [
            t.type_id
            for t in by_name
            if (t.category_name == MODULE and t.meta_group_id in SWAP_META_GROUPS and (t.volume_m3 or 0) <= 50)
            or t.group_name
            in {"Mineral", "Frigate", "Datacores", "Salvaged Materials", "Planetary Commodities", "Booster"}
        ][::7]
        self._blueprints = [t.type_id for t in by_name if t.group_name in {"Frigate Blueprint", "Cruiser Blueprint"}][
            ::9
        ]
        self._implants = [t.type_id for t in by_name if t.group_name == "Cyberimplant"][::17] or [
            t.type_id for t in by_name if t.category_name == "Implant"
        ][::37]
        self._containers = [self.type_id("Giant Secure Container"), self.type_id("Large Standard Container")]
        self._frigates = [self.type_id(name) for name in ("Rifter", "Merlin", "Heron", "Stiletto", "Astero")]
        self._paste = self.type_id("Nanite Repair Paste")
        by_group = defaultdict(list)
        for item_type in static_data.types:
            by_group[item_type.group_name].append(item_type.type_id)
        self.rats = tuple((faction, tuple(by_group[group])) for faction, group in RATS.items() if by_group[group])
        """Pirate factions with their ships' type ids."""
        self.concord = tuple(by_group["Concord Drone"])
        self.abyssal = tuple(by_group["Abyssal Spaceship Entities"])

    def type_id(self, name: str) -> int:
        """The id of a type by its English name."""
        return self._types[name].type_id

    def lossable_type_ids(self) -> list[int]:
        """Every type a loss can hold, hulls included, in order."""
        aboard = {t for fit in self.fits.values() for s in fit.stacks for t in (s.type_id, *s.swaps)}
        hulls = {fit.hull_type_id for fit in self.fits.values()}
        return sorted(
            aboard
            | hulls
            | {*self._cargo, *self._blueprints, *self._implants, *self._containers, *self._frigates, self._paste}
        )

    def _fit(self, block: str) -> Fit:
        header, *lines = block.splitlines()
        hull = self._types[header[1:].split(",")[0]]
        next_flag = dict(FIRST_FLAG)
        stacks: list[Stack] = []
        weapons: list[int] = []
        for line in lines:
            name, times, charge = LINE.fullmatch(line).groups()  # type: ignore[union-attr]  # matches any line
            repeat = int(times or 1)
            item_type = self._types[name]
            if item_type.slot is None:
                stacks.append(Stack(_hold(item_type), item_type.type_id, repeat, ()))
                if item_type.category_name in {DRONE, FIGHTER}:
                    weapons.append(item_type.type_id)
                continue
            for _ in range(repeat):
                flag = next_flag[item_type.slot]
                next_flag[item_type.slot] += 1
                stacks.append(Stack(flag, item_type.type_id, 1, self._swaps(item_type)))
                if charge:
                    stacks.append(Stack(flag, self._types[charge].type_id, 40, ()))
            if item_type.slot is Slot.HIGH and WEAPON.search(item_type.group_name):
                weapons.append(item_type.type_id)
        hit_points = BUFFER_HIT_POINTS.get(hull.group_name, TYPICAL_HIT_POINTS)
        return Fit(
            header.strip("[]"), hull.type_id, hull.name, hit_points, tuple(stacks), tuple(weapons) or (hull.type_id,)
        )

    def _swaps(self, module: ItemType) -> tuple[int, ...]:
        """Modules of the same kind and size: every word of the name but the tier stands in theirs too."""
        words = set(module.name.split()) - {"I", "II"}
        return tuple(
            other.type_id
            for other in self._by_group[module.group_id]
            if other.type_id != module.type_id
            and other.slot is module.slot
            and other.volume_m3 == module.volume_m3
            and words <= set(other.name.split())
        )

    def loss_items(self, fit: Fit, draw: Draw) -> Items:
        """What was aboard, each stack destroyed or dropped (rigs never drop), in ESI's form."""
        items: Items = []
        for (flag, type_id, quantity, swaps), (kind, fate, share) in zip(
            fit.stacks, draw.random((len(fit.stacks), 3)).tolist(), strict=True
        ):
            if kind < MISSING:
                continue
            aboard = swaps[int(share * len(swaps))] if swaps and kind > 1 - SWAPPED else type_id
            if quantity == 1:
                destroyed = fate < 0.5 or flag in RIG_FLAGS
                items.append(_item(flag, aboard, 1 if destroyed else 0, 0 if destroyed else 1))
            else:
                left = 1 + int(share * quantity)
                lost = round(left * fate)
                items += [_item(flag, aboard, *pair) for pair in ((lost, 0), (0, left - lost)) if sum(pair)]
        if draw.random() < 0.15:
            items.append(_item(CARGO, self._paste, int(draw.integers(5, 80)), 0))
        return items

    def cargo(self, draw: Draw, stacks: int) -> Items:
        """A hauler's hold: stacks of goods, now and then in a container, a few blueprint copies."""
        goods = self._goods(draw, stacks)
        if draw.random() < 0.4 and stacks > 2:
            container = _item(CARGO, self._containers[int(draw.integers(2))], 0, 1)
            container["items"] = goods[: stacks // 2]
            goods = [container, *goods[stacks // 2 :]]
        if draw.random() < 0.3:
            copies = draw.integers(len(self._blueprints), size=int(draw.integers(1, 4))).tolist()
            goods += [_item(CARGO, self._blueprints[copy], 0, 1, singleton=2) for copy in copies]
        return goods

    def _goods(self, draw: Draw, stacks: int) -> Items:
        picks = draw.integers(len(self._cargo), size=stacks).tolist()
        quantities = (1 + draw.pareto(1.0, stacks) * 3).clip(1, 20_000).astype(int).tolist()
        fates = draw.random(stacks).tolist()
        return [
            _item(CARGO, self._cargo[pick], *((quantity, 0) if fate < 0.5 else (0, quantity)))
            for pick, quantity, fate in zip(picks, quantities, fates, strict=True)
        ]

    def implants(self, draw: Draw) -> Items:
        """What a capsule's pilot had plugged in."""
        picks = draw.permutation(len(self._implants))[: int(draw.integers(1, 6))].tolist()
        return [_item(IMPLANT, self._implants[pick], 1, 0) for pick in picks]

    def escape_frigate(self, draw: Draw) -> Items:
        """The frigate in a battleship's escape bay."""
        destroyed = int(draw.integers(2))
        return [
            _item(FRIGATE_ESCAPE_BAY, self._frigates[int(draw.integers(len(self._frigates)))], destroyed, 1 - destroyed)
        ]


def _hold(item_type: ItemType) -> int:
    return {DRONE: DRONE_BAY, FIGHTER: FIGHTER_BAY}.get(item_type.category_name, CARGO)


def _item(flag: int, type_id: int, destroyed: int, dropped: int, singleton: int = 0) -> dict[str, Any]:
    item = {"flag": flag, "item_type_id": type_id, "singleton": singleton}
    if destroyed:
        item["quantity_destroyed"] = destroyed
    if dropped:
        item["quantity_dropped"] = dropped
    return item
