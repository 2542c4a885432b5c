"""Where things can happen: the real map by kind of space and neighbourhood; who fights there does not belong here."""

from collections import defaultdict, deque
from collections.abc import Sequence
from functools import cached_property

from battlescope_assets.domain.universe import TRADE_HUBS, SecurityClass, SolarSystem, SpaceType, StaticData

JITA = 30000142
FRONT_JUMPS = 4
CALDARI, MINMATAR, AMARR, GALLENTE = 500001, 500002, 500003, 500004
EMPIRE_REGIONS = {
    10000002: CALDARI, 10000016: CALDARI, 10000033: CALDARI, 10000069: CALDARI,
    10000028: MINMATAR, 10000030: MINMATAR, 10000042: MINMATAR,
    10000020: AMARR, 10000036: AMARR, 10000038: AMARR, 10000043: AMARR, 10000052: AMARR, 10000054: AMARR,
    10000065: AMARR, 10000067: AMARR,
    10000032: GALLENTE, 10000037: GALLENTE, 10000044: GALLENTE, 10000048: GALLENTE, 10000064: GALLENTE,
    10000068: GALLENTE,
    10000001: 500007, 10000049: 500008,
}  # fmt: skip
"""Regions of high and low security with the faction that claims most of them."""
PIRATE_REGIONS = {10000011: 500015, 10000012: 500011, 10000022: 500019, 10000041: 500009, 10000057: 500014}
"""Regions of null security that no alliance can claim, with their faction."""
WARZONE_REGIONS = {
    CALDARI: (10000069, 10000033), GALLENTE: (10000048, 10000064, 10000068),
    MINMATAR: (10000030, 10000042), AMARR: (10000036, 10000038),
}  # fmt: skip
"""Where the militias fight: the low security of these regions, by the faction that owns it."""
MILITIA_FRONT_JUMPS = 3


class Galaxy:
    """The map as the war sees it: solar system ids by kind of space, stargate neighbours, fronts between regions."""

    def __init__(self, static_data: StaticData) -> None:
        self.systems: dict[int, SolarSystem] = {s.solar_system_id: s for s in static_data.solar_systems}
        self.neighbours: dict[int, list[int]] = defaultdict(list)
        for origin, target in static_data.stargates.tolist():
            self.neighbours[origin].append(target)
        reachable = self.jumps_from([JITA])
        self.highsec, self.lowsec, self.nullsec = (
            [s for s in sorted(reachable) if self.systems[s].security_class is security]
            for security in (SecurityClass.HIGHSEC, SecurityClass.LOWSEC, SecurityClass.NULLSEC)
        )
        self.jspace, self.pochven, self.abyssal = (
            sorted(s for s, system in self.systems.items() if system.space_type is space)
            for space in (SpaceType.JSPACE, SpaceType.POCHVEN, SpaceType.ABYSSAL)
        )
        self.busy_highsec = sorted(
            {s for hub in TRADE_HUBS for s in (hub, *self.neighbours[hub]) if self.security(s) is SecurityClass.HIGHSEC}
        )
        """The trade hubs and the systems around them."""
        self.pipes = [
            s for s in self.lowsec if any(self.security(n) is SecurityClass.HIGHSEC for n in self.neighbours[s])
        ]
        """Low-security systems beside high security, where gates are camped."""

    def security(self, system: int) -> SecurityClass:
        """The system's security class."""
        return self.systems[system].security_class

    def jumps_from(self, origins: Sequence[int], most: int = 10_000, closed: int | None = None) -> dict[int, int]:
        """Fewest stargate jumps from the nearest origin to every system within `most` jumps, not through `closed`."""
        jumps = dict.fromkeys(origins, 0)
        queue = deque(origins)
        while queue:
            system = queue.popleft()
            if jumps[system] < most and system != closed:
                for neighbour in self.neighbours[system]:
                    if neighbour not in jumps:
                        jumps[neighbour] = jumps[system] + 1
                        queue.append(neighbour)
        return jumps

    @cached_property
    def nullsec_regions(self) -> dict[int, list[int]]:
        """Null-security regions large enough to live in, with their systems."""
        regions = defaultdict(list)
        for system in self.nullsec:
            regions[self.systems[system].region_id].append(system)
        return {region: systems for region, systems in sorted(regions.items()) if len(systems) >= 30}

    @cached_property
    def warzone(self) -> dict[int, int]:
        """Systems of faction warfare, each with the faction that owns it."""
        owners = {region: faction for faction, regions in WARZONE_REGIONS.items() for region in regions}
        return {s: owners[r] for s in self.lowsec if (r := self.systems[s].region_id) in owners}

    def militia_front(self, faction: int, enemy: int) -> list[int]:
        """The two factions' warzone systems near where they meet, in order of id."""
        ours, theirs = ([s for s, owner in self.warzone.items() if owner == side] for side in (faction, enemy))
        near_ours, near_theirs = (self.jumps_from(side, MILITIA_FRONT_JUMPS) for side in (ours, theirs))
        return sorted({s for s in ours if s in near_theirs} | {s for s in theirs if s in near_ours})

    def front(self, region: int, other: int) -> list[int]:
        """Systems of two regions near where they meet; all of both where no stargate joins them."""
        both = self.nullsec_regions[region] + self.nullsec_regions[other]
        inside = set(both)
        border = [
            s
            for s in both
            if any(n in inside and self.systems[n].region_id != self.systems[s].region_id for n in self.neighbours[s])
        ]
        near = self.jumps_from(border, FRONT_JUMPS)
        return [s for s in both if s in near] or both
