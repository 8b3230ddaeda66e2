"""A structural model as matrices: which states there are, how they move over real time, and what each row sees of them.

Two things people confuse: a gap and a step. A gap of five weeks is five weeks of movement of the level, whatever its row
number; a second sample of the same day is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labkit.models.inputs import BadInput

Floats = NDArray[np.float64]
BROAD = 100.0  # prior standard deviation of level, slope and seasons, in spreads of the data: broad, yet a probability
EFFECT = 3.0  # of an effect over the range of its regressor: limits on one side alone would carry it off to infinity


@dataclass(frozen=True)
class Design:
    """Rows and states of a model; `shares` say which states belong to which component."""

    times: Floats
    loads: Floats
    steps: Floats
    shocks: dict[str, Floats]  # variance name -> shape (n, m, m) at variance one
    shares: dict[str, Floats]  # component -> loads with all other states set to zero
    mean0: Floats
    cov0: Floats
    spread: float
    coefficients: dict[str, int]  # regressor -> its state

    @property
    def variances(self) -> tuple[str, ...]:
        """Names of the variances, the noise first."""
        return ("noise", *self.shocks)

    def shock(self, variances: Mapping[str, float]) -> Floats:
        """Return the covariance of each step."""
        total = np.zeros_like(self.steps)
        for name, unit in self.shocks.items():
            total += variances[name] * unit
        return total


def make_design(
    times: Floats,
    trend: str,
    seasons: Sequence[tuple[float, int | str]],
    regressors: Mapping[str, Floats],
    *,
    changing_seasons: bool,
    centre: float,
    spread: float,
) -> Design:
    """Build the matrices; `centre` and `spread` set where the broad prior lies and how broad it is."""
    if trend not in ("level", "linear"):
        raise BadInput("trend", repr(trend), "'level' or 'linear'")
    n = times.size
    gaps = np.diff(times, prepend=times[0])
    m = 1 + (trend == "linear")
    sizes = []
    for period, form in seasons:
        if not (np.isfinite(period) and period > 0):
            raise BadInput("seasons", f"period {period}", "pairs (period above zero in the unit of times, harmonics)")
        if form == "dummy":
            if period != round(period) or period < 2 or not np.allclose(gaps[1:], 1):
                raise BadInput("seasons", "dummies on an irregular grid", "dummies with a whole period and times one apart")
            sizes.append(int(period) - 1)
        elif isinstance(form, (int, np.integer)) and form >= 1:
            sizes.append(2 * int(form))
        else:
            raise BadInput("seasons", f"harmonics {form!r}", "a whole number of 1 or more, or 'dummy'")
    size = m + sum(sizes) + len(regressors)
    loads, steps = np.zeros((n, size)), np.tile(np.eye(size), (n, 1, 1))
    loads[:, 0] = 1
    shares, shocks = {"trend": np.zeros((n, size))}, {"level": np.zeros((n, size, size))}
    shares["trend"][:, 0] = 1
    shocks["level"][:, 0, 0] = gaps
    if trend == "linear":
        steps[:, 0, 1] = gaps
        unit = np.zeros((n, size, size))
        unit[:, 1, 1] = gaps
        if np.allclose(gaps, np.round(gaps), rtol=0, atol=1e-12):  # whole steps: the slope changes between them, as in StructTS
            unit[:, 0, 0] = gaps * (gaps - 1) * (2 * gaps - 1) / 6
            unit[:, 0, 1] = unit[:, 1, 0] = gaps * (gaps - 1) / 2
        else:  # real time: an integrated random walk
            unit[:, 0, 0] = gaps**3 / 3
            unit[:, 0, 1] = unit[:, 1, 0] = gaps**2 / 2
        shocks["slope"] = unit
    at = m
    for (period, form), wide in zip(seasons, sizes, strict=True):
        name, unit = f"season {period:g}", np.zeros((n, size, size))
        if form == "dummy":
            block = np.zeros((wide, wide))
            block[0], block[np.arange(1, wide), np.arange(wide - 1)] = -1, 1
            steps[1:, at : at + wide, at : at + wide] = block
            loads[:, at] = 1
            unit[1:, at, at] = 1
        else:
            for j in range(wide // 2):
                angle = 2 * np.pi * (j + 1) * times / period
                loads[:, at + 2 * j], loads[:, at + 2 * j + 1] = np.cos(angle), np.sin(angle)
            for j in range(wide):
                unit[:, at + j, at + j] = gaps
        shares[name] = np.zeros((n, size))
        shares[name][:, at : at + wide] = loads[:, at : at + wide]
        if changing_seasons:
            shocks[name] = unit
        at += wide
    coefficients = {}
    for name, values in regressors.items():
        if name in shares or name == "remainder":
            raise BadInput("regressors", f"the name {name!r}", "names that no other component has")
        loads[:, at] = values
        shares[name] = np.zeros((n, size))
        shares[name][:, at] = values
        coefficients[name] = at
        at += 1
    mean0, widths = np.zeros(size), np.full(size, BROAD * spread)
    mean0[0] = centre
    if trend == "linear":
        widths[1] /= max(times[-1] - times[0], 1e-12)
    for name, state in coefficients.items():
        widths[state] = EFFECT * spread / max(float(np.ptp(regressors[name])), 1e-12)
    return Design(times, loads, steps, shocks, shares, mean0, np.diag(widths**2), spread, coefficients)
