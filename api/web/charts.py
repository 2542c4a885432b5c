"""Charts, as options of Apache ECharts made from answers; no page, and nothing that draws.

`static/charts.js` draws them. Options are JSON; what JSON cannot say is written as text that the script replaces: a
colour `var(--name)` of the style sheet, a formatter `isk` or `count`. What has a `link` leads there when clicked.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from math import dist, sqrt
from typing import Any

import numpy as np

from api.schemas.activity import AllianceActivity, PlaceActivity, StarMap
from api.schemas.battles import BattleSide, Timeline
from api.schemas.conflicts import ConflictMatrix
from api.schemas.faction_warfare import FactionWarfareStatus
from api.schemas.places import RegionDetail
from api.schemas.routes import Step
from api.web.formats import eve_time, isk, odds, security, side_name, words
from battlescope_assets.domain.routes import Danger, Stargates

Option = dict[str, Any]
SIDE_COLOURS = 5
"""Sides from this one on share a colour; their names and tables tell them apart."""
LINES = ("dashed", "solid", "dotted")
"""How a side's line is drawn, by its number: colours alone do not tell everyone which is whose."""
MINUTE = timedelta(minutes=1)
SCALE = 1_000
"""Units of a graph in a light-year: its lines end at whole ones."""
MANY_SHIPS = 10
"""So many at least must be lost for the largest circle."""
BORDER_SHARE = 0.1
"""How far beyond the border a neighbouring system is drawn at most, as a share of the region's width."""
SMALLEST_SYSTEM, LARGEST_SYSTEM = 6, 34
"""Pixels across, of a system without losses and of the one with most; the area grows with the losses."""
DANGER_COLOURS = {
    Danger.UNKNOWN: "var(--muted)",
    Danger.LOW: "var(--good)",
    Danger.MODERATE: "var(--side-5)",
    Danger.HIGH: "var(--ember)",
    Danger.EXTREME: "var(--bad)",
}
LEAST_PIXELS, MOST_PIXELS = 11, 34
"""Across a system on a way, without losses and with the most."""
MANY_LOSSES = 10
"""A way without any system that lost so many ships has no circle as large as can be."""
MARGIN = 0.12
LEAST_MARGIN_LY = 1.0
"""What is drawn around a way, as a share of its length on the map, and at least."""


def side_colour(side: int) -> str:
    """The colour of a side, everywhere."""
    return f"var(--side-{min(side, SIDE_COLOURS)})"


def battle_timeline(timeline: Timeline, sides: Iterable[BattleSide]) -> Option:
    """ISK lost by each side so far (lines) and its losses of each minute (bars), over time; empty without losses."""
    minutes = sorted({loss.minute_at for loss in timeline.items})
    if not minutes:
        return {}
    bounds = {"min": _milliseconds(minutes[0] - MINUTE), "max": _milliseconds(minutes[-1] + MINUTE)}
    series: list[Option] = []
    for side in sides:
        lost = {loss.minute_at: loss for loss in timeline.items if loss.side == side.side}
        lost_so_far = accumulate(lost[minute].isk_lost if minute in lost else 0 for minute in minutes)
        # Every side has every minute: bars are stacked by their place in the list, not by their time.
        killmails = [lost[minute].killmails if minute in lost else 0 for minute in minutes]
        look = {"name": side_name(side.side), "itemStyle": {"color": side_colour(side.side)}}
        series += [
            look
            | {
                "type": "line",
                "step": "end",
                "showSymbol": False,
                "lineStyle": {"width": 2, "type": LINES[side.side % len(LINES)]},
                "data": [[bounds["min"], 0], *_points(minutes, lost_so_far)],
            },
            look
            | {
                "type": "bar",
                "stack": "killmails",
                "barMaxWidth": 10,
                "xAxisIndex": 1,
                "yAxisIndex": 1,
                "data": _points(minutes, killmails),
            },
        ]
    return {
        "legend": {"top": 0, "right": 0},
        "grid": [
            {"left": 64, "right": 16, "top": 48, "height": 162},
            {"left": 64, "right": 16, "top": 240, "height": 60},
        ],
        "xAxis": [
            {"type": "time", "gridIndex": 0, "axisLabel": {"show": False}, **bounds},
            {"type": "time", "gridIndex": 1, **bounds},
        ],
        "yAxis": [
            {"type": "value", "gridIndex": 0, "name": "ISK lost", "axisLabel": {"formatter": "isk"}},
            {"type": "value", "gridIndex": 1, "name": "Losses", "minInterval": 1, "splitNumber": 2},
        ],
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "tooltip": {"trigger": "axis", "valueFormatter": "isk"},
        "series": series,
    }


