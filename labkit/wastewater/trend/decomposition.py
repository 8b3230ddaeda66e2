"""A series of loads taken apart: trend, season, weekday, holiday and remainder, with values below limits as intervals.

Two things people confuse: the *trend* drawn here, which is the median load per 1,000 freed of season and weekday, and the loads
themselves, which scatter around it; and a band drawn where nothing was sampled, which is wide for that reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labkit.models.inputs import BadInput, NotEstimable
from labkit.models.structural import StructuralFit, fit_structural
from labkit.wastewater.trend.series import SEASON_FROM, WEEKDAYS, YEAR_WEEKS, Series, calendar_effects, check_dense

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """Two stretches of weeks that a change is asked between: `later` against `earlier`, each (from, to)."""

    earlier: tuple[float, float]
    later: tuple[float, float]

    @property
    def weeks(self) -> float:
        """Length of one stretch."""
        return self.later[1] - self.later[0]


@dataclass(frozen=True)
class TakenApart:
    """One series with its structural fit on a grid of weeks, or the reason why there is none."""

    series: Series
    fit: StructuralFit | None
    grid: NDArray[np.bool_]  # rows of the fit that are weeks, not results
    days: NDArray[np.datetime64]  # of all rows
    window: Window | None
    refused: str = ""

    @property
    def seasonal(self) -> bool:
        """Whether a season of the year is in the model."""
        return self.fit is not None and any(name.startswith("season") for name in self.fit.components)


def compare_windows(series: Series, window_weeks: float | None = None) -> Window:
    """Return the last year against the year before; of shorter series the later half against the earlier.

    Raises
    ------
    NotEstimable
        Fewer than four results in one of the two, or a gap that swallows most of one.
    """
    end = float(series.weeks[-1])
    length = window_weeks or (YEAR_WEEKS if series.span >= 2 * YEAR_WEEKS - 4 else series.span / 2)
    window = Window((end - 2 * length, end - length), (end - length, end))
    for name, (start, stop) in (("earlier", window.earlier), ("later", window.later)):
        inside = (series.weeks > start - 1e-9) & (series.weeks <= stop + 1e-9)
        if inside.sum() < 4:
            raise NotEstimable("a change", f"{int(inside.sum())} results in the {name} part", "four or more in each part")
        reached = np.r_[start, series.weeks[inside], stop]
        if np.diff(reached).max() > 0.75 * length:
            raise NotEstimable("a change", f"a gap of {np.diff(reached).max():.0f} weeks in the {name} part", "a shorter gap")
    return window


def take_apart(
    series: Series, *, level: float = 0.95, holidays: Sequence[str] = (), window_weeks: float | None = None
) -> TakenApart:
    r"""Fit :math:`\log y = \text{trend} + \text{season} + \text{weekday} + \text{holiday} + \text{remainder}`.

    The trend is a random walk in real time, the season one harmonic of the year (only where the series spans a year and a half:
    before that it cannot be told from a trend), weekdays are contrasts to their mean. Values below a limit enter as what they
    are, intervals; see `labkit.models.structural`. Days of an incomplete week count as they are: weekday and trend are
    estimated together.

    Parameters
    ----------
    series : Series
        From `to_series`.
    level : float
        Probability of intervals.
    holidays : sequence of str
        Days that are holidays; they get one effect together, and are a week-day all the same.
    window_weeks : float, optional
        Length of the two stretches compared; a year, or half the series.

    Returns
    -------
    TakenApart
        With `refused` instead of a fit where the data carry none: nothing is raised, for a study has many series.
    """
    first_week, last_week = np.ceil(series.weeks[0]), np.floor(series.weeks[-1])
    weeks = np.arange(first_week, last_week + 1)
    start = series.days[0] - np.round(series.weeks[0] * 7).astype("timedelta64[D]")
    grid_days = start + np.round(weeks * 7).astype("timedelta64[D]")
    order = np.argsort(np.r_[series.weeks, weeks], kind="stable")
    times = np.r_[series.weeks, weeks][order]
    days = np.r_[series.days, grid_days][order]
    grid = np.r_[np.zeros(series.n, bool), np.ones(weeks.size, bool)][order]
    low, high = (np.r_[ends, np.full(weeks.size, np.nan)][order] for ends in (series.low, series.high))
    effects = calendar_effects(days, ~grid, holidays)
    effects = {name: np.where(grid, 0.0, column) for name, column in effects.items()}
    seasons = [(YEAR_WEEKS, 1)] if series.span >= SEASON_FROM else []
    window, contrasts, refused = None, {}, ""
    try:
        check_dense(series)
    except NotEstimable as reason:
        return TakenApart(series, None, grid, days, None, str(reason))
    try:
        window = compare_windows(series, window_weeks)
        contrasts["change"] = _mean(times, grid, window.later) - _mean(times, grid, window.earlier)
        contrasts["later"] = _mean(times, grid, window.later)
    except NotEstimable as reason:
        refused = str(reason)
    try:
        fit = fit_structural(
            low, high, times, seasons=seasons, regressors=effects, contrasts=contrasts, level=level, check_points=0
        )
    except BadInput as reason:
        return TakenApart(series, None, grid, days, None, refused or str(reason))
    return TakenApart(series, fit, grid, days, window, refused)


def trend_table(parts: Sequence[TakenApart]) -> pd.DataFrame:
    """Return the trend of every series on its grid of weeks: median load per 1,000 with interval, and the nearest exact result.

    Returns
    -------
    DataFrame
        The columns of the table `trend`.
    """
    frames = []
    for part in parts:
        if part.fit is None:
            continue
        middle, low, high = part.fit.trend.natural("median")
        frames.append(
            pd.DataFrame(
                {
                    "site": part.series.site,
                    "analyte": part.series.analyte,
                    "date": part.days[part.grid].astype(str),
                    "median_load_mg_day_1000inh": middle[part.grid],
                    "low": low[part.grid],
                    "high": high[part.grid],
                    "nearest_exact_weeks": part.fit.distance[part.grid],
                }
            )
        )
    names = ["site", "analyte", "date", "median_load_mg_day_1000inh", "low", "high", "nearest_exact_weeks"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=names)


def component_table(parts: Sequence[TakenApart]) -> pd.DataFrame:
    """Return what each component does: peak over trough of the season, each weekday against the mean day, holiday, remainder.

    Returns
    -------
    DataFrame
        The columns of the table `components`; a factor of 1 is no effect.
    """
    rows = []
    for part in parts:
        if part.fit is None:
            continue
        about = {"site": part.series.site, "analyte": part.series.analyte}
        season = next((part.fit.components[name] for name in part.fit.components if name.startswith("season")), None)
        if season is not None:
            rows.append(
                about | {"component": "season", "factor": float(np.exp(np.ptp(season.mean))), "low": np.nan, "high": np.nan}
            )
        for name in (*WEEKDAYS, "holiday"):
            if name in part.fit.coefficients and name not in part.fit.untold:
                effect = part.fit.effect(name)
                ends = effect.ratio_interval
                rows.append(about | {"component": name, "factor": effect.ratio, "low": ends.low, "high": ends.high})
        spread = float(np.exp(np.sqrt(part.fit.variances["noise"])))
        rows.append(about | {"component": "remainder", "factor": spread, "low": np.nan, "high": np.nan})
    return pd.DataFrame(rows, columns=["site", "analyte", "component", "factor", "low", "high"])


def _mean(times: Floats, grid: NDArray[np.bool_], ends: tuple[float, float]) -> Floats:
    """Return weights that take the mean of the weeks between two ends."""
    inside = grid & (times > ends[0] + 1e-9) & (times <= ends[1] + 1e-9)
    if not inside.any():
        raise NotEstimable("a change", "no whole week in one of the two parts", "a longer series")
    return inside / inside.sum()
