"""The ratio of two short series that belong together pair by pair, with its interval.

Two things people confuse: the ratio of geometric means, which this is, and the ratio of plain means, which one high day can
carry alone; and noise between the pairs, which the interval holds, and noise they share (one unusual week), which it cannot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from labkit.models.inputs import BadInput, check_level

FEWEST_PAIRS = 2


@dataclass(frozen=True)
class PairedRatio:
    """A geometric mean ratio, current over previous, with its interval at `level` from `n` pairs."""

    ratio: float
    low: float
    high: float
    level: float
    n: int


def estimate_ratio(previous: ArrayLike, current: ArrayLike, level: float = 0.95) -> PairedRatio:
    r"""Estimate the geometric mean ratio of paired positive values with a paired t interval on the log scale.

    With :math:`d_i = \ln(current_i / previous_i)` over the pairs where both are known, mean :math:`\bar d` and standard
    deviation :math:`s`:

    .. math:: \exp\left(\bar d \pm t_{n-1,\,(1+level)/2} \; s/\sqrt n\right)

    What the pairs have in common (the weekday, say) cancels. What all pairs of one series have in common (an unusual week)
    does not, and is not in the interval: it is too narrow for a statement about the two years behind two sampled weeks.

    Parameters
    ----------
    previous, current : array, shape (n,), one unit for both
        Values in the same order of pairs; NaN marks a missing one, and its pair is left out.
    level : float
        Probability of the interval, between 0 and 1.

    Returns
    -------
    PairedRatio
        Without unit; `n` counts the pairs used.

    Raises
    ------
    BadInput
        Lengths differ; a value is zero, negative or infinite (a log needs a measurement, and 0 is not one); fewer than two
        pairs are known; or `level` is not between 0 and 1.

    Examples
    --------
    >>> found = estimate_ratio([1.0, 2.0, 4.0, 8.0], [2.0, 3.0, 10.0, 16.0])
    >>> round(found.ratio, 3), round(found.low, 3), round(found.high, 3), found.n
    (1.968, 1.41, 2.746, 4)

    References
    ----------
    .. [1] J. M. Bland and D. G. Altman, "Transformations, means, and confidence intervals", BMJ 1996;312:1079.
    """
    check_level(level)
    before, after = np.asarray(previous, dtype=float), np.asarray(current, dtype=float)
    if before.ndim != 1 or before.shape != after.shape:
        raise BadInput("current", f"shape {after.shape} beside {before.shape}", "two series of one length")
    known = ~(np.isnan(before) | np.isnan(after))
    before, after = before[known], after[known]
    n = int(known.sum())
    if n < FEWEST_PAIRS:
        raise BadInput("previous, current", f"{n} known pairs", f"{FEWEST_PAIRS} or more (the spread between pairs)")
    if not (np.isfinite(before) & np.isfinite(after) & (before > 0) & (after > 0)).all():
        raise BadInput("previous, current", "a value at or below zero, or infinite", "finite values above zero (a log scale)")
    difference = np.log(after) - np.log(before)
    middle = float(difference.mean())
    reach = float(stats.t.ppf((1 + level) / 2, n - 1) * difference.std(ddof=1) / np.sqrt(n))
    return PairedRatio(
        ratio=float(np.exp(middle)), low=float(np.exp(middle - reach)), high=float(np.exp(middle + reach)), level=level, n=n
    )
