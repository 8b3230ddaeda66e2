"""True prevalence with everything uncertain: a posterior by integration, without random numbers.

Two things people confuse: a prior that is wide and a prior that says nothing. With a specificity anywhere between .75 and 1 few
positives can be of any kind, and the posterior of the prevalence is mostly that prior.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from labkit.models.inputs import BadInput, Floats, check_level
from labkit.models.interval import Interval
from labkit.models.prevalence.proportion import check_counts
from labkit.models.prevalence.rogan_gladen import TruePrevalence

FINE = 801


@dataclass(frozen=True)
class Between:
    """A share known to lie between two ends: uniform, or (with `a`, `b`) a beta stretched onto them, such as a PERT."""

    low: float
    high: float
    a: float = 1.0
    b: float = 1.0

    def __post_init__(self) -> None:
        """Refuse ends out of order."""
        if not 0 <= self.low < self.high <= 1 or not (self.a > 0 and self.b > 0):
            raise BadInput(
                "low, high", f"{self.low}, {self.high}, {self.a}, {self.b}", "0 <= low < high <= 1; a and b above zero"
            )


Prior = float | tuple[float, float] | Between


def bayesian_prevalence(
    positive: int,
    tested: int,
    sensitivity: Prior,
    specificity: Prior,
    *,
    prior: tuple[float, float] = (1.0, 1.0),
    level: float = 0.95,
    nodes: int = 32,
) -> TruePrevalence:
    """Return posterior mean and equal-tailed interval of the prevalence; never outside 0 to 1.

    Sensitivity and specificity are integrated over `nodes` Gauss-Legendre quantiles each, the prevalence over 801 places where
    the posterior lies.

    Parameters
    ----------
    positive, tested : int
        Of the sample.
    sensitivity, specificity : float, (a, b), or Between
        An exact share; the parameters of a beta, (right + 1, wrong + 1) after a validation study; or a share between two ends.
    prior : two float
        Parameters of the beta prior of the prevalence.
    level : float
        Probability of the interval.
    nodes : int
        Points of each integral; 32 fix the mean to about 1e-5.

    Raises
    ------
    BadInput
        Impossible counts, shares or parameters.

    Examples
    --------
    >>> found = bayesian_prevalence(6, 151, (965.0, 37.0), (928.0, 74.0))
    >>> 0 < found.interval.low < found.value < 0.03
    True

    References
    ----------
    .. [1] L. Joseph, T. W. Gyorkos, L. Coupal, "Bayesian estimation of disease prevalence and the parameters of diagnostic
       tests in the absence of a gold standard", American Journal of Epidemiology 1995;141:263-272.
    """
    check_level(level)
    x, n = check_counts(positive, tested)
    if len(prior) != 2 or not (np.asarray(prior) > 0).all():
        raise BadInput("prior", f"{prior}", "two numbers above zero, the parameters of a beta")
    (se, se_weight), (sp, sp_weight) = _points("sensitivity", sensitivity, nodes), _points("specificity", specificity, nodes)
    weights = (se_weight[:, None] * sp_weight[None, :]).ravel()
    right, wrong = np.repeat(se, sp.size), np.tile(1 - sp, se.size)

    def height(u: Floats) -> Floats:
        """Posterior over the quantiles of the prior, up to a constant."""
        at = special.betaincinv(*prior, u)[:, None]
        share = at * right + (1 - at) * wrong
        logs = special.xlogy(x, share) + special.xlog1py(n - x, -share)
        return np.exp(logs - most) @ weights

    most = float(special.xlogy(x, x / n) + special.xlogy(n - x, 1 - x / n))
    coarse = np.linspace(0, 1, 201)
    rough = height(coarse)
    inside = np.flatnonzero(rough > 1e-12 * rough.max())
    ends = coarse[max(inside[0] - 1, 0)], coarse[min(inside[-1] + 1, 200)]
    u = np.linspace(*ends, FINE)
    tall = height(u)
    steps = np.concatenate([[0.0], np.cumsum((tall[1:] + tall[:-1]) / 2)])
    low, high = special.betaincinv(*prior, np.interp([(1 - level) / 2, (1 + level) / 2], steps / steps[-1], u))
    at = special.betaincinv(*prior, u)
    value = float(np.trapezoid(at * tall) / np.trapezoid(tall))
    name = "Bayesian"
    interval = Interval(float(low), float(high), level, name)
    return TruePrevalence(value, interval, x / n, x, n, float(se @ se_weight), float(sp @ sp_weight), name, level)


def _points(name: str, given: Prior, nodes: int) -> tuple[Floats, Floats]:
    """Return quantiles of a prior at Gauss-Legendre points, with their weights."""
    if isinstance(given, tuple):
        if len(given) != 2 or not (np.asarray(given) > 0).all():
            raise BadInput(name, f"{given}", "two numbers above zero, the parameters of a beta")
        low, high, a, b = 0.0, 1.0, float(given[0]), float(given[1])
    elif isinstance(given, Between):
        low, high, a, b = given.low, given.high, given.a, given.b
    else:
        if not 0 <= given <= 1:
            raise BadInput(name, f"{given}", "a share between 0 and 1, (a, b) of a beta, or Between")
        return np.array([float(given)]), np.ones(1)
    points, weights = np.polynomial.legendre.leggauss(nodes)
    return low + (high - low) * special.betaincinv(a, b, (points + 1) / 2), weights / 2
