"""Sites and analytes side by side, week by week: log loads as intervals on one grid.

Two things people confuse: a week without a sample, of which nothing is known, and a week below the limit, of which much is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labkit.models.inputs import BadInput

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """One analyte: ends of the mean log load per 1,000, weeks × sites; NaN where nothing was sampled, -inf below a limit."""

    analyte: str
    weeks: NDArray[np.datetime64]  # Mondays
    sites: tuple[str, ...]
    low: Floats
    high: Floats
    n: NDArray[np.int64]  # results

    @property
    def exact(self) -> Floats:
        """The log load where it is known exactly, else NaN."""
        return np.where(self.low == self.high, self.low, np.nan)


def to_panels(loads: pd.DataFrame) -> list[Panel]:
    """Return one panel an analyte on the weeks of the whole study; days of a week are averaged on the log scale, end by end.

    Parameters
    ----------
    loads : DataFrame
        `site`, `date`, `analyte`, `low`, `high` (mg/day/1000inh).

    Raises
    ------
    BadInput
        A result without a day.
    """
    if (loads["date"] == "").any():
        raise BadInput("date", "results without a day", "a day of sampling for each result")
    days = loads["date"].to_numpy("datetime64[D]")
    monday = days - ((days.astype(np.int64) + 3) % 7).astype("timedelta64[D]")
    weeks = np.arange(monday.min(), monday.max() + 1, 7)
    sites = tuple(dict.fromkeys(loads["site"]))
    row = ((monday - weeks[0]).astype(int)) // 7
    column = loads["site"].map({site: k for k, site in enumerate(sites)}).to_numpy()
    with np.errstate(divide="ignore"):
        ends = [np.log(loads[name].to_numpy(float)) for name in ("low", "high")]
    panels = []
    for analyte in dict.fromkeys(loads["analyte"]):
        mine = (loads["analyte"] == analyte).to_numpy()
        shape = (weeks.size, len(sites))
        n = np.zeros(shape, dtype=np.int64)
        np.add.at(n, (row[mine], column[mine]), 1)
        both = []
        for end in ends:
            total = np.zeros(shape)
            np.add.at(total, (row[mine], column[mine]), end[mine])
            both.append(np.where(n > 0, total / np.maximum(n, 1), np.nan))
        panels.append(Panel(str(analyte), weeks, sites, both[0], both[1], n))
    return panels
