"""Lognormal and normal samples with values below limits, by maximum likelihood, with profile intervals.

Two things people confuse: the mean of the logarithms and the mean. For a lognormal the mean is exp(mu + sigma²/2): it rests on
the upper tail, and with much censoring on the model more than on the data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.censored.counts import mean_or_reason, read_sides
from labkit.models.censored.likelihood import NormalSample, normal_quantile
from labkit.models.inputs import BadInput, Floats, NotEstimable, check_level, known
from labkit.models.interval import Interval

PROFILE = "profile likelihood"


@dataclass(frozen=True)
class FittedSample:
    """A fitted distribution; intervals are computed when asked for."""

    mu: float  # location, of the logarithms for a lognormal
    sigma: float
    log_likelihood: float
    n: int
    n_censored: int
    distribution: str
    mean_or_reason: float | NotEstimable
    level: float
    method: str = "maximum likelihood"
    sample: NormalSample = field(repr=False, compare=False, default=None)  # type: ignore[assignment]

    @property
    def mean(self) -> float:
        """The mean; refused above 80 % censored."""
        return known(self.mean_or_reason)

    @property
    def sd(self) -> float:
        """The standard deviation; refused with the mean."""
        mean = self.mean
        return mean * float(np.sqrt(np.expm1(self.sigma**2))) if self.distribution == "lognormal" else self.sigma

    @property
    def median(self) -> float:
        """The median."""
        return self.quantile(0.5)

    def quantile(self, p: float) -> float:
        """Return the value below which a share p lies."""
        where = self.mu + _z(p) * self.sigma
        return float(np.exp(where)) if self.distribution == "lognormal" else float(where)

    @property
    def mean_interval(self) -> Interval:
        """Profile-likelihood interval of the mean; for a lognormal along mu + sigma²/2."""
        known(self.mean_or_reason)
        if self.distribution == "normal":
            return self._interval(lambda theta, s: theta, self.mu)
        return self._interval(lambda theta, s: theta - s**2 / 2, self.mu + self.sigma**2 / 2)

    @property
    def median_interval(self) -> Interval:
        """Profile-likelihood interval of the median."""
        return self.quantile_interval(0.5)

    def quantile_interval(self, p: float, level: float | None = None) -> Interval:
        """Return the profile-likelihood interval of the quantile itself, not of its probability."""
        z = _z(p)
        return self._interval(lambda theta, s: theta - z * s, self.mu + z * self.sigma, level)

    def _interval(self, to_mu: Callable[[float, float], float], best: float, level: float | None = None) -> Interval:
        level = check_level(level or self.level)
        ends = self.sample.profile(to_mu, best, self.sigma, self.log_likelihood, level, self.sigma / np.sqrt(self.n))
        low, high = np.exp(ends) if self.distribution == "lognormal" else ends
        return Interval(float(low), float(high), level, PROFILE)

    @property
    def covariance(self) -> Floats:
        """Inverse observed information of (mu, log sigma)."""
        return self.sample.covariance(self.mu, self.sigma)

    def __str__(self) -> str:
        """Return one line."""
        mean = self.mean_or_reason
        told = str(mean) if isinstance(mean, NotEstimable) else f"mean {mean:.4g} ({self.mean_interval})"
        return (
            f"{self.distribution}: median {self.median:.4g}, {told}, n = {self.n}, {self.n_censored} censored ({self.method})"
        )


def fit_lognormal(
    values: ArrayLike | None = None,
    censored: ArrayLike | None = None,
    *,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    level: float = 0.95,
) -> FittedSample:
    r"""Fit a lognormal to values of which some are only known to lie below a limit, or in an interval.

    .. math:: \ell(\mu, \sigma) = \sum_{exact} \ln \frac{1}{x\sigma}\phi\Big(\frac{\ln x - \mu}{\sigma}\Big) +
       \sum_{others} \ln\Big\{\Phi\Big(\frac{\ln high - \mu}{\sigma}\Big) - \Phi\Big(\frac{\ln low - \mu}{\sigma}\Big)\Big\}

    Parameters
    ----------
    values : array, shape (n,)
        Above zero, any one unit; for a censored value its limit. Any number of limits.
    censored : array of bool, shape (n,)
        Which values lie below what stands there.
    low, high : array, shape (n,), optional
        Instead: the ends of what is known; equal where exact, low 0 below a limit, high infinite above a range.
    level : float
        Of the intervals.

    Returns
    -------
    FittedSample
        `.mean .sd .median .quantile(p)`, profile intervals `.mean_interval .median_interval .quantile_interval(p)`.

    Raises
    ------
    BadInput
        Lengths differ, values at or below zero, low above high, fewer than three values, everything censored.
    NotEstimable
        The likelihood has no maximum; or, when it is asked for, the mean above 80 % censored.

    Notes
    -----
    The model costs trust: the mean depends on a tail that was not seen. At n = 24 profile intervals fall a little short of
    their name; the evaluation card says by how much.

    Examples
    --------
    >>> found = fit_lognormal([1, 1, 2, 3, 5, 8, 13], [True, False, False, False, False, False, False])
    >>> round(found.median, 2), found.n_censored
    (2.92, 1)

    References
    ----------
    .. [1] A. C. Cohen, "Truncated and Censored Samples", 1991.
    """
    down, up = read_sides(values, censored, low, high, 0.0)
    with np.errstate(divide="ignore"):
        return _fit(np.log(down), np.log(up), "lognormal", level, float(np.log(up[down == up]).sum()))


def fit_normal(
    values: ArrayLike | None = None,
    censored: ArrayLike | None = None,
    *,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    level: float = 0.95,
) -> FittedSample:
    """Fit a normal in the same way; a left-censored value reaches down to minus infinity.

    For concentrations this lets the model put probability below zero: give ``low=0`` for what cannot be negative.

    Examples
    --------
    >>> found = fit_normal([1.0, 1.5, 2.0, 2.5, 3.0])
    >>> round(found.mean, 3), round(found.sd, 3)
    (2.0, 0.707)
    """
    down, up = read_sides(values, censored, low, high, -np.inf)
    return _fit(down, up, "normal", level, 0.0)


def _fit(down: Floats, up: Floats, distribution: str, level: float, jacobian: float) -> FittedSample:
    check_level(level)
    sample = NormalSample(down, up)
    mu, sigma, top = sample.fit()
    n, n_censored = down.size, int((down != up).sum())
    mean = float(np.exp(mu + sigma**2 / 2)) if distribution == "lognormal" else mu
    return FittedSample(
        mu=mu,
        sigma=sigma,
        log_likelihood=top,
        n=n,
        n_censored=n_censored,
        distribution=distribution,
        mean_or_reason=mean_or_reason(mean, n, int((~np.isfinite(down) | ~np.isfinite(up)).sum())),  # open on a side
        level=level,
        sample=sample,
    )


def _z(p: float) -> float:
    if not 0 < p < 1:
        raise BadInput("p", f"{p}", "a probability between 0 and 1")
    return normal_quantile(p)
