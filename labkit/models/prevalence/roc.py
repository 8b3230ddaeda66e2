"""How well a biomarker tells two groups apart, and where to cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from labkit.models.inputs import BadInput, NotEstimable, check_level, to_flags, to_floats
from labkit.models.interval import Interval

# Smaller group times the smaller of area and 1 - area: below the first, DeLong's interval held the truth in 75 to 92 % of
# simulations and is refused; from the second on it holds what it says and is taken.
FEWEST, ENOUGH = 15, 100


@dataclass(frozen=True)
class RocArea:
    """Probability that one of the group has a higher value than one of the others, and the cut with the best Youden index."""

    area: float
    interval: Interval
    cut: float  # positive if the value is above it
    sensitivity: float
    specificity: float
    n: int
    n_positive: int
    level: float
    method: str = "DeLong"
    n_censored: int = 0

    def __str__(self) -> str:
        """Return one line."""
        where = f"cut above {self.cut:.4g}: sensitivity {self.sensitivity:.3f}, specificity {self.specificity:.3f}"
        return f"area {self.area:.4f} ({self.interval}), {where}, n = {self.n}, {self.n_positive} positive"


def roc_area(values: ArrayLike, positive: ArrayLike, *, interval: str | None = None, level: float = 0.95) -> RocArea:
    r"""Return the area under the ROC curve with its interval; ties count half.

    Censored values below one common limit may all be given at that limit: ranks are all that counts.

    Parameters
    ----------
    values : array, shape (n,)
    positive : array of bool, shape (n,)
        Who belongs to the group that should have higher values.
    interval : {"delong", "score"}, optional
        DeLong: normal about the area with the variance of its structural components; too short in small groups, and of no
        length where the groups do not overlap. Score: where :math:`(\hat A - A)^2 = z^2 V(A)` with Hanley and McNeil's variance
        at A. Unless asked for: DeLong where groups are large and overlap, score elsewhere.
    level : float
        Probability of the interval.

    Raises
    ------
    BadInput
        Lengths differ, missing values, or fewer than two in a group.
    NotEstimable
        DeLong asked for where groups are small or hardly overlap: it was measured to fall short there.

    Examples
    --------
    >>> found = roc_area([1, 2, 3, 4, 5, 6], [0, 0, 1, 0, 1, 1])
    >>> round(found.area, 4), found.cut
    (0.8889, 2.0)

    References
    ----------
    .. [1] E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, "Comparing the areas under two or more correlated receiver
       operating characteristic curves", Biometrics 1988;44:837-845.
    .. [2] R. G. Newcombe, "Confidence intervals for an effect size measure based on the Mann-Whitney statistic. Part 2",
       Statistics in Medicine 2006;25:559-573.
    """
    check_level(level)
    x = to_floats("values", values)
    flags = to_flags("positive", positive, x.size)
    m, k = int(flags.sum()), int((~flags).sum())
    if min(m, k) < 2:
        raise BadInput("positive", f"{m} positive and {k} others", "two or more of each")
    ranks = stats.rankdata(x)
    of_positive = (ranks[flags] - stats.rankdata(x[flags])) / k
    of_others = 1 - (ranks[~flags] - stats.rankdata(x[~flags])) / m
    area = float(of_positive.mean())
    se = np.sqrt(of_positive.var(ddof=1) / m + of_others.var(ddof=1) / k)
    z = stats.norm.ppf((1 + level) / 2)
    weight = min(area, 1 - area) * min(m, k)
    kind = interval or ("delong" if weight >= ENOUGH else "score")
    if kind not in ("delong", "score"):
        raise BadInput("interval", repr(interval), "delong, score or None")
    if kind == "delong" and weight < FEWEST:
        raise NotEstimable("DeLong's interval", "the groups are small or hardly overlap", "interval='score'")
    if kind == "delong":
        around = Interval(max(0.0, float(area - z * se)), min(1.0, float(area + z * se)), level, "DeLong")
    else:
        around = Interval(*_score(area, m, k, float(z)), level, "score")
    cuts, place = np.unique(x, return_inverse=True)
    above = m - np.cumsum(np.bincount(place[flags], minlength=cuts.size))
    below = np.cumsum(np.bincount(place[~flags], minlength=cuts.size))
    best = int(np.argmax(above / m + below / k))
    return RocArea(
        area=area,
        interval=around,
        cut=float(cuts[best]),
        sensitivity=float(above[best] / m),
        specificity=float(below[best] / k),
        n=x.size,
        n_positive=m,
        level=level,
        method=around.method,
    )


def _score(area: float, m: int, k: int, z: float) -> tuple[float, float]:
    """Return the areas whose own variance just reaches the one seen."""
    mean = (m + k) / 2

    def excess(a: float) -> float:
        variance = a * (1 - a) * (2 * mean - 1 - (3 * mean - 3) / ((2 - a) * (1 + a))) / (m * k)
        return (area - a) ** 2 - z**2 * variance

    tiny = 1e-12  # at an area of exactly 0 or 1 the variance is zero there
    low = 0.0 if area <= 0 else float(optimize.brentq(excess, 0.0, min(area, 1 - tiny)))
    high = 1.0 if area >= 1 else float(optimize.brentq(excess, max(area, tiny), 1.0))
    return low, high
