"""Expectation propagation: each censored row becomes a Gaussian pseudo-observation that keeps its two moments.

Two things people confuse: a pseudo-observation and an imputed value. The pseudo-observation is as vague as the limit leaves
it, moves with the neighbours and with the variances, and is no data: only its agreement with the box counts.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from labkit.models.structural.filter_kernel import smooth
from labkit.models.structural.normal_kernel import truncated

Floats = NDArray[np.float64]
ROUNDS = 60
MISSING, EXACT, CENSORED = 0, 1, 2


@njit(cache=True)
def rows_of(
    kind: NDArray[np.int64], low: Floats, noise: float, weight: Floats, pull: Floats, y: Floats, spread: Floats
) -> None:
    """Fill y and spread with the observation, or pseudo-observation, of each row and its variance."""
    for i in range(kind.size):
        y[i], spread[i] = 0.0, np.inf
        if kind[i] == EXACT:
            y[i], spread[i] = low[i], noise
        elif kind[i] == CENSORED and weight[i] > 0.0:
            y[i], spread[i] = pull[i] / weight[i], noise + 1.0 / weight[i]


@njit(cache=True)
def propagate(
    loads: Floats,
    step: Floats,
    shock: Floats,
    mean0: Floats,
    cov0: Floats,
    kind: NDArray[np.int64],
    low: Floats,
    high: Floats,
    noise: float,
    weight: Floats,
    pull: Floats,
    tolerance: float,
) -> tuple[float, int]:
    """Iterate to the fixed point; `weight` and `pull` (precision, and precision times value) are started from and changed.

    Returns the approximate log likelihood and the rounds taken (ROUNDS where it did not settle).
    """
    n = kind.size
    y, spread = np.empty(n), np.empty(n)
    before, damp = np.inf, 1.0
    log_lik = -np.inf
    for count in range(ROUNDS):
        rows_of(kind, low, noise, weight, pull, y, spread)
        log_lik, _f, _v, f_out, v_out, _hat, _cov = smooth(loads, step, shock, mean0, cov0, y, spread, False)
        moved, any_censored = 0.0, False
        if count > 8:
            damp = 0.7
        if count > 20:
            damp = 0.4
        for i in range(n):
            if kind[i] != CENSORED:
                continue
            any_censored = True
            whole = v_out[i] + noise
            if not (whole > 0.0 and whole < np.inf):
                continue
            log_p, mean, variance = truncated(f_out[i], whole, low[i], high[i])
            log_lik += log_p
            if weight[i] > 0.0:
                total = v_out[i] + spread[i]
                log_lik += 0.5 * (math.log(2.0 * math.pi * total) + (y[i] - f_out[i]) ** 2 / total)
            new_weight = max(1.0 / variance - 1.0 / whole, 0.0)
            new_pull = mean / variance - f_out[i] / whole
            moved = max(moved, abs(new_weight - weight[i]) * whole / (1.0 + new_weight * whole))
            weight[i] += damp * (new_weight - weight[i])
            pull[i] += damp * (new_pull - pull[i])
            if weight[i] * whole < 1e-8:  # it says nothing, and its variance would swamp the digits of its neighbours
                weight[i], pull[i] = 0.0, 0.0
        if not any_censored or (abs(log_lik - before) < tolerance and moved < 1e3 * tolerance):
            return log_lik, count + 1
        before = log_lik
    return log_lik, ROUNDS