def bars(name: str, categories: Sequence[str], values: Sequence[float], colour: str = "var(--accent)") -> Option:
    """One bar a category."""
    return {
        "grid": {"left": 56, "right": 12, "top": 32, "bottom": 28},
        "xAxis": {"type": "category", "data": list(categories)},
        "yAxis": {"type": "value", "name": name, "minInterval": 1, "axisLabel": {"formatter": "isk"}},
        "tooltip": {"trigger": "axis", "valueFormatter": "isk"},
        "series": [{"name": name, "type": "bar", "itemStyle": {"color": colour}, "data": list(values)}],
    }


def galaxy() -> Option:
    """The galaxy's frame, to zoom and pan in; `static/galaxy.js` loads what is in it."""
    axis = {"type": "value", "show": False}
    zoom = {"type": "inside", "filterMode": "none", "minSpan": 1.5}
    return {
        "grid": {"left": 0, "right": 0, "top": 0, "bottom": 0},
        "xAxis": axis,
        "yAxis": axis,
        "dataZoom": [zoom | {"xAxisIndex": 0}, zoom | {"yAxisIndex": 0}],
        "tooltip": {"trigger": "item"},
        "series": [],
    }


def region_map(star_map: StarMap, region: RegionDetail, ships_lost: Mapping[int, int]) -> Option:
    """A region's systems over its stargates: by size what was lost, by colour security, by shape what is next.

    A diamond has a sovereignty timer ahead, a square is contested in faction warfare. Systems of other regions are
    hollow, and lead to their region.

    Args:
        star_map: the region, with the systems of others one gate away.
        region: what happens in it.
        ships_lost: to players, by system; systems without any may be left out.
    """
    regions = {one.id: one.name for one in star_map.regions}
    timers = {timer.system.id: timer for timer in region.timers}
    contested = {system.system.id: system for system in region.faction_warfare}
    most = max([MANY_SHIPS, *ships_lost.values()])
    places = _places(star_map, region.id)
    nodes: list[Option] = []
    for system in star_map.systems:
        is_inside, ships = system.region_id == region.id, ships_lost.get(system.id, 0)
        said = [
            f"{system.name}  {security(system.security_status)} {system.security_class.value}",
            f"{ships:,} ships lost to players",
        ]
        if not is_inside:
            said.insert(1, f"in {regions[system.region_id]}")
        if system.id in timers:
            said.append(f"timer: {words(timers[system.id].event_type)}, {eve_time(timers[system.id].starts_at)}")
        if system.id in contested:
            said.append(f"{contested[system.id].contested_percent:.0f} % contested")
        colour = f"var(--{system.security_class.value})"
        nodes.append(
            {
                "id": str(system.id),
                "name": system.name if is_inside else f"{system.name} ({regions[system.region_id]})",
                "x": round(SCALE * places[system.id][0]),
                "y": -round(SCALE * places[system.id][1]),  # a screen's y runs down
                "value": ships,
                "symbolSize": round(SMALLEST_SYSTEM + (LARGEST_SYSTEM - SMALLEST_SYSTEM) * sqrt(ships / most), 1),
                "symbol": "diamond" if system.id in timers else "rect" if system.id in contested else "circle",
                "itemStyle": {"color": colour if is_inside else "var(--card)", "borderColor": colour, "opacity": 0.9},
                "label": {"color": "var(--text)" if is_inside else "var(--muted)"},
                "tooltip": {"formatter": "\n".join(said)},
                "link": f"/systems/{system.id}" if is_inside else f"/regions/{system.region_id}",
            }
        )
    return {
        "tooltip": {"trigger": "item"},
        "series": [
            {
                "type": "graph",
                "layout": "none",
                "roam": True,
                "preserveAspect": True,
                "scaleLimit": {"min": 0.8, "max": 12},
                "left": "6%",
                "right": "9%",
                "top": "6%",
                "bottom": "6%",
                "label": {"show": True, "position": "right", "formatter": "{b}", "fontSize": 11},
                "labelLayout": {"hideOverlap": True},
                "itemStyle": {"borderWidth": 1.5},
                "lineStyle": {"color": "var(--muted)", "opacity": 0.45, "width": 1},
                "emphasis": {"focus": "adjacency", "scale": 1.2},
                "data": nodes,
                "links": [{"source": str(one), "target": str(other)} for one, other in star_map.stargates],
            }
        ],
    }


