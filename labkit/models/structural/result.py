"""What a structural fit says, on what scale, and how much data it stands on.

Two things people confuse: a level drawn through a gap and a level that was measured. `distance` says how far the nearest
known value is from each row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labkit.models.inputs import BadInput, NotEstimable
from labkit.models.interval import Interval
from labkit.models.structural.components import Component

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Effect:
    """The effect of one unit of a regressor, on the model's scale, with its interval."""

    name: str
    estimate: float
    sd: float
    interval: Interval
    scale: str
    n: int
    n_censored: int

    @property
    def ratio(self) -> float:
        """The factor by which a unit multiplies the median (log scale only)."""
        if self.scale != "log":
            raise NotEstimable("the ratio", "the model is on the identity scale", "the difference `estimate`")
        return float(np.exp(self.estimate))

    @property
    def ratio_interval(self) -> Interval:
        """Interval of `ratio`."""
        if self.scale != "log":
            raise NotEstimable("the ratio", "the model is on the identity scale", "the difference `estimate`")
        got = self.interval
        return Interval(float(np.exp(got.low)), float(np.exp(got.high)), got.level, got.method, got.approximate)

    def __str__(self) -> str:
        """Return one line."""
        seen = f"n = {self.n}, {self.n_censored} censored"
        return f"{self.name}: {self.estimate:.4g}, {self.interval} on the {self.scale} scale ({seen})"


@dataclass(frozen=True)
class StructuralFit:
    """Components, effects and variances of a structural model; all on `scale` unless asked for otherwise."""

    times: Floats
    components: dict[str, Component]  # trend, seasons, effects, remainder: their means sum to `observation`
    signal: Component  # all but the noise
    observation: Floats  # the value where exact, its mean given everything where censored, the signal where missing
    coefficients: dict[str, tuple[Floats, Floats, Floats, Floats]]
    contrasts: dict[str, tuple[Floats, Floats, Floats, Floats]]
    untold: dict[str, str]  # effects that are not estimable, and why
    variances: dict[str, float]  # noise; level, slope and season per unit of time
    kind: NDArray[np.int64]  # 0 missing, 1 exact, 2 censored
    n: int  # rows with something known
    n_censored: int
    level: float
    scale: str
    method: str
    loglik: float
    loglik_off: float | None  # approximate minus exact log likelihood at the likeliest variances; None where not measured
    loglik_error: float | None  # of that measurement
    settled: bool

    @property
    def n_exact(self) -> int:
        """Rows known exactly."""
        return self.n - self.n_censored

    @property
    def n_missing(self) -> int:
        """Rows without any value."""
        return int((self.kind == 0).sum())

    @property
    def trend(self) -> Component:
        """Level, or level with slope."""
        return self.components["trend"]

    @property
    def distance(self) -> Floats:
        """Time from each row to the nearest row known exactly, in the unit of times."""
        exact = self.times[self.kind == 1]
        if not exact.size:
            raise NotEstimable("the distance to an exact value", "no value is exact", "`n_censored` intervals carry the fit")
        return np.abs(self.times[:, None] - exact[None, :]).min(axis=1)

    def effect(self, name: str) -> Effect:
        """Give the effect of a regressor, or say why too few values bear on it."""
        if name not in self.coefficients:
            raise BadInput("name", repr(name), f"one of {sorted(self.coefficients)}")
        mean, sd, low, high = (float(part) for part in self.coefficients[name])
        if name in self.untold:
            raise NotEstimable(f"the effect of {name}", self.untold[name], "the share below the limit on each side")
        return Effect(name, mean, sd, Interval(low, high, self.level, self.method), self.scale, self.n, self.n_censored)

    def contrast(self, name: str) -> Effect:
        """Give a weighted sum of the trend, with the interval of the sum."""
        if name not in self.contrasts:
            raise BadInput("name", repr(name), f"one of {sorted(self.contrasts)}")
        mean, sd, low, high = (float(part) for part in self.contrasts[name])
        return Effect(name, mean, sd, Interval(low, high, self.level, self.method), self.scale, self.n, self.n_censored)

    def __str__(self) -> str:
        """Return one line: what was fitted, on what, how exactly."""
        off = ""
        if self.loglik_off is not None and self.loglik_error is not None:
            off = f", off by {self.loglik_off:+.2g} ± {self.loglik_error:.1g}"
        spread = ", ".join(f"{name} sd {np.sqrt(value):.3g}" for name, value in self.variances.items())
        return (
            f"{' + '.join(self.components)} on the {self.scale} scale from {self.n} values ({self.n_censored} censored), "
            f"{self.n_missing} rows without; {spread}; log likelihood {self.loglik:.6g}{off} ({self.method})"
        )
