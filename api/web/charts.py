"""Charts, as options of Apache ECharts made from answers; no page, and nothing that draws.

`static/charts.js` draws them. Options are JSON; what JSON cannot say is written as text that the script replaces: a
colour `var(--name)` of the style sheet, a formatter `isk` or `count`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from api.schemas.battles import BattleSide, Timeline
from api.web.formats import label

Option = dict[str, Any]

SIDE_COLOURS = 5
"""Sides from this one on share a colour; their names and tables tell them apart."""
LINES = ("dashed", "solid", "dotted")
"""How a side's line is drawn, by its number: colours alone do not tell everyone which is whose."""
MINUTE = timedelta(minutes=1)


def side_colour(side: int) -> str:
    """The colour of a side, everywhere."""
    return f"var(--side-{min(side, SIDE_COLOURS)})"


def battle_timeline(timeline: Timeline, sides: Iterable[BattleSide]) -> Option:
    """ISK lost by each side so far (lines) and its killmails of each minute (bars), over time; empty without losses."""
    minutes = sorted({loss.minute_at for loss in timeline.items})
    if not minutes:
        return {}
    bounds = {"min": _milliseconds(minutes[0] - MINUTE), "max": _milliseconds(minutes[-1] + MINUTE)}
    series: list[Option] = []
    for side in sides:
        lost = {loss.minute_at: loss for loss in timeline.items if loss.side == side.side}
        isk = accumulate(lost[minute].isk_lost if minute in lost else 0 for minute in minutes)
        # Every side has every minute: bars are stacked by their place in the list, not by their time.
        killmails = [lost[minute].killmails if minute in lost else 0 for minute in minutes]
        look = {"name": label(side.label), "itemStyle": {"color": side_colour(side.side)}}
        series += [
            look
            | {
                "type": "line",
                "step": "end",
                "showSymbol": False,
                "lineStyle": {"width": 2, "type": LINES[side.side % len(LINES)]},
                "data": [[bounds["min"], 0], *_points(minutes, isk)],
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
            {"type": "value", "gridIndex": 1, "name": "Killmails", "minInterval": 1, "splitNumber": 2},
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
        "yAxis": {"type": "value", "name": name, "axisLabel": {"formatter": "isk"}},
        "tooltip": {"trigger": "axis", "valueFormatter": "isk"},
        "series": [{"name": name, "type": "bar", "itemStyle": {"color": colour}, "data": list(values)}],
    }


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


def _points(minutes: Iterable[datetime], values: Iterable[float]) -> list[list[float]]:
    return [[_milliseconds(minute), value] for minute, value in zip(minutes, values, strict=True)]


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
