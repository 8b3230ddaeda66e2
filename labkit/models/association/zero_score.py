"""The slope at which Kendall's score of x and the residuals is zero, the interval around it, and the residuals' median.

Two things people confuse: the interval on which the score is zero, a matter of the data's grain, and the interval of the slope,
which is one of chance.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from labkit.models.association.line_search import EPS, FallingScore, slope_of_pair
from labkit.models.association.order import RowScores, Side, permutation_variance
from labkit.models.association.residual_median import censored_median
from labkit.models.association.score import ScoreCounter
from labkit.models.inputs import Floats, NotEstimable
from labkit.models.interval import Interval

TURNS, CLOSE = 8, 1e-3  # searches for an end of the slope's interval, and the relative change of the deviation that ends them


def fit_slope(x: Side, y: Side, level: float) -> tuple[float | NotEstimable, tuple[float, float], Interval | NotEstimable]:
    """Return the slope, the interval on which the score is zero, and the slope's interval at `level`.

    The residuals y - slope x are intervals where y or x is; x is centred for them, so that a far origin such as a year costs no
    digits. Where a quantity cannot be had, the reason stands in its place.
    """
    ends = np.concatenate([x.low[np.isfinite(x.low)], x.high[np.isfinite(x.high)]])
    heights = np.concatenate([y.low[np.isfinite(y.low)], y.high[np.isfinite(y.high)]])
    steps = np.diff(np.unique(ends))
    nowhere = (-math.inf, math.inf)
    if steps.size == 0 or heights.size == 0:
        reason = NotEstimable("the slope", "x is constant" if steps.size == 0 else "nothing is known of y")
        return reason, nowhere, reason
    middle, tall = float(np.median(ends)), float(np.ptp(heights))
    centred = Side(x.low - middle, x.high - middle)
    counter = ScoreCounter(x)

    def residuals(slope: float) -> tuple[Floats, Floats]:
        if slope == 0:
            return y.low, y.high
        one, other = slope * centred.high, slope * centred.low
        return (y.low - one, y.high - other) if slope > 0 else (y.low - other, y.high - one)

    score = FallingScore(
        lambda slope: counter.score(*residuals(slope)),
        scale=tall / float(ends.max() - ends.min()) or 1.0,
        furthest=2 * tall / float(steps.min()) or 1.0,
    )
    near_nothing = 4 * EPS * score.scale  # the score jumps at 0, where a censored x turns from one side to the other
    exact = not x.open.any() and bool(np.isneginf(y.low[y.open]).all())

    def end(level: float, or_equal: bool) -> float:
        near = score.passes(level, or_equal)
        if or_equal and math.isinf(near[1]):
            return math.inf
        if not or_equal and math.isinf(near[0]):
            return -math.inf
        if exact:
            return slope_of_pair(near, x.high, y.high, y.open)
        middle = near[0] + (near[1] - near[0]) / 2
        return middle if abs(middle) > near_nothing else 0.0

    low, high = end(0, False), end(0, True)
    if math.isinf(low) or math.isinf(high):
        reason = NotEstimable(
            "the slope", f"the score is never {'above' if math.isinf(low) else 'below'} zero, whatever the slope"
        )
        return reason, (low, high), reason
    slope = low + (high - low) / 2
    normal = float(stats.norm.ppf((1 + level) / 2))
    rows_x = RowScores.of(counter.low, counter.high)

    def spread(slope: float) -> float:
        ranks = Side(*residuals(slope)).keys()
        return math.sqrt(permutation_variance(x.low.size, rows_x, RowScores.of(*ranks)))

    def limit(side: float) -> float:
        """Return the end at which the score is as far from 0 as its own standard deviation there allows."""
        deviation, found = spread(slope), slope
        for turn in range(TURNS):
            found = end(-side * normal * deviation, side > 0)
            there = spread(found if math.isfinite(found) else side * score.furthest)
            if abs(there - deviation) <= max(CLOSE * deviation, 0.2):
                break
            deviation = there if turn < 3 else max(there, deviation)  # a pair of slopes that take turns: the wider
        return found

    found = Interval(limit(-1.0), limit(1.0), level, "inverted Kendall test")
    return slope, (low, high), found


def fit_intercept(x: Side, y: Side, slope: float) -> float | NotEstimable:
    """Return the median of the residuals of rows whose x is known."""
    known_x = ~x.open
    right = y.take(known_x)
    if not np.isneginf(right.low[right.open]).all():
        return NotEstimable("the intercept", "y is censored within intervals, not below limits alone", "the slope")
    return censored_median(right.high - slope * x.high[known_x], right.open, "the intercept")
