"""The lag profile: month against month, which matrix runs behind the other and by how much.

Two things people confuse: the largest correlation and a lag that is known. Neighbouring lags are alike, so that several can be
the right one; the set of those that cannot be ruled out is what is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from labkit.compare.association import chance
from labkit.compare.residuals import basis, residuals
from labkit.compare.sides import Side
from labkit.compare.windows import smoothing
from labkit.models.inputs import NotEstimable

Floats = NDArray[np.float64]
FARTHEST = 6


@dataclass(frozen=True)
class LagProfile:
    """`correlation` at each lag in months (positive: the second matrix is later), with bands that hold for all lags at once."""

    drug: str
    pair: tuple[str, str]
    lags: NDArray[np.int64]
    correlation: Floats
    low: Floats
    high: Floats
    p: Floats
    lag_set: tuple[int, ...]
    areas: int
    level: float


def lag_profile(
    one: Side, other: Side, *, farthest: int = FARTHEST, level: float = 0.95, draws: int = 999, seed: int = 1
) -> LagProfile:
    r"""Return the correlation of the second matrix with the first of some months before or after.

    .. math:: \hat\rho_l = \frac{\frac{M}{M - |l|}\sum_{am} r_{x,am}\, r_{y,a,m+l}}{\sqrt{(\sum r_x^2 - N_x)(\sum r_y^2 - N_y)}}

    No window is applied: hair's own memory is what the profile shows. Bands come from a jackknife over areas and the largest of
    all lags' Student's t at once; the lag set holds each lag whose band reaches that of the best one, or whose difference to
    it is within that of all differences.

    Parameters
    ----------
    one, other : Side
        Same areas and months.
    farthest : int
        Months to each side.
    level, draws, seed
        As for `associate`; p is of each lag alone, for `false_discovery`.

    Raises
    ------
    NotEstimable
        Too few areas or months, or a matrix with nothing beyond noise.
    """
    known = ~np.isnan(one.value) & ~np.isnan(other.value)
    areas, months = known.shape
    q = basis(known)
    same = smoothing(np.array([1.0]), areas, months)
    x, y = (residuals(side.value, known, q, same, side.error) for side in (one, other))
    a, b = np.nan_to_num(x.values), np.nan_to_num(y.values)
    latent = np.stack([(a * a).sum(1) - x.noise, (b * b).sum(1) - y.noise])
    total = latent.sum(axis=1)
    if (total <= 0.02 * np.array([(a * a).sum(), (b * b).sum()])).any():
        raise NotEstimable("a lag profile", "one matrix shows nothing beyond its sampling noise", "more samples or persons")
    lags = np.arange(-farthest, farthest + 1)
    shares = np.array([_products(a, b, int(lag)) * months / (months - abs(int(lag))) for lag in lags])  # lags × areas
    used = known.any(axis=1)
    n = int(used.sum())
    root = float(np.sqrt(total.prod()))
    value = shares.sum(axis=1) / root
    rest = np.maximum(total[:, None] - latent, 0.02 * total[:, None])
    without = ((shares.sum(axis=1)[:, None] - shares) / np.sqrt(rest.prod(axis=0)))[:, used]
    spread = (without - without.mean(axis=1, keepdims=True)) * np.sqrt((n - 1) / n)
    covariance = spread @ spread.T
    error = np.sqrt(np.diag(covariance))
    best = int(np.argmax(np.abs(value)))
    reach = _reach(covariance, n - 1, level, seed)
    toward = np.sign(value[best])
    gap = toward * (value[best] - value)
    between = covariance[best, best] + np.diag(covariance) - 2 * covariance[best]
    far = _reach_of_differences(covariance, best, n - 1, level, seed)
    inside = gap <= far * np.sqrt(np.maximum(between, 0.0)) + 1e-12
    inside |= toward * value + reach * error >= toward * value[best] - reach * error[best]  # the bands overlap
    p = [chance(a, b, draws, seed, int(lag)) for lag in lags]
    return LagProfile(
        one.drug, (one.matrix, other.matrix), lags, value, value - reach * error, value + reach * error, np.array(p),
        tuple(int(lag) for lag in lags[inside]), n, level,
    )  # fmt: skip


def _products(a: Floats, b: Floats, lag: int) -> Floats:
    """Return the sum of products of each area with the second matrix `lag` months later."""
    months = a.shape[1]
    first, second = (a[:, : months - lag], b[:, lag:]) if lag >= 0 else (a[:, -lag:], b[:, : months + lag])
    total: Floats = (first * second).sum(axis=1)
    return total


def _reach(covariance: Floats, free: int, level: float, seed: int) -> float:
    """Return how many errors hold all lags at once, for Student's t with that correlation."""
    draws = _draws(covariance, seed)
    scale = np.sqrt(free / np.random.default_rng(seed + 1).chisquare(free, draws.shape[1]))
    error = np.sqrt(np.maximum(np.diag(covariance), 1e-300))[:, None]
    return float(np.quantile(np.abs(draws / error).max(axis=0) * scale, level))


def _reach_of_differences(covariance: Floats, best: int, free: int, level: float, seed: int) -> float:
    move = np.eye(len(covariance))
    move[:, best] -= 1
    between = np.delete(np.delete(move @ covariance @ move.T, best, 0), best, 1)
    return _reach(between, free, level, seed)


def _draws(covariance: Floats, seed: int) -> Floats:
    values, vectors = np.linalg.eigh(covariance)
    half = vectors * np.sqrt(np.maximum(values, 0.0))
    drawn: Floats = half @ np.random.default_rng(seed).standard_normal((len(covariance), 4000))
    return drawn


def false_discovery(p: Floats) -> Floats:
    """Return Benjamini and Hochberg's adjusted p, in the order given.

    >>> false_discovery(np.array([0.01, 0.04, 0.03, 0.5])).round(3).tolist()
    [0.04, 0.053, 0.053, 0.5]
    """
    adjusted: Floats = stats.false_discovery_control(p) if len(p) else p
    return adjusted
