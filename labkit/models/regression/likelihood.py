"""The likelihood of normal responses known exactly, by limits or by intervals, with exact first and second derivatives.

Two things people confuse: the density of a value (a row known exactly adds one) and the probability of an interval (any
other row adds one); the sum of both is a likelihood all the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from labkit.models.inputs import Floats

LOG_ROOT = 0.5 * np.log(2 * np.pi)


def row_terms(
    low: Floats, high: Floats, centre: Floats, log_sd: Floats
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Return, row by row, the log likelihood and its derivatives by centre and log sd.

    Returns
    -------
    tuple of array, shape (n,)
        Value; by centre; by log sd; twice by centre; by both; twice by log sd.
    """
    sd = np.exp(log_sd)
    exact = low == high
    z = np.where(exact, (np.where(exact, low, 0.0) - centre) / sd, 0.0)
    value = -0.5 * z**2 - LOG_ROOT - log_sd
    terms = [value, z / sd, z**2 - 1, -1 / sd**2, -2 * z / sd, -2 * z**2]
    if not exact.all():
        rest = ~exact
        for term, other in zip(
            terms, _interval_terms((low - centre)[rest] / sd[rest], (high - centre)[rest] / sd[rest], sd[rest]), strict=True
        ):
            term[rest] = other
    return tuple(terms)


def _interval_terms(zl: Floats, zu: Floats, sd: Floats) -> list[Floats]:
    log_p = _log_probability(zl, zu)

    def part(z: Floats, power: int) -> Floats:
        inner = np.where(np.isfinite(z), z, 0.0)
        with np.errstate(over="ignore", invalid="ignore"):  # an interval of no probability: the step is taken back
            return np.where(np.isfinite(z), inner**power * np.exp(-0.5 * inner**2 - LOG_ROOT - log_p), 0.0)

    with np.errstate(invalid="ignore"):
        d, e, f, g = (part(zu, k) - part(zl, k) for k in range(4))
    return [log_p, -d / sd, -e, -(e + d**2) / sd**2, (d - f - d * e) / sd, e - g - e**2]


def _log_probability(zl: Floats, zu: Floats) -> Floats:
    """Return log(Phi(zu) - Phi(zl)), from the side where both are small."""
    flip = zl > 0
    a, b = np.where(flip, -zu, zl), np.where(flip, -zl, zu)
    upper = log_ndtr(b)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.where(np.isneginf(a), -np.inf, log_ndtr(np.where(np.isneginf(a), 0.0, a)) - upper)
        return upper + np.log1p(-np.exp(np.minimum(gap, -1e-15)))


def joint_terms(
    parameters: Floats, low: Floats, high: Floats, design: Floats, spread: Floats
) -> tuple[float, Floats, NDArray[np.float64], Floats]:
    """Return log likelihood, gradient, Hessian and scores (n, parameters) at (coefficients, coefficients of log sd)."""
    p = design.shape[1]
    value, by_c, by_s, cc, cs, ss = row_terms(low, high, design @ parameters[:p], spread @ parameters[p:])
    scores = np.hstack([design * by_c[:, None], spread * by_s[:, None]])
    hessian = np.empty((parameters.size, parameters.size))
    hessian[:p, :p] = (design * cc[:, None]).T @ design
    hessian[:p, p:] = (design * cs[:, None]).T @ spread
    hessian[p:, :p] = hessian[:p, p:].T
    hessian[p:, p:] = (spread * ss[:, None]).T @ spread
    return float(value.sum()), scores.sum(axis=0), hessian, scores


def maximise(
    start: Floats, low: Floats, high: Floats, design: Floats, spread: Floats
) -> tuple[bool, Floats, float, NDArray[np.float64], Floats]:
    """Climb by Newton steps, shortened and straightened where the likelihood is not concave.

    Returns
    -------
    tuple
        Converged, parameters, log likelihood, Hessian, scores.
    """
    at = start
    value, gradient, hessian, scores = joint_terms(at, low, high, design, spread)
    ridge = 1e-8
    for _ in range(200):
        scale = np.sqrt(np.maximum(np.abs(np.diag(hessian)), 1e-12))
        if np.max(np.abs(gradient) / scale) < 1e-9:
            return True, at, value, hessian, scores
        curvature = -hessian / np.outer(scale, scale)
        lowest = float(np.linalg.eigvalsh(curvature)[0])
        lift = max(ridge, ridge - lowest if lowest <= 0 else 0.0)
        step = np.linalg.solve(curvature + lift * np.eye(at.size), gradient / scale) / scale
        jump = float(np.abs(spread @ step[design.shape[1] :]).max())
        step /= max(1.0, jump)  # the spread changes by a factor of e at most in one step
        for _ in range(40):
            new = joint_terms(at + step, low, high, design, spread)
            if np.isfinite(new[0]) and new[0] >= value - 1e-12 * abs(value):
                break
            step /= 2
        else:
            return False, at, value, hessian, scores
        at = at + step
        ridge = 1e-8 if lowest > 0 else max(ridge, 1e-4)
        value, gradient, hessian, scores = new
    return False, at, value, hessian, scores
