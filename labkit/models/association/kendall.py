"""Kendall's tau where either or both variables are censored.

Two things people confuse: tau-a, the score over all pairs, and tau-b, the score over the pairs that can be compared: the more
is censored, the further tau-a falls towards 0 although nothing about the association changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from labkit.models.association.bootstrap import bootstrap_interval
from labkit.models.association.intervals import fieller_interval
from labkit.models.association.nada_variance import nada_variance
from labkit.models.association.order import RowScores, Side, check_pairs, permutation_variance, read_side
from labkit.models.association.resampled_tau import resampled_tau_b
from labkit.models.association.score import ScoreCounter
from labkit.models.inputs import BadInput, NotEstimable, check_level, known
from labkit.models.interval import Interval


@dataclass(frozen=True)
class KendallTau:
    """Kendall's score and what follows from it; `comparable_x`, `comparable_y` count the pairs that can be ordered."""

    score: int
    tau_a: float
    tau_b_or_reason: float | NotEstimable
    variance: float
    z: float
    p_or_reason: float | NotEstimable
    comparable_x: int
    comparable_y: int
    n: int
    n_censored: int
    method: str

    @property
    def tau_b(self) -> float:
        """Score over the root of the comparable pairs of both; NotEstimable where one of them has none."""
        return known(self.tau_b_or_reason)

    @property
    def p(self) -> float:
        """Two-sided probability of a score as far from 0 where there is no association."""
        return known(self.p_or_reason)

    def __str__(self) -> str:
        """Return one line."""
        tau = self.tau_b_or_reason if isinstance(self.tau_b_or_reason, NotEstimable) else f"tau-b {self.tau_b:.4g}"
        p = "" if isinstance(self.p_or_reason, NotEstimable) else f", p {self.p:.3g}"
        return f"{tau}, tau-a {self.tau_a:.4g}, S {self.score}{p} (n {self.n}, {self.n_censored} censored, {self.method})"


def kendall_tau(
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    x_censored: ArrayLike | None = None,
    y_censored: ArrayLike | None = None,
    x_low: ArrayLike | None = None,
    x_high: ArrayLike | None = None,
    y_low: ArrayLike | None = None,
    y_high: ArrayLike | None = None,
    variance: Literal["permutation", "nada"] = "permutation",
    test: Literal["corrected", "uncorrected", "exact"] = "corrected",
) -> KendallTau:
    r"""Return Kendall's score, tau-a, tau-b and test for values known exactly or only within intervals.

    With :math:`a_{ij} = 1` where :math:`x_i` is surely above :math:`x_j`, -1 where surely below, else 0; :math:`b_{ij}` for y:

    .. math:: S = \sum_{i<j} a_{ij} b_{ij},\quad \tau_a = \frac{S}{n(n-1)/2},\quad
              \tau_b = \frac{S}{\sqrt{\sum_{i<j} a_{ij}^2 \sum_{i<j} b_{ij}^2}},\quad
              |z| = \frac{|S| - 1}{\sqrt{\mathrm{Var}\, S}}

    A censored value lies strictly between its ends: one below a limit of 5 is below a measured 5, and cannot be compared with a
    measured 4. Computed in O(n log n) time and O(n) memory.

    Parameters
    ----------
    x, y : array, shape (n,), any unit
        Values, or the limit where the flag says censored.
    x_censored, y_censored : array of bool, shape (n,)
        True where the value lies below the limit.
    x_low, x_high, y_low, y_high : array, shape (n,)
        Instead of values and flags: the two ends of what is known; equal where exact, infinite where one side is open.
    variance : {"permutation", "nada"}
        "permutation" is exact for every pattern; "nada" is the approximation of the R package of that name, for left-censored
        data: its p differs where there are many limits or both variables are censored.
    test : {"corrected", "uncorrected", "exact"}
        Normal approximation with or without the continuity correction, or the exact distribution (nothing tied or censored).

    Raises
    ------
    BadInput
        Lengths differ, NaN, low above high, fewer than two pairs, or "exact" with ties or censored values.
    NotEstimable
        When tau-b or p is asked of a variable in which no two values can be ordered.

    Examples
    --------
    >>> print(kendall_tau([1, 2, 3, 4, 5], [1, 1, 2, 4, 3], y_censored=[True, True, False, False, False]))
    tau-b 0.7379, tau-a 0.7, S 7, p 0.13 (n 5, 2 censored, corrected normal, permutation variance)

    References
    ----------
    .. [1] H. E. Daniels, Biometrika 1944;33:129-135 (variance).
    .. [2] D. R. Helsel, Statistics for Censored Environmental Data, 2nd ed., 2012, chapter 11 (score with censored values).
    """
    left = read_side("x", x, x_censored, x_low, x_high)
    right = read_side("y", y, y_censored, y_low, y_high)
    return tau_of_sides(left, right, variance, test)


