"""Kaplan-Meier for values below limits, and Turnbull's estimate for intervals: no model at all.

Two things people confuse: the share below the smallest detect, which is estimated, and where that share lies, which is not. Two
conventions put it at the smallest detect or at the lowest limit; both are named, and the mean depends on them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from labkit.models.censored.counts import mean_or_reason, read_left
from labkit.models.inputs import BadInput, Floats, NotEstimable, check_enough, check_level, known, to_intervals
from labkit.models.interval import Interval

LOWEST = ("smallest detect", "limit")


@dataclass(frozen=True)
class KaplanMeier:
    """The estimated distribution: mass at places, in rising order."""

    places: Floats
    mass: Floats
    share_at_or_below: Floats
    share_se: Floats  # of the share at or below each place
    n: int
    n_censored: int
    mean_or_reason: float | NotEstimable
    se_or_reason: float | NotEstimable
    unplaced: float  # share whose place is only a convention
    lowest: str
    level: float
    method: str

    @property
    def mean(self) -> float:
        """The mean under the convention `lowest`; refused above 80 % censored."""
        return known(self.mean_or_reason)

    @property
    def se(self) -> float:
        """Standard error of the mean (Greenwood, times m / (m - 1) for m placed values)."""
        return known(self.se_or_reason)

    @property
    def sd(self) -> float:
        """Standard deviation of the estimated distribution, refused with the mean."""
        return float(np.sqrt((self.mass * (self.places - self.mean) ** 2).sum()))

    @property
    def median(self) -> float:
        """The median."""
        return self.quantile(0.5)

    def quantile(self, p: float) -> float:
        """Return the smallest place at or below which a share p lies; below the unplaced share there is none."""
        if not 0 < p < 1:
            raise BadInput("p", f"{p}", "a probability between 0 and 1")
        if p <= self.unplaced + 1e-12:
            share = f"{self.unplaced:.0%} of the distribution lie below the smallest detect"
            raise NotEstimable(f"the {p:.0%} quantile", share, f"it is below {self._smallest_detect():.4g}")
        return float(self.places[np.searchsorted(self.share_at_or_below, p - 1e-12)])

    def quantile_interval(self, p: float, level: float | None = None) -> Interval:
        """Return limits of the quantile itself: the places where the share at or below does not differ from p."""
        level = check_level(level or self.level)
        self.quantile(p)
        z = stats.norm.ppf((1 + level) / 2)
        share = np.clip(self.share_at_or_below, 1e-9, 1 - 1e-9)
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.where(self.share_se > 0, self.share_se / (share * (1 - share)), np.inf)
            apart = (np.log(share / (1 - share)) - np.log(p / (1 - p))) / spread
        below = np.flatnonzero(apart >= -z)
        above = np.flatnonzero((apart > z) & (self.share_se > 0))
        low = float(self.places[below[0]]) if below.size else -np.inf
        if self.unplaced and below.size and below[0] == self._first():
            low = 0.0 if self.places[0] >= 0 else -np.inf  # the lower end lies among the unplaced
        high = float(self.places[above[0]]) if above.size else float("inf")
        return Interval(low, high, level, "inverted shares (logit)")

    def _first(self) -> int:
        return int(self.lowest == "limit" and self.unplaced > 0)

    def _smallest_detect(self) -> float:
        return float(self.places[self._first()])

    def __str__(self) -> str:
        """Return one line."""
        mean = self.mean_or_reason
        told = str(mean) if isinstance(mean, NotEstimable) else f"mean {mean:.4g} (se {self.se_or_reason:.3g})"
        where = f"; {self.unplaced:.0%} put at the {self.lowest} by convention" if self.unplaced else ""
        return f"{told}{where}, n = {self.n}, {self.n_censored} censored ({self.method})"


def fit_kaplan_meier(
    values: ArrayLike | None = None,
    censored: ArrayLike | None = None,
    *,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    lowest: str = "smallest detect",
    level: float = 0.95,
) -> KaplanMeier:
    r"""Estimate the distribution without a model.

    For left-censored values, from the largest detect down, :math:`F(x-) = F(x)\,(1 - d_x / n_x)` with d detects at x, n values
    at or below x (a censored value at its limit, below a detect of the same number). For intervals Turnbull's estimate by EM.

    Parameters
    ----------
    values, censored
        As `fit_lognormal`; values may be negative.
    low, high : array, shape (n,), optional
        Instead: ends of what is known; mass is then put at the upper ends of the innermost intervals, and there is no
        standard error.
    lowest : {"smallest detect", "limit"}
        Where the share below the smallest detect is put: at that detect (as most programs do; the mean is then an upper
        one), or at the lowest limit (Efron).
    level : float
        Of intervals of quantiles.

    Raises
    ------
    BadInput
        What `fit_lognormal` refuses except values below zero; an unknown convention.
    NotEstimable
        The mean above 80 % censored; a quantile below the smallest detect.

    Examples
    --------
    >>> print(fit_kaplan_meier([1.0, 2.0, 3.0, 4.0], [True, False, False, False], lowest="limit"))
    mean 2.5 (se 0.645); 25% put at the limit by convention, n = 4, 1 censored (Kaplan-Meier)

    References
    ----------
    .. [1] D. R. Helsel, "Statistics for Censored Environmental Data Using Minitab and R", 2012, ch. 6.
    .. [2] B. W. Turnbull, "The empirical distribution function with arbitrarily grouped, censored and truncated data", JRSS B
       1976;38:290-295.
    """
    check_level(level)
    if lowest not in LOWEST:
        raise BadInput("lowest", repr(lowest), ", ".join(LOWEST))
    if values is None:
        return _turnbull(low, high, lowest, level)
    if low is not None or high is not None:
        raise BadInput("low, high", "given beside values", "values with flags, or low with high")
    x, flags = read_left(values, censored, 3, positive=False)
    detects, counts = np.unique(x[~flags], return_counts=True)
    at_risk = np.searchsorted(np.sort(x), detects, side="right").astype(float)
    keep = 1 - counts / at_risk
    below = np.cumprod(keep[::-1])[::-1]  # share strictly below each detect
    share = np.r_[below[1:], 1.0]
    mass = share - below
    unplaced = float(below[0])
    if unplaced < 1e-12:
        unplaced = 0.0
    limit = float(x[flags].min()) if flags.any() else np.nan
    with np.errstate(divide="ignore"):
        terms = counts / (at_risk * (at_risk - counts))
    terms[~np.isfinite(terms)] = 0.0
    spread = share * np.sqrt(np.r_[np.cumsum(terms[::-1])[::-1][1:], 0.0])
    places = detects
    if unplaced and lowest == "limit" and limit < detects[0]:
        places, mass, share = np.r_[limit, detects], np.r_[unplaced, mass], np.r_[unplaced, share]
        spread = np.r_[unplaced * np.sqrt(terms.sum()), spread]
    elif unplaced:
        mass = mass.copy()
        mass[0] += unplaced
    mean = float((places * mass).sum())
    gaps = np.diff(places)
    areas = np.cumsum(share[:-1] * gaps)  # between the lowest place and each next one, under the share
    terms_at = terms[-areas.size :] if areas.size else terms[:0]
    at_limit = unplaced > 0 and lowest == "limit" and limit <= detects[0]
    counted = counts.sum() + (np.count_nonzero(flags & (x == limit)) if at_limit else 0)
    se = float(np.sqrt((areas**2 * terms_at).sum() * counted / max(counted - 1, 1)))
    n, n_censored = x.size, int(flags.sum())
    told = mean_or_reason(mean, n, n_censored)
    return KaplanMeier(
        places=places,
        mass=mass,
        share_at_or_below=share,
        share_se=spread,
        n=n,
        n_censored=n_censored,
        mean_or_reason=told,
        se_or_reason=told if isinstance(told, NotEstimable) else se,
        unplaced=unplaced,
        lowest=lowest,
        level=level,
        method="Kaplan-Meier",
    )


def _turnbull(low: ArrayLike | None, high: ArrayLike | None, lowest: str, level: float) -> KaplanMeier:
    if low is None or high is None:
        raise BadInput("low, high", "one of them missing", "values with flags, or low with high")
    down, up = to_intervals(low, high)
    check_enough("low", down.size, 3, "location and spread")
    if np.isposinf(up).all():
        raise BadInput("high", "every value open above", "an upper end for at least one")
    ends = np.unique(np.r_[down[np.isfinite(down)], up])
    ends = ends[np.isfinite(ends)]
    inside = (ends[None, :] <= up[:, None]) & (
        (ends[None, :] > down[:, None]) | ((down == up)[:, None] & (ends == down[:, None]))
    )
    usable = inside.any(axis=0)
    places, inside = ends[usable], inside[:, usable].astype(float)
    lost = inside.sum(axis=1) == 0
    if lost.any():  # open above every end: its mass goes to the last place, as a lower convention
        inside[lost, -1] = 1.0
    mass = np.full(places.size, 1 / places.size)
    for _ in range(20_000):
        step = mass * (inside / (inside @ mass)[:, None]).mean(axis=0)
        if np.abs(step - mass).max() < 1e-12:
            break
        mass = step
    kept = mass > 1e-9
    places, mass = places[kept], mass[kept] / mass[kept].sum()
    n, n_censored = down.size, int((down != up).sum())
    return KaplanMeier(
        places=places,
        mass=mass,
        share_at_or_below=np.cumsum(mass),
        share_se=np.zeros(places.size),
        n=n,
        n_censored=n_censored,
        mean_or_reason=mean_or_reason(float((places * mass).sum()), n, n_censored),
        se_or_reason=NotEstimable("the standard error", "intervals on both sides", "a bootstrap of the rows"),
        unplaced=0.0,
        lowest=lowest,
        level=level,
        method="Turnbull, mass at upper ends",
    )
