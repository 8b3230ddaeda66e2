"""Bootstrap intervals of a correlation: rows are drawn with replacement, each with both its values.

Two things people confuse: the percentile interval, which reads quantiles off the resamples, and BCa, which first corrects them
for the resamples' bias and for a standard error that changes with the coefficient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from labkit.models.association.order import Side
from labkit.models.association.resampled_tau import resampled_tau_b
from labkit.models.inputs import BadInput, Floats, check_enough, check_level, to_floats
from labkit.models.interval import Interval

FEWEST_DRAWS = 99


@dataclass(frozen=True)
class BootstrapSummary:
    """A coefficient with its bootstrap standard error and both intervals."""

    estimate: float
    standard_error: float
    percentile: Interval
    bca: Interval
    draws: int
    n: int
    n_censored: int
    method: str
    level: float

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.method} {self.estimate:.4g}, se {self.standard_error:.3g}, {self.bca} (n {self.n}, {self.draws} draws)"


def resample(statistic: Callable[[np.ndarray], float], n: int, draws: int, seed: int) -> Floats:
    """Return the statistic of `draws` samples of n row numbers drawn with replacement."""
    if draws < FEWEST_DRAWS:
        raise BadInput("draws", f"{draws}", f"{FEWEST_DRAWS} or more")
    rng = np.random.default_rng(seed)
    return np.array([statistic(rng.integers(0, n, n)) for _ in range(draws)])


def percentile_limits(values: Floats, level: float) -> tuple[float, float]:
    """Return the two quantiles of the resamples."""
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], method="weibull")
    return float(low), float(high)


def bca_limits(values: Floats, estimate: float, left_out: Floats, level: float) -> tuple[float, float]:
    """Return the bias-corrected and accelerated limits; `left_out` is the statistic without each row in turn."""
    share = np.count_nonzero(values < estimate - 1e-12) / values.size
    if not 0 < share < 1:
        return percentile_limits(values, level)
    bias = stats.norm.ppf(share)
    pull = left_out.mean() - left_out
    spread = float((pull**2).sum())
    acceleration = float((pull**3).sum()) / (6 * spread**1.5) if spread > 0 else 0.0
    ends = bias + stats.norm.ppf([(1 - level) / 2, (1 + level) / 2])
    at = stats.norm.cdf(bias + ends / (1 - acceleration * ends))
    low, high = np.quantile(values, at, method="weibull")
    return float(low), float(high)


def leave_out(statistic: Callable[[np.ndarray], float], n: int) -> Floats:
    """Return the statistic without each row in turn."""
    rows = np.arange(n)
    return np.array([statistic(rows[rows != k]) for k in range(n)])


def bootstrap_interval(
    statistic: Callable[[np.ndarray], float], n: int, level: float, method: str, draws: int, seed: int, name: str
) -> Interval:
    """Return the percentile or BCa interval of a statistic of row numbers."""
    if method not in ("percentile", "bca"):
        raise BadInput("method", repr(method), "'percentile' or 'bca'")
    values = resample(statistic, n, draws, seed)
    if method == "percentile":
        low, high = percentile_limits(values, level)
    else:
        low, high = bca_limits(values, statistic(np.arange(n)), leave_out(statistic, n), level)
    return Interval(low, high, level, f"{'BCa' if method == 'bca' else 'percentile'} bootstrap of {name}")


def _coefficient(kind: str, x: Floats, y: Floats) -> Callable[[np.ndarray], float]:
    if kind == "kendall":
        return resampled_tau_b(Side(x, x), Side(y, y))

    def plain(rows: np.ndarray) -> float:
        a, b = x[rows], y[rows]
        if kind == "spearman":
            a, b = stats.rankdata(a), stats.rankdata(b)
        a, b = a - a.mean(), b - b.mean()
        spread = float(a @ a) * float(b @ b)
        return float(a @ b) / spread**0.5 if spread > 0 else 0.0

    return plain


def bootstrap_correlation(
    x: ArrayLike,
    y: ArrayLike,
    kind: Literal["pearson", "spearman", "kendall"] = "spearman",
    *,
    level: float = 0.95,
    draws: int = 4999,
    seed: int = 1,
) -> BootstrapSummary:
    """Return a correlation with bootstrap standard error, percentile interval and BCa interval; nothing censored.

    The basic and the normal bootstrap interval are not offered: they run beyond 1 and -1.

    Parameters
    ----------
    x, y : array, shape (n,), any unit
        Values.
    kind : {"pearson", "spearman", "kendall"}
        Which coefficient (Kendall's is tau-b).
    level : float
        Probability of the intervals.
    draws, seed : int
        Number of resamples (the cost is as many coefficients) and their seed.

    Raises
    ------
    BadInput
        Lengths differ, NaN, fewer than five pairs, an unknown kind.

    Examples
    --------
    >>> found = bootstrap_correlation([1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 4, 3, 6, 5, 8, 7], draws=999)
    >>> round(found.estimate, 3), found.bca.low < found.estimate < found.bca.high
    (0.905, True)

    References
    ----------
    .. [1] B. Efron, "Better bootstrap confidence intervals", J Am Stat Assoc 1987;82:171-185.
    """
    check_level(level)
    a, b = to_floats("x", x), to_floats("y", y)
    if a.size != b.size:
        raise BadInput("y", f"{b.size} values beside {a.size}", "as many as x")
    check_enough("x", a.size, 5, "fewer rows give too few different resamples")
    if kind not in ("pearson", "spearman", "kendall"):
        raise BadInput("kind", repr(kind), "'pearson', 'spearman' or 'kendall'")
    statistic, n = _coefficient(kind, a, b), int(a.size)
    values = resample(statistic, n, draws, seed)
    estimate = statistic(np.arange(n))
    return BootstrapSummary(
        estimate=estimate,
        standard_error=float(values.std(ddof=1)),
        percentile=Interval(*percentile_limits(values, level), level, f"percentile bootstrap of {kind}"),
        bca=Interval(*bca_limits(values, estimate, leave_out(statistic, n), level), level, f"BCa bootstrap of {kind}"),
        draws=draws,
        n=n,
        n_censored=0,
        method=kind,
        level=level,
    )