def _places(star_map: StarMap, region_id: int) -> dict[int, tuple[float, float]]:
    """Where to draw a region's systems, and those beyond its border: towards where they are, never far off."""
    places = {system.id: (system.map_x_ly, system.map_y_ly) for system in star_map.systems}
    inside = {system.id for system in star_map.systems if system.region_id == region_id}
    points = np.array([places[system_id] for system_id in inside])
    spread = float(np.linalg.norm(points[:, np.newaxis] - points, axis=2).max()) or 1
    for one, other in star_map.stargates:
        near, far = (one, other) if one in inside else (other, one)
        if far not in inside and (length := dist(places[near], places[far])) > BORDER_SHARE * spread:
            (x, y), (far_x, far_y), share = places[near], places[far], BORDER_SHARE * spread / length
            places[far] = (x + share * (far_x - x), y + share * (far_y - y))
    return places


def _points(minutes: Iterable[datetime], values: Iterable[float]) -> list[list[float]]:
    return [[_milliseconds(minute), value] for minute, value in zip(minutes, values, strict=True)]


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def way(steps: Sequence[Step], systems: Mapping[int, Mapping[str, Any]], gates: Stargates) -> Option:
    """A way on the map of its regions: circles that grow with ships lost in 24 hours, coloured by danger.

    Of the regions' other systems those are drawn that lie beside it. `systems` and `gates` are those of the star map.
    """
    regions = {step.region.id for step in steps}
    places = {
        system_id: (system["map_x_ly"], system["map_y_ly"])
        for system_id, system in systems.items()
        if system["region_id"] in regions and system["map_x_ly"] is not None
    }
    drawn = [places[step.system.id] for step in steps if step.system.id in places]
    if not drawn:
        return {}
    (west, south), (east, north) = (tuple(pick(axis) for axis in zip(*drawn, strict=True)) for pick in (min, max))
    margin = max(LEAST_MARGIN_LY, MARGIN * max(east - west, north - south))
    places = {
        system_id: (x, y)
        for system_id, (x, y) in places.items()
        if west - margin <= x <= east + margin and south - margin <= y <= north + margin
    }
    on_way = {step.system.id: step for step in steps if step.system.id in places}
    most = max(MANY_LOSSES, *(step.ships_lost_24_hours for step in on_way.values()))
    nodes: list[Option] = []
    for system_id, (x, y) in places.items():
        node: Option = {"x": round(x, 2), "y": round(-y, 2), "name": systems[system_id]["solar_system_name"]}
        if step := on_way.get(system_id):
            is_end = step in (steps[0], steps[-1])
            node |= {
                "symbolSize": LEAST_PIXELS
                + round((MOST_PIXELS - LEAST_PIXELS) * (step.ships_lost_24_hours / most) ** 0.5),
                "itemStyle": {
                    "color": DANGER_COLOURS[step.danger],
                    "opacity": 1,
                    "borderColor": "var(--text)",
                    "borderWidth": 2 if is_end else 0,
                },
                "label": {"show": True, "fontWeight": "bold" if is_end else "normal"},
                "tooltip": {"formatter": _step_in_words(step)},
            }
        nodes.append(node)
    index = {system_id: number for number, system_id in enumerate(places)}
    beside = [
        {"source": index[here], "target": index[there]}
        for here in places
        for there in gates.onward.get(here, ())
        if here < there and there in index
    ]
    bold = {"width": 3, "opacity": 1, "color": "var(--accent)"}
    jumps = [
        {"source": index[here], "target": index[there], "lineStyle": bold}
        for here, there in pairwise(step.system.id for step in steps)
        if here in index and there in index
    ]
    return {
        "tooltip": {"formatter": "{b}"},
        "series": [
            {
                "type": "graph",
                "layout": "none",
                "preserveAspect": "contain",
                "top": 24,
                "bottom": 24,
                "left": 56,
                "right": 56,
                "symbolSize": 3,
                "itemStyle": {"color": "var(--muted)", "opacity": 0.55},
                "lineStyle": {"color": "var(--line)", "width": 1, "opacity": 0.8},
                "label": {"position": "right", "color": "var(--text)", "formatter": "{b}", "textMargin": 4},
                "labelLayout": {"hideOverlap": True},
                "emphasis": {"scale": False},
                "data": nodes,
                "links": [*beside, *jumps],
            }
        ],
    }


