"""Hot loops of a multivariate normal box probability: nested panels of Gauss-Legendre, and sequential importance sampling.

Two things people confuse: a tolerance asked for and an error reached. Both loops are run at two sizes, and the difference is
handed on.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from labkit.models.structural.normal_kernel import HALF_LOG_2PI, truncated

Floats = NDArray[np.float64]
REACH = 9.0  # standard deviations beyond which a density is nothing


@njit(cache=True)
def quadrature(chol: Floats, low: Floats, high: Floats, nodes: Floats, weights: Floats) -> float:
    """Probability of the box for a standard normal times `chol`; `nodes` and `weights` are of a rule on (0, 1)."""
    d, k = low.size, nodes.size
    z, mass = np.zeros(d), np.ones(d + 1)
    start, width = np.empty(d), np.empty(d)
    index = np.zeros(d, dtype=np.int64)
    total, level, fresh = 0.0, 0, True
    while level >= 0:
        if fresh:
            shift = 0.0
            for j in range(level):
                shift += chol[level, j] * z[j]
            a = (low[level] - shift) / chol[level, level]
            b = (high[level] - shift) / chol[level, level]
            if level == d - 1:
                log_p, _m, _v = truncated(0.0, 1.0, a, b)
                total += mass[level] * math.exp(log_p)
                level -= 1
                fresh = False
                continue
            start[level] = max(a, -REACH)
            width[level] = min(b, REACH) - start[level]
            index[level] = -1
            if width[level] <= 0.0:
                level -= 1
                fresh = False
                continue
        index[level] += 1
        if index[level] == k:
            level -= 1
            fresh = False
            continue
        z[level] = start[level] + width[level] * nodes[index[level]]
        density = math.exp(-0.5 * z[level] * z[level] - HALF_LOG_2PI)
        mass[level + 1] = mass[level] * density * width[level] * weights[index[level]]
        fresh = mass[level + 1] > 1e-30
        if fresh:
            level += 1
    return total


@njit(cache=True)
def quantile(p: float) -> float:
    """Return the standard normal quantile: a rational start and two Halley steps."""
    if p <= 0.0:
        return -38.0
    if p >= 1.0:
        return 8.3
    t = p if p < 0.5 else 1.0 - p
    r = math.sqrt(-2.0 * math.log(t))
    x = -(r - (2.515517 + r * (0.802853 + r * 0.010328)) / (1.0 + r * (1.432788 + r * (0.189269 + r * 0.001308))))
    for _ in range(2):
        e = 0.5 * math.erfc(-x / math.sqrt(2.0)) - t
        u = e * math.sqrt(2.0 * math.pi) * math.exp(0.5 * x * x)
        x = x - u / (1.0 + 0.5 * x * u)
    return x if p < 0.5 else -x


@njit(cache=True)
def sample(chol: Floats, low: Floats, high: Floats, points: Floats) -> Floats:
    """Log weight of each point: the box probability is the mean of their exponentials (Genz; Geweke, Hajivassiliou, Keane)."""
    d = low.size
    found = np.zeros(points.shape[0])
    z = np.zeros(d)
    for k in range(points.shape[0]):
        for i in range(d):
            shift = 0.0
            for j in range(i):
                shift += chol[i, j] * z[j]
            a = (low[i] - shift) / chol[i, i]
            b = (high[i] - shift) / chol[i, i]
            sign = 1.0
            if a > 0.0:  # work in the lower tail, where a probability keeps its digits
                a, b, sign = -b, -a, -1.0
            log_p, mean, _v = truncated(0.0, 1.0, a, b)
            found[k] += log_p
            if i < d - 1:
                if b < -30.0:
                    z[i] = sign * mean
                else:
                    below = 0.5 * math.erfc(-a / math.sqrt(2.0)) if a > -38.0 else 0.0
                    z[i] = sign * min(max(quantile(below + points[k, i] * math.exp(log_p)), a), b)
    return found
