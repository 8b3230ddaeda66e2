"""Residual sums of squares of every segment, by recursive least squares."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from labkit.models.inputs import Floats


@njit(cache=True)
def segment_sums(y: Floats, design: NDArray[np.float64], shortest: int) -> NDArray[np.float64]:
    """Return cost[a, b], of values a … b-1; infinite where shorter than `shortest`, NaN where the design has no full rank."""
    n, p = design.shape
    cost = np.full((n, n + 1), np.inf)
    for a in range(n - shortest + 1):
        first = np.ascontiguousarray(design[a : a + shortest])
        gram = first.T @ first
        scale = np.sqrt(np.diag(gram))
        if scale.min() <= 0:
            cost[a, a + shortest] = np.nan
            continue
        standard = gram / np.outer(scale, scale)
        if np.linalg.eigvalsh(standard)[0] < 1e-11:
            cost[a, a + shortest] = np.nan
            continue
        inverse = np.linalg.inv(standard) / np.outer(scale, scale)
        start = np.ascontiguousarray(y[a : a + shortest])
        beta = inverse @ (first.T @ start)
        rest = start - first @ beta
        total = (rest * rest).sum()
        cost[a, a + shortest] = total
        for b in range(a + shortest, n):
            x = design[b].copy()
            gain = inverse @ x
            spread = 1.0 + (x * gain).sum()
            error = y[b] - (x * beta).sum()
            total += error * error / spread
            for j in range(p):
                beta[j] += gain[j] * error / spread
                for k in range(p):
                    inverse[j, k] -= gain[j] * gain[k] / spread
            cost[a, b + 1] = total
    return cost
