"""Integer keys that tell rows of columns apart, order and sum them; no rule of combat belongs here."""

import numpy as np

from battlescope_assets.domain.mails import Bool, Float64, Int64

KEY_BITS = 62


def packed(*columns: Int64) -> Int64:
    """One key per row that orders and distinguishes rows as the columns do, the first column weighing most.

    Keys of different calls cannot be compared.
    """
    key: Int64 = columns[0] - columns[0].min(initial=0)
    for column in columns[1:]:
        number = column - column.min(initial=0)
        width = _bits(number)
        if _bits(key) + width > KEY_BITS:
            key = numbered(key)
        if _bits(key) + width > KEY_BITS:
            number = numbered(number)
            width = _bits(number)
        key = (key << width) | number
    return key


def _bits(key: Int64) -> int:
    return int(key.max(initial=0)).bit_length()


def numbered(values: Int64) -> Int64:
    """The same values numbered from 0 without gaps, in their order."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64, copy=False)


def distinct(values: Int64) -> Int64:
    """The distinct values in order; by sorting, which is several times faster here than numpy's hashing `unique`."""
    ordered = np.sort(values)
    return ordered[starts(ordered)]


def starts(ordered: Int64) -> Int64:
    """Where in an ordered column each new value begins."""
    new = np.ones(len(ordered), np.bool_)
    new[1:] = ordered[1:] != ordered[:-1]
    return np.flatnonzero(new)


def distinct_rows(*columns: Int64) -> tuple[Int64, Int64]:
    """The distinct rows of the columns, in order.

    Returns:
        Shape (columns, distinct rows), and for each row the number of its distinct one.
    """
    key = packed(*columns)
    order = np.argsort(key, kind="stable")
    first = starts(key[order])
    number = np.empty(len(order), np.int64)
    number[order] = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(order))))
    return np.stack(columns)[:, order[first]], number


def sums(number: Int64, weights: Float64 | Int64 | Bool, count: int) -> Float64:
    """For each number from 0 to `count`, the sum of its rows' weights, added in the order of rows."""
    return np.bincount(number, weights, minlength=count).astype(np.float64, copy=False)


def ranges(start: Int64, count: Int64) -> Int64:
    """The numbers `start[i]` to `start[i] + count[i]` of every i, one after another."""
    return np.arange(count.sum()) + np.repeat(start - np.cumsum(count) + count, count)
