"""A funnel: areas against what chance alone spreads them by, with the overdispersion that real areas have.

Two things people confuse: the highest rate and the most remarkable one. Small areas have the highest and the lowest rates by
chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from labkit.models.inputs import BadInput, check_enough, to_floats

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Funnel:
    """Rates with exact limits of each, and z against the common rate, divided by the overdispersion."""

    rate: Floats
    low: Floats
    high: Floats
    common: float
    z: Floats
    overdispersion: float
    outside: NDArray[np.bool_]
    n: int
    level: float
    n_censored: int = 0
    method: str = "Poisson, multiplicative overdispersion from winsorised z"

    def __str__(self) -> str:
        """Return one line."""
        return f"{int(self.outside.sum())} of {self.n} areas outside, overdispersion {self.overdispersion:.3g} ({self.method})"


def funnel(counts: ArrayLike, exposure: ArrayLike, *, per: float = 1.0, level: float = 0.95) -> Funnel:
    r"""Compare rates of areas with their common rate.

    .. math:: z_i = 2\{\sqrt{y_i} - \sqrt{r E_i}\} / \sqrt{\phi}, \qquad \phi = \max\{1, \overline{z^2}\} \text{ (winsorised at
       a tenth)}

    Parameters
    ----------
    counts, exposure : array, shape (n,)
        Events and person-years (or persons, samples) of each area.
    per : float
        Rates are given per this much exposure.
    level : float
        Of each area's exact Poisson interval, and of the limits that `outside` refers to.

    Raises
    ------
    BadInput
        Fewer than five areas, negative counts, exposure not above zero.

    Examples
    --------
    >>> print(funnel([12, 9, 11, 10, 40], [1000, 1000, 1000, 1000, 1000]))
    1 of 5 areas outside, overdispersion 3.13 (Poisson, multiplicative overdispersion from winsorised z)

    References
    ----------
    .. [1] D. J. Spiegelhalter, "Funnel plots for comparing institutional performance", Stat Med 2005;24:1185-1202.
    """
    y, e = to_floats("counts", counts), to_floats("exposure", exposure, positive=True)
    check_enough("counts", y.size, 5, "areas to compare")
    if y.size != e.size or (y < 0).any():
        raise BadInput("counts", "a negative count or another length", "counts, one an exposure")
    tail = (1 - level) / 2
    low = np.where(y > 0, stats.chi2.ppf(tail, np.maximum(2 * y, 1e-12)) / 2, 0.0)
    high = stats.chi2.ppf(1 - tail, 2 * (y + 1)) / 2
    common = y.sum() / e.sum()
    raw = 2 * (np.sqrt(y) - np.sqrt(common * e))
    ends = np.quantile(raw, [0.1, 0.9])
    phi = max(1.0, float((np.clip(raw, *ends) ** 2).mean()))
    z = raw / np.sqrt(phi)
    outside = np.abs(z) > stats.norm.ppf(1 - tail)
    return Funnel(y / e * per, low / e * per, high / e * per, float(common * per), z, phi, outside, int(y.size), level)
