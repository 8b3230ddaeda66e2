"""Pearson's and Spearman's correlation with test and interval, nothing censored.

Two things people confuse: no association and no *linear* association: Pearson's coefficient is of the second, the ranks' of any
that always rises or always falls.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from labkit.models.association.bootstrap import bootstrap_correlation
from labkit.models.association.intervals import bonett_wright_interval, fieller_interval, fisher_interval
from labkit.models.inputs import BadInput, Floats, NotEstimable, check_enough, check_level, to_floats
from labkit.models.interval import Interval

FISHER_ON_RANKS = 0.90  # lowest measured coverage of Fisher's 95 % interval of rho (rho .9, n 24 to 200)
ENUMERATED = 9  # all n! orders up to here; beyond, the Edgeworth series


@dataclass(frozen=True)
class Correlation:
    """A correlation with test and interval; `statistic` is t (Pearson) or the sum of squared rank differences (Spearman)."""

    coefficient: float
    statistic: float
    p: float
    interval: Interval
    n: int
    n_censored: int
    method: str
    level: float

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.method} {self.coefficient:.4g}, {self.interval}, p {self.p:.3g} (n {self.n})"


def _read(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    a, b = to_floats("x", x), to_floats("y", y)
    if a.size != b.size:
        raise BadInput("y", f"{b.size} values beside {a.size}", "as many as x")
    check_enough("x", a.size, 5, "the interval's standard error")
    for name, values in (("x", a), ("y", b)):
        if (values == values[0]).all():
            raise NotEstimable("a correlation", f"{name} is constant")
    return a, b


def _t_test(r: float, n: int) -> tuple[float, float]:
    t = r * math.sqrt((n - 2) / (1 - r * r)) if abs(r) < 1 else math.copysign(math.inf, r)
    return t, float(2 * stats.t.sf(abs(t), n - 2))


def _product(a: Floats, b: Floats) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float(np.clip(a @ b / math.sqrt(float(a @ a) * float(b @ b)), -1, 1))


def pearson_correlation(x: ArrayLike, y: ArrayLike, *, level: float = 0.95) -> Correlation:
    """Return Pearson's correlation with its t test (n - 2 degrees of freedom) and Fisher's interval.

    Parameters
    ----------
    x, y : array, shape (n,), any unit
        Values; five or more.
    level : float
        Probability of the interval, which holds for bivariate normal values.

    Raises
    ------
    BadInput
        Lengths differ, NaN, fewer than five pairs.
    NotEstimable
        x or y is constant.

    Examples
    --------
    >>> print(pearson_correlation([1, 2, 3, 4, 5], [2, 1, 4, 3, 5]))
    Pearson 0.8, -0.2796 to 0.9862 (95%, Fisher), p 0.104 (n 5)
    """
    check_level(level)
    a, b = _read(x, y)
    r, n = _product(a, b), int(a.size)
    t, p = _t_test(r, n)
    return Correlation(r, t, p, fisher_interval(r, n, level), n, 0, "Pearson", level)


@cache
def _all_squares(n: int) -> Floats:
    """Return the sums of squared rank differences of all n! orders, ascending."""
    orders = np.array(list(itertools.permutations(range(n))), dtype=np.int8)
    return np.sort(((orders - np.arange(n)) ** 2).sum(axis=1, dtype=np.int64).astype(float))


def _rank_p(squares: float, n: int) -> float:
    """Two-sided p of Spearman's rho without ties: all orders up to nine values, else the Edgeworth series of AS 89."""
    middle = n * (n * n - 1) / 6
    squares = round(squares)
    if n <= ENUMERATED:
        every = _all_squares(n)
        below, above = np.searchsorted(every, squares + 0.5), every.size - np.searchsorted(every, squares - 0.5)
        return float(min(1.0, 2 * min(below, above) / every.size))
    squares = squares if squares <= middle else 2 * middle - squares  # both tails are alike
    b = 1 / n
    x = (6 * (squares + 1) * b / (n * n - 1) - 1) * math.sqrt(n - 1)
    y = x * x
    inner = 0.0072 - 0.0831 * b + y * b * (0.0131 - 4.6e-4 * y)
    middle_term = -0.0758 + b * (0.1033 + 0.3932 * b) - y * b * (0.0879 + 0.0151 * b - y * inner)
    series = x * b * (0.2274 + b * (0.2531 + 0.1745 * b) + y * middle_term)
    tail = float(stats.norm.cdf(x)) - series * math.exp(-y / 2)
    return min(1.0, 2 * max(tail, 0.0))


def spearman_correlation(
    x: ArrayLike,
    y: ArrayLike,
    *,
    level: float = 0.95,
    interval: Literal["bonett-wright", "fieller", "fisher", "percentile", "bca"] = "bonett-wright",
    test: Literal["t", "exact"] = "t",
    draws: int = 4999,
    seed: int = 1,
) -> Correlation:
    r"""Return Spearman's rank correlation (midranks) with test and interval.

    Parameters
    ----------
    x, y : array, shape (n,), any unit
        Values; five or more.
    level : float
        Probability of the interval.
    interval : {"bonett-wright", "fieller", "fisher", "percentile", "bca"}
        On Fisher's scale with variance :math:`(1+\rho^2/2)/(n-3)`, :math:`1.06/(n-3)` or :math:`1/(n-3)` (the last is too
        narrow: it covered 90 to 92 % at a correlation of .9, and says so), or from a bootstrap (it costs `draws` correlations).
    test : {"t", "exact"}
        Student's t with n - 2 degrees of freedom, or the permutation distribution (all orders up to n = 9, an Edgeworth series
        beyond; nothing tied). No continuity correction is offered: the usual one lowers p where rho is positive.

    Raises
    ------
    BadInput
        Lengths differ, NaN, fewer than five pairs, "exact" with ties.
    NotEstimable
        x or y is constant.

    Examples
    --------
    >>> print(spearman_correlation([1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5]))
    Spearman 0.8286, -0.1272 to 0.9865 (95%, Bonett-Wright), p 0.0416 (n 6)

    References
    ----------
    .. [1] D. J. Best, D. E. Roberts, "Algorithm AS 89: the upper tail probabilities of Spearman's rho", Appl Stat 1975;24:377.
    """
    check_level(level)
    a, b = _read(x, y)
    n = int(a.size)
    rank_a, rank_b = stats.rankdata(a), stats.rankdata(b)
    rho = _product(rank_a, rank_b)
    squares = n * (n * n - 1) / 6 * (1 - rho)
    if test == "exact":
        if np.unique(a).size < n or np.unique(b).size < n:
            raise BadInput("test", "'exact' with ties", "'t'")
        p = _rank_p(squares, n)
    elif test == "t":
        p = _t_test(rho, n)[1]
    else:
        raise BadInput("test", repr(test), "'t' or 'exact'")
    closed: dict[str, Callable[[float, int, float], Interval]] = {
        "bonett-wright": bonett_wright_interval,
        "fieller": fieller_interval,
        "fisher": fisher_interval,
    }
    if interval in closed:
        found = closed[interval](rho, n, level)
        if interval == "fisher":
            found = replace(found, approximate=FISHER_ON_RANKS)
    elif interval in ("percentile", "bca"):
        summary = bootstrap_correlation(a, b, "spearman", level=level, draws=draws, seed=seed)
        found = summary.bca if interval == "bca" else summary.percentile
    else:
        raise BadInput("interval", repr(interval), "'bonett-wright', 'fieller', 'fisher', 'percentile' or 'bca'")
    return Correlation(rho, squares, p, found, n, 0, "Spearman", level)
