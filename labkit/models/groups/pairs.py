"""Two censored measurements of the same thing, pair by pair: sign test, signed ranks, and the mean difference.

Two things people confuse: a pair that is equal and a pair whose order nobody knows, because at least one value is only known by
a limit. Both say nothing about direction; neither may be dropped as if it had not been there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from labkit.models.inputs import BadInput, Flags, Floats, NotEstimable, check_enough, to_flags, to_floats
from labkit.models.interval import Interval

ALTERNATIVES = ("two-sided", "less", "greater")


@dataclass(frozen=True)
class PairedTest:
    """A test of pairs; `ties` are pairs without a known order."""

    above: int
    below: int
    ties: int
    statistic: float
    p: float
    alternative: str
    n: int
    n_censored: int  # pairs in which at least one value is censored
    method: str

    def __str__(self) -> str:
        """Return one line."""
        order = f"{self.above} above, {self.below} below, {self.ties} without order"
        return f"p = {self.p:.3g} ({self.alternative}; {order}; n = {self.n}, {self.n_censored} censored; {self.method})"


@dataclass(frozen=True)
class PairedMean:
    """The mean difference of pairs, differences being normal and some known as intervals."""

    mean: float
    mean_interval: Interval
    sd: float
    standard_error: float
    n: int
    n_censored: int
    alternative: str
    method: str = "normal differences by maximum likelihood"

    @property
    def z(self) -> float:
        """Mean over standard error."""
        return self.mean / self.standard_error

    @property
    def p(self) -> float:
        """Of the alternative, by the normal."""
        return _tail(self.z, self.alternative)

    def __str__(self) -> str:
        """Return one line."""
        seen = f"n = {self.n}, {self.n_censored} censored"
        return f"mean difference {self.mean:.4g} ({self.mean_interval}), p = {self.p:.3g} ({seen})"


def _tail(z: float, alternative: str) -> float:
    if alternative == "two-sided":
        return float(2 * stats.norm.sf(abs(z)))
    return float(stats.norm.cdf(z) if alternative == "less" else stats.norm.sf(z))


def _read(
    x: ArrayLike, y: ArrayLike, x_censored: ArrayLike | None, y_censored: ArrayLike | None, alternative: str, fewest: int
) -> tuple[Floats, Floats, Flags, Flags]:
    first, second = to_floats("x", x), to_floats("y", y)
    if first.size != second.size:
        raise BadInput("y", f"{second.size} values beside {first.size}", "one a value of x")
    check_enough("x", first.size, fewest, "pairs")
    if alternative not in ALTERNATIVES:
        raise BadInput("alternative", repr(alternative), ", ".join(ALTERNATIVES))
    return first, second, to_flags("x_censored", x_censored, first.size), to_flags("y_censored", y_censored, first.size)


def _direction(x: Floats, y: Floats, xc: Flags, yc: Flags) -> Floats:
    """Return +1 where x is surely above y, -1 where surely below, 0 where equal or not known."""
    above = (~xc & ~yc & (x > y)) | (~xc & yc & (x >= y))
    below = (~xc & ~yc & (x < y)) | (xc & ~yc & (x <= y))
    return above.astype(float) - below.astype(float)


def paired_sign_test(
    x: ArrayLike,
    y: ArrayLike,
    *,
    x_censored: ArrayLike | None = None,
    y_censored: ArrayLike | None = None,
    alternative: str = "two-sided",
    ties: str = "counted",
) -> PairedTest:
    r"""Ask whether x is above y more often than below.

    With n pairs of which t have no known order and m the larger of the two counts, ties counted (Fong et al.):

    .. math:: p = \frac{P(B \ge m)}{P(B \ge l)}, \quad B \sim Bin(n, \tfrac12),\; l = \lfloor (n - t + 1) / 2 \rfloor

    Parameters
    ----------
    x, y : array, shape (n,)
        Pairs; the limit where the flag is True.
    x_censored, y_censored : array of bool, optional
        Which are limits.
    alternative : {"two-sided", "less", "greater"}
        Of x against y.
    ties : {"counted", "dropped"}
        "dropped" is the usual binomial test on pairs with a known order: it calls a difference too often when many have none.

    Raises
    ------
    BadInput
        Lengths, an unknown option, fewer than two pairs.
    NotEstimable
        No pair has a known order.

    Examples
    --------
    >>> print(paired_sign_test([1, 5, 6, 7], [1, 2, 3, 9], y_censored=[1, 0, 0, 0], ties="dropped"))
    p = 0.625 (two-sided; 3 above, 1 below, 0 without order; n = 4, 1 censored; sign test, ties dropped)

    References
    ----------
    .. [1] D. Y. T. Fong et al., "Use of the sign test for the median in the presence of ties", Am Stat 2003;57:237-240.
    """
    a, b, ac, bc = _read(x, y, x_censored, y_censored, alternative, 2)
    if ties not in ("counted", "dropped"):
        raise BadInput("ties", repr(ties), "'counted' or 'dropped'")
    d = _direction(a, b, ac, bc)
    above, below = int((d > 0).sum()), int((d < 0).sum())
    none = int(a.size - above - below)
    if above + below == 0:
        raise NotEstimable("the test", "no pair has a known order", "the share of pairs above their limits")
    if ties == "dropped":
        p = float(stats.binomtest(above, above + below, alternative=alternative).pvalue)
    else:
        p = _fong(above, below, none, a.size, alternative)
    return PairedTest(above, below, none, float(above), p, alternative, a.size, int((ac | bc).sum()), f"sign test, ties {ties}")


def _fong(above: int, below: int, ties: int, n: int, alternative: str) -> float:
    lower = (n - ties + 1) // 2
    two = min(float(stats.binom.sf(max(above, below) - 1, n, 0.5) / stats.binom.sf(lower - 1, n, 0.5)), 1.0)
    if alternative == "two-sided":
        return two
    if (above >= below) == (alternative == "greater"):
        return two / 2
    return min(1 - two / 2 + float(stats.binom.pmf(above, above + below, 0.5)), 1.0)  # what was seen counts on both sides


def paired_mean(
    x: ArrayLike,
    y: ArrayLike,
    *,
    x_censored: ArrayLike | None = None,
    y_censored: ArrayLike | None = None,
    alternative: str = "two-sided",
    floor: float = 0.0,
    level: float = 0.95,
) -> PairedMean:
    """Estimate the mean of x - y by maximum likelihood, a difference with a censored value being an interval.

    Parameters
    ----------
    x, y, x_censored, y_censored, alternative
        As in `paired_sign_test`.
    floor : float
        Below which no value can lie (0 for concentrations): it closes the intervals. -inf leaves them open.
    level : float
        Probability of the interval.

    Raises
    ------
    BadInput
        As `paired_sign_test`; fewer than four pairs.
    NotEstimable
        As `fit_tobit`.

    Examples
    --------
    >>> print(paired_mean([3, 5, 6, 8, 4], [1, 2, 3, 4, 1], y_censored=[1, 0, 0, 0, 1]))
    mean difference 3.224 (2.6 to 3.848 (95%, Tobit by maximum likelihood)), p = 1.05e-46 (n = 5, 2 censored)
    """
    from labkit.models.regression import fit_tobit

    a, b, ac, bc = _read(x, y, x_censored, y_censored, alternative, 4)
    if (a < floor).any() or (b < floor).any():
        raise BadInput("floor", f"{floor:g} above a value", "a number that no value lies below")
    low = np.where(ac, floor, a) - b
    high = a - np.where(bc, floor, b)
    fit = fit_tobit(low=low, high=high, scale="identity", level=level)
    one = fit.coefficients["intercept"]
    return PairedMean(one.estimate, one.interval, fit.sd, one.standard_error, fit.n, fit.n_censored, alternative)


def paired_signed_ranks(
    x: ArrayLike,
    y: ArrayLike,
    *,
    x_censored: ArrayLike | None = None,
    y_censored: ArrayLike | None = None,
    alternative: str = "two-sided",
    floor: float = 0.0,
    ranks: str = "intervals",
) -> PairedTest:
    r"""Ask whether differences are symmetric about zero, pairs without a known order counting as zeros (Pratt).

    .. math:: Z = \frac{\sum_i s_i R_i}{\sqrt{\sum_{s_i \ne 0} R_i^2}}

    with :math:`s_i` the known direction of a pair and :math:`R_i` the rank of the size of its difference.

    Parameters
    ----------
    x, y, x_censored, y_censored, alternative
        As in `paired_sign_test`.
    floor : float
        Below which no value can lie.
    ranks : {"intervals", "smallest"}
        A difference with a censored value has a size between two ends. "intervals" ranks by what is known of that order;
        "smallest" takes every size at its lower end, which is a number put in, and is only there for comparison.

    Raises
    ------
    BadInput
        As `paired_sign_test`.
    NotEstimable
        No pair has a known order.

    Examples
    --------
    >>> print(paired_signed_ranks([1, 5, 6, 7, 9], [1, 2, 3, 9, 4], y_censored=[1, 0, 0, 0, 0]))
    p = 0.136 (two-sided; 4 above, 1 below, 0 without order; n = 5, 1 censored; signed ranks, intervals)

    References
    ----------
    .. [1] J. W. Pratt, "Remarks on zeros and ties in the Wilcoxon signed rank procedures", J Am Stat Assoc 1959;54:655-667.
    """
    from labkit.models.groups.scores import u_scores

    a, b, ac, bc = _read(x, y, x_censored, y_censored, alternative, 4)
    if ranks not in ("intervals", "smallest"):
        raise BadInput("ranks", repr(ranks), "'intervals' or 'smallest'")
    d = _direction(a, b, ac, bc)
    if not d.any():
        raise NotEstimable("the test", "no pair has a known order", "the share of pairs above their limits")
    low, high = np.where(ac, floor, a) - b, a - np.where(bc, floor, b)
    small = np.where(d == 0, 0.0, np.minimum(np.abs(low), np.abs(high)))
    large = np.where(d == 0, 0.0, np.maximum(np.abs(low), np.abs(high)))
    rank = stats.rankdata(u_scores(low=small, high=large) if ranks == "intervals" else small)
    z = float((rank * d).sum() / np.sqrt((rank[d != 0] ** 2).sum()))
    above, below = int((d > 0).sum()), int((d < 0).sum())
    return PairedTest(
        above,
        below,
        int(a.size - above - below),
        z,
        _tail(z, alternative),
        alternative,
        a.size,
        int((ac | bc).sum()),
        f"signed ranks, {ranks}",
    )
