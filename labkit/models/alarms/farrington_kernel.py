"""The regression of a count on group and time, compiled: quasi-Poisson with log link by reweighted least squares.

The design is a mean for each group of weeks and one common slope, so that the normal equations are an arrow and each step costs
O(n). Weights and leverages are those of the last step, as in the usual GLM programs; the results then agree to rounding.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from labkit.models.inputs import Floats

Wholes = NDArray[np.int64]
STEPS = 25
TOLERANCE = 1e-8


@njit(cache=True)
def _fit(
    y: Floats, t: Floats, group: Wholes, groups: int, prior: Floats, sloped: bool
) -> tuple[bool, Floats, Floats, float, float, Floats, Floats]:
    """Return converged, fitted means, levels of the groups at t = 0, slope, its spread, leverages and working weights.

    The "spread" is the weighted sum of squares of t within groups: the slope's variance is dispersion / spread.
    """
    n = y.size
    mu = y + 0.1
    eta = np.log(mu)
    old = 1e300
    converged = False
    level, total, mean_t, mean_z = np.zeros(groups), np.zeros(groups), np.zeros(groups), np.zeros(groups)
    w, slope, spread = np.zeros(n), 0.0, 0.0
    for _ in range(STEPS):
        total[:], mean_t[:], mean_z[:] = 0.0, 0.0, 0.0
        z = eta + (y - mu) / mu
        w = prior * mu
        for i in range(n):
            total[group[i]] += w[i]
            mean_t[group[i]] += w[i] * t[i]
            mean_z[group[i]] += w[i] * z[i]
        for g in range(groups):
            if total[g] > 0:
                mean_t[g] /= total[g]
                mean_z[g] /= total[g]
        slope, spread = 0.0, 0.0
        if sloped:
            cross = 0.0
            for i in range(n):
                step = t[i] - mean_t[group[i]]
                spread += w[i] * step * step
                cross += w[i] * step * (z[i] - mean_z[group[i]])
            slope = cross / spread if spread > 0 else 0.0
        level = mean_z - slope * mean_t
        deviance = 0.0
        for i in range(n):
            eta[i] = level[group[i]] + slope * t[i]
            mu[i] = max(np.exp(min(eta[i], 700.0)), 1e-300)
            part = y[i] * np.log(y[i] / mu[i]) if y[i] > 0 else 0.0
            deviance += 2 * prior[i] * (part - (y[i] - mu[i]))
        if abs(deviance - old) / (abs(deviance) + 0.1) < TOLERANCE:
            converged = True
            break
        old = deviance
    leverage = np.zeros(n)
    for i in range(n):
        leverage[i] = w[i] / total[group[i]]
        if spread > 0:
            leverage[i] += w[i] * (t[i] - mean_t[group[i]]) ** 2 / spread
    return converged, mu, level, slope, spread, leverage, w


@njit(cache=True)
def _dispersion(y: Floats, mu: Floats, w: Floats, freedom: int) -> float:
    total = 0.0
    for i in range(y.size):
        total += w[i] * ((y[i] - mu[i]) / mu[i]) ** 2
    return total / freedom


@njit(cache=True)
def _down_weights(y: Floats, mu: Floats, leverage: Floats, phi: float, threshold: float) -> Floats:
    """Weights that play down what stands far above its mean (standardised Anscombe residuals), adding up to n."""
    n = y.size
    weights = np.ones(n)
    for i in range(n):
        raw = 1.5 * (y[i] ** (2 / 3) * mu[i] ** (-1 / 6) - np.sqrt(mu[i]))
        s = raw / np.sqrt(max(phi * (1 - leverage[i]), 1e-12))
        if s > threshold:
            weights[i] = 1 / (s * s)
    return weights * (n / weights.sum())


@njit(cache=True)
def _model(
    y: Floats, t: Floats, group: Wholes, groups: int, sloped: bool, reweight: bool, threshold: float, as_r: bool
) -> tuple[bool, bool, float, float, float, Floats, float, float, Floats, Floats]:
    """Fit, play down past outbreaks, fit again; without the slope where it does not converge with it.

    Returns found, sloped, dispersion (1 or more), that of the error of the mean, that of the test of the slope (as estimated),
    levels, slope, spread, sum of weights and mean time of each group. `as_r` takes for the last two what R's surveillance does:
    the weights of the reweighting instead of the regression's own, and not at least 1.
    """
    n = y.size
    ones = np.ones(n)
    converged, mu, level, slope, spread, leverage, w = _fit(y, t, group, groups, ones, sloped)
    if not converged and sloped:
        sloped = False
        converged, mu, level, slope, spread, leverage, w = _fit(y, t, group, groups, ones, sloped)
    freedom = n - groups - (1 if sloped else 0)
    total, mean_t = np.zeros(groups), np.zeros(groups)
    if not converged or freedom < 1:
        return False, sloped, np.nan, np.nan, np.nan, level, slope, spread, total, mean_t
    raw = _dispersion(y, mu, w, freedom)
    phi = max(raw, 1.0)
    if reweight:
        omega = _down_weights(y, mu, leverage, phi, threshold)
        converged, mu, level, slope, spread, leverage, w = _fit(y, t, group, groups, omega, sloped)
        raw = _dispersion(y, mu, w, freedom)
        phi = max(raw, 1.0)
        if as_r:
            raw = _dispersion(y, mu, omega, freedom)
    for i in range(n):
        total[group[i]] += w[i]
        mean_t[group[i]] += w[i] * t[i]
    for g in range(groups):
        mean_t[g] /= max(total[g], 1e-300)
    return True, sloped, phi, raw if as_r else phi, raw, level, slope, spread, total, mean_t


@njit(cache=True)
def expect(
    counts: Floats,
    places: Wholes,
    starts: Wholes,
    members: Wholes,
    group: Wholes,
    groups: Wholes,
    trend_t: Floats,
    years: int,
    reweight: bool,
    threshold: float,
    as_r: bool,
) -> Floats:
    """Return for each place: mean, standard error of its logarithm, dispersion and slope (NaN where there is none).

    Place k is compared with counts[members[starts[k]:starts[k + 1]]]; `group` runs beside `members`, and the place itself is in
    the last group. `trend_t` holds, by degrees of freedom, the t a slope has to exceed to be kept.
    """
    found = np.full((places.size, 4), np.nan)
    for k in range(places.size):
        index = members[starts[k] : starts[k + 1]]
        g, m = group[starts[k] : starts[k + 1]], groups[k]
        y = counts[index]
        t = (index - places[k]).astype(np.float64)
        wanted = trend_t.size > 0 and years >= 3
        ok, sloped, phi, scale, tested, level, slope, spread, total, mean_t = _model(
            y, t, g, m, wanted, reweight, threshold, as_r
        )
        if ok and sloped:
            needed = trend_t[min(y.size - m - 1, trend_t.size - 1)]
            keep = abs(slope) * np.sqrt(spread / tested) > needed and np.exp(level[m - 1]) <= y.max()
            if not keep:
                ok, sloped, phi, scale, tested, level, slope, spread, total, mean_t = _model(
                    y, t, g, m, False, reweight, threshold, as_r
                )
        if not ok:
            continue
        variance = 1 / total[m - 1] + (mean_t[m - 1] ** 2 / spread if sloped and spread > 0 else 0.0)
        found[k] = np.exp(level[m - 1]), np.sqrt(scale * variance), phi, slope if sloped else np.nan
    return found
