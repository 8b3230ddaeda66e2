"""Log-likelihood of a bivariate normal seen through intervals, with its gradient, compiled.

A rectangle's probability comes from the bivariate normal distribution function, Plackett's integral in the angle of the
correlation by Gauss-Legendre panels that halve towards a correlation of one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
_NODES, _WEIGHTS = np.ascontiguousarray(_NODES), np.ascontiguousarray(_WEIGHTS)
TINY = 1e-290  # a probability that rounding took to nothing or below


@njit(cache=True)
def _phi(z: float) -> float:
    return 0.3989422804014327 * math.exp(-0.5 * z * z)


@njit(cache=True)
def _cdf(z: float) -> float:
    return 0.5 * math.erfc(-z * 0.7071067811865476)


@njit(cache=True)
def bivariate_cdf(h: float, k: float, angle: float) -> float:
    """P(X <= h, Y <= k) at the correlation sin(angle)."""
    if h == -np.inf or k == -np.inf:
        return 0.0
    if h == np.inf:
        return _cdf(k)
    if k == np.inf:
        return _cdf(h)
    sign = 1.0 if angle >= 0 else -1.0
    target = abs(angle)
    total, start, gap = 0.0, 0.0, math.pi / 2
    squares, product = h * h + k * k, 2 * h * k * sign
    while start < target:
        gap /= 2
        stop = min(math.pi / 2 - gap, target)
        half = (stop - start) / 2
        for m in range(12):
            at = start + half * (1 + _NODES[m])
            sine = math.sin(at)
            total += half * _WEIGHTS[m] * math.exp(-(squares - product * sine) / (2 * (1 - sine * sine)))
        start = stop
    return _cdf(h) * _cdf(k) + sign * total / (2 * math.pi)


@njit(cache=True)
def _corner(h: float, k: float, rho: float, root: float, angle: float, out: Any) -> None:
    """Distribution function and its derivatives by h, k and rho."""
    out[0] = bivariate_cdf(h, k, angle)
    out[1] = _phi(h) * _cdf((k - rho * h) / root) if math.isfinite(h) else 0.0
    out[2] = _phi(k) * _cdf((h - rho * k) / root) if math.isfinite(k) else 0.0
    out[3] = 0.0
    if math.isfinite(h) and math.isfinite(k):
        out[3] = math.exp(-(h * h - 2 * rho * h * k + k * k) / (2 * root * root)) / (2 * math.pi * root)


@njit(cache=True)
def _strip(z: float, low: float, high: float, rho: float, root: float, out: Any) -> None:
    """Log-density of one exact coordinate z with the other within low..high; derivatives by z, low, high, rho."""
    a, b = (low - rho * z) / root, (high - rho * z) / root
    if a > 0:
        p = _cdf(-a) - _cdf(-b)
    else:
        p = _cdf(b) - _cdf(a)
    p = max(p, TINY)
    da = -_phi(a) / p if math.isfinite(a) else 0.0
    db = _phi(b) / p if math.isfinite(b) else 0.0
    out[0] = -0.9189385332046727 - 0.5 * z * z + math.log(p)
    out[1] = -z - (da + db) * rho / root
    out[2] = da / root
    out[3] = db / root
    out[4] = 0.0
    if math.isfinite(a):
        out[4] += da * (-z / root + a * rho / (root * root))
    if math.isfinite(b):
        out[4] += db * (-z / root + b * rho / (root * root))


@njit(cache=True)
def negative_loglik(theta: Any, x_low: Any, x_high: Any, y_low: Any, y_high: Any, gradient: Any) -> float:
    """Minus the log-likelihood at (mean x, mean y, log sd x, log sd y, artanh rho); its gradient is written into `gradient`."""
    mean_x, mean_y = theta[0], theta[1]
    sd_x, sd_y = math.exp(theta[2]), math.exp(theta[3])
    rho = math.tanh(theta[4])
    square = 1 / math.cosh(theta[4]) ** 2
    root = math.sqrt(square)
    angle = math.atan2(rho, root)
    total = 0.0
    g = np.zeros(5)
    work = np.zeros(5)
    for row in range(x_low.size):
        xa, xb = (x_low[row] - mean_x) / sd_x, (x_high[row] - mean_x) / sd_x
        ya, yb = (y_low[row] - mean_y) / sd_y, (y_high[row] - mean_y) / sd_y
        dxa = dxb = dya = dyb = drho = 0.0
        if xa == xb and ya == yb:
            q = xa * xa - 2 * rho * xa * ya + ya * ya
            total += -1.8378770664093453 - theta[2] - theta[3] - 0.5 * math.log(square) - q / (2 * square)
            dxa, dya = -(xa - rho * ya) / square, -(ya - rho * xa) / square
            drho = (rho + xa * ya) / square - rho * q / (square * square)
            g[2] -= 1.0
            g[3] -= 1.0
        elif xa == xb:
            _strip(xa, ya, yb, rho, root, work)
            total += work[0] - theta[2]
            dxa, dya, dyb, drho = work[1], work[2], work[3], work[4]
            g[2] -= 1.0
        elif ya == yb:
            _strip(ya, xa, xb, rho, root, work)
            total += work[0] - theta[3]
            dya, dxa, dxb, drho = work[1], work[2], work[3], work[4]
            g[3] -= 1.0
        else:
            p = 0.0
            for i in range(2):
                h = xb if i == 0 else xa
                for j in range(2):
                    k = yb if j == 0 else ya
                    if h == -np.inf or k == -np.inf:
                        continue
                    sign = 1.0 if i == j else -1.0
                    _corner(h, k, rho, root, angle, work)
                    p += sign * work[0]
                    if i == 0:
                        dxb += sign * work[1]
                    else:
                        dxa += sign * work[1]
                    if j == 0:
                        dyb += sign * work[2]
                    else:
                        dya += sign * work[2]
                    drho += sign * work[3]
            p = max(p, TINY)
            total += math.log(p)
            dxa, dxb, dya, dyb, drho = dxa / p, dxb / p, dya / p, dyb / p, drho / p
        g[0] -= (dxa + dxb) / sd_x
        g[1] -= (dya + dyb) / sd_y
        g[2] -= (dxa * xa if math.isfinite(xa) else 0.0) + (dxb * xb if math.isfinite(xb) else 0.0)
        g[3] -= (dya * ya if math.isfinite(ya) else 0.0) + (dyb * yb if math.isfinite(yb) else 0.0)
        g[4] += drho * square
    for m in range(5):
        gradient[m] = -g[m]
    return -total
