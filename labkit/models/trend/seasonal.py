"""Seasonal and regional Kendall: each season (or site) against itself only, then summed.

Two things people confuse: variation between seasons, which this takes out, and correlation between them (a high year is high in
all its months), which it does not unless asked: `correlation="hirsch_slack"`.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from labkit.models.inputs import BadInput, Floats, NotEstimable, check_level
from labkit.models.trend.mann_kendall import read_series, standardise, tau_b, to_sides
from labkit.models.trend.outcome import Trend
from labkit.models.trend.sen import sen_slope

Wholes = NDArray[np.int64]
REPLICATES = {"all": None, "mean": np.mean, "median": np.median}


def seasonal_kendall(
    values: ArrayLike,
    seasons: ArrayLike,
    times: ArrayLike,
    *,
    censored: ArrayLike | None = None,
    correlation: Literal["none", "hirsch_slack"] = "none",
    replicates: Literal["all", "mean", "median"] = "all",
    continuity: bool = True,
    level: float = 0.95,
) -> Trend:
    r"""Test for a monotone trend common to the seasons, and estimate the seasonal Sen slope.

    .. math:: S = \sum_g S_g, \quad \mathrm{Var}(S) = \sum_g \mathrm{Var}(S_g) + \sum_{g \ne h} \mathrm{Cov}(S_g, S_h), \quad
       \mathrm{Cov}(S_g, S_h) = \tfrac13 \Big(\sum_{i<j} a_{ij} b_{ij} + \sum_i A_i B_i\Big)

    with signs a, b of the pairs of blocks (years) in the two seasons, zero where one is missing, and their row sums A, B
    (Hirsch and Slack after Dietz and Killeen); without `correlation` the covariances are left out, and p is too small where
    years are high or low as a whole.

    Parameters
    ----------
    values, times : array, shape (n,)
        As `mann_kendall`; under "hirsch_slack" times are blocks (the year): equal in all seasons of one.
    seasons : array, shape (n,)
        Labels of the season (month, weekday) or of whatever is compared only with itself.
    censored : array of bool, optional
        Which values are below what stands there; the slope is then one Akritas-Theil-Sen line within seasons and is not
        offered here: use `mann_kendall` by season.
    correlation : {"none", "hirsch_slack"}
        Whether covariances between seasons enter; needs ten blocks or more to be of use.
    replicates : {"all", "mean", "median"}
        What stands for several values of one season and time. Covariances need one value each.
    continuity, level
        As `mann_kendall`.

    Raises
    ------
    BadInput
        Lengths differ, replicates with covariances, censored replicates averaged, or what `mann_kendall` refuses.

    Examples
    --------
    >>> years = np.repeat([2020, 2021, 2022, 2023], 2)
    >>> found = seasonal_kendall([1, 9, 2, 8, 3, 11, 4, 12], ["a", "b"] * 4, years)
    >>> found.score, found.group_scores, found.slope
    (10, (6, 4), 1.0)

    References
    ----------
    .. [1] R. M. Hirsch and J. R. Slack, "A nonparametric trend test for seasonal data with serial dependence", Water Resources
       Research 1984;20:727-732.
    """
    from labkit.models.trend.score_kernel import covariance_of, score_parts, slopes_of

    check_level(level)
    labels = np.asarray(seasons)
    everything = np.asarray(values, dtype=float)
    if labels.shape != everything.shape:
        raise BadInput("seasons", f"shape {labels.shape}", f"one label a value, shape {everything.shape}")
    y, t, flags, missing = read_series(values, times, censored)
    labels = labels[~np.isnan(everything)]
    names, groups = np.unique(labels, return_inverse=True)
    if replicates not in REPLICATES:
        raise BadInput("replicates", repr(replicates), ", ".join(REPLICATES))
    if replicates != "all":
        if flags.any():
            raise BadInput("replicates", "censored values to be averaged", "all")
        y, t, groups = _merged(y, t, groups, replicates)
        flags = np.zeros(y.size, dtype=bool)
    low, high = to_sides(y, flags)
    parts, slopes = [], []
    for g in range(names.size):
        mine = groups == g
        parts.append(score_parts(low[mine], high[mine], t[mine]))
        slopes.append(slopes_of(y[mine], t[mine]))
    scores, variances = np.array([p[0] for p in parts]), np.array([p[1] for p in parts])
    covariance = np.diag(variances)
    method = f"seasonal Kendall, {names.size} groups"
    if correlation == "hirsch_slack":
        covariance = _covariances(y, t, groups, names.size, covariance, bool(flags.any()), covariance_of)
        method += ", Hirsch-Slack"
    elif correlation != "none":
        raise BadInput("correlation", repr(correlation), "none or hirsch_slack")
    score, variance = int(scores.sum()), float(covariance.sum())
    z, p = standardise(score, variance, continuity)
    pairs = sum(m * (m - 1) / 2 for m in np.bincount(groups))
    slope, interval = sen_slope(np.concatenate(slopes), variance, level)
    if flags.any():
        slope = interval = NotEstimable("the slope", "censored values", "`mann_kendall` season by season")
    return Trend(
        score=score,
        variance=variance,
        z_or_reason=z,
        p_or_reason=p,
        tau_a=float(score / pairs) if pairs else 0.0,
        tau_b_or_reason=tau_b(score, sum(p[2] for p in parts), sum(p[3] for p in parts)),
        slope_or_reason=slope,
        slope_interval_or_reason=interval,
        n=y.size,
        n_censored=int(flags.sum()),
        n_missing=missing,
        level=level,
        method=method,
        heterogeneity=_heterogeneity(scores, covariance),
        group_scores=tuple(int(s) for s in scores),
        group_variances=tuple(float(v) for v in variances),
    )


def regional_kendall(
    values: ArrayLike, sites: ArrayLike, times: ArrayLike, *, seasons: ArrayLike | None = None, **options: object
) -> Trend:
    """Test for a trend common to several sites: each site (and season) against itself only, then summed.

    As `seasonal_kendall` with sites as groups; with ``correlation="hirsch_slack"`` the covariances between sites enter, which
    a shared year makes large.
    """
    labels = np.asarray(sites).astype(str)
    if seasons is not None:
        labels = np.char.add(np.char.add(labels, "\x1f"), np.asarray(seasons).astype(str))
    return seasonal_kendall(values, labels, times, **options)  # type: ignore[arg-type]


def kendall_many(
    table: ArrayLike, times: ArrayLike | None = None, seasons: ArrayLike | None = None, *, slope: bool = True
) -> tuple[Floats, Floats, Floats]:
    """Return scores, two-sided p (continuity corrected, independent) and Sen slopes of many series of one grid.

    Parameters
    ----------
    table : array, shape (series, n)
        NaN is a gap.
    times, seasons : array, shape (n,), optional
        As `seasonal_kendall`; without seasons each series is tested as by `mann_kendall`.
    slope : bool
        Without, slopes are NaN and less is computed.
    """
    from labkit.models.trend.score_kernel import many_series

    rows = np.ascontiguousarray(table, dtype=float)
    if rows.ndim != 2:
        raise BadInput("table", f"{rows.ndim} dimensions", "an array of shape (series, n)")
    n = rows.shape[1]
    t = np.arange(n, dtype=float) if times is None else np.asarray(times, dtype=float)
    groups = np.zeros(n, dtype=np.int64)
    if seasons is not None:
        groups = np.unique(np.asarray(seasons), return_inverse=True)[1].astype(np.int64)
    if t.shape != (n,) or groups.shape != (n,):
        raise BadInput("times, seasons", "another length than the series", f"{n} of each")
    scores, variances, slopes = many_series(rows, groups, int(groups.max()) + 1, t, slope)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (scores - np.sign(scores)) / np.sqrt(variances)
    return scores, np.where(variances > 0, 2 * stats.norm.sf(np.abs(z)), 1.0), slopes


def _merged(y: Floats, t: Floats, groups: Wholes, how: str) -> tuple[Floats, Floats, Wholes]:
    keys, places = np.unique(np.c_[groups, t], axis=0, return_inverse=True)
    merge = REPLICATES[how]
    merged = np.array([merge(y[places == k]) for k in range(len(keys))])  # type: ignore[misc]
    return merged, keys[:, 1], keys[:, 0].astype(np.int64)


def _covariances(
    y: Floats, t: Floats, groups: Wholes, count: int, covariance: Floats, censored: bool, covariance_of: object
) -> Floats:
    if censored:
        raise BadInput("correlation", "hirsch_slack with censored values", "none, or blocks in `mann_kendall`")
    blocks, place = np.unique(t, return_inverse=True)
    laid = np.full((count, blocks.size), np.nan)
    laid[groups, place] = y
    if np.count_nonzero(~np.isnan(laid)) < y.size:
        raise BadInput("times", "several values of one season and time", "replicates='mean' or 'median'")
    covariance = covariance.copy()
    for g in range(count):
        for h in range(g + 1, count):
            covariance[g, h] = covariance[h, g] = covariance_of(laid[g], laid[h])  # type: ignore[operator]
    return covariance


def _heterogeneity(scores: Floats, covariance: Floats) -> tuple[float, float, int] | None:
    """Return van Belle and Hughes' chi-square for a trend that differs between groups; None where it cannot be had."""
    spread = np.sqrt(np.diag(covariance))
    if scores.size < 2 or not (spread > 0).all():
        return None
    z = scores / spread
    contrast = np.eye(z.size - 1, z.size) - np.eye(z.size - 1, z.size, 1)
    inner = contrast @ (covariance / np.outer(spread, spread)) @ contrast.T
    if np.linalg.matrix_rank(inner) < z.size - 1:
        return None
    chi = float((contrast @ z) @ np.linalg.solve(inner, contrast @ z))
    return chi, float(stats.chi2.sf(chi, z.size - 1)), int(z.size - 1)
