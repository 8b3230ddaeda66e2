"""The logarithm of a normal probability and the first two moments of a truncated normal, far into the tails.

Two things people confuse: a probability that rounds to zero and one that is zero. Twenty limits that the model finds
unlikely multiply to less than the smallest number, and their logarithm is still an ordinary one.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
FAR = 35.0  # standard deviations from which erfc loses digits and the tail series is exact to 1e-9
NARROW = 1e-3  # width of a box, in standard deviations, below which the density inside is a straight line


@njit(cache=True)
def log_below(z: float) -> float:
    """Log of the standard normal probability below z."""
    if z > -FAR:
        return math.log(0.5 * math.erfc(-z / math.sqrt(2.0)))
    q = 1.0 / (z * z)
    return -0.5 * z * z - HALF_LOG_2PI - math.log(-z) + math.log(1.0 - q * (1.0 - 3.0 * q))


@njit(cache=True)
def _one_sided(b: float) -> tuple[float, float, float]:
    """Log probability, mean and variance of a standard normal known to lie below b."""
    log_p = log_below(b)
    if b < -FAR:
        q = 1.0 / (b * b)
        return log_p, b * (1.0 + q * (1.0 - 2.0 * q)), q * (1.0 - 6.0 * q)
    ratio = math.exp(-0.5 * b * b - HALF_LOG_2PI - log_p)
    return log_p, -ratio, 1.0 - ratio * (ratio + b)


@njit(cache=True)
def truncated(mean: float, variance: float, low: float, high: float) -> tuple[float, float, float]:
    """Log probability of the box [low, high] under a normal, and mean and variance inside it."""
    sd = math.sqrt(variance)
    a, b = (low - mean) / sd, (high - mean) / sd
    sign = 1.0
    if a == -math.inf and b == math.inf:
        return 0.0, mean, variance
    if b == math.inf or (a > 0.0 and a != -math.inf):
        a, b, sign = -b, -a, -1.0
    if a == -math.inf or (b < 0.0 and (a * a - b * b) > 80.0):
        log_p, m, v = _one_sided(b)
    elif (b - a) * (1.0 + abs(0.5 * (a + b))) < NARROW:
        middle, width = 0.5 * (a + b), b - a
        log_p = -0.5 * middle * middle - HALF_LOG_2PI + math.log(width)
        m, v = middle - middle * width * width / 12.0, width * width / 12.0
    else:
        if b < 0.0:
            upper = log_below(b)
            log_p = upper + math.log1p(-math.exp(log_below(a) - upper))
        else:
            inside = 1.0 - 0.5 * math.erfc(-a / math.sqrt(2.0)) - 0.5 * math.erfc(b / math.sqrt(2.0))
            log_p = math.log(inside)
        pa = math.exp(-0.5 * a * a - HALF_LOG_2PI - log_p)
        pb = math.exp(-0.5 * b * b - HALF_LOG_2PI - log_p)
        m = pa - pb
        v = 1.0 + a * pa - b * pb - m * m
        v = max(v, (b - a) * (b - a) * 1e-6)
    m = min(max(m, a), b)  # rounding must not leave the box
    return log_p, mean + sign * sd * m, variance * max(v, 1e-12)


@njit(cache=True)
def censored_moments(low: NDArray[np.float64], high: NDArray[np.float64], mean: float, sd: float) -> tuple[float, float]:
    """Mean and standard deviation of a normal sample known by its boxes: maximum likelihood by EM, from a start."""
    n = low.size
    for _ in range(200):
        first, second = 0.0, 0.0
        for i in range(n):
            if low[i] == high[i]:
                first += low[i]
                second += (low[i] - mean) ** 2
            else:
                _p, m, v = truncated(mean, sd * sd, low[i], high[i])
                first += m
                second += v + (m - mean) ** 2
        new_mean = first / n
        new_sd = math.sqrt(max(second / n - (new_mean - mean) ** 2, 1e-300))
        moved = abs(new_mean - mean) + abs(new_sd - sd)
        mean, sd = new_mean, new_sd
        if moved < 1e-4 * sd:
            break
    return mean, sd
