"""How strongly two matrices go together over areas and months: latent correlation, interval, p and the smallest one findable.

Two things people confuse: the correlation of the samples and that of what they stand for. The estimand here is the second: the
correlation of the latent window means, with area, trend and the city's common movement removed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from labkit.compare.residuals import Residuals, basis, residuals
from labkit.compare.sides import Side
from labkit.compare.windows import kernel, own_month, smoothing
from labkit.models.association import kendall_tau
from labkit.models.inputs import BadInput, NotEstimable
from labkit.models.interval import Interval

Floats = NDArray[np.float64]
POWER = 0.8
LEAST_LATENT = 0.05  # of the squares have to be more than noise
BLOCKS = 6
NEAR_ONE = 0.95
FEW = 10


@dataclass(frozen=True)
class Association:
    """Of areas, not of persons. `correlation` is of the latent window means; `smallest` is found in 80 % of cases."""

    drug: str
    pair: tuple[str, str]
    correlation: float
    interval: Interval
    p: float
    smallest: float
    tau_a: float
    tau_b: float
    attenuated: float  # the plain correlation of the same residuals, noise and all
    areas: int
    cells: int
    not_exact: int
    windows_months: int
    draws: int

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.drug}, {self.pair[0]} and {self.pair[1]}: {self.correlation:.2f} ({self.interval}), p {self.p:.3g}"


@dataclass(frozen=True)
class Aligned:
    """Two matrices on one window: residuals of both, and which cells they share."""

    x: Residuals
    y: Residuals
    known: NDArray[np.bool_]
    span: int


def align(one: Side, other: Side, *, slopes: bool = True, given: tuple[Floats, ...] = (), window: str | None = None) -> Aligned:
    """Bring two sides to the longer memory of the two, or to that of the matrix `window`, free of area, trend and month.

    Raises
    ------
    BadInput
        Sides of other areas or months.
    NotEstimable
        Fewer months than the window, or too little in common.
    """
    if one.areas != other.areas or one.months != other.months:
        raise BadInput("other", "other areas or months", "the areas and months of the first side")
    kernels = [kernel(side.matrix) for side in (one, other)]
    longest = kernel(window) if window else max(kernels, key=len)
    span = longest.size
    areas, months = one.value.shape
    if months < span + 2:
        raise NotEstimable("an association", f"{months} months", f"more than the {span} of a window of hair")
    maps = [own_month(span, areas, months) if 1 < own.size else smoothing(longest, areas, months) for own in kernels]
    shape = (areas, months - span + 1)
    windows = []
    for side, weights in zip((one, other), maps, strict=True):
        gaps = (weights != 0).astype(float) @ np.isnan(side.value).ravel().astype(float)
        means = weights @ np.nan_to_num(side.value).ravel()
        windows.append(np.where(gaps > 0, np.nan, means).reshape(shape))
    known = ~np.isnan(windows[0]) & ~np.isnan(windows[1])
    covariates = tuple(each[:, span - 1 :] for each in given)
    q = basis(known, slopes, covariates)
    found = [
        residuals(values, known, q, weights, side.error)
        for values, weights, side in zip(windows, maps, (one, other), strict=True)
    ]
    return Aligned(found[0], found[1], known, span)


def latent_correlation(aligned: Aligned) -> tuple[float, float, Floats]:
    """Return the correlation freed of noise, the plain one, and its values with each area left out in turn.

    Raises
    ------
    NotEstimable
        One matrix shows nothing beyond its sampling noise.
    """
    x, y = (np.nan_to_num(side.values) for side in (aligned.x, aligned.y))
    squares = [np.stack([(x * x).sum(1), (y * y).sum(1), (x * y).sum(1)]), np.stack([aligned.x.noise, aligned.y.noise])]
    total, noise = squares[0].sum(axis=1), squares[1].sum(axis=1)
    plain = float(total[2] / np.sqrt(total[0] * total[1]))
    latent = total[:2] - noise
    if (latent < LEAST_LATENT * total[:2]).any():
        which = "the first" if latent[0] < LEAST_LATENT * total[0] else "the second"
        raise NotEstimable(
            "an association", f"{which} matrix shows nothing beyond its sampling noise", "more samples or persons"
        )
    value = float(total[2] / np.sqrt(latent[0] * latent[1]))
    left = squares[0].sum(axis=1)[:, None] - squares[0]
    rest = np.maximum(left[:2] - (noise[:, None] - squares[1]), LEAST_LATENT * left[:2])
    without = left[2] / np.sqrt(rest[0] * rest[1])
    return value, plain, without[aligned.known.any(axis=1)]


def associate(
    one: Side,
    other: Side,
    *,
    given: tuple[Floats, ...] = (),
    level: float = 0.95,
    draws: int = 999,
    seed: int = 1,
) -> Association:
    r"""Return how two matrices go together over areas and months.

    .. math:: \hat\rho = \frac{\sum r_x r_y}{\sqrt{(\sum r_x^2 - N_x)(\sum r_y^2 - N_y)}}

    with r the residuals after area, line and month, and N the squares that sampling leaves. The interval is Fisher's z with a
    jackknife over areas and Student's t. p is the larger of two: months shifted and reordered in blocks, the same for all
    areas, and random signs of the areas' products; so neither what areas share nor a long memory makes a finding.

    Parameters
    ----------
    one, other : Side
        From `water_side` and `person_side`, same areas and months.
    given : arrays, shape (areas, months)
        Held constant as well, as the log of the persons tested: then the association is a partial one.
    level : float
        Probability of the interval.
    draws, seed : int
        Of the reordering; where fewer than ten draws are as large, p is the normal tail with their scale.

    Raises
    ------
    BadInput, NotEstimable
        As `align` and `latent_correlation`.
    """
    aligned = align(one, other, given=given)
    value, plain, without = latent_correlation(aligned)
    n = without.size
    t = float(stats.t.ppf((1 + level) / 2, n - 1))
    ends, error = _jackknife(value, without, t, level)
    tau = kendall_tau(aligned.x.values[aligned.known], aligned.y.values[aligned.known])
    p = chance(np.nan_to_num(aligned.x.values), np.nan_to_num(aligned.y.values), draws, seed)
    return Association(
        drug=one.drug,
        pair=(one.matrix, other.matrix),
        correlation=float(np.clip(value, -1, 1)),
        interval=ends,
        p=float(p),
        smallest=float(np.tanh((t + stats.norm.ppf(POWER)) * error)),
        tau_a=tau.tau_a,
        tau_b=tau.tau_b,
        attenuated=plain,
        areas=n,
        cells=int(aligned.known.sum()),
        not_exact=one.n_not_exact + other.n_not_exact,
        windows_months=aligned.span,
        draws=draws,
    )


def _jackknife(value: float, without: Floats, t: float, level: float) -> tuple[Interval, float]:
    """Return the interval and its standard error on Fisher's scale; near 1, where that scale has no end, on the plain one."""
    n = without.size
    near = bool(np.abs(np.r_[value, without]).max() >= NEAR_ONE)
    z, centre = (without, value) if near else (np.arctanh(without), float(np.arctanh(value)))
    error = float(np.sqrt((n - 1) / n * ((z - z.mean()) ** 2).sum()))
    ends = np.array([centre - t * error, centre + t * error])
    low, high = np.clip(ends, -1, 1) if near else np.tanh(ends)
    scale = "plain scale" if near else "Fisher z"
    return Interval(float(low), float(high), level, f"jackknife over {n} areas, {scale}"), error


