"""How many were never seen: closed capture-recapture from two lists, or from how often each person was seen on one.

Two things people confuse: a lower bound and an estimate. Where people differ in how easily they are seen, all are too low;
Chao's is a lower bound by design. And people who keep away after the first contact make all of them too high (one-inflation).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

from labkit.models.inputs import BadInput, NotEstimable, check_level
from labkit.models.interval import Interval

FEW_TWICE = 15  # persons on both lists below which Chapman's interval was measured to fall short
HELD_WITH_FEW = 0.926


@dataclass(frozen=True)
class Population:
    """A number of persons with its interval."""

    value: float
    se: float
    interval: Interval
    seen: int
    method: str
    level: float
    one_inflated: bool = False  # more singletons than the model allows: the number is then too high
    n_censored: int = 0

    @property
    def n(self) -> int:
        """Persons seen."""
        return self.seen

    def __str__(self) -> str:
        """Return one line."""
        odd = "; suspected one-inflation: too high" if self.one_inflated else ""
        if self.interval.approximate:
            odd += f"; approximate: held the truth in {self.interval.approximate:.1%} of simulations"
        return (
            f"{self.value:,.1f} ({self.interval.low:,.0f} to {self.interval.high:,.0f}), {self.seen} seen ({self.method}{odd})"
        )


def chapman(first: int, second: int, both: int, *, level: float = 0.95) -> Population:
    r"""Return Chapman's estimate from two lists, with Seber's variance and a lognormal interval of the unseen.

    .. math:: N = \frac{(n_1 + 1)(n_2 + 1)}{m + 1} - 1

    Assumes that the lists are independent; positive dependence (the same people easy to see twice) makes it too low. With fewer
    than 15 persons on both lists the interval is approximate and says so.

    Examples
    --------
    >>> print(chapman(200, 300, 50))
    1,185.3 (972 to 1,486), 450 seen (Chapman)
    """
    check_level(level)
    for name, value in (("first", first), ("second", second), ("both", both)):
        if value != int(value) or value < 0:
            raise BadInput(name, f"{value}", "a whole number, zero or more")
    if both > min(first, second) or min(first, second) == 0:
        raise BadInput("both", f"{both} of {first} and {second}", "at most the shorter list; no empty list")
    total = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    found = _population(total, np.sqrt(variance), first + second - both, "Chapman", level)
    if both >= FEW_TWICE:
        return found
    return replace(found, interval=replace(found.interval, approximate=HELD_WITH_FEW))


def chao(counts: ArrayLike, *, level: float = 0.95) -> Population:
    """Return Chao's lower bound ``seen + f1² / (2 f2)`` from how often each person was seen.

    Examples
    --------
    >>> round(chao([1] * 261 + [2] * 10 + [3] * 2 + [4]).value, 2)
    3680.05
    """
    check_level(level)
    y, f = _read(counts)
    if f[2] == 0:
        raise NotEstimable("Chao's bound", "nobody was seen exactly twice", "the number seen, as a lower bound")
    ratio = f[1] / f[2]
    variance = f[2] * (ratio**4 / 4 + ratio**3 + ratio**2 / 2)
    return _population(y.size + f[1] ** 2 / (2 * f[2]), np.sqrt(variance), y.size, "Chao, a lower bound", level)


def zelterman(counts: ArrayLike, *, level: float = 0.95) -> Population:
    """Return Zelterman's estimate: the Poisson rate from ones and twos only, robust to what happens above.

    Examples
    --------
    >>> round(zelterman([1] * 261 + [2] * 10 + [3] * 2 + [4]).value, 2)
    3714.45
    """
    check_level(level)
    y, f = _read(counts)
    if f[1] == 0 or f[2] == 0:
        raise NotEstimable("Zelterman's estimate", "nobody was seen exactly once, or exactly twice", "the number seen")
    rate = 2 * f[2] / f[1]
    hidden = np.exp(-rate)
    spread = y.size * hidden / (1 - hidden) ** 2 * (1 + y.size * hidden / (1 - hidden) ** 2 * rate**2 * (1 / f[1] + 1 / f[2]))
    return _population(y.size / (1 - hidden), np.sqrt(spread), y.size, "Zelterman", level)


def zero_truncated_poisson(
    counts: ArrayLike, design: ArrayLike | None = None, *, interval: str = "normal", level: float = 0.95
) -> Population:
    r"""Return the Horvitz-Thompson number from a Poisson regression of how often each person was seen.

    .. math:: N = \sum_i \frac{1}{1 - e^{-\lambda_i}}, \qquad \ln \lambda_i = x_i' \beta

    with :math:`\beta` by maximum likelihood of the Poisson without its zeros, and the variance of binomial seeing plus that of
    :math:`\beta`.

    Parameters
    ----------
    counts : array of int, shape (n,)
        How often each person was seen, one or more.
    design : array, shape (n, k), optional
        Columns that explain the rate; an intercept is added.
    interval : {"normal", "lognormal"}
        Normal about N, as published; or lognormal in the unseen, which never reaches below those seen.
    level : float
        Probability of the interval.

    Raises
    ------
    BadInput
        A count below one, a design of another length.
    NotEstimable
        Everybody was seen once: the rate is zero and the number without bound.

    Examples
    --------
    >>> round(zero_truncated_poisson([1] * 261 + [2] * 10 + [3] * 2 + [4]).value, 1)
    2392.6

    References
    ----------
    .. [1] P. G. M. van der Heijden et al., "Point and interval estimation of the population size using the truncated Poisson
       regression model", Statistical Modelling 2003;3:305-322.
    """
    check_level(level)
    if interval not in ("normal", "lognormal"):
        raise BadInput("interval", repr(interval), "normal or lognormal")
    y, f = _read(counts)
    if f[1] == y.size:
        raise NotEstimable("the number", "everybody was seen once", "the number seen, as a lower bound")
    x = np.ones((y.size, 1))
    if design is not None:
        columns = np.asarray(design, dtype=float).reshape(y.size, -1) if np.size(design) % y.size == 0 else None
        if columns is None or np.isnan(columns).any():
            raise BadInput("design", "another length than counts, or NaN", f"shape ({y.size}, k)")
        x = np.c_[x, columns]

    def lost(beta: np.ndarray) -> tuple[float, np.ndarray]:
        rate = np.exp(np.clip(x @ beta, -30, 30))
        value = (y * np.log(rate) - rate - np.log(-np.expm1(-rate)) - special.gammaln(y + 1)).sum()
        return -value, -(x.T @ (y - rate / -np.expm1(-rate)))

    found = optimize.minimize(lost, np.zeros(x.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-8})
    beta = found.x
    rate = np.exp(x @ beta)
    hidden = np.exp(-rate)
    weight = rate / (1 - hidden) * (1 - rate * hidden / (1 - hidden))
    information = (x * weight[:, None]).T @ x
    slope = -(x * (rate * hidden / (1 - hidden) ** 2)[:, None]).sum(axis=0)
    variance = float((hidden / (1 - hidden) ** 2).sum() + slope @ np.linalg.solve(information, slope))
    total = float((1 / (1 - hidden)).sum())
    se = float(np.sqrt(variance))
    z = stats.norm.ppf((1 + level) / 2)
    around = Interval(max(total - z * se, float(y.size)), total + z * se, level, "normal")
    if interval == "lognormal":
        around = _population(total, se, int(y.size), "", level).interval
    expected_ones = float((rate * hidden / (1 - hidden)).sum())
    expected_twos = float((rate**2 / 2 * hidden / (1 - hidden)).sum())
    inflated = f[1] > expected_ones + 2 * np.sqrt(expected_ones) or (
        f[2] < expected_twos and f[3:].sum() > 0 and f[1] > 20 * f[2]
    )
    return Population(total, se, around, int(y.size), "zero-truncated Poisson", level, bool(inflated))


def _read(counts: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    y = np.asarray(counts, dtype=float)
    if y.ndim != 1 or y.size == 0 or not np.isfinite(y).all() or (y != np.round(y)).any() or (y < 1).any():
        raise BadInput("counts", "a count below one, not whole, or none at all", "how often each person was seen, 1 or more")
    return y, np.bincount(y.astype(int), minlength=4)


def _population(total: float, se: float, seen: int, method: str, level: float) -> Population:
    """Attach the interval that is lognormal in the unseen and never below the seen."""
    unseen = total - seen
    if unseen <= 0:
        return Population(
            float(total), float(se), Interval(float(seen), float(total), level, "nobody unseen"), seen, method, level
        )
    z = stats.norm.ppf((1 + level) / 2)
    factor = np.exp(z * np.sqrt(np.log1p((se / unseen) ** 2)))
    interval = Interval(float(seen + unseen / factor), float(seen + unseen * factor), level, "lognormal in the unseen")
    return Population(float(total), float(se), interval, seen, method, level)
