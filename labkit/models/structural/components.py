"""Level, seasons and effects of a series given its data, and their intervals.

Two things people confuse: the smoothed level, which borrows from both sides, and the value of a day, which has its noise as
well. Components here sum to the observation; an interval is for the component, not for the next sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labkit.models.inputs import BadInput
from labkit.models.interval import Interval
from labkit.models.structural.design import Design
from labkit.models.structural.likelihood import Observed, Sites, approximate_loglik
from labkit.models.structural.variances import Point

Floats = NDArray[np.float64]
MOSTLY = 0.7  # share censored from which a band falls short
MEASURED_WHEN_MOSTLY_CENSORED = 0.917  # of a named 95 %: 60 rows, 80 % censored, 2,000 simulated series


@dataclass(frozen=True)
class Component:
    """One component over the rows, on the model's `scale`: mean, standard deviation, interval ends."""

    name: str
    mean: Floats
    sd: Floats
    low: Floats
    high: Floats
    level: float
    scale: str
    noise: float  # variance of the noise, for the mean after back-transformation
    n: int
    n_censored: int
    method: str

    @property
    def approximate(self) -> float | None:
        """Measured coverage of a 95 % interval where it falls short of .92: with more than 70 % censored."""
        return MEASURED_WHEN_MOSTLY_CENSORED if self.n_censored > MOSTLY * self.n else None

    def interval(self, row: int) -> Interval:
        """Give the interval of one row, on the model's scale."""
        return Interval(float(self.low[row]), float(self.high[row]), self.level, self.method, self.approximate)

    def natural(self, of: str = "median") -> tuple[Floats, Floats, Floats]:
        r"""Give the component in the unit of the values: centre, low, high.

        `of="median"`: :math:`e^{m}`, the value that half of the samples on this component lie below; `of="mean"`:
        :math:`e^{m + v/2 + \sigma^2/2}`, their arithmetic mean, which the noise :math:`\sigma^2` lifts; its interval ends are
        lifted by :math:`\sigma^2/2`. On the identity scale both are the component itself. A season or an effect is a factor.
        """
        if of not in ("median", "mean"):
            raise BadInput("of", repr(of), "'median' or 'mean'")
        if self.scale == "identity":
            return self.mean, self.low, self.high
        lift = self.noise / 2 if of == "mean" else 0.0
        middle = self.mean + (self.sd**2 / 2 + lift if of == "mean" else 0.0)
        return np.exp(middle), np.exp(self.low + lift), np.exp(self.high + lift)

    def __str__(self) -> str:
        """Return one line: where it starts and ends, and what it stands on."""
        return (
            f"{self.name} {self.mean[0]:.4g} to {self.mean[-1]:.4g} on the {self.scale} scale, "
            f"{self.level:.0%} half-width {np.median(self.high - self.low) / 2:.3g} (n = {self.n}, {self.n_censored} censored, "
            f"{self.method})"
        )


@dataclass(frozen=True)
class Smoothed:
    """Means and standard deviations of all components, and of coefficients, over the points of the variances."""

    components: dict[str, tuple[Floats, Floats]]  # name -> (points, rows) mean and sd
    coefficients: dict[str, tuple[Floats, Floats]]  # name -> (points,) mean and sd
    observation: Floats  # (rows,) mean of the value itself
    settled: bool


def smooth_points(design: Design, seen: Observed, points: Sequence[Point]) -> Smoothed:
    """Smooth at every point of the variances."""
    from labkit.models.structural.filter_kernel import smooth
    from labkit.models.structural.normal_kernel import truncated
    from labkit.models.structural.propagation_kernel import rows_of

    n = design.times.size
    sites, settled = Sites.none(n), True
    parts: dict[str, list[tuple[Floats, Floats]]] = {name: [] for name in (*design.shares, "signal")}
    effects: dict[str, list[tuple[float, float]]] = {name: [] for name in design.coefficients}
    value = np.zeros(n)
    for point in points:
        _lik, good = approximate_loglik(design, seen, point.variances, sites)
        settled &= good
        noise = float(point.variances["noise"])
        y, spread = np.empty(n), np.empty(n)
        rows_of(seen.kind, seen.low, noise, sites.weight, sites.pull, y, spread)
        _lik, f, v, f_out, v_out, state, cov = smooth(
            design.loads, design.steps, design.shock(point.variances), design.mean0, design.cov0, y, spread, True
        )
        for name, share in design.shares.items():
            parts[name].append(
                (
                    np.einsum("ij,ij->i", share, state),
                    np.sqrt(np.clip(np.einsum("ij,ijk,ik->i", share, cov, share), 0, None)),
                )
            )
        parts["signal"].append((f, np.sqrt(v)))
        for name, at in design.coefficients.items():
            effects[name].append((float(state[-1, at]), float(np.sqrt(max(cov[-1, at, at], 0.0)))))
        for i in range(n):
            if seen.kind[i] == 1:
                value[i] += point.weight * seen.low[i]
            elif seen.kind[i] == 2:
                value[i] += point.weight * truncated(f_out[i], v_out[i] + noise, seen.low[i], seen.high[i])[1]
            else:
                value[i] += point.weight * f[i]
    return Smoothed(
        {name: (np.array([m for m, _ in found]), np.array([s for _, s in found])) for name, found in parts.items()},
        {name: (np.array([m for m, _ in found]), np.array([s for _, s in found])) for name, found in effects.items()},
        value,
        settled,
    )


def mix(means: Floats, sds: Floats, weights: Floats, level: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Mean, standard deviation and central interval of a mixture of normals, mixed along the first axis."""
    from scipy.special import ndtr, ndtri

    weights = weights.reshape((-1,) + (1,) * (means.ndim - 1))
    mean = (weights * means).sum(0)
    sd = np.sqrt((weights * (sds**2 + (means - mean) ** 2)).sum(0))
    ends = []
    safe = np.where(sds > 0, sds, 1e-300)
    for p in ((1 - level) / 2, (1 + level) / 2):
        if len(means) == 1:
            ends.append(mean + ndtri(p) * sd)
            continue
        reach = abs(ndtri(p))
        low, high = (means - 1.5 * reach * safe).min(0), (means + 1.5 * reach * safe).max(0)
        for _ in range(26):
            middle = (low + high) / 2
            below = (weights * ndtr((middle - means) / safe)).sum(0) < p
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        ends.append((low + high) / 2)
    return mean, sd, ends[0], ends[1]
