"""Kendall's score of intervals in O(n log n): two-dimensional dominance counts with a Fenwick tree, compiled.

Rows enter the tree in the order of their upper ends in y and ask, in the order of their lower ends, how many of those already
surely below them in y are surely below or above them in x.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True)
def _add(tree: Any, at: int) -> None:
    while at < tree.size:
        tree[at] += 1
        at += at & -at


@njit(cache=True)
def _count(tree: Any, upto: int) -> int:
    total = 0
    while upto > 0:
        total += tree[upto]
        upto -= upto & -upto
    return total


@njit(cache=True)
def concordance(
    order_low: Any, order_high: Any, low: Any, high: Any, open_: Any, x_low: Any, x_high: Any, size: int, same: bool
) -> tuple[int, int]:
    """Count concordant and discordant pairs.

    `order_low`: rows with a finite lower end in y, ascending; `order_high`: all rows by upper end; `x_low`, `x_high`: ranks of
    the ends in x, 0..size-1; `same`: the two ranks are equal everywhere (x is known), so that one tree serves for both.
    """
    n = order_high.size
    highs = np.zeros(size + 1, np.int32)  # rows inside, by upper rank in x
    lows = highs if same else np.zeros(size + 1, np.int32)
    concordant, discordant, inside, entered = np.int64(0), np.int64(0), 0, 0
    first = 0
    while first < order_low.size:
        value = low[order_low[first]]
        last = first
        while last < order_low.size and low[order_low[last]] == value:
            last += 1
        while entered < n and high[order_high[entered]] < value:
            row = order_high[entered]
            _add(highs, x_high[row] + 1)
            if not same:
                _add(lows, x_low[row] + 1)
            inside += 1
            entered += 1
        group = entered
        while group < n and high[order_high[group]] == value:
            group += 1
        for turn in range(2):  # at one number: open upper ends, then known values, then open lower ends
            for k in range(entered, group):
                row = order_high[k]
                if open_[row] == (turn == 0):
                    _add(highs, x_high[row] + 1)
                    if not same:
                        _add(lows, x_low[row] + 1)
                    inside += 1
            for k in range(first, last):
                row = order_low[k]
                if open_[row] == (turn == 1):
                    concordant += _count(highs, x_low[row])
                    discordant += inside - _count(lows, x_high[row] + 1)
        entered = group
        first = last
    return int(concordant), int(discordant)
