"""Seasonal-trend decomposition by loess for series with gaps.

Two things people confuse: a gap (nothing was measured; the smoothers pass over it) and a censored value (something was
measured, and it is at most its limit; it enters at that limit, at most one in five, and the result says how many).
"""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.decompose.outcome import Decomposition, check_scale
from labkit.models.inputs import BadInput, Flags, Floats, check_enough, to_flags, to_floats

MOST_CENSORED = 0.2
MOST_MISSING = 0.5


def next_odd(x: float) -> int:
    """Return the least odd whole number at or above the rounded `x`, as the published defaults do."""
    whole = round(x)
    return whole + 1 if whole % 2 == 0 else whole


def stl(
    values: ArrayLike,
    period: int,
    *,
    censored: ArrayLike | None = None,
    scale: str = "identity",
    seasonal_width: int | None = None,
    trend_width: int | None = None,
    low_width: int | None = None,
    degrees: tuple[int, int, int] = (0, 1, 1),
    jumps: tuple[int, int, int] | None = (1, 1, 1),
    robust: bool = False,
    inner: int | None = None,
    outer: int | None = None,
) -> Decomposition:
    r"""Take a regular series with gaps apart: ``observed = trend + seasonal + remainder`` on `scale`.

    Loess with tricube weights over the nearest *observed* values, alternating between the cycle-subseries (one for each phase
    of the period) and the deseasonalised series; with `robust`, values far off are weighted down by the bisquare of their
    remainder over six times the median absolute remainder.

    Parameters
    ----------
    values : array, shape (n,)
        On a regular grid (see `to_grid`), NaN where nothing was measured; for a censored value its limit. Any unit.
    period : int
        Places of the grid in one season (52 for weeks of a year, 7 for days of a week).
    censored : array of bool, shape (n,), optional
        Which values are at most what stands there. They enter *at the limit*, the highest they can be: trend and seasons
        there are upper ones. More than 20 % are refused: use the structural model, which needs no number in their place.
    scale : {"identity", "log"}
        Under "log" components add on the logarithm, and `median_trend` is a median.
    seasonal_width, trend_width, low_width : int, optional
        Odd spans of the three smoothers. None for the seasons means *periodic*: every year has the same season; a short span
        lets the season follow noise. Defaults of the others: least odd above ``1.5 period / (1 - 1.5 / seasonal_width)``, and
        above the period.
    degrees, jumps : three int
        Degree of the local polynomial (0 or 1) and every how many places it is computed, for seasons, trend and low-pass.
        ``jumps=None`` takes a tenth of each span, as R does: faster on long series, with straight lines between.
    robust : bool
        15 turns of robustness weights; costs precision where nothing is off.
    inner, outer : int, optional
        Turns of the two loops instead of 2 and 0 (robust: 1 and 15).

    Raises
    ------
    BadInput
        Fewer than two periods, a period under 2, even widths, more than 20 % censored, more than half missing, a phase of the
        period never observed, a value at or below zero under "log", an infinite value.

    Examples
    --------
    >>> months = np.arange(48)
    >>> values = 10 + 0.1 * months + np.sin(2 * np.pi * months / 12)
    >>> values[7] = np.nan
    >>> found = stl(values, 12)
    >>> print(found)
    STL, period 12, identity scale: n = 47, 1 gaps, 0 censored (at their limit)
    >>> bool(abs(found.trend[7] - 10.7) < 0.05)
    True

    References
    ----------
    .. [1] R. B. Cleveland, W. S. Cleveland, J. E. McRae, I. Terpenning, "STL: a seasonal-trend decomposition procedure based
       on loess", J. Official Statistics 1990;6:3-73.
    """
    observed, flags = _read(values, period, censored, scale)
    widths = _widths(observed.size, period, seasonal_width, trend_width, low_width)
    turns = (inner or (1 if robust else 2), (15 if robust else 0) if outer is None else outer)
    every = jumps or tuple(ceil(width / 10) for width in widths)
    trend, season, weights = run_stl(observed[None, :], period, widths, degrees, every, *turns)
    seasonal = season[0]
    if seasonal_width is None:
        seasonal = periodic_mean(seasonal, period)
    return Decomposition(
        observed=observed,
        trend=trend[0],
        seasonals=(seasonal,),
        spans=widths,
        periods=(int(period),),
        weights=weights[0],
        censored=flags,
        scale=scale,
        method="robust STL" if robust or turns[1] else "STL",
    )


def stl_trends(table: ArrayLike, period: int, *, seasonal_width: int | None = None, robust: bool = False) -> Floats:
    """Return the STL trends of many series of one grid, shape (series, n), each as `stl` gives it; NaN is a gap.

    Raises
    ------
    BadInput
        As `stl`, for the first series that cannot be taken apart.
    """
    rows = np.asarray(table, dtype=float)
    if rows.ndim != 2:
        raise BadInput("table", f"{rows.ndim} dimensions", "an array of shape (series, n)")
    for row in rows:
        _read(row, period, None, "identity")
    widths = _widths(rows.shape[1], period, seasonal_width, None, None)
    return run_stl(rows, period, widths, (0, 1, 1), (1, 1, 1), *((1, 15) if robust else (2, 0)))[0]


def run_stl(
    table: Floats,
    period: int,
    widths: tuple[int, int, int],
    degrees: tuple[int, int, int],
    jumps: tuple[int, ...],
    inner: int,
    outer: int,
) -> tuple[Floats, Floats, Floats]:
    """Return trends, seasons and weights of the rows of `table`."""
    from labkit.models.decompose.stl_kernel import decompose_many

    return decompose_many(table, period, np.array(widths), np.array(degrees), np.array(jumps), inner, outer)


def _read(values: ArrayLike, period: int, censored: ArrayLike | None, scale: str) -> tuple[Floats, Flags]:
    observed = to_floats("values", values, gaps=True, positive=check_scale(scale) == "log")
    flags = to_flags("censored", censored, observed.size)
    if period != int(period) or period < 2:
        raise BadInput("period", f"{period}", "a whole number of places, 2 or more")
    check_enough("values", observed.size, 2 * int(period), "two periods")
    seen = ~np.isnan(observed)
    if seen.mean() < 1 - MOST_MISSING:
        raise BadInput("values", f"{1 - seen.mean():.0%} missing", "at most half; use the structural model for sparse series")
    if (flags & ~seen).any():
        raise BadInput("censored", "a missing value marked as censored", "the limit in its place")
    if flags.sum() > MOST_CENSORED * seen.sum():
        raise BadInput(
            "censored", f"{flags.sum() / seen.sum():.0%} of the values", "at most 20 %; the structural model takes any share"
        )
    for phase in range(int(period)):
        if not seen[phase :: int(period)].any():
            raise BadInput("values", f"nothing observed at phase {phase} of the period", "a value for each phase of the period")
    return (np.log(observed) if scale == "log" else observed), flags


def _widths(n: int, period: int, seasonal: int | None, trend: int | None, low: int | None) -> tuple[int, int, int]:
    for name, width in (("seasonal_width", seasonal), ("trend_width", trend), ("low_width", low)):
        if width is not None and (width % 2 == 0 or width < 3):
            raise BadInput(name, f"{width}", "an odd number, 3 or more")
    seasonal = seasonal or 10 * n + 1
    return seasonal, trend or next_odd(ceil(1.5 * period / (1 - 1.5 / seasonal))), low or next_odd(period)


def periodic_mean(seasonal: Floats, period: int) -> Floats:
    """Return the mean of each phase in its places."""
    phase = np.arange(seasonal.size) % period
    return (np.bincount(phase, weights=seasonal) / np.bincount(phase))[phase]
