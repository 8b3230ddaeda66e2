"""The likelihood of censored bivariate normal data: its maximum, and its profile in the correlation or in the slope."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from scipy import optimize

from labkit.models.association.order import Side
from labkit.models.inputs import Floats

Free = Literal["correlation", "slope"]


def _rough(side: Side) -> tuple[float, float]:
    """Return a first guess of mean and standard deviation from the finite ends."""
    finite = np.where(np.isfinite(side.high), side.high, side.low)
    finite = finite[np.isfinite(finite)]
    return float(np.mean(finite)), float(np.std(finite)) or 1.0


class BivariateLikelihood:
    """Parameters are (mean x, mean y, log sd x, log sd y, artanh rho); inside, both variables are standardised."""

    def __init__(self, x: Side, y: Side) -> None:
        from labkit.models.association.bivariate_kernel import negative_loglik  # compiled: loaded when first asked

        self._kernel: Callable[..., float] = negative_loglik
        self._centre, self._scale = zip(_rough(x), _rough(y), strict=True)
        self._ends = [
            np.ascontiguousarray((end - centre) / scale)
            for side, centre, scale in zip((x, y), self._centre, self._scale, strict=True)
            for end in (side.low, side.high)
        ]
        exact = (x.low == x.high), (y.low == y.high)
        self._shift = float(sum(e.sum() * math.log(s) for e, s in zip(exact, self._scale, strict=True)))
        both = exact[0] & exact[1]
        r = float(np.corrcoef(x.low[both], y.low[both])[0, 1]) if both.sum() > 2 else 0.0
        start = np.array([0.0, 0.0, 0.0, 0.0, math.atanh(max(-0.9, min(0.9, r if math.isfinite(r) else 0.0)))])
        found = optimize.minimize(self._value, start, jac=True, method="BFGS", options={"gtol": 1e-5})
        self._at, self._least = found.x, float(found.fun)

    def _value(self, theta: Floats) -> tuple[float, Floats]:
        gradient = np.empty(5)
        inside = np.clip(theta, [-1e3, -1e3, -30, -30, -9], [1e3, 1e3, 30, 30, 9])
        return self._kernel(inside, *self._ends, gradient), gradient

    @property
    def best(self) -> Floats:
        """Parameters at the maximum, in the units of the data."""
        move = np.array([*self._centre, *np.log(self._scale), 0.0])
        stretch = np.array([*self._scale, 1.0, 1.0, 1.0])
        return self._at * stretch + move

    @property
    def lowest(self) -> float:
        """Minus the log-likelihood there."""
        return self._least + self._shift

    def standard_errors(self) -> tuple[float, float]:
        """Return those of artanh rho and of the slope, from the curvature at the maximum."""
        step = 1e-4
        curve = np.empty((5, 5))
        for k in range(5):
            move = np.zeros(5)
            move[k] = step
            curve[k] = (self._value(self._at + move)[1] - self._value(self._at - move)[1]) / (2 * step)
        cover = np.linalg.pinv((curve + curve.T) / 2)
        rho = math.tanh(self._at[4])
        slope = rho * math.exp(self._at[3] - self._at[2])
        by = np.array([0.0, 0.0, -slope, slope, (1 - rho * rho) * math.exp(self._at[3] - self._at[2])])
        variances = float(cover[4, 4]), float(by @ cover @ by)
        z_error, slope_error = (math.sqrt(v) if v > 0 else 0.3 for v in variances)
        return z_error, slope_error * self._scale[1] / self._scale[0]

    def profile(self, what: Free, at: float, start: Floats | None = None) -> tuple[float, Floats]:
        """Return the loss of log-likelihood with artanh rho or the slope held at `at`, and the four free parameters."""
        if what == "correlation":
            first = self._at[:4] if start is None else start

            def held(free: Floats) -> tuple[float, Floats]:
                value, gradient = self._value(np.append(free, at))
                return value, gradient[:4]
        else:
            slope = at * self._scale[0] / self._scale[1]
            spread = self._at[3] - math.log(math.cosh(self._at[4]))  # log sd of y given x
            first = np.array([*self._at[:3], spread]) if start is None else start

            def held(free: Floats) -> tuple[float, Floats]:
                ratio = slope * math.exp(free[2] - free[3])
                rho = ratio / math.hypot(1.0, ratio)
                log_sd = free[3] + math.log(math.hypot(1.0, ratio))
                value, g = self._value(np.array([free[0], free[1], free[2], log_sd, math.asinh(ratio)]))
                by_x = g[2] + g[3] * rho * rho + g[4] * rho
                return value, np.array([g[0], g[1], by_x, g[3] * (1 - rho * rho) - g[4] * rho])

        found = optimize.minimize(held, first, jac=True, method="BFGS", options={"gtol": 1e-5})
        return float(found.fun) - self._least, found.x
