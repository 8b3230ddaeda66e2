"""A proportion and its interval, by five methods.

Two things people confuse: an exact interval, which holds the truth at least as often as it says and is therefore wide, and one
that does so on average. Clopper-Pearson, Blaker and Sterne are of the first kind, Wilson and Jeffreys of the second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

from labkit.models.inputs import BadInput, Floats, check_level
from labkit.models.interval import Interval

METHODS = ("wilson", "clopper_pearson", "blaker", "jeffreys", "sterne")
GRID = 300


@dataclass(frozen=True)
class Proportion:
    """Positives among tested, with its interval."""

    value: float
    interval: Interval
    positive: int
    n: int
    method: str
    level: float
    n_censored: int = 0

    def __str__(self) -> str:
        """Return one line."""
        ends = f"{self.interval.low:.2%} to {self.interval.high:.2%}"
        return f"{self.value:.2%} ({ends}), {self.positive} of {self.n} ({self.method})"


def estimate_proportion(positive: int, tested: int, *, method: str = "wilson", level: float = 0.95) -> Proportion:
    """Return a proportion with its interval.

    Parameters
    ----------
    positive, tested : int
        0 <= positive <= tested, at least one tested.
    method : {"wilson", "clopper_pearson", "blaker", "jeffreys", "sterne"}
        Wilson: inverted score test, near its level on average. Clopper-Pearson: never below its level, widest. Blaker and
        Sterne: never below, narrower. Jeffreys: beta quantiles with 0.5 added, ends at 0 and 1 for none and all.
    level : float
        Probability of the interval.

    Raises
    ------
    BadInput
        Counts that are not whole, negative, or positives above tested; an unknown method.

    Examples
    --------
    >>> print(estimate_proportion(20, 120, method="blaker"))
    16.67% (10.52% to 24.39%), 20 of 120 (blaker)

    References
    ----------
    .. [1] L. D. Brown, T. T. Cai, A. DasGupta, "Interval estimation for a binomial proportion", Statistical Science
       2001;16:101-133.
    """
    check_level(level)
    x, n = check_counts(positive, tested)
    if method not in METHODS:
        raise BadInput("method", repr(method), ", ".join(METHODS))
    low, high = _INTERVALS[method](x, n, 1 - level)
    interval = Interval(float(low), float(high), level, method)
    return Proportion(x / n, interval, x, n, method, level)


def check_counts(positive: int, tested: int, names: tuple[str, str] = ("positive", "tested")) -> tuple[int, int]:
    """Return whole counts with 0 <= positive <= tested and tested above zero."""
    for name, value in zip(names, (positive, tested), strict=True):
        if not np.isfinite(value) or value != int(value) or value < 0:
            raise BadInput(name, f"{value}", "a whole number, zero or more")
    if tested < 1 or positive > tested:
        raise BadInput(names[0], f"{positive} of {tested}", f"at most {names[1]}, and at least one {names[1]}")
    return int(positive), int(tested)


def _wilson(x: int, n: int, alpha: float) -> tuple[float, float]:
    z = stats.norm.ppf(1 - alpha / 2)
    centre, reach = (x + z**2 / 2) / (n + z**2), z / (n + z**2) * np.sqrt(x * (n - x) / n + z**2 / 4)
    return (0.0 if x == 0 else centre - reach), (1.0 if x == n else centre + reach)


def _clopper_pearson(x: int, n: int, alpha: float) -> tuple[float, float]:
    low = 0.0 if x == 0 else special.betaincinv(x, n - x + 1, alpha / 2)
    return low, 1.0 if x == n else special.betaincinv(x + 1, n - x, 1 - alpha / 2)


def _jeffreys(x: int, n: int, alpha: float) -> tuple[float, float]:
    low, high = special.betaincinv(x + 0.5, n - x + 0.5, [alpha / 2, 1 - alpha / 2])
    return (0.0 if x == 0 else low), (1.0 if x == n else high)


def _blaker(x: int, n: int, alpha: float) -> tuple[float, float]:
    return _blaker_low(x, n, alpha), 1.0 - _blaker_low(n - x, n, alpha)


def _blaker_low(x: int, n: int, alpha: float) -> float:
    """Return Blaker's lower end: the first place, from below, where the acceptability exceeds alpha.

    At Clopper-Pearson's end both tails are at most alpha / 2. Going up, the upper tail grows until the next outcome below comes
    to lie opposite, where the sum jumps to twice the tail and so above alpha: the end is that jump, or the crossing before it.
    """
    if x == 0:
        return 0.0
    start = float(special.betaincinv(x, n - x + 1, alpha / 2))

    def upper(p: float) -> float:
        return float(special.betainc(x, n - x + 1, p))

    def lower(y: int, p: float) -> float:
        return float(special.betaincc(y + 1, n - y, p)) if y >= 0 else 0.0

    opposite, above = -1, x - 1  # the largest outcome whose lower tail is no more than alpha / 2 at the start
    while above - opposite > 1:
        middle = (opposite + above) // 2
        if lower(middle, start) <= alpha / 2:
            opposite = middle
        else:
            above = middle
    jump = float(optimize.brentq(lambda p: lower(opposite + 1, p) - upper(p), start, 1.0, xtol=1e-15, rtol=1e-14))

    def excess(p: float) -> float:
        return upper(p) + lower(opposite, p) - alpha

    if excess(jump) <= 0 or excess(start) >= 0:
        return jump if excess(start) < 0 else start
    return float(optimize.brentq(excess, start, jump, xtol=1e-15, rtol=1e-14))


def _sterne_acceptable(p: Floats, x: int, n: int) -> Floats:
    """Return the probability of all outcomes no more probable than the one seen."""
    grid = np.arange(n + 1)
    mass = stats.binom.pmf(grid[None, :], n, p[:, None])
    return np.where(mass <= mass[:, x : x + 1] * (1 + 1e-10), mass, 0).sum(axis=1)


def _inverted(acceptable: Callable[[Floats, int, int], Floats], x: int, n: int, alpha: float) -> tuple[float, float]:
    """Return the outermost points at which the test does not reject."""
    ends = []
    outer = _clopper_pearson(x, n, alpha / 4)  # holds both sets
    for side, edge in enumerate(outer):
        if (side == 0 and x == 0) or (side == 1 and x == n):
            ends.append(float(side))
            continue
        grid = edge + (x / n - edge) * np.linspace(0, 1, GRID)  # from outside inwards
        accepted = acceptable(np.clip(grid, 1e-15, 1 - 1e-15), x, n) > alpha
        first = int(np.argmax(accepted))
        out, inside = grid[max(first - 1, 0)], grid[first]
        for _ in range(60):
            middle = (out + inside) / 2
            if acceptable(np.array([middle]), x, n)[0] > alpha:
                inside = middle
            else:
                out = middle
        ends.append(float(inside))
    return ends[0], ends[1]


_INTERVALS: dict[str, Callable[[int, int, float], tuple[float, float]]] = {
    "wilson": _wilson,
    "clopper_pearson": _clopper_pearson,
    "jeffreys": _jeffreys,
    "blaker": _blaker,
    "sterne": lambda x, n, alpha: _inverted(_sterne_acceptable, x, n, alpha),
}
