"""Robust regression on order statistics: the model fills in only what lies below the limits, and never one value at a time.

Two things people confuse: the modelled values, which serve a mean or a spread together, and measurements, which they are not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from labkit.models.censored.counts import mean_or_reason, read_left
from labkit.models.inputs import BadInput, Flags, Floats, NotEstimable, known


@dataclass(frozen=True)
class RosFit:
    """Measured values above, modelled ones below the limits, ordered together."""

    modelled: Floats
    intercept: float
    slope: float
    n: int
    n_censored: int
    n_dropped: int
    mean_or_reason: float | NotEstimable
    scale: str
    method: str
    level: float | None = None  # no interval is offered

    @property
    def mean(self) -> float:
        """The mean; refused above 80 % censored."""
        return known(self.mean_or_reason)

    @property
    def sd(self) -> float:
        """The standard deviation; refused with the mean."""
        known(self.mean_or_reason)
        return float(self.modelled.std(ddof=1))

    @property
    def median(self) -> float:
        """The median."""
        return self.quantile(0.5)

    def quantile(self, p: float) -> float:
        """Return a quantile, by straight lines between the ordered values."""
        if not 0 <= p <= 1:
            raise BadInput("p", f"{p}", "a probability")
        return float(np.quantile(self.modelled, p))

    def __str__(self) -> str:
        """Return one line."""
        mean = self.mean_or_reason
        told = str(mean) if isinstance(mean, NotEstimable) else f"mean {mean:.4g}"
        dropped = f", {self.n_dropped} limits above every detect left out" if self.n_dropped else ""
        return f"{told}, median {self.median:.4g}, n = {self.n}, {self.n_censored} censored{dropped} ({self.method})"


def fit_ros(
    values: ArrayLike,
    censored: ArrayLike | None = None,
    *,
    scale: str = "log",
    constant: float = 0.0,
    ranks: bool = False,
) -> RosFit:
    r"""Fit a line through the normal scores of the detects, and read what lies below the limits from it.

    Exceedance of the limits, from the highest down, :math:`P_i = P_{i+1} + \frac{A_i}{A_i + B_i}(1 - P_{i+1})` with
    :math:`A_i` detects from limit i to the next and :math:`B_i` values below it; detects of rank r between two limits stand at
    :math:`1 - P_i + (P_i - P_{i+1}) \frac{r - a}{A_i + 1 - 2a}`, censored ones at :math:`(1 - P_i)\frac{r - a}{C_i + 1 - 2a}`.

    Parameters
    ----------
    values : array, shape (n,)
        Any unit, above zero under "log"; for a censored value its limit. Any number of limits.
    censored : array of bool, shape (n,)
        Which values lie below what stands there.
    scale : {"log", "identity"}
        On which the line is straight. "identity" can model values below zero.
    constant : float
        a in the plotting positions: 0 (Weibull, as NADA), 0.375 (Blom, as EnvStats).
    ranks : bool
        Positions ``(rank - a) / (n + 1 - 2a)``; only with one limit below every detect.

    Returns
    -------
    RosFit
        `.mean .sd .median .quantile(p)`. No interval: none tried held its name.

    Raises
    ------
    BadInput
        What `fit_lognormal` refuses; fewer than three values.
    NotEstimable
        The mean above 80 % censored, when asked.

    Notes
    -----
    A limit above every detect tells nothing and is left out; `n_dropped` says how many, n and n_censored do not count them.

    Examples
    --------
    >>> found = fit_ros([0.5, 0.5, 1.0, 1.5, 5.0, 10.0, 100.0], [True, False, False, True, False, False, False])
    >>> round(found.mean, 3), round(found.median, 3)
    (16.69, 1.0)

    References
    ----------
    .. [1] D. R. Helsel and T. A. Cohn, "Estimation of descriptive statistics for multiply censored water quality data", Water
       Resources Research 1988;24:1997-2004.
    """
    if scale not in ("log", "identity"):
        raise BadInput("scale", repr(scale), "log or identity")
    if not 0 <= constant < 1:
        raise BadInput("constant", f"{constant}", "0 to below 1")
    x, flags = read_left(values, censored, 3, positive=scale == "log")
    useless = flags & (x > x[~flags].max())
    x, flags = x[~useless], flags[~useless]
    order = np.lexsort((~flags, x))  # at one number a censored value lies below a detect
    x, flags = x[order], flags[order]
    if ranks:
        if np.unique(x[flags]).size > 1 or (x[~flags] < x[flags].max(initial=-np.inf)).any():
            raise BadInput("ranks", "several limits, or a detect below one", "one limit below every detect")
        place = (np.arange(1, x.size + 1) - constant) / (x.size + 1 - 2 * constant)
    else:
        place = _hirsch_stedinger(x, flags, constant)
    score, y = ndtri(place), np.log(x) if scale == "log" else x
    slope, intercept = np.polyfit(score[~flags], y[~flags], 1)
    line = intercept + slope * score
    filled = np.where(flags, line, y)
    modelled = np.exp(filled) if scale == "log" else filled
    n, n_censored = x.size, int(flags.sum())
    return RosFit(
        modelled=modelled,
        intercept=float(intercept),
        slope=float(slope),
        n=n,
        n_censored=n_censored,
        n_dropped=int(useless.sum()),
        mean_or_reason=mean_or_reason(float(modelled.mean()), n, n_censored),
        scale=scale,
        method=f"regression on order statistics, {scale} scale",
    )


def _hirsch_stedinger(x: Floats, flags: Flags, a: float) -> Floats:
    limits = np.unique(x[flags])
    if limits.size == 0 or (x[~flags] < limits[0]).any():
        limits = np.r_[-np.inf, limits]
    ends = np.r_[limits, np.inf]
    exceed = np.zeros(limits.size + 1)
    for i in range(limits.size - 1, -1, -1):
        above = np.count_nonzero(~flags & (x >= ends[i]) & (x < ends[i + 1]))
        below = np.count_nonzero(flags & (x <= ends[i])) + np.count_nonzero(~flags & (x < ends[i]))
        exceed[i] = exceed[i + 1] + (above / (above + below) if above + below else 0.0) * (1 - exceed[i + 1])
    place = np.empty(x.size)
    for i in range(limits.size):
        mine = np.flatnonzero(~flags & (x >= ends[i]) & (x < ends[i + 1]))
        ranks = np.arange(1, mine.size + 1)
        place[mine] = 1 - exceed[i] + (exceed[i] - exceed[i + 1]) * (ranks - a) / (mine.size + 1 - 2 * a)
        cut = np.flatnonzero(flags & (x == limits[i]))
        place[cut] = (1 - exceed[i]) * (np.arange(1, cut.size + 1) - a) / (cut.size + 1 - 2 * a)
    return place
