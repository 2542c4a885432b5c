"""Charts, as options of Apache ECharts made from answers; no page, and nothing that draws.

`static/charts.js` draws them. Options are JSON; what JSON cannot say is written as text that the script replaces: a
colour `var(--name)` of the style sheet, a formatter `isk` or `count`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from math import sqrt
from typing import Any

from api.schemas.activity import AllianceActivity, PlaceActivity
from api.schemas.battles import BattleSide, Timeline
from api.schemas.conflicts import ConflictMatrix
from api.schemas.faction_warfare import FactionWarfareStatus
from api.web.formats import isk, label

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
        lost_so_far = accumulate(lost[minute].isk_lost if minute in lost else 0 for minute in minutes)
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
    label_ = {"width": 110, "overflow": "truncate", "interval": 0, "hideOverlap": False}
    return {
        "grid": {"left": 124, "right": 16, "top": 8, "bottom": 152},
        "xAxis": axis | {"axisLabel": label_ | {"rotate": 50}},
        "yAxis": axis | {"inverse": True, "axisLabel": label_},
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


def _points(minutes: Iterable[datetime], values: Iterable[float]) -> list[list[float]]:
    return [[_milliseconds(minute), value] for minute, value in zip(minutes, values, strict=True)]


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
