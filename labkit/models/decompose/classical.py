"""The classical decomposition by one moving mean: what older reports were made with, to compare with."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.decompose.outcome import Decomposition
from labkit.models.inputs import BadInput, Floats, check_enough, to_floats


def decompose_classically(values: ArrayLike, period: int, *, multiplicative: bool = False) -> Decomposition:
    """Take a regular series apart by a centred moving mean over one period and the mean of each phase.

    The trend is missing for half a period at both ends, which is why `stl` is the better choice. With `multiplicative` the
    phases are ratios to the trend, and the components returned are their logarithms on scale "log" (those of the ratio, not
    a decomposition of the logarithm).

    Raises
    ------
    BadInput
        Missing values, fewer than two periods, or a value at or below zero with `multiplicative`.

    Examples
    --------
    >>> found = decompose_classically([1, 3, 2, 4, 3, 5, 4, 6], 2)
    >>> [round(float(v), 3) for v in found.seasonal[:2]]
    [-0.75, 0.75]
    """
    series = to_floats("values", values, positive=multiplicative)
    if period < 2:
        raise BadInput("period", f"{period}", "2 or more")
    check_enough("values", series.size, 2 * period, "two periods")
    kernel = np.r_[0.5, np.ones(period - 1), 0.5] if period % 2 == 0 else np.ones(period)
    trend = np.full(series.size, np.nan)
    reach = kernel.size // 2
    trend[reach : series.size - reach] = np.convolve(series, kernel / kernel.sum(), mode="valid")
    rest = series / trend if multiplicative else series - trend
    figure = np.array([np.nanmean(rest[phase::period]) for phase in range(period)])
    figure = figure / figure.mean() if multiplicative else figure - figure.mean()
    seasonal: Floats = figure[np.arange(series.size) % period]
    return Decomposition(
        observed=np.log(series) if multiplicative else series,
        trend=np.log(trend) if multiplicative else trend,
        seasonals=(np.log(seasonal) if multiplicative else seasonal,),
        periods=(period,),
        weights=np.ones(series.size),
        censored=np.zeros(series.size, dtype=bool),
        scale="log" if multiplicative else "identity",
        method="classical decomposition",
    )
