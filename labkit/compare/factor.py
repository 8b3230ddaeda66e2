"""One hidden series behind three matrices: how much of each it explains, where that can be told at all.

Two things people confuse: a model that fits and a model that was tested. Three correlations determine three loadings exactly,
so that nothing is left over to test, and no test is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from labkit.compare.association import align, latent_correlation
from labkit.compare.sides import Side
from labkit.models.inputs import BadInput, NotEstimable
from labkit.models.interval import Interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Loadings:
    """Correlation of each matrix's latent window mean with the common factor; water's sign is fixed as positive."""

    drug: str
    matrices: tuple[str, str, str]
    loading: tuple[float, float, float]
    interval: tuple[Interval, Interval, Interval]
    areas: int
    level: float


def one_factor(water: Side, hair: Side, blood: Side, *, level: float = 0.95) -> Loadings:
    r"""Return the loadings of a one-factor model on areas and months.

    .. math:: \lambda_1^2 = \frac{\rho_{12}\, \rho_{13}}{\rho_{23}}

    from the latent correlations of all three pairs on the window of hair; intervals by a jackknife over areas (logit scale).

    Raises
    ------
    BadInput
        Other matrices than water, hair and blood.
    NotEstimable
        A Heywood case (a loading above 1, or a negative product), or a pair that is not estimable: no number is made of it.
    """
    sides = (water, hair, blood)
    if tuple(side.matrix for side in sides) != ("water", "hair", "blood"):
        raise BadInput("sides", ", ".join(side.matrix for side in sides), "water, hair and blood, in this order")
    pairs = [latent_correlation(align(sides[i], sides[j], window="hair")) for i, j in ((0, 1), (0, 2), (1, 2))]
    r = np.array([pair[0] for pair in pairs])
    n = min(pair[2].size for pair in pairs)
    if any(pair[2].size != n for pair in pairs):
        raise NotEstimable("the loadings", "the pairs share different areas", "areas with all three matrices")
    squared = _squared(r)
    if (r.prod() <= 0) or not ((squared > 0) & (squared < 1)).all():
        raise NotEstimable("the loadings", "a Heywood case: no one factor gives these correlations", "the pairs as they are")
    without = np.array([_squared(np.array([pair[2][k] for pair in pairs])) for k in range(n)])
    logit = np.log(np.clip(without, 1e-3, 1 - 1e-3) / (1 - np.clip(without, 1e-3, 1 - 1e-3)))
    error = np.sqrt((n - 1) / n * ((logit - logit.mean(axis=0)) ** 2).sum(axis=0))
    centre = np.log(squared / (1 - squared))
    reach = stats.t.ppf((1 + level) / 2, n - 1) * error
    sign = np.sign([1.0, r[0], r[1]])
    loading = sign * np.sqrt(squared)
    intervals = []
    for k in range(3):
        ends = [float(sign[k] * np.sqrt(1 / (1 + np.exp(-at)))) for at in (centre[k] - reach[k], centre[k] + reach[k])]
        intervals.append(Interval(min(ends), max(ends), level, f"jackknife over {n} areas, logit of the square"))
    return Loadings(water.drug, ("water", "hair", "blood"), tuple(map(float, loading)), tuple(intervals), n, level)  # type: ignore[arg-type]


def _squared(r: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.array([r[0] * r[1] / r[2], r[0] * r[2] / r[1], r[1] * r[2] / r[0]])
    return found
