"""The median of left-censored values by the product limit, in one sort and no iteration."""

from __future__ import annotations

import numpy as np

from labkit.models.inputs import Flags, Floats, NotEstimable

CLOSE = 1e-12  # a step of the distribution that equals one half but for rounding


def censored_median(values: Floats, censored: Flags, quantity: str = "the median") -> float | NotEstimable:
    """Return the median of the Kaplan-Meier distribution of left-censored values.

    The distribution steps at the known values; where a step ends at one half, the median is the middle between the two known
    values around it, as it is for an even number of known values. Not estimable where half of the mass lies below the smallest
    known value.
    """
    order = np.lexsort((~censored, values))  # a value below a limit comes before a measured one there
    values, censored = values[order], censored[order]
    detects, counts = np.unique(values[~censored], return_counts=True)
    if detects.size == 0:
        return NotEstimable(quantity, "every value is censored")
    at_or_below = np.searchsorted(values, detects, side="right")
    kept = 1 - counts / at_or_below
    below = np.concatenate([np.cumprod(kept[::-1])[::-1], [1.0]])  # mass strictly below each detect, then 1
    if below[0] > 0.5 + CLOSE:
        return NotEstimable(quantity, f"more than half of the mass lies below the smallest known value, {detects[0]:g}")
    at = int(np.searchsorted(below[1:], 0.5 - CLOSE))  # first detect whose mass at or below it reaches one half
    if abs(below[at + 1] - 0.5) <= CLOSE and at + 1 < detects.size:
        return float((detects[at] + detects[at + 1]) / 2)
    return float(detects[at])
