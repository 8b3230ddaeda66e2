"""Official European figures recomputed as their publisher computes them, and labkit's own statement beside them.

Two things people confuse: the publisher's *label* (more or less than 10 % apart, zero counted as zero, one week against one
week) and our *statement* (an interval, and "not estimable" where a value is below a limit); and a load, where this ends, with
consumption, which would need an excretion factor.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import pandas as pd

from labkit.models.paired import estimate_ratio
from labkit.wastewater.weekly import DAYS, Release

TREND_DRUG = "cocaine"
MARGIN = 0.10  # the publisher's: within it, a change is called stable
LABELS = ("increase", "stable", "decrease")
FEWEST_DAYS = 4  # fewer common weekdays are less than half a week and cannot speak for it


class Statement(StrEnum):
    """All that labkit says of one site, one drug and two years."""

    RISE = "rise"
    FALL = "fall"
    NOT_DISTINGUISHABLE = "not distinguishable"
    NOT_ESTIMABLE = "not estimable"


def official_trend(release: Release) -> pd.DataFrame:
    """Return the aggregated cocaine trend (benzoylecgonine), recomputed, beside the one published.

    The plain mean, in mg/day/1000inh, of the publisher's daily means over the sites that have every year of the series: each
    site counts once whatever its population, and a zero counts as zero. Which sites those are is found in the weeks.

    The publisher's daily mean is taken as it is, not recomputed from the days: where a day was not sampled the publisher filled
    it in, with values that the release does not show (Zagreb and Milan in 2024 move that year's mean by 4).

    Returns
    -------
    DataFrame
        `year, load_mg_day_1000inh, published`, one row a year in order.
    """
    published = release.trend[release.trend["drug"] == TREND_DRUG]
    weeks = release.weeks[release.weeks["drug"] == TREND_DRUG]
    weeks = weeks[weeks["year"].isin(published["year"])]
    complete = weeks.groupby("site")["year"].transform("nunique") == len(published)
    trend = weeks[complete].groupby("year")["daily_mean"].mean().rename("load_mg_day_1000inh").reset_index()
    return trend.merge(published.rename(columns={"load_mg_day_1000inh": "published"})[["year", "published"]], on="year")


def change_label(previous: float, current: float, margin: float = MARGIN) -> str:
    """Return the publisher's label for a change of load: `(current - previous) / previous` against the margin.

    Zero counts as zero: from 0 to anything is an increase (the publisher prints "Inf"), from 0 to 0 is stable. The published
    labels do not tell what a change of exactly 10 % would be called; here it is stable. This is how the release of 2025
    labels; the counts of rising cities in the press of 2020 come out only if a rise from 0 is not counted.

    >>> change_label(23.73, 15.53), change_label(7.61, 7.05), change_label(0.0, 0.3), change_label(0.0, 0.0)
    ('decrease', 'stable', 'increase', 'stable')
    """
    if previous == 0:
        return "increase" if current > 0 else "stable"
    change = (current - previous) / previous
    return "increase" if change > margin else "decrease" if change < -margin else "stable"


def changes(release: Release, level: float = 0.95) -> pd.DataFrame:
    """Return every change that the publisher labels: the label recomputed, and labkit's own statement.

    The first six columns follow the publisher: its daily means of both years, looked up in the weeks, zero counted as zero. The
    others do not use them. They compare the days of the two weeks, weekday by weekday (`models.paired.estimate_ratio`): a
    geometric mean ratio with a paired t interval. The interval holds the noise within the weeks only. That one week may not be
    its year is in no number here, so a `rise` means that these two weeks differ, and the truth about the years is wider. With
    hundreds of rows and no correction for their number, at 95 % about one in twenty would differ by that noise alone.

    A zero in either week makes the change `not estimable`: a value below a limit that is not given. So do fewer than four
    weekdays sampled in both weeks.

    Parameters
    ----------
    release : Release
        Loads in mg/day/1000inh.
    level : float
        Probability of the interval of the ratio.

    Returns
    -------
    DataFrame
        `site, drug, previous, current` (mg/day/1000inh), `label, published_label, ratio, ratio_low, ratio_high` (current over
        previous, without unit), `n_days, statement`, in the publisher's order; no ratio or interval where not estimable.
    """
    labelled = release.changes[release.changes["label"].isin(LABELS)].reset_index(drop=True)
    before = _weeks_of(labelled, "previous_year", release.weeks)
    after = _weeks_of(labelled, "current_year", release.weeks)
    official = pd.DataFrame(
        {
            "site": labelled["site"],
            "drug": labelled["drug"],
            "previous": before["daily_mean"],
            "current": after["daily_mean"],
            "label": [change_label(one, two) for one, two in zip(before["daily_mean"], after["daily_mean"], strict=True)],
            "published_label": labelled["label"],
        }
    )
    pairs = zip(before[list(DAYS)].to_numpy(), after[list(DAYS)].to_numpy(), strict=True)
    own = pd.DataFrame([_state(one, two, level) for one, two in pairs], index=official.index)
    return pd.concat([official, own], axis="columns")


def cities(release: Release, press: pd.DataFrame) -> pd.DataFrame:
    """Return the loads behind figures that the press printed, recomputed from the days.

    Under the publisher's convention: a daily mean is the mean of the days sampled, a weekday mean that of Tuesday, Wednesday
    and Thursday, and zero counts as zero.

    Parameters
    ----------
    release : Release
        Loads in mg/day/1000inh.
    press : DataFrame
        `site, city, year, drug, measure, published`; `measure` is "daily mean", "weekday mean" or "saturday".

    Returns
    -------
    DataFrame
        `site, city, year, drug, measure, load_mg_day_1000inh, published`, in the order of `press`.
    """
    weeks = _weeks_of(press.reset_index(drop=True), "year", release.weeks)
    measures = {
        "daily mean": weeks[list(DAYS)].mean(axis="columns"),
        "weekday mean": weeks[["tuesday", "wednesday", "thursday"]].mean(axis="columns"),
        "saturday": weeks["saturday"],
    }
    figures = press[["site", "city", "year", "drug", "measure"]].reset_index(drop=True)
    figures["load_mg_day_1000inh"] = [measures[measure][row] for row, measure in enumerate(figures["measure"])]
    figures["published"] = press["published"].to_numpy()
    return figures


def _weeks_of(rows: pd.DataFrame, year: str, weeks: pd.DataFrame) -> pd.DataFrame:
    keys = pd.MultiIndex.from_arrays([rows["site"], rows["drug"], rows[year].astype("int64")])
    return weeks.set_index(["site", "drug", "year"])[[*DAYS, "daily_mean"]].loc[keys].reset_index(drop=True)


def _state(previous: np.ndarray, current: np.ndarray, level: float) -> dict[str, object]:
    n_days = int((~np.isnan(previous) & ~np.isnan(current)).sum())
    if (previous == 0).any() or (current == 0).any() or n_days < FEWEST_DAYS:
        empty = {"ratio": np.nan, "ratio_low": np.nan, "ratio_high": np.nan}
        return {**empty, "n_days": n_days, "statement": str(Statement.NOT_ESTIMABLE)}
    found = estimate_ratio(previous, current, level)
    statement = Statement.RISE if found.low > 1 else Statement.FALL if found.high < 1 else Statement.NOT_DISTINGUISHABLE
    return {
        "ratio": found.ratio,
        "ratio_low": found.low,
        "ratio_high": found.high,
        "n_days": found.n,
        "statement": str(statement),
    }
