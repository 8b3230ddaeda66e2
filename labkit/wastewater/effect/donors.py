"""Comparison areas weighted to follow the treated one before the operation: a synthetic control.

Two things people confuse: areas that are like the treated one in level and areas that move with it. Only the second says what
would have happened; weights are fitted to movements.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

Floats = NDArray[np.float64]
MOST_DONORS = 20
RIDGE = 0.5  # of the donors' own variance: with few weeks, weights are drawn to equal ones


def synthetic_weights(treated: Floats, donors: Floats) -> Floats:
    r"""Return weights, none below zero, that sum to one: :math:`\min \|y - Dw\|^2 + \lambda n \|w - 1/J\|^2`.

    Parameters
    ----------
    treated : array, shape (n,)
        Log loads before the operation, freed of their mean.
    donors : array, shape (n, J)
        The same of the comparison areas; weeks missing in a donor are filled by the mean of the others, in its own place.

    Examples
    --------
    >>> y = np.array([0.1, -0.2, 0.3, -0.2])
    >>> synthetic_weights(y, np.column_stack([y, -y])).round(2).tolist()
    [0.94, 0.06]
    """
    count = donors.shape[1]
    if count == 1:
        return np.ones(1)
    strength = np.sqrt(RIDGE * treated.size * float(donors.var()) / count)
    heavy = 1e3 * max(float(np.abs(donors).max()), 1e-6)
    system = np.vstack([donors, strength * np.eye(count), heavy * np.ones((1, count))])
    target = np.r_[treated, np.full(count, strength / count), heavy]
    found: Floats = nnls(system, target)[0]
    return found / found.sum()


def filled(donors: Floats) -> Floats:
    """Return donors (weeks × areas, each freed of its mean) with gaps at the mean of those that were sampled that week."""
    known = ~np.isnan(donors)
    weekly = np.divide(
        np.where(known, donors, 0.0).sum(axis=1), known.sum(axis=1), out=np.zeros(len(donors)), where=known.any(axis=1)
    )
    return np.where(known, donors, weekly[:, None])
