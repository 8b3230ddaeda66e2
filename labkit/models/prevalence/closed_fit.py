"""Cells of a log-linear model of the seen, the number of the unseen, and the profile of its likelihood.

Two things people confuse: the normal interval of the unseen, which can reach below those seen, and the profile, which cannot.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

from labkit.models.inputs import BadInput, Floats, NotEstimable
from labkit.models.interval import Interval
from labkit.models.prevalence.histories import Histories, heterogeneity_columns, term_columns
from labkit.models.prevalence.loglinear import LoglinearFit, fit_loglinear

FARTHEST = 1e5  # the profile is followed up to this many times the unseen


@dataclass(frozen=True)
class ClosedPopulation:
    """A number of persons from a log-linear model; its profile interval is infinite above where it never closes."""

    value: float
    se: float
    interval: Interval
    most_likely: float  # of the multinomial likelihood behind the interval; a little below `value`
    seen: int
    deviance: float
    df: int
    aic: float
    bic: float
    model: str
    method: str
    level: float
    warnings: tuple[str, ...] = ()
    n_censored: int = 0

    @property
    def n(self) -> int:
        """Persons seen."""
        return self.seen

    def __str__(self) -> str:
        """Return one line."""
        said = f"; {'; '.join(self.warnings)}" if self.warnings else ""
        return (
            f"{self.value:,.1f} ({self.interval.low:,.0f} to {self.interval.high:,.0f}), {self.seen} seen "
            f"({self.model}, {self.method}{said})"
        )


@dataclass(frozen=True)
class Cells:
    """A table ready for fitting: what is counted, the design with its constant, and how many columns are not heterogeneity."""

    design: Floats
    counts: Floats
    offset: Floats
    plain: int
    seen: int
    lower_bound: bool  # Chao's columns: none may be negative

    def fit(self, unseen: float | None = None, start: Floats | None = None) -> LoglinearFit:
        """Fit, with the unseen as one more cell if given; negative columns of Chao's are dropped one by one."""
        design, counts, offset = self.design, self.counts, self.offset
        if unseen is not None:
            row = np.zeros(design.shape[1])
            row[0] = 1
            design, counts, offset = np.vstack([design, row]), np.append(counts, unseen), np.append(offset, 0.0)
        found = fit_loglinear(design, counts, offset, start)
        while self.lower_bound:
            negative = np.flatnonzero(found.coefficients[self.plain :] < 0)
            if not negative.size:
                break
            design = np.delete(design, self.plain + negative[0], axis=1)
            found = fit_loglinear(design, counts, offset)
        return found

    def loglik(self, total: float, start: Floats | None = None) -> float:
        """Return the profile log likelihood of the number of persons, multinomial, up to a constant."""
        unseen = max(total - self.seen, 0.0)
        found = self.fit(unseen, start)
        whole = self.seen + unseen
        return -found.deviance / 2 + float(
            special.xlogy(unseen, unseen)
            - special.gammaln(unseen + 1)
            - special.xlogy(whole, whole)
            + special.gammaln(whole + 1)
        )


def listed_cells(
    data: Histories, model: str, heterogeneity: str | None, theta: float | None, members: Sequence[tuple[int, ...]]
) -> Cells:
    """Return the cells of a model of lists."""
    times = data.times
    main = data.table if "t" in model else times[:, None]
    plain = np.column_stack([np.ones(times.size), main, term_columns(data.table, members)])
    design = np.column_stack([plain, heterogeneity_columns(times, heterogeneity, theta, data.lists)])
    return Cells(design, data.counts, np.zeros(times.size), plain.shape[1], data.seen, heterogeneity == "chao")


def estimate(
    cells: Cells, name: str, level: float, warnings: tuple[str, ...] = (), *, profile: bool = True
) -> ClosedPopulation:
    """Fit a model and follow its profile likelihood."""
    if cells.plain > cells.counts.size:
        raise BadInput("terms", f"{cells.plain} parameters", f"at most {cells.counts.size}, one a history")
    fit = cells.fit()
    intercept, variance = float(fit.coefficients[0]), float(fit.covariance[0, 0])
    if not fit.bounded and (intercept < -10 or intercept > 20 or variance > 100):
        raise NotEstimable(
            f"the number of persons ({name})",
            "histories that the model needs are empty, and the unseen run off",
            "a model without that term",
        )
    unseen = math.exp(intercept)
    value, se = cells.seen + unseen, math.sqrt(unseen + unseen**2 * variance)
    top, interval = (value, wald(value, se, cells.seen, level)) if not profile else follow(cells, value, level)
    n = cells.seen
    return ClosedPopulation(
        value=value, se=se, interval=interval, most_likely=top, seen=n, deviance=fit.deviance, df=cells.counts.size - fit.rank,
        aic=2 * fit.rank - 2 * fit.loglik, bic=math.log(n) * fit.rank - 2 * fit.loglik, model=name, method=interval.method,
        level=level, warnings=warnings,
    )  # fmt: skip


def follow(cells: Cells, value: float, level: float) -> tuple[float, Interval]:
    """Return the most likely number and the ends at which the likelihood has fallen by the quantile of chi-squared."""
    n, plain = cells.seen, cells.fit().coefficients
    start = plain if plain.size == cells.design.shape[1] else None  # None: columns were dropped
    found = optimize.minimize_scalar(
        lambda total: -cells.loglik(total, start),
        bounds=(n, n + 1.5 * (value - n) + 2),
        method="bounded",
        options={"xatol": 1e-6 * value},
    )
    top, best = float(found.x), -float(found.fun)
    at_seen = cells.loglik(n)
    if at_seen >= best:
        top, best = float(n), at_seen
    lost = float(stats.chi2.ppf(level, 1)) / 2
    return top, Interval(
        *profile_ends(lambda total: cells.loglik(total, start) - best + lost, n, top), level, "profile likelihood"
    )


def profile_ends(height: Callable[[float], float], seen: int, top: float) -> tuple[float, float]:
    """Return where the profile crosses zero on either side; the seen, or infinity, where it does not."""
    low = float(seen)
    if top > seen and height(seen) < 0:
        low = float(optimize.brentq(height, seen, top, xtol=1e-8 * top))
    reach = max(top - seen, 0.5)
    near, far = top, top + reach
    while height(far) > 0:
        near, far = far, seen + 2 * (far - seen)
        if far - seen > FARTHEST * reach:
            return low, math.inf
    return low, float(optimize.brentq(height, near, far, xtol=1e-8 * top))


def wald(value: float, se: float, seen: int, level: float) -> Interval:
    """Return the interval that is lognormal in the unseen."""
    unseen = value - seen
    if unseen <= 0:
        return Interval(float(seen), value, level, "nobody unseen")
    factor = math.exp(float(stats.norm.ppf((1 + level) / 2)) * math.sqrt(math.log1p((se / unseen) ** 2)))
    return Interval(seen + unseen / factor, seen + unseen * factor, level, "lognormal in the unseen")
