"""Probability that a Gaussian vector lies in a box, with the error of that number.

Two things people confuse: the probability of all limits together and the product of the probabilities of each. Neighbours in
a series move together, and the product is too small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labkit.models.inputs import NotEstimable

Floats = NDArray[np.float64]
EXACT_DIMENSIONS = 5
MOST_NODES = 3_000_000  # of the finest rule tried; about half a second
ORDER = 16


@dataclass(frozen=True)
class BoxProbability:
    """Log of a box probability, its error on the log scale and the method."""

    log: float
    error: float
    method: str
    n: int

    def __str__(self) -> str:
        """Return one line."""
        return f"log probability {self.log:.6g} ± {self.error:.1g} ({self.method}, {self.n} limits)"


def _rule(panels: int) -> tuple[Floats, Floats]:
    """Nodes and weights of `panels` Gauss-Legendre rules side by side on (0, 1)."""
    x, w = np.polynomial.legendre.leggauss(ORDER)
    starts = np.arange(panels)[:, None] / panels
    return (starts + (x + 1) / 2 / panels).ravel(), np.tile(w / 2 / panels, panels)


def _order(cov: Floats, low: Floats, high: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Order with the most constraining box first (Gibson, Glasbey, Elston) and the Cholesky factor in that order."""
    from labkit.models.structural.normal_kernel import truncated

    d = low.size
    left, chol, z = list(range(d)), np.zeros((d, d)), np.zeros(d)
    chosen: list[int] = []
    rows = np.zeros((d, d))
    for k in range(d):
        best, lowest = left[0], np.inf
        for i in left:
            v = max(cov[i, i] - rows[i, :k] @ rows[i, :k], 1e-300)
            log_p = truncated(float(rows[i, :k] @ z[:k]), v, low[i], high[i])[0]
            if log_p < lowest:
                best, lowest = i, log_p
        v = max(cov[best, best] - rows[best, :k] @ rows[best, :k], 1e-300)
        shift = float(rows[best, :k] @ z[:k])
        z[k] = (truncated(shift, v, low[best], high[best])[1] - shift) / np.sqrt(v)
        left.remove(best)
        for i in left:
            rows[i, k] = (cov[i, best] - rows[i, :k] @ rows[best, :k]) / np.sqrt(v)
        rows[best, k] = np.sqrt(v)
        chol[k, : k + 1] = rows[best, : k + 1]
        chosen.append(best)
    return np.array(chosen), chol


def box_probability(
    mean: Floats, cov: Floats, low: Floats, high: Floats, *, points: int = 1024, seed: int = 20
) -> BoxProbability:
    r"""Return :math:`\ln P(low \le X \le high)` for :math:`X \sim N(mean, cov)`.

    Up to five dimensions: nested Gauss-Legendre panels over the conditional boxes, doubled until two sizes agree to 1e-9 or
    three million nodes are reached; the difference is the error. Beyond: Genz' sequential conditioning on eight scrambled
    Sobol sets of `points`, with the standard error of their mean.

    Parameters
    ----------
    mean, low, high : array, shape (d,)
        One unit; open sides are infinite.
    cov : array, shape (d, d)
        Positive definite, unit squared.
    points : int
        Sobol points a set, a power of two; the error falls about as 1/points, the cost grows with it.
    seed : int
        Of the scrambling.

    Returns
    -------
    BoxProbability
        Without unit.

    Raises
    ------
    NotEstimable
        The covariance is not positive definite.

    Examples
    --------
    >>> import numpy as np
    >>> cov = np.array([[1.0, 0.5], [0.5, 1.0]])
    >>> found = box_probability(np.zeros(2), cov, np.full(2, -np.inf), np.zeros(2))
    >>> round(float(np.exp(found.log)), 10)  # 1/4 + asin(1/2) / (2 pi)
    0.3333333333

    References
    ----------
    .. [1] A. Genz, "Numerical computation of multivariate normal probabilities", J. Comput. Graph. Stat. 1992;1:141.
    """
    from labkit.models.structural.box_kernel import quadrature, sample

    mean, cov, low, high = (np.asarray(part, dtype=float) for part in (mean, cov, low, high))
    d = low.size
    if d == 0:
        return BoxProbability(0.0, 0.0, "nothing censored", 0)
    chosen, chol = _order(cov, low - mean, high - mean)
    if not (np.diag(chol) > 0).all() or not np.isfinite(chol).all():
        raise NotEstimable("the probability of the limits", "the covariance is not positive definite")
    a, b = (low - mean)[chosen], (high - mean)[chosen]
    if d <= EXACT_DIMENSIONS:
        panels, found, error = 1, -1.0, np.inf
        while True:
            again = quadrature(chol, a, b, *_rule(panels))
            error = abs(again - found) / max(again, 1e-300)
            found = again
            if d == 1 or error < 1e-9 or (2 * panels * ORDER) ** (d - 1) > MOST_NODES:
                break
            panels *= 2
        if d == 1:
            error = 0.0
        return BoxProbability(float(np.log(max(found, 1e-300))), float(error), "nested Gauss-Legendre", d)
    from scipy.stats import qmc

    sets = []
    for k in range(8):
        logs = sample(chol, a, b, qmc.Sobol(d, rng=np.random.default_rng([seed, k])).random(points))
        top = logs.max()
        sets.append(top + np.log(np.mean(np.exp(logs - top))))
    values = np.array(sets)
    top = values.max()
    shares = np.exp(values - top)
    error = shares.std(ddof=1) / np.sqrt(8) / shares.mean()
    return BoxProbability(float(top + np.log(shares.mean())), float(error), "sequential Sobol sampling", d)
