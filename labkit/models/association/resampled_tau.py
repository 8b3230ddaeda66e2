"""Kendall's tau-b of many resamples of the same rows: the signs of all pairs are compared once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labkit.models.association.order import RowScores, Side
from labkit.models.association.score import ScoreCounter

LARGEST_TABLE = 512  # rows up to which a table of all pairs is the faster way


def resampled_tau_b(x: Side, y: Side) -> Callable[[np.ndarray], float]:
    """Return tau-b as a function of row numbers drawn with replacement.

    A row drawn twice is tied with itself. Where no pair of a resample can be ordered, tau-b is 0: nothing speaks for either
    direction.
    """
    n = x.low.size
    if n > LARGEST_TABLE:

        def counted(rows: np.ndarray) -> float:
            a, b = x.take(rows), y.take(rows)
            counter = ScoreCounter(a)
            pairs = RowScores.of(counter.low, counter.high).comparable * RowScores.of(*b.keys()).comparable
            return float(counter.score(b.low, b.high) / np.sqrt(float(pairs))) if pairs else 0.0

        return counted
    signs = []
    for side in (x, y):
        low, high = side.keys()
        above = (low[:, None] > high[None, :]).astype(float)
        signs.append(above - above.T)
    tables = signs[0] * signs[1], np.abs(signs[0]), np.abs(signs[1])

    def weighted(rows: np.ndarray) -> float:
        times = np.bincount(rows, minlength=n).astype(float)
        score, pairs_x, pairs_y = (float(times @ table @ times) for table in tables)
        return score / float(np.sqrt(pairs_x * pairs_y)) if pairs_x and pairs_y else 0.0

    return weighted
