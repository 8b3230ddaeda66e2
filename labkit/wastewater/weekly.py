"""The sampled weeks of the European release: their pattern over the days, their zeros, and their rows for `consumption`.

Two things people confuse: the publisher's weekday is Tuesday to Thursday and its weekend Friday to Monday, not the calendar's;
and a zero is a value below a limit that the release does not give, not a load of nothing.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd

from labkit.units import LOAD_PER_1000
from labkit.vocabulary import Censored

DAYS = ("wednesday", "thursday", "friday", "saturday", "sunday", "monday", "tuesday")


class Release(Protocol):
    """What is asked of a release, whoever read it: four tables of loads in mg/day/1000inh."""

    @property
    def weeks(self) -> pd.DataFrame:
        """`year, analyte, drug, site, country, city`, the seven days, `weekday_mean, weekend_mean, daily_mean`."""

    @property
    def sites(self) -> pd.DataFrame:
        """`site, country, city, location, population, institution`."""

    @property
    def changes(self) -> pd.DataFrame:
        """`site, drug, previous_year, current_year, previous, current, label` and names."""

    @property
    def trend(self) -> pd.DataFrame:
        """`year, analyte, drug, load_mg_day_1000inh`."""


def weekly_pattern(release: Release, year: int | None) -> pd.DataFrame:
    """Return each drug's week: the median over sites of the load of a day divided by the mean of its week, without unit.

    Only whole weeks count, seven days sampled and each above its limit. A week with a zero is left out, since its mean is
    not known; the days that remain are those of sites with much of the drug.

    Parameters
    ----------
    release : Release
        Loads in mg/day/1000inh.
    year : int or None
        One year; None takes every week of every year, so that sites sampled often count often.

    Returns
    -------
    DataFrame
        `drug, day, share_of_mean, n, n_zero, n_incomplete`: seven rows a drug in the order sampled; `n` weeks used, `n_zero`
        left out for a zero, `n_incomplete` for a day not sampled (and no zero). `share_of_mean` is missing where `n` is 0.
    """
    weeks = release.weeks if year is None else release.weeks[release.weeks["year"] == year]
    days = weeks[list(DAYS)]
    zero = (days == 0).any(axis="columns")
    incomplete = days.isna().any(axis="columns") & ~zero
    whole = ~zero & ~incomplete
    shares = days[whole].div(days[whole].mean(axis="columns"), axis="index")
    drug = weeks["drug"]
    medians = shares.groupby(drug[whole]).median().reindex(sorted(set(drug)))
    counts = pd.DataFrame({"n": whole, "n_zero": zero, "n_incomplete": incomplete}).groupby(drug).sum()
    pattern = medians.reset_index(names="drug").melt(id_vars="drug", var_name="day", value_name="share_of_mean")
    return pattern.sort_values("drug", kind="stable", ignore_index=True).join(counts, on="drug")


def census_of_zeros(release: Release) -> pd.DataFrame:
    """Count the weeks of each drug that are zero on every day sampled, and on some.

    Returns
    -------
    DataFrame
        `drug, n, n_all_zero, n_some_zero, share_all_zero`: one row a drug, the largest share first; `n` weeks (site and year).
        Zeros come as whole weeks, hardly ever as single days: the limits differ by laboratory more than the loads by day.
    """
    days = release.weeks[list(DAYS)]
    zeros, sampled = (days == 0).sum(axis="columns"), days.notna().sum(axis="columns")
    kinds = pd.DataFrame({"n": True, "n_all_zero": zeros == sampled, "n_some_zero": (zeros > 0) & (zeros < sampled)})
    census = kinds.groupby(release.weeks["drug"]).sum().reset_index()
    census["share_all_zero"] = census["n_all_zero"] / census["n"]
    return census.sort_values("share_all_zero", ascending=False, ignore_index=True)


def as_consumption(release: Release) -> pd.DataFrame:
    """Return the weeks as rows of the table `consumption`, which here ends at the load.

    The load is the plain mean of the days sampled, recomputed, each day once. Two choices stand behind it:

    * A week with a zero on any day has no load: the mean of a week of which one day is only known to be below a limit, and
      the limit not known, is a number nobody has. Its row is `below` without a number. For the few weeks where other days
      were measured this says less than is known (the mean is at least the sum of those days over the days sampled).
    * A week with days not sampled has the mean of the others. For a drug of the weekend that leans to the days sampled; the
      publisher's own daily mean of such a week sometimes holds days filled in, and is kept in `release.weeks`.

    Returns
    -------
    DataFrame
        `site, date` (the year, as text), `analyte, drug, load_mg_day_1000inh, consumption_mg_day_1000inh, low, high, censored,
        unit, source_status`; consumption, low and high are empty, and no constant is used ("not used").
    """
    weeks = release.weeks
    days = weeks[list(DAYS)]
    zero = (days == 0).any(axis="columns")
    rows = pd.DataFrame(
        {
            "site": weeks["site"],
            "date": weeks["year"].astype(str),
            "analyte": weeks["analyte"],
            "drug": weeks["drug"],
            "load_mg_day_1000inh": days.mean(axis="columns").mask(zero),
            "consumption_mg_day_1000inh": np.nan,
            "low": np.nan,
            "high": np.nan,
            "censored": zero.map({True: str(Censored.BELOW), False: str(Censored.EXACT)}),
            "unit": LOAD_PER_1000,
            "source_status": "not used",
        }
    )
    return rows.sort_values(["site", "analyte", "date"], ignore_index=True)
