"""The variance of Kendall's score that the R package NADA uses for left-censored data, as a named option.

It corrects the untied variance step by step: ties among limits, values that lie below a limit, ties among known values. The
permutation variance of `order.permutation_variance` is exact instead.
"""

from __future__ import annotations

import numpy as np

from labkit.models.association.order import Side
from labkit.models.inputs import BadInput, Floats


def _ties(sizes: list[Floats], n: int) -> float:
    """Return the tie correction of two variables from the sizes of their groups of ties."""
    (x1, x2, x3), (y1, y2, y3) = (
        (float((t * (t - 1) * (2 * t + 5)).sum()), float((t * (t - 1) * (t - 2)).sum()), float((t * (t - 1)).sum()))
        for t in sizes
    )
    return (x1 + y1) / 18 - x2 * y2 / (9.0 * n * (n - 1) * (n - 2)) - x3 * y3 / (2.0 * n * (n - 1))


def _groups(values: Floats) -> Floats:
    return np.unique(values, return_counts=True)[1].astype(float)


def nada_variance(x: Side, y: Side) -> float:
    """Return the variance of the score as the R package NADA (1.6) computes it; left-censored data only.

    Raises
    ------
    BadInput
        An interval that is not left-censored, or fewer than three pairs.
    """
    n = x.low.size
    if n < 3:
        raise BadInput("variance", f"'nada' with {n} pairs", "three or more pairs")
    limits, known, below, extra = [], [], [], 0.0
    for name, side in (("x", x), ("y", y)):
        if not np.isneginf(side.low[side.open]).all():
            raise BadInput(f"{name}_low", "intervals with variance='nada'", "left-censored values, or variance='permutation'")
        limits.append(_groups(side.high[side.open]))
        known.append(_groups(side.high[~side.open]))
        place = np.empty(n)
        place[np.lexsort((~side.open, side.high))] = np.arange(n)  # a value below a limit comes before a measured one there
        below.append(float(place[side.open].sum()))
        extra += float((limits[-1] - 1).sum())
    between = below[0] + below[1] - 2.0 * below[0] * below[1] / (n * (n - 1.0)) - extra
    return n * (n - 1) * (2 * n + 5) / 18 - _ties(limits, n) - between - _ties(known, n)
