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
MINUTE = timedelta(minutes=1)


def side_colour(side: int) -> str:
    """The colour of a side, everywhere."""
    return f"var(--side-{min(side, SIDE_COLOURS)})"


def battle_timeline(timeline: Timeline, sides: Iterable[BattleSide]) -> Option:
    """ISK lost by each side so far (lines) and its killmails of each minute (bars), over time."""
    series: list[Option] = []
    for side in sides:
        losses = [loss for loss in timeline.items if loss.side == side.side]
        if not losses:
            continue
        name, colour = label(side.label), side_colour(side.side)
        start = timeline.items[0].minute_at - MINUTE
        totals = accumulate(loss.isk_lost for loss in losses)
        points = [[_milliseconds(loss.minute_at), total] for loss, total in zip(losses, totals, strict=True)]
        end = [_milliseconds(timeline.items[-1].minute_at), points[-1][1]]
        series += [
            {
                "name": name,
                "type": "line",
                "step": "end",
                "showSymbol": False,
                "lineStyle": {"width": 2},
                "itemStyle": {"color": colour},
                "data": [[_milliseconds(start), 0], *points, end],
            },
            {
                "name": name,
                "type": "bar",
                "stack": "killmails",
                "barMaxWidth": 10,
                "xAxisIndex": 1,
                "yAxisIndex": 1,
                "itemStyle": {"color": colour},
                "data": [[_milliseconds(loss.minute_at), loss.killmails] for loss in losses],
            },
        ]
    span = [*(item.minute_at for item in timeline.items[:1]), *(item.minute_at for item in timeline.items[-1:])]
    bounds = {"min": _milliseconds(span[0] - MINUTE), "max": _milliseconds(span[1] + MINUTE)} if span else {}
    return {
        "legend": {"top": 0},
        "grid": [
            {"left": 64, "right": 16, "top": 40, "height": 170},
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


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
