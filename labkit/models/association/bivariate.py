"""Correlation and slope of two variables, both censored, by maximum likelihood of a bivariate (log)normal distribution.

Two things people confuse: the slope of y on x, which asks how y changes where x is higher, and the line through the cloud; and
dropping rows with a censored variable, which bends both, and using what the limit says of them, which this does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from labkit.models.association.bivariate_likelihood import BivariateLikelihood, Free
from labkit.models.association.order import Side, check_pairs, read_side
from labkit.models.inputs import BadInput, Floats, NotEstimable, check_level
from labkit.models.interval import Interval

FEWEST_PAIRS, FEWEST_KNOWN = 6, 3
FAR = 7.0  # artanh of a correlation that cannot be told from one


@dataclass(frozen=True)
class BivariateFit:
    """A fitted bivariate normal, on the log scale where lognormal: `slope` is of y on x there (for lognormal an elasticity).

    `n_informative` counts the rows in which at least one of the two is known.
    """

    correlation: float
    slope: float
    intercept: float
    mean_x: float
    mean_y: float
    sd_x: float
    sd_y: float
    loglik: float
    n: int
    n_censored: int
    n_informative: int
    method: str
    level: float
    _likelihood: BivariateLikelihood

    @cached_property
    def correlation_interval(self) -> Interval:
        """Correlations that the likelihood ratio does not refuse."""
        at = math.atanh(self.correlation)
        low, high = _profile(self._likelihood, "correlation", at, self._errors[0], self.deviance_limit)
        return Interval(math.tanh(low), math.tanh(high), self.level, "profile likelihood")

    @cached_property
    def slope_interval(self) -> Interval:
        """Slopes that the likelihood ratio does not refuse."""
        return Interval(
            *_profile(self._likelihood, "slope", self.slope, self._errors[1], self.deviance_limit),
            self.level,
            "profile likelihood",
        )

    @cached_property
    def p(self) -> float:
        """Two-sided p of no correlation, from the likelihood ratio with Student's t (see `deviance_limit`)."""
        m = self.n_informative
        t = math.sqrt((m - 2) * math.expm1(min(self.deviance(correlation=0.0) / m, 700)))
        return float(2 * stats.t.sf(t, m - 2))

    @property
    def deviance_limit(self) -> float:
        """Deviance up to which a value lies in its interval: that of Student's t with two fewer than the informative rows."""
        m = self.n_informative
        return float(m * math.log1p(stats.t.ppf((1 + self.level) / 2, m - 2) ** 2 / (m - 2)))

    @cached_property
    def _errors(self) -> tuple[float, float]:
        return self._likelihood.standard_errors()

    def deviance(self, *, correlation: float | None = None, slope: float | None = None) -> float:
        """Return twice the loss of log-likelihood at a correlation or at a slope, all else refitted; 0 at the estimate."""
        if (correlation is None) == (slope is None):
            raise BadInput("correlation", "given with a slope, or neither", "one of the two")
        if correlation is not None:
            return max(0.0, 2 * self._likelihood.profile("correlation", math.atanh(correlation))[0])
        return max(0.0, 2 * self._likelihood.profile("slope", slope or 0.0)[0])

    def __str__(self) -> str:
        """Return one line."""
        return (
            f"correlation {self.correlation:.4g}, {self.correlation_interval}; slope {self.slope:.4g}, {self.slope_interval}; "
            f"p {self.p:.3g} (n {self.n}, {self.n_censored} censored, {self.method})"
        )


