"""How long a chart runs until its first alarm, and the limit that makes it run as long as wanted."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq

from labkit.models.inputs import BadInput, Floats

NODES = 64
LONGEST = 1e7


def _solve(low: float, high: float, density, mass_at_zero, start: float) -> float:  # type: ignore[no-untyped-def]
    """Solve L(z) = 1 + L(0) P(to 0 | z) + ∫ L(u) f(u | z) du by Gauss-Legendre quadrature; return L(start)."""
    x, w = np.polynomial.legendre.leggauss(NODES)
    nodes, weights = (high - low) / 2 * x + (high + low) / 2, (high - low) / 2 * w
    points = np.r_[start, nodes]
    system = np.eye(points.size)
    system[:, 1:] -= density(nodes[None, :], points[:, None]) * weights
    system[:, 0] -= mass_at_zero(points)
    return float(np.linalg.solve(system, np.ones(points.size))[0])


def run_length_cusum(k: float, h: float) -> float:
    """Return the mean run length of an upper CUSUM of independent standard normal residuals, started at zero.

    Examples
    --------
    >>> round(run_length_cusum(0.5, 5.0))
    931

    References
    ----------
    .. [1] D. Brook, D. A. Evans, "An approach to the probability distribution of cusum run length", Biometrika 1972;59:539-549.
    """
    return _solve(0.0, h, lambda u, z: stats.norm.pdf(u + k - z), lambda z: stats.norm.cdf(k - z), 0.0)


def run_length_ewma(weight: float, limit: float, *, both: bool = True) -> float:
    """Return the mean run length of an EWMA of independent standard normal residuals, started at zero.

    `limit` counts standard deviations of the settled EWMA. With both=False the chart watches rises only and cannot go below
    zero.

    Examples
    --------
    >>> round(run_length_ewma(0.1, 2.814))
    500
    """
    h = limit * np.sqrt(weight / (2 - weight))

    def density(u: Floats, z: Floats) -> Floats:
        return stats.norm.pdf((u - (1 - weight) * z) / weight) / weight

    if both:
        return _solve(-h, h, density, lambda z: np.zeros(z.size), 0.0)
    return _solve(0.0, h, density, lambda z: stats.norm.cdf(-(1 - weight) * z / weight), 0.0)


@lru_cache(maxsize=256)
def limit_for(chart: str, parameter: float, alpha: float, both: bool) -> float:
    """Return the limit that makes a chart run 1 / alpha tests on average between false alarms."""
    wanted = 1 / alpha
    if wanted > LONGEST:
        raise BadInput("alpha", f"{alpha}", f"{1 / LONGEST:g} or more")

    def excess(limit: float) -> float:
        length = run_length_cusum(parameter, limit) if chart == "cusum" else run_length_ewma(parameter, limit, both=both)
        return float(np.log(length / wanted) if length > 0 else 50.0)

    if excess(1e-3) >= 0:
        return 0.0  # already one value above the reference value comes more seldom than that
    high = 1.0
    while excess(high) < 0:
        high *= 1.4
    return float(brentq(excess, 1e-3, high, xtol=1e-10))


def run_length_poisson(mean: float, k: float, h: float, *, parts: int = 10) -> float:
    """Return the mean run length of ``C = max(0, C + y - k)``, alarm at C >= h, for Poisson counts; k and h in 1 / `parts`.

    Examples
    --------
    >>> round(run_length_poisson(5, 6.1, 11.1), 4)
    486.353

    Raises
    ------
    BadInput
        A mean not above zero; k or h that is no multiple of 1 / parts.
    """
    steps = [value * parts for value in (k, h)]
    if not mean > 0 or any(abs(step - round(step)) > 1e-6 or step <= 0 for step in steps):
        raise BadInput("k", f"{k} and {h} with mean {mean}", f"a mean above zero, and multiples of 1/{parts} above zero")
    down, states = round(steps[0]), round(steps[1])
    move: NDArray[np.float64] = np.zeros((states, states))
    for state in range(states):
        most = (states - 1 - state + down) // parts
        to = state - down + parts * np.arange(most + 1)
        np.add.at(move[state], np.maximum(to, 0), stats.poisson.pmf(np.arange(most + 1), mean))
    return float(np.linalg.solve(np.eye(states) - move, np.ones(states))[0])


def reference_value(in_control: float, out_of_control: float) -> float:
    """Return the k that is quickest for a Poisson mean that rises from one value to the other.

    Examples
    --------
    >>> round(reference_value(5, 8), 4)
    6.3829
    """
    if not 0 < in_control < out_of_control:
        raise BadInput("in_control", f"{in_control} and {out_of_control}", "two means above zero, the second higher")
    return float((out_of_control - in_control) / np.log(out_of_control / in_control))