def _step_in_words(step: Step) -> str:
    where = f"{step.system.name} {security(step.system.security_status or 0)}, {step.region.name}"
    return f"{where}\n{step.ships_lost_24_hours} ships lost in 24 h\nDanger {step.danger.value}, {odds(step.risk)} lost"


def stacked_bars(name: str, categories: Sequence[str], parts: Iterable[tuple[str, str, Sequence[float]]]) -> Option:
    """One bar a category, made of parts: the name, colour and values of each."""
    return {
        "legend": {"top": 0, "right": 0},
        "grid": {"left": 56, "right": 12, "top": 40, "bottom": 28},
        "xAxis": {"type": "category", "data": list(categories)},
        "yAxis": {"type": "value", "name": name, "minInterval": 1, "axisLabel": {"formatter": "isk"}},
        "tooltip": {"trigger": "axis", "valueFormatter": "count"},
        "series": [
            {"name": part, "type": "bar", "stack": name, "itemStyle": {"color": colour}, "data": list(values)}
            for part, colour, values in parts
        ],
    }


def compared(names: tuple[str, str], categories: Sequence[str], pairs: Sequence[tuple[int, int | None]]) -> Option:
    """Two bars a category, the first category at the top: now, and before where that is known; empty without any."""
    if not categories:
        return {}
    now, before = zip(*pairs, strict=True)
    series = [{"name": names[0], "type": "bar", "itemStyle": {"color": "var(--accent)"}, "data": now}]
    if any(count is not None for count in before):
        series.append({"name": names[1], "type": "bar", "itemStyle": {"color": "var(--side-0)"}, "data": before})
    return {
        "legend": {"top": 0, "right": 0},
        "grid": {"left": 136, "right": 24, "top": 32, "bottom": 28},
        "xAxis": {"type": "value", "axisLabel": {"formatter": "isk"}, "splitNumber": 4},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": list(categories),
            "axisLabel": {"width": 124, "overflow": "truncate", "interval": 0, "hideOverlap": False},
        },
        "tooltip": {"trigger": "axis", "valueFormatter": "count"},
        "series": series,
    }