def tau_of_sides(left: Side, right: Side, variance: str = "permutation", test: str = "corrected") -> KendallTau:
    """Return Kendall's tau of two sides already read."""
    n = check_pairs(left, right, 2, "a pair to compare")
    if variance not in ("permutation", "nada"):
        raise BadInput("variance", repr(variance), "'permutation' or 'nada'")
    if test not in ("corrected", "uncorrected", "exact"):
        raise BadInput("test", repr(test), "'corrected', 'uncorrected' or 'exact'")
    counter = ScoreCounter(left)
    score = counter.score(right.low, right.high)
    rows_x, rows_y = RowScores.of(counter.low, counter.high), RowScores.of(*right.keys())
    spread = permutation_variance(n, rows_x, rows_y) if variance == "permutation" else nada_variance(left, right)
    pairs = n * (n - 1) // 2
    both = rows_x.comparable * rows_y.comparable
    reason = NotEstimable("tau-b", f"no two values of {'x' if rows_x.comparable == 0 else 'y'} can be ordered")
    z = float(np.sign(score) * max(abs(score) - (test == "corrected"), 0) / np.sqrt(spread)) if spread > 0 else 0.0
    p: float | NotEstimable = float(2 * stats.norm.sf(abs(z))) if spread > 0 else NotEstimable("p", reason.found)
    if test == "exact":
        if rows_x.comparable < pairs or rows_y.comparable < pairs:
            raise BadInput("test", "'exact' with ties or censored values", "'corrected' or 'uncorrected'")
        p = float(stats.kendalltau(left.high, right.high, method="exact").pvalue)
    name = "exact distribution" if test == "exact" else f"{test} normal, {variance} variance"
    return KendallTau(
        score=score,
        tau_a=score / pairs,
        tau_b_or_reason=float(score / np.sqrt(float(rows_x.comparable) * rows_y.comparable)) if both else reason,
        variance=spread,
        z=z,
        p_or_reason=p,
        comparable_x=rows_x.comparable,
        comparable_y=rows_y.comparable,
        n=n,
        n_censored=int((left.open | right.open).sum()),
        method=name,
    )


def kendall_interval(
    x: ArrayLike,
    y: ArrayLike,
    *,
    x_censored: ArrayLike | None = None,
    y_censored: ArrayLike | None = None,
    level: float = 0.95,
    method: Literal["fieller", "percentile", "bca"] | None = None,
    draws: int = 1999,
    seed: int = 1,
) -> Interval:
    """Return an interval of tau-b: Fieller's where nothing is censored, else a bootstrap.

    Parameters
    ----------
    x, y, x_censored, y_censored
        As for `kendall_tau`.
    level : float
        Probability of the interval.
    method : {"fieller", "percentile", "bca"}, optional
        By default "fieller" (closed form, near bivariate normal) without censored values and "bca" with them.
    draws, seed : int
        Of the bootstrap: its cost is `draws` scores, each O(n log n).

    Raises
    ------
    BadInput
        As `kendall_tau`; "fieller" with censored values; fewer than five pairs.

    Examples
    --------
    >>> print(kendall_interval([1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 4, 3, 6, 5, 8, 7]))
    0.2431 to 0.9127 (95%, Fieller on tau-b)
    """
    check_level(level)
    left, right = read_side("x", x, x_censored, None, None), read_side("y", y, y_censored, None, None)
    n = check_pairs(left, right, 5, "the interval's standard error")
    censored = bool(left.open.any() or right.open.any())
    if method is None:
        method = "bca" if censored else "fieller"
    if method == "fieller":
        if censored:
            raise BadInput("method", "'fieller' with censored values", "'percentile' or 'bca'")
        return fieller_interval(tau_of_sides(left, right).tau_b, n, level, "tau-b")
    return bootstrap_interval(resampled_tau_b(left, right), n, level, method, draws, seed, "tau-b")
