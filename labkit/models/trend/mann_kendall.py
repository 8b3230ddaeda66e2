"""Mann-Kendall on real time stamps: ties, gaps, replicates, censored values, serial correlation.

Two things people confuse: no trend and no evidence of one; and a p that takes neighbours as independent with one that does not.
On positively correlated series the first is too small, without any warning in the numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from labkit.models.inputs import (
    BadInput,
    Flags,
    Floats,
    NotEstimable,
    check_enough,
    check_level,
    to_flags,
    to_floats,
)
from labkit.models.interval import Interval
from labkit.models.trend.outcome import Trend
from labkit.models.trend.sen import sen_slope

FEWEST = 4


def mann_kendall(
    values: ArrayLike,
    times: ArrayLike | None = None,
    *,
    censored: ArrayLike | None = None,
    continuity: bool = True,
    level: float = 0.95,
    correlation: str = "none",
    block: int | None = None,
    draws: int = 1999,
    seed: int = 1,
    rounded_ranks: bool = False,
) -> Trend:
    r"""Test a series for a monotone trend and estimate Sen's slope.

    .. math:: S = \sum_{i<j} \mathrm{sign}(t_j - t_i)\,\mathrm{sign}(y_j - y_i), \qquad
       z = (S \mp 1) / \sqrt{\mathrm{Var}(S)}

    with the permutation variance under any ties in values and times. A censored value is known to lie below its limit: it is
    less than every value at or above that limit, and not comparable to the others; nothing is put in its place.

    Parameters
    ----------
    values : array, shape (n,)
        Any unit; NaN is left out; for a censored value its limit.
    times : array, shape (n,), optional
        Real times in any unit (decimal years, days), replicates allowed; places 0, 1, … unless given.
    censored : array of bool, shape (n,), optional
        Which values are below what stands there.
    continuity : bool
        Draw S one towards zero, as most programs do.
    level : float
        Of the slope's interval.
    correlation : {"none", "block"}
        "block" takes p from moving blocks resampled (serial correlation up to a block is kept, longer is lost); the interval of
        the slope widens by the same ratio of variances.
    block, draws, seed : int
        Length of a block (the square root of n unless given), resampled series, and their seed.
    rounded_ranks : bool
        Ends of the slope's interval at whole ranks, as R's package trend has them.

    Returns
    -------
    Trend
        With `censored` the slope is the Akritas-Theil-Sen line's.

    Raises
    ------
    BadInput
        Lengths differ, infinite values, fewer than four values, all censored, an unknown option.
    NotEstimable
        When asked for z, p, tau_b of a constant series.

    Examples
    --------
    >>> found = mann_kendall([1.0, 3.0, 2.0, 5.0, 4.0, 6.0])
    >>> found.score, round(found.p, 4), found.slope
    (11, 0.0603, 1.0)

    References
    ----------
    .. [1] R. O. Gilbert, "Statistical Methods for Environmental Pollution Monitoring", 1987, ch. 16.
    """
    from labkit.models.trend.score_kernel import score_parts, slopes_of

    check_level(level)
    y, t, flags, missing = read_series(values, times, censored)
    low, high = to_sides(y, flags)
    score, variance, pairs_y, pairs_t, _ = score_parts(low, high, t)
    method = "Mann-Kendall"
    if correlation == "block":
        variance = _block_variance(low, high, t, block, draws, seed)
        method += ", moving blocks"
    elif correlation != "none":
        raise BadInput("correlation", repr(correlation), "none or block")
    slope: float | NotEstimable
    interval: Interval | NotEstimable
    if flags.any():
        slope, interval = _censored_slope(t, y, flags, level)
        method += ", Akritas-Theil-Sen"
    else:
        slope, interval = sen_slope(slopes_of(y, t), variance, level, rounded=rounded_ranks)
    z, p = standardise(score, variance, continuity)
    n = y.size
    return Trend(
        score=int(score),
        variance=float(variance),
        z_or_reason=z,
        p_or_reason=p,
        tau_a=2 * score / (n * (n - 1)),
        tau_b_or_reason=tau_b(score, pairs_y, pairs_t),
        slope_or_reason=slope,
        slope_interval_or_reason=interval,
        n=n,
        n_censored=int(flags.sum()),
        n_missing=missing,
        level=level,
        method=method,
    )


def read_series(values: ArrayLike, times: ArrayLike | None, censored: ArrayLike | None) -> tuple[Floats, Floats, Flags, int]:
    """Return values, times and flags without the missing, and how many those were."""
    y = to_floats("values", values, gaps=True)
    t = np.arange(y.size, dtype=float) if times is None else to_floats("times", times)
    if t.size != y.size:
        raise BadInput("times", f"{t.size} times beside {y.size} values", "one time a value")
    flags = to_flags("censored", censored, y.size)
    seen = ~np.isnan(y)
    check_enough("values", int(seen.sum()), FEWEST, "pairs to compare")
    if flags[seen].all():
        raise BadInput("censored", "every value", "at least one value above its limit")
    return y[seen], t[seen], flags[seen], int((~seen).sum())


def to_sides(y: Floats, flags: Flags) -> tuple[Floats, Floats]:
    """Return what is known of each value: below the limit is strictly below it."""
    return np.where(flags, -np.inf, y), np.where(flags, np.nextafter(y, -np.inf), y)


def standardise(score: float, variance: float, continuity: bool) -> tuple[float | NotEstimable, float | NotEstimable]:
    """Return z and the two-sided p."""
    if not variance > 0:
        reason = NotEstimable("p", "no two values can be told apart", "the number of values and their limit")
        return reason, reason
    z = (score - np.sign(score) * continuity) / np.sqrt(variance)
    return float(z), float(2 * stats.norm.sf(abs(z)))


def tau_b(score: float, pairs_y: float, pairs_t: float) -> float | NotEstimable:
    """Return S over the geometric mean of comparable pairs."""
    if pairs_y == 0 or pairs_t == 0:
        return NotEstimable("tau-b", "no two values can be told apart", "")
    return float(score / np.sqrt(float(pairs_y) * float(pairs_t)))


def _censored_slope(t: Floats, y: Floats, flags: Flags, level: float) -> tuple[float | NotEstimable, Interval | NotEstimable]:
    from labkit.models.association import akritas_theil_sen

    line = akritas_theil_sen(t, y, y_censored=flags, level=level)
    return line.slope_or_reason, line.slope_interval_or_reason


def _block_variance(low: Floats, high: Floats, t: Floats, block: int | None, draws: int, seed: int) -> float:
    """Return the variance of S over series put together from moving blocks, as if there were no trend."""
    from labkit.models.trend.score_kernel import score_parts

    n = low.size
    order = np.argsort(t, kind="stable")
    size = block or max(2, round(np.sqrt(n)))
    if not 1 <= size <= n // 2:
        raise BadInput("block", f"{size}", f"1 to {n // 2}")
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, n - size + 1, size=(draws, -(-n // size)))
    picked = order[(starts[:, :, None] + np.arange(size)).reshape(draws, -1)[:, :n]]
    scores = [score_parts(low[row], high[row], t[order])[0] for row in picked]
    return float(np.mean(np.square(scores)))
