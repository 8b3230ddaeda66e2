"""The loops of the likelihood-ratio detectors, compiled."""

from __future__ import annotations

import numpy as np
from numba import njit

from labkit.models.inputs import Flags, Floats

NEWTON = 60


@njit(cache=True)
def _ratio(x: Floats, mu: Floats, alpha: float) -> float:
    """Largest log likelihood ratio of mu * exp(kappa), kappa >= 0, against mu."""
    seen, expected = x.sum(), mu.sum()
    if alpha == 0.0:
        return seen * np.log(seen / expected) - (seen - expected) if seen > expected else 0.0
    slope = (x - (x + 1 / alpha) * alpha * mu / (1 + alpha * mu)).sum()
    if slope <= 0:
        return 0.0
    kappa = 0.0
    for _ in range(NEWTON):
        share = alpha * mu * np.exp(kappa) / (1 + alpha * mu * np.exp(kappa))
        first = (x - (x + 1 / alpha) * share).sum()
        second = -((x + 1 / alpha) * share * (1 - share)).sum()
        step = min(max(-first / second, -1.0), 1.0)
        kappa = max(kappa + step, 0.0)
        if abs(step) < 1e-12:
            break
    return (x * kappa - (x + 1 / alpha) * np.log((1 + alpha * mu * np.exp(kappa)) / (1 + alpha * mu))).sum()


@njit(cache=True)
def unknown_shift(y: Floats, mu: Floats, alpha: float, threshold: float, reach: int) -> tuple[Floats, Flags]:
    """Statistic and alarm at each place; it starts anew after an alarm and looks back at most `reach` places."""
    statistic, alarm = np.zeros(y.size), np.zeros(y.size, dtype=np.bool_)
    first = 0
    for t in range(y.size):
        best = 0.0
        for k in range(max(first, t - reach + 1), t + 1):
            best = max(best, _ratio(y[k : t + 1], mu[k : t + 1], alpha))
        statistic[t] = best
        if best >= threshold:
            alarm[t] = True
            first = t + 1
    return statistic, alarm


@njit(cache=True)
def known_shift(y: Floats, mu: Floats, alpha: float, threshold: float, kappa: float) -> tuple[Floats, Flags]:
    """Statistic and alarm for one shift on the log scale, added up from zero and starting anew after an alarm."""
    statistic, alarm = np.zeros(y.size), np.zeros(y.size, dtype=np.bool_)
    total = 0.0
    for t in range(y.size):
        if alpha == 0.0:
            step = y[t] * kappa - mu[t] * (np.exp(kappa) - 1)
        else:
            step = y[t] * kappa - (y[t] + 1 / alpha) * np.log((1 + alpha * mu[t] * np.exp(kappa)) / (1 + alpha * mu[t]))
        total = max(0.0, total + step)
        statistic[t] = total
        if total >= threshold:
            alarm[t] = True
            total = 0.0
    return statistic, alarm