def fit_bivariate_lognormal(
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    x_censored: ArrayLike | None = None,
    y_censored: ArrayLike | None = None,
    x_low: ArrayLike | None = None,
    x_high: ArrayLike | None = None,
    y_low: ArrayLike | None = None,
    y_high: ArrayLike | None = None,
    level: float = 0.95,
) -> BivariateFit:
    r"""Fit a bivariate lognormal distribution where either or both variables are censored: the recommended slope then.

    With :math:`(\ln x, \ln y)` bivariate normal, a row gives its density where both are known, the density of the known one
    times the conditional probability of the other's interval where one is, and the rectangle's probability where neither is.

    .. math:: \rho,\qquad \beta = \rho\, \sigma_y / \sigma_x \quad (\text{slope of } \ln y \text{ on } \ln x)

    Intervals are the values that the likelihood ratio does not refuse (profile). Its limit is, with m the rows in which at
    least one of the two is known, :math:`m \ln(1 + t_{m-2}^2/(m-2))` instead of the :math:`\chi^2_1` quantile it tends to:
    without censoring the interval of the slope and p are then the exact ones of Student's t.

    Parameters
    ----------
    x, y : array, shape (n,), any unit, above zero
        Values, or the limit where the flag says censored.
    x_censored, y_censored : array of bool, shape (n,)
        True where the value lies below the limit.
    x_low, x_high, y_low, y_high : array, shape (n,)
        Instead of values and flags: the two ends of what is known; a lower end of 0 is the open one.
    level : float
        Probability of the intervals. Each costs about twenty fits of four parameters.

    Raises
    ------
    BadInput
        Lengths differ, NaN, a value or limit that is not above zero, fewer than six rows.
    NotEstimable
        Fewer than three rows with both known, a constant variable, or a likelihood that rises until the correlation is 1 or -1.

    Examples
    --------
    >>> x = [1.0, 1.0, 1.0, 1.5, 2.2, 2.9, 4.1, 6.0, 8.5, 11.0]
    >>> y = [2.0, 2.0, 2.0, 2.0, 2.9, 5.1, 3.4, 6.6, 15.0, 12.0]
    >>> hidden = [True, True, False, False, False, False, False, False, False, False]
    >>> fit = fit_bivariate_lognormal(x, y, x_censored=hidden, y_censored=[True] * 4 + [False] * 6)
    >>> round(fit.correlation, 2), round(fit.slope, 2)
    (0.97, 1.05)

    References
    ----------
    .. [1] R. H. Lyles, J. K. Williams, R. Chuachoowong, "Correlating two viral load assays with known detection limits",
       Biometrics 2001;57:1238-1244.
    """
    sides = []
    for name, side in (
        ("x", read_side("x", x, x_censored, x_low, x_high)),
        ("y", read_side("y", y, y_censored, y_low, y_high)),
    ):
        low = np.maximum(side.low, 0.0)
        if (side.high <= 0).any() or ((low <= 0) & ~side.open).any():
            raise BadInput(name, "a value or limit that is not above zero", "numbers above zero (the model takes logarithms)")
        with np.errstate(divide="ignore"):
            sides.append(Side(np.log(low), np.log(side.high)))
    return _fit(sides[0], sides[1], level, "bivariate lognormal, maximum likelihood")


def fit_bivariate_normal(
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    x_censored: ArrayLike | None = None,
    y_censored: ArrayLike | None = None,
    x_low: ArrayLike | None = None,
    x_high: ArrayLike | None = None,
    y_low: ArrayLike | None = None,
    y_high: ArrayLike | None = None,
    level: float = 0.95,
) -> BivariateFit:
    """Fit a bivariate normal distribution to values, as `fit_bivariate_lognormal` does to logarithms.

    Without censoring the correlation is Pearson's and the slope that of least squares.
    """
    left = read_side("x", x, x_censored, x_low, x_high)
    return _fit(left, read_side("y", y, y_censored, y_low, y_high), level, "bivariate normal, maximum likelihood")


def _fit(x: Side, y: Side, level: float, method: str) -> BivariateFit:
    check_level(level)
    n = check_pairs(x, y, FEWEST_PAIRS, "five parameters are fitted")
    both = ~(x.open | y.open)
    if both.sum() < FEWEST_KNOWN:
        raise NotEstimable(
            "the correlation", f"{both.sum()} rows have both values known, {FEWEST_KNOWN} are needed", "kendall_tau"
        )
    for name, side in (("x", x), ("y", y)):
        if np.ptp(side.high[~side.open]) == 0:
            raise NotEstimable("the correlation", f"{name} is constant where it is known")
    likelihood = BivariateLikelihood(x, y)
    theta, worst = likelihood.best, likelihood.lowest
    if abs(theta[4]) > FAR:
        raise NotEstimable("the correlation", "the likelihood rises until it is 1 or -1", "kendall_tau")
    rho, sd_x, sd_y = math.tanh(theta[4]), math.exp(theta[2]), math.exp(theta[3])
    slope = rho * sd_y / sd_x
    return BivariateFit(
        correlation=rho,
        slope=slope,
        intercept=float(theta[1] - slope * theta[0]),
        mean_x=float(theta[0]),
        mean_y=float(theta[1]),
        sd_x=sd_x,
        sd_y=sd_y,
        loglik=-worst,
        n=n,
        n_censored=int((~both).sum()),
        n_informative=int((~(x.open & y.open)).sum()),
        method=method,
        level=level,
        _likelihood=likelihood,
    )


def _profile(
    likelihood: BivariateLikelihood, what: Free, estimate: float, error: float, deviance: float
) -> tuple[float, float]:
    """Return the two values at which the likelihood ratio reaches its limit; infinite where it never does."""
    limit = deviance / 2
    found = []
    for side in (-1.0, 1.0):
        start: Floats | None = None

        def short(at: float) -> float:
            nonlocal start
            loss, start = likelihood.profile(what, at, start)
            return loss - limit

        inner, outer = estimate, estimate + side * 2 * error
        steps = 0
        while short(outer) < 0 and steps < 12:
            inner, outer, steps = outer, estimate + (outer - estimate) * 1.6, steps + 1
        if steps == 12:
            found.append(side * math.inf)
            continue
        found.append(float(optimize.brentq(short, inner, outer, xtol=1e-7 * max(error, 1e-12), rtol=1e-9)))
    return found[0], found[1]
