"""EWMA and CUSUM of the residuals of continuous series: small lasting departures, with a stated rate of false alarms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.alarms.outcome import check_alpha
from labkit.models.alarms.run_length import limit_for
from labkit.models.inputs import BadInput, Flags, Floats, check_enough, to_floats


@dataclass(frozen=True)
class ResidualChart:
    """The chart's statistic, its limit, and where it was passed; NaN where there was no residual."""

    statistic: Floats
    limit: float
    alarm: Flags
    alpha: float
    method: str
    n_censored: int = 0

    @property
    def n(self) -> int:
        """Residuals that were judged."""
        return int((~np.isnan(self.statistic)).sum())

    @property
    def level(self) -> float:
        """One minus the rate of false alarms a test."""
        return 1 - self.alpha

    def __str__(self) -> str:
        """Return one line."""
        told = ", ".join(map(str, np.flatnonzero(self.alarm)[-5:])) or "none"
        return (
            f"{int(self.alarm.sum())} alarms in {self.n} tests, one false in {1 / self.alpha:.4g} expected ({self.method}, "
            f"limit {self.limit:.4g}); last at places: {told}"
        )


def ewma(residuals: ArrayLike, *, weight: float = 0.2, alpha: float = 0.005, both: bool = True) -> ResidualChart:
    r"""Watch the exponentially weighted mean of standardised residuals.

    .. math:: Z_t = (1 - \lambda) Z_{t-1} + \lambda r_t, \qquad \text{alarm if } |Z_t| / \sqrt{\lambda / (2 - \lambda)} > c

    Parameters
    ----------
    residuals : array, shape (n,)
        Independent with mean 0 and variance 1 in control; NaN where nothing was measured (the chart waits). Residuals that
        resemble their neighbours, or a variance estimated from few, call more false alarms than stated.
    weight : float
        λ: small for small lasting shifts, 1 judges each residual alone.
    alpha : float
        False alarms a test in the long run: c makes the mean run 1 / alpha.
    both : bool
        Watch falls as well as rises.

    Returns
    -------
    ResidualChart
        `statistic` and `limit` in standard deviations of the settled mean. It starts anew after an alarm.

    Raises
    ------
    BadInput
        A weight outside 0 to 1, infinite values, none at all.

    Examples
    --------
    >>> print(ewma([0.1, -0.4, 0.8, 2.5, 2.1, 2.7, 0.2]))
    1 alarms in 7 tests, one false in 200 expected (EWMA 0.2, limit 2.635); last at places: 4
    """
    if not 0.01 <= weight <= 1:
        raise BadInput("weight", f"{weight}", "0.01 to 1")
    r = _residuals(residuals, alpha)
    limit = limit_for("ewma", float(weight), float(alpha), bool(both))
    settled = np.sqrt(weight / (2 - weight))
    statistic, alarm, z = np.full(r.size, np.nan), np.zeros(r.size, dtype=bool), 0.0
    for t in np.flatnonzero(~np.isnan(r)):
        z = (1 - weight) * z + weight * r[t]
        z = z if both else max(z, 0.0)
        statistic[t] = z / settled
        if abs(statistic[t]) > limit:
            alarm[t], z = True, 0.0
    return ResidualChart(statistic, limit, alarm, alpha, f"EWMA {weight:g}" + ("" if both else ", rises"))


def cusum_of_residuals(residuals: ArrayLike, *, k: float = 0.5, alpha: float = 0.005) -> ResidualChart:
    r"""Add up what standardised residuals exceed k by; rises only (turn the sign for falls).

    .. math:: C_t = \max(0, C_{t-1} + r_t - k), \qquad \text{alarm if } C_t > h

    Parameters
    ----------
    residuals : array, shape (n,)
        As in `ewma`.
    k : float
        Half the shift, in standard deviations, that is to be found soonest.
    alpha : float
        False alarms a test in the long run: h makes the mean run 1 / alpha.

    Raises
    ------
    BadInput
        What `ewma` refuses; k below zero.

    Examples
    --------
    >>> print(cusum_of_residuals([0.1, -0.4, 0.8, 2.5, 2.1, 2.7, 0.2]))
    1 alarms in 7 tests, one false in 200 expected (CUSUM 0.5, limit 3.502); last at places: 4
    """
    if not k >= 0:
        raise BadInput("k", f"{k}", "zero or more")
    r = _residuals(residuals, alpha)
    limit = limit_for("cusum", float(k), float(alpha), False)
    statistic, alarm, total = np.full(r.size, np.nan), np.zeros(r.size, dtype=bool), 0.0
    for t in np.flatnonzero(~np.isnan(r)):
        total = max(0.0, total + r[t] - k)
        statistic[t] = total
        if total > limit:
            alarm[t], total = True, 0.0
    return ResidualChart(statistic, limit, alarm, alpha, f"CUSUM {k:g}")


def _residuals(residuals: ArrayLike, alpha: float) -> Floats:
    check_alpha(alpha)
    r = to_floats("residuals", residuals, gaps=True)
    check_enough("residuals", int((~np.isnan(r)).sum()), 1, "something to judge")
    return r
