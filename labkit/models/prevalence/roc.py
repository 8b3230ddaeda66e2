"""How well a biomarker tells two groups apart, and where to cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from labkit.models.inputs import BadInput, check_level, to_flags, to_floats
from labkit.models.interval import Interval


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


def roc_area(values: ArrayLike, positive: ArrayLike, *, level: float = 0.95) -> RocArea:
    """Return the area under the ROC curve with DeLong's interval; ties count half.

    Censored values below one common limit may all be given at that limit: ranks are all that counts.

    Raises
    ------
    BadInput
        Lengths differ, missing values, or fewer than two in a group.

    Examples
    --------
    >>> found = roc_area([1, 2, 3, 4, 5, 6], [0, 0, 1, 0, 1, 1])
    >>> round(found.area, 4), found.cut
    (0.8889, 2.0)

    References
    ----------
    .. [1] E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 1988;44:837-845.
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
    cuts, place = np.unique(x, return_inverse=True)
    above = m - np.cumsum(np.bincount(place[flags], minlength=cuts.size))
    below = np.cumsum(np.bincount(place[~flags], minlength=cuts.size))
    best = int(np.argmax(above / m + below / k))
    return RocArea(
        area=area,
        interval=Interval(max(0.0, float(area - z * se)), min(1.0, float(area + z * se)), level, "DeLong"),
        cut=float(cuts[best]),
        sensitivity=float(above[best] / m),
        specificity=float(below[best] / k),
        n=x.size,
        n_positive=m,
        level=level,
    )
