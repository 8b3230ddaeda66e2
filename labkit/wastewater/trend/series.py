"""One series to be taken apart: the results of one site and analyte in order of time, as intervals, with their calendar.

Two things people confuse: a day without a result (a gap, about which nothing is said) and a result below a limit (which says
where the value is not).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labkit.models.inputs import BadInput, NotEstimable
from labkit.vocabulary import Censored

Floats = NDArray[np.float64]
YEAR_WEEKS = 365.25 / 7
SEASON_FROM = 78.0  # weeks that a series has to span before a season of the year can be told from a trend
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FEWEST_A_WEEKDAY = 4
FEWEST_RESULTS = 24


@dataclass(frozen=True)
class Series:
    """Results of one site and analyte: `weeks` since the first day, interval ends in the unit of the load per 1,000."""

    site: str
    analyte: str
    days: NDArray[np.datetime64]
    weeks: Floats
    low: Floats
    high: Floats
    population: Floats  # NaN where it is not known
    censored: NDArray[np.str_]

    @property
    def n(self) -> int:
        """Results."""
        return int(self.weeks.size)

    @property
    def n_censored(self) -> int:
        """Results that are not exact."""
        return int((self.censored != Censored.EXACT).sum())

    @property
    def span(self) -> float:
        """Weeks from the first to the last day."""
        return float(self.weeks[-1] - self.weeks[0]) if self.n else 0.0


def to_series(loads: pd.DataFrame) -> Iterator[Series]:
    """Yield the series of a table of loads per 1,000, in the order in which sites and analytes first appear.

    Parameters
    ----------
    loads : DataFrame
        `site`, `date` (YYYY-MM-DD), `analyte`, `low`, `high` (mg/day/1000inh), `censored`; `population` where it is known.

    Raises
    ------
    BadInput
        A result without a day: what has no day has no place in a series.
    """
    if (loads["date"] == "").any():
        raise BadInput("date", "results without a day", "a day of sampling for each result")
    days = loads["date"].to_numpy("datetime64[D]")
    first = days.min()
    people = loads["population"] if "population" in loads else pd.Series(np.nan, index=loads.index)
    frame = pd.DataFrame(
        {
            "analyte": loads["analyte"].to_numpy(),
            "site": loads["site"].to_numpy(),
            "day": days,
            "low": loads["low"].to_numpy(float),
            "high": loads["high"].to_numpy(float),
            "population": people.to_numpy(float),
            "censored": loads["censored"].to_numpy(str),
        }
    )
    for (analyte, site), part in frame.groupby(["analyte", "site"], sort=False):
        part = part.sort_values("day", kind="stable")
        yield Series(
            str(site),
            str(analyte),
            part["day"].to_numpy("datetime64[D]"),
            (part["day"].to_numpy("datetime64[D]") - first).astype(float) / 7,
            part["low"].to_numpy(float),
            part["high"].to_numpy(float),
            part["population"].to_numpy(float),
            part["censored"].to_numpy(str),
        )


def calendar_effects(days: NDArray[np.datetime64], known: NDArray[np.bool_], holidays: Sequence[str]) -> dict[str, Floats]:
    """Return the regressors of the calendar: contrasts of weekday against their mean, and days that are holidays.

    A weekday is told apart where each sampled one has been seen often enough; `known` says which rows carry a result. The
    weekdays' effects sum to zero over those that were sampled.
    """
    weekday = (days.astype("datetime64[D]").astype(np.int64) + 3) % 7
    seen = np.bincount(weekday[known], minlength=7)
    used = np.flatnonzero(seen >= FEWEST_A_WEEKDAY)
    found: dict[str, Floats] = {}
    if used.size > 1 and seen[seen > 0].min() >= FEWEST_A_WEEKDAY:
        for day in used[:-1]:
            found[WEEKDAYS[day]] = (weekday == day).astype(float) - (weekday == used[-1]).astype(float)
    if holidays:
        marked = np.isin(days.astype("datetime64[D]"), np.array(list(holidays), dtype="datetime64[D]")).astype(float)
        if marked[known].sum() >= FEWEST_A_WEEKDAY:
            found["holiday"] = marked
    return found


def check_dense(series: Series) -> None:
    """Refuse a series that no trend, season and chance can be told apart in: few results, or most quarters without any.

    Twenty-four results are two in each quarter of three years, the thinnest programme this is meant for.

    Raises
    ------
    NotEstimable
        Fewer than 24 results, or results in less than half of the quarters from the first to the last.
    """
    if series.n < FEWEST_RESULTS:
        raise NotEstimable("a decomposition", f"{series.n} results", f"{FEWEST_RESULTS} or more")
    quarters = series.days.astype("datetime64[M]").astype(np.int64) // 3
    seen, spanned = np.unique(quarters).size, int(quarters[-1] - quarters[0]) + 1
    if 2 * seen < spanned:
        raise NotEstimable("a decomposition", f"results in {seen} of {spanned} quarters", "results in half of them or more")