def matrix(conflicts: ConflictMatrix) -> Option:
    """ISK that each alliance (rows) destroyed of each other one (columns); empty where nobody did.

    Colours go by the root of the amount: one great war would leave all others dark.
    """
    names = [group.name or str(group.id) for group in conflicts.groups]
    most = max((amount for row in conflicts.isk_destroyed for amount in row), default=0)
    if not most:
        return {}
    axis = {"type": "category", "data": names, "axisTick": {"show": False}}
    label = {"width": 110, "overflow": "truncate", "interval": 0, "hideOverlap": False}
    return {
        "grid": {"left": 124, "right": 16, "top": 8, "bottom": 152},
        "xAxis": axis | {"axisLabel": label | {"rotate": 50}},
        "yAxis": axis | {"inverse": True, "axisLabel": label},
        "visualMap": {
            "min": 0,
            "max": round(sqrt(most)),
            "orient": "horizontal",
            "left": "center",
            "bottom": 0,
            "itemHeight": 110,
            "calculable": False,
            "text": [isk(most), "0"],
            "textStyle": {"color": "var(--muted)"},
            "inRange": {"color": ["var(--raised)", "var(--ember)"]},
        },
        "tooltip": {"trigger": "item", "formatter": "{b}"},
        "series": [
            {
                "name": "ISK destroyed",
                "type": "heatmap",
                "itemStyle": {"borderColor": "var(--card)", "borderWidth": 2},
                "data": [
                    {
                        "name": f"{who} destroyed {isk(amount)} ISK of {names[column]}",
                        "value": [column, row, round(sqrt(amount))],
                    }
                    for row, who in enumerate(names)
                    for column, amount in enumerate(conflicts.isk_destroyed[row])
                    if column != row
                ],
            }
        ],
    }


def hours_of_day(counts: Sequence[int], activity: AllianceActivity | PlaceActivity) -> Option:
    """A bar an hour of the day, those of the prime time in a colour of their own, on the prime times players know."""
    hours = [f"{hour.hour_of_day:02}" for hour in activity.hours_of_day]
    prime = [hour.is_prime_time for hour in activity.hours_of_day]
    bands = [
        [
            {
                "name": band.name,
                "xAxis": hours[band.from_hour],
                "label": {"position": "top", "color": "var(--muted)", "distance": 4 + 14 * (place % 2)},
                "itemStyle": {"color": "var(--muted)", "opacity": 0.14},
            },
            {"xAxis": hours[band.from_hour + band.hours - 1]},
        ]
        for place, band in enumerate(sorted(activity.bands, key=lambda band: band.from_hour))
    ]
    look = {"type": "bar", "stack": "hours", "barCategoryGap": "25%"}
    return {
        "legend": {"top": 0, "right": 0},
        "grid": {"left": 56, "right": 12, "top": 64, "bottom": 28},
        "xAxis": {"type": "category", "data": hours},
        "yAxis": {"type": "value", "minInterval": 1, "axisLabel": {"formatter": "isk"}},
        "tooltip": {"trigger": "axis", "valueFormatter": "count"},
        "series": [
            look
            | {
                "name": "Prime time",
                "itemStyle": {"color": "var(--ember)"},
                "data": [count if is_prime else None for count, is_prime in zip(counts, prime, strict=True)],
                "markArea": {"silent": True, "data": bands},
            },
            look
            | {
                "name": "Other hours",
                "itemStyle": {"color": "var(--accent)"},
                "data": [None if is_prime else count for count, is_prime in zip(counts, prime, strict=True)],
            },
        ],
    }


def contested(status: FactionWarfareStatus) -> Option:
    """How far a system of faction warfare was contested over time, in percent, with the levels that have a name."""
    points = [[_milliseconds(state.first_seen_at), state.contested_percent] for state in status.history]
    return {
        "grid": {"left": 48, "right": 76, "top": 32, "bottom": 28},
        "xAxis": {"type": "time"},
        "yAxis": {"type": "value", "name": "Contested, %", "min": 0, "max": 100},
        "tooltip": {"trigger": "axis"},
        "series": [
            {
                "name": "Contested, %",
                "type": "line",
                "step": "end",
                "showSymbol": False,
                "lineStyle": {"width": 2},
                "areaStyle": {"opacity": 0.15},
                "itemStyle": {"color": "var(--ember)"},
                "data": [*points, [_milliseconds(status.as_of), status.contested_percent]],
                "markLine": {
                    "silent": True,
                    "symbol": "none",
                    "label": {"formatter": "{b}", "color": "var(--muted)"},
                    "lineStyle": {"color": "var(--muted)", "type": "dashed"},
                    "data": [{"name": "hotspot", "yAxis": 50}, {"name": "vulnerable", "yAxis": 90}],
                },
            }
        ],
    }
