"""What a result says of a cut-off when it may be known only as an interval: positive, one of three negatives, or undecided.

Two things people confuse: "negative" means three different things (nothing seen; seen and not measured; measured below the
cut-off), and none of them is "not taken".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.models.inputs import BadInput, to_floats

POSITIVE, UNDECIDED = "positive", "undecided"
NEGATIVE = ("below lod", "lod to loq", "loq to cutoff")
STANDINGS = (*NEGATIVE, POSITIVE, UNDECIDED)


def against_cutoff(
    low: ArrayLike, high: ArrayLike, cutoff: ArrayLike, *, lod: ArrayLike | None = None, loq: ArrayLike | None = None
) -> NDArray[np.str_]:
    """Return how each result stands to its cut-off.

    ================  ==========================================================================
    `positive`        surely at or above the cut-off
    `below lod`       surely below it, and nothing was seen
    `lod to loq`      surely below it, seen and not measured
    `loq to cutoff`   measured, and below it
    `undecided`       the interval holds the cut-off: the limit of the method is too high for it
    ================  ==========================================================================

    Parameters
    ----------
    low, high : array, shape (n,)
        Ends of what is known; equal where measured.
    cutoff : array, shape (n,), in the same unit
        NaN where none is in force: then `undecided`.
    lod, loq : array, shape (n,), optional
        Limits in the same unit, NaN where not given. A value that is not measured counts as not seen unless its interval
        starts at a detection limit.

    Raises
    ------
    BadInput
        Lengths differ, an infinite value, low above high.

    Examples
    --------
    >>> against_cutoff([0.5, 0.0, 0.02, 0.1, 0.0], [0.5, 0.02, 0.06, 0.1, 0.6], [0.2] * 5, lod=[0.02] * 5).tolist()
    ['positive', 'below lod', 'lod to loq', 'loq to cutoff', 'undecided']
    """
    a, limit = to_floats("low", low), to_floats("cutoff", cutoff, gaps=True)
    b = np.asarray(high, dtype=float)
    if not a.shape == b.shape == limit.shape or (a > b).any() or np.isnan(b).any():
        raise BadInput("high", "another length, NaN, or an end below `low`", "as many as `low`, none below it")
    for name, given in (("lod", lod), ("loq", loq)):
        if given is not None and np.asarray(given, dtype=float).shape != a.shape:
            raise BadInput(name, "another length", "as many as `low`, NaN where not given")
    measured = a == b
    with np.errstate(invalid="ignore"):
        under = np.where(measured, b < limit, b <= limit)
        return np.select(
            [np.isnan(limit), a >= limit, under & measured, under & (a > 0), under],
            [UNDECIDED, POSITIVE, NEGATIVE[2], NEGATIVE[1], NEGATIVE[0]],
            UNDECIDED,
        )