def chance(x: Floats, y: Floats, draws: int, seed: int, lag: int = 0) -> float:
    """Return the larger of two p, y `lag` months later: months reordered in blocks, and areas' products with random signs.

    The first keeps what neighbouring areas share, the second keeps however long a memory within each area.
    """
    months = x.shape[1]
    rows = np.arange(max(-lag, 0), months - max(lag, 0))
    scores = (x.T @ y)[rows, shuffled_months(months, draws, seed)[:, rows + lag]].sum(axis=1)
    own = (x[:, rows] * y[:, rows + lag]).sum(axis=1)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], (draws, own.size))
    observed = abs(float(own.sum())) - 1e-12
    return max(_tail(drawn, observed) for drawn in (scores, signs @ own))


def _tail(drawn: Floats, observed: float) -> float:
    """Return the share of draws as large; where fewer than ten are, the normal tail with the draws' own scale.

    Sums of random signs have lighter tails than the normal, so that this errs to the careful side.
    """
    beyond, n = int((np.abs(drawn) >= observed).sum()), drawn.size
    scale = float(np.sqrt(np.mean(drawn**2)))
    if beyond >= FEW or scale == 0:
        return (1 + beyond) / (n + 1)
    return float(min(2 * stats.norm.sf(observed / scale), (1 + FEW) / (n + 1)))


def shuffled_months(months: int, draws: int, seed: int) -> NDArray[np.intp]:
    """Return `draws` orders of the months: turned round by a random number, then cut into blocks that change places.

    >>> orders = shuffled_months(24, 5, 1)
    >>> orders.shape, bool((np.sort(orders, axis=1) == np.arange(24)).all())
    ((5, 24), True)
    """
    rng = np.random.default_rng(seed)
    pieces = np.array_split(np.arange(months), BLOCKS if months >= 3 * BLOCKS else max(months // 3, 2))
    orders = []
    for _ in range(draws):
        turned = np.concatenate([pieces[k] for k in rng.permutation(len(pieces))])
        orders.append(np.roll(turned, int(rng.integers(months))))
    return np.array(orders)
