"""Prices of types whose market says nothing or lies, in ISK; how a price is chosen belongs to `valuation`.

The figures are zKillboard's own table (its `Price` class, read 2026-08-21), so that values can be laid side by side.
"""

from datetime import date

WORTHLESS_TYPE_IDS = frozenset({12478, 34556, 34557, 34558, 34559, 34560, 36902, 44264, 44265})
"""Relics and fireworks whose few orders are scams."""
FIXED_TYPE_ISK = {55511: 30_000_000}
"""A type whose market is manipulated."""
FIXED_GROUP_ISK = {29: 10_000, 4513: 200, 4759: 200}
"""Capsules; the ores Mordunium and Griemeer."""

RECIPES = {2233: {3962: 1, 2867: 8, 2871: 8, 2872: 8, 2876: 8}}
"""A customs office is never sold: it is worth its gantry and the planetary goods of the upgrade."""

_ESTIMATES_BILLION_ISK = {
    35: (45645,),
    45: (42124, 87381),
    60: (42242, 45647, 47512, 47514),
    70: (42243,),
    80: (2834, 3516, 11375),
    100: (3518, 11942, 32209, 32788, 32790, 33673),
    120: (35779, 42125, 42246, 74141),
    150: (2836, 33675, 35781, 45530, 48636, 60765, 74316, 78414),
    200: (33397, 42245, 85062),
    230: (45531, 48635, 60764, 77726, 89808),
    250: (3514, 85229),
    450: (89807,),
    500: (635, 11011, 25560, 33395),
    550: (45649,),
    650: (42126, 42241),
    750: (11936, 11938, 13202, 26842, 78576),
    1_000: (9860, 11019),
    1_250: (85236,),
    2_500: (26840,),
    3_400: (11940,),
}
"""Prizes of tournaments and events, faction capitals and developers' ships: sold by hand, a few a year."""
ESTIMATED_TYPE_ISK = {t: billion * 10**9 for billion, types in _ESTIMATES_BILLION_ISK.items() for t in types}
EARLIER_ESTIMATES_ISK = {
    3514: (date(2023, 12, 1), 100 * 10**9),
    42241: (date(2019, 7, 1), 350 * 10**9),
    88001: (date(2025, 6, 1), 10 * 10**9),
}
"""What a type was estimated at until the end of a day; type 88001 has had a market since."""

ESTIMATED_GROUP_ISK = {30: 100 * 10**9, 659: 20 * 10**9}
"""Titans and supercarriers: built to order and sold by contract; the few market orders are scams."""

ESTIMATE_FACTOR = 3
"""How far an estimate may be off, up or down: when the table's figures were corrected, they moved by 1.9 to 6.8."""
