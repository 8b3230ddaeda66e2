"""The variances of a structural model: the likeliest ones, or an average over those the data leave open.

Two things people confuse: the likeliest variance and a known one. From 24 samples the likeliest movement of a level is often
none at all, and a band drawn as if that were known is too narrow; the average carries what is not known.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labkit.models.structural.design import Design
from labkit.models.structural.likelihood import Observed, Sites, approximate_loglik

Floats = NDArray[np.float64]
LOWEST, HIGHEST = np.log(1e-3), np.log(30.0)  # of a standard deviation in units of its scale
BAD = 1e12


@dataclass(frozen=True)
class Point:
    """One set of variances with its weight and log likelihood (approximate beyond one censored row)."""

    variances: dict[str, float]
    weight: float
    loglik: float


def scales(design: Design, seen: Observed) -> Floats:
    """Return each variance's natural size, as a standard deviation: the spread for noise, and over the series for a level."""
    known = design.times[seen.kind > 0]
    length = max(float(known[-1] - known[0]), 1e-12)
    sizes = {"noise": 1.0, "level": 2.0 / np.sqrt(length), "slope": 6.0 / length**1.5}
    return design.spread * np.array([sizes.get(name, 0.7 / np.sqrt(length)) for name in design.variances])


def _named(design: Design, sds: Floats) -> dict[str, float]:
    return {name: float(sd) ** 2 for name, sd in zip(design.variances, sds, strict=True)}


def likeliest(design: Design, seen: Observed) -> Point:
    """Maximise the likelihood over variances that may be zero, from three starts."""
    from scipy.optimize import minimize

    unit = design.spread**2 / 100
    best: tuple[float, Floats] = (np.inf, np.ones(1))
    sites = Sites.none(design.times.size)

    def cost(ratios: Floats) -> float:
        if not (ratios > 0).any():
            return BAD
        value, _settled = approximate_loglik(design, seen, dict(zip(design.variances, ratios * unit, strict=True)), sites)
        return -value if np.isfinite(value) else BAD

    count = len(design.variances)
    for start in ([1.0] * count, [30.0] + [1.0] * (count - 1), [0.1] + [20.0] + [0.1] * (count - 2)):
        first = np.asarray(start[:count])
        value = np.inf
        for _again in range(3):
            found = minimize(
                cost, first, method="L-BFGS-B", jac="3-point", bounds=[(0, None)] * count, options={"ftol": 1e-15, "gtol": 1e-9}
            )
            moved = np.max(np.abs(found.x - first))
            first, value = found.x, float(found.fun)
            if moved < 1e-6:
                break
        if value < best[0] - 1e-9:
            best = (value, first)
    return Point(dict(zip(design.variances, (best[1] * unit).tolist(), strict=True)), 1.0, -best[0])


def averaged(design: Design, seen: Observed) -> list[Point]:
    r"""Spread points over the posterior of the standard deviations, with weights (central composite design).

    Each standard deviation has the prior :math:`p(s) \propto e^{-2 s / S}`, S its natural size (`scales`): it prefers a simple
    model and leaves the rest to the data. The first point is the mode.

    References
    ----------
    .. [1] H. Rue, S. Martino, N. Chopin, "Approximate Bayesian inference for latent Gaussian models", J. R. Stat. Soc. B 2009.
    .. [2] D. Simpson et al., "Penalising model component complexity", Stat. Sci. 2017;32:1.
    """
    size = scales(design, seen)
    sites = Sites.none(design.times.size)

    def cost(theta: Floats) -> float:
        ratios = np.exp(theta)
        value, _settled = approximate_loglik(design, seen, _named(design, ratios * size), sites)
        return -(value + float(np.sum(theta - 2 * ratios))) if np.isfinite(value) else BAD

    count = size.size
    start = np.log(np.array([0.6] + [0.3] * (count - 1)))
    mode, lowest = _descend(cost, start)
    axes = _axes(cost, mode, lowest)
    return _spread_out(design, size, cost, mode, lowest, axes)


def _descend(cost: Callable[[Floats], float], start: Floats) -> tuple[Floats, float]:
    """Minimise a smooth function of a few unknowns (BFGS, forward differences); a tenth of a general optimiser's overhead."""
    count, eps = start.size, 1e-4

    def slope(at: Floats, value: float) -> Floats:
        return np.array([(cost(at + eps * unit) - value) / eps for unit in np.eye(count)])

    at, value = start, cost(start)
    grad, inverse = slope(at, value), np.eye(count) * 0.3
    for _ in range(40):
        step = -inverse @ grad
        step *= min(1.0, 1.5 / max(float(np.abs(step).max()), 1e-12))
        for _halving in range(8):
            there = np.clip(at + step, LOWEST, HIGHEST)
            new = cost(there)
            if new < value + 1e-4 * float(grad @ (there - at)) or new < value - 1e-9:
                break
            step = step / 3
        else:
            break
        new_grad = slope(there, new)
        moved, bent = there - at, new_grad - grad
        gained = value - new
        at, value, grad = there, new, new_grad
        along = float(moved @ bent)
        if along > 1e-10:
            left = np.eye(count) - np.outer(moved, bent) / along
            inverse = left @ inverse @ left.T + np.outer(moved, moved) / along
        if gained < 1e-4 and float(np.abs(moved).max()) < 0.02:
            break
    return at, value


def _axes(cost: Callable[[Floats], float], mode: Floats, lowest: float) -> Floats:
    """Columns that are one standard deviation long in the directions of the curvature."""
    count, h = mode.size, 0.15
    curve = np.empty((count, count))
    up, down = np.empty(count), np.empty(count)
    for i in range(count):
        e = np.zeros(count)
        e[i] = h
        up[i], down[i] = cost(mode + e), cost(mode - e)
        curve[i, i] = (up[i] + down[i] - 2 * lowest) / h**2
    for i, j in itertools.combinations(range(count), 2):
        e = np.zeros(count)
        e[i], e[j] = h, h
        curve[i, j] = curve[j, i] = (cost(mode + e) - up[i] - up[j] + lowest) / h**2
    values, vectors = np.linalg.eigh(curve)
    return vectors / np.sqrt(np.clip(values, 0.25, None))


def _spread_out(
    design: Design, size: Floats, cost: Callable[[Floats], float], mode: Floats, lowest: float, axes: Floats
) -> list[Point]:
    count, f = mode.size, 1.2
    reach = f * np.sqrt(count)
    directions = [np.zeros(count)]
    directions += [sign * reach * np.eye(count)[i] for i in range(count) for sign in (1, -1)]
    if count > 1:
        directions += [f * np.array(corner) for corner in itertools.product((1.0, -1.0), repeat=count)]
    around = len(directions) - 1
    share = np.exp(count * f * f / 2) / (around * (f * f - 1))  # so that the points have the variance of a normal
    points, logs = [], []
    for k, direction in enumerate(directions):
        theta = np.clip(mode + axes @ direction, LOWEST - 2, HIGHEST)
        value = cost(theta) if k else lowest
        logs.append(lowest - value + (np.log(share) if k else 0.0))
        ratios = np.exp(theta)
        points.append((_named(design, ratios * size), -value - float(np.sum(theta - 2 * ratios))))
    weights = np.exp(np.array(logs) - max(logs))
    weights[weights < 1e-6 * weights.sum()] = 0.0
    weights /= weights.sum()
    return [Point(named, float(w), lik) for (named, lik), w in zip(points, weights, strict=True) if w > 0]
