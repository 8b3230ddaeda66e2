"""Sen's slope on real times, and its interval by ranks.

Two things people confuse: a slope per place and a slope per unit of time. Where a value is missing they differ; this one is per
unit of time.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from labkit.models.inputs import Floats, NotEstimable
from labkit.models.interval import Interval

METHOD = "ranks of the pairwise slopes"


def sen_slope(
    slopes: Floats, variance: float, level: float, *, rounded: bool = False
) -> tuple[float | NotEstimable, Interval | NotEstimable]:
    r"""Return the median of pairwise slopes and its interval.

    With N slopes in order and C the normal quantile times :math:`\sqrt{\mathrm{Var}(S)}`, the ends stand at the ranks
    :math:`(N - C)/2` and :math:`(N + C)/2 + 1`, between two slopes by a straight line, or `rounded`.
    """
    if slopes.size == 0:
        reason = NotEstimable("the slope", "no two values stand at different times", "")
        return reason, reason
    ordered = np.sort(slopes)
    middle = float(np.median(ordered))
    reach = stats.norm.ppf((1 + level) / 2) * np.sqrt(variance)
    ranks = np.array([(slopes.size - reach) / 2, (slopes.size + reach) / 2 + 1])
    if rounded:
        ranks = np.round(ranks)
    if variance <= 0 or ranks[0] < 1 or ranks[1] > slopes.size:
        return middle, NotEstimable("the interval of the slope", "too few values for this level", "the slope and p alone")
    low, high = np.interp(ranks, np.arange(1, slopes.size + 1), ordered)
    return middle, Interval(float(low), float(high), level, METHOD)
