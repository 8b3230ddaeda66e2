"""Two published releases that cannot carry a decomposition or an effect: refused by name, series by series.

Sources: Statistics Canada, table 13-10-0871-01 (18 irregular months a city); EUDA and SCORE, release of 2025 (a week a year).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from labkit.loaders.euda import DAYS, read_euda
from labkit.loaders.published.statcan import read_statcan
from labkit.wastewater import study_effect, study_trend
from labkit.wastewater.effect import Operation

PLACE = {day: k for k, day in enumerate(DAYS)}


@pytest.fixture(scope="module")
def canada(shared: Callable[[str], Path]) -> pd.DataFrame:
    loads = read_statcan(shared("data/statcan_ww")).loads
    return loads[~loads["average"]]


def as_loads(site: pd.Series, date: pd.Series, analyte: pd.Series, load: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {"site": site, "date": date, "analyte": analyte, "low": load, "high": load, "censored": "exact"}
    ).reset_index(drop=True)


@pytest.fixture(scope="module")
def europe(shared: Callable[[str], Path]) -> pd.DataFrame:
    """Return the days of the sites with ten years or more; the release does not give the week, so each is put into March."""
    weeks = read_euda(shared("data/euda_ww2025"), None).weeks
    years = weeks.groupby(["site", "analyte"])["year"].transform("nunique")
    days = weeks[years >= 10].melt(["year", "site", "analyte"], list(DAYS), "weekday", "load").dropna()
    days = days[days["load"] > 0]
    date = days["year"].astype(str) + "-03-" + (days["weekday"].map(PLACE) + 8).astype(str).str.zfill(2)
    return as_loads(days["site"], date, days["analyte"], days["load"])


def test_canada_is_not_taken_apart(canada: pd.DataFrame) -> None:
    loads = as_loads(canada["site"], canada["month"] + "-15", canada["analyte"], canada["load_mg_day_1000inh"])
    found = study_trend(loads)
    assert len(found.change) == 70 and set(found.change["statement"]) == {"not estimable"}
    reasons = found.change["reason"].value_counts().to_dict()
    assert reasons == {
        f"a decomposition is not estimable: {n} results; instead: 24 or more": 10 * cities
        for n, cities in ((18, 5), (13, 1), (11, 1))
    }
    assert found.components.empty and found.trend.empty
    asked = Operation(("Vancouver, British Columbia",), "2023-07-01", 26, "a date for the test")
    effects = study_effect(loads, asked).table
    assert set(effects["claim"]) == {"refused"} and effects["reason"].str.contains("the effect is not estimable").all()


def test_europe_is_not_taken_apart(europe: pd.DataFrame) -> None:
    found = study_trend(europe)
    assert len(found.change) > 100 and set(found.change["statement"]) == {"not estimable"}
    assert found.change["reason"].str.contains(r"\d+ of \d+ quarters|: \d+ results").all() and found.components.empty
    asked = Operation((europe["site"].iloc[0],), "2022-03-10", 52, "a date for the test")
    assert set(study_effect(europe, asked).table["claim"]) == {"refused"}


def test_norfentanyl_in_vancouver_and_its_imputed_months(canada: pd.DataFrame) -> None:
    """Un-imputed months: t of 6 degrees within rounding (steps of 0.02 in all three). Imputed ones: wider, of fewer degrees."""
    rows = canada[canada["site"].str.startswith("Vancouver") & (canada["analyte"] == "norfentanyl")]
    rows = rows[rows["month"].str.startswith("2023")].set_index("month")
    t_6 = float(stats.t.ppf(0.975, 6))
    whole = rows["imputed_percent"] == 0
    assert whole.any() and (~whole).any()
    for end, sign in (("low", -1), ("high", 1)):
        made = rows["load_mg_day_1000inh"] + sign * t_6 * rows["standard_error"]
        assert ((rows[end] - made)[whole].abs() <= 0.01 * (2 + t_6)).all()
    ratio = ((rows["high"] - rows["load_mg_day_1000inh"]) / rows["standard_error"])[~whole]
    freedom = [optimize.brentq(lambda df, r=r: stats.t.ppf(0.975, df) - r, 0.3, 50) for r in ratio]
    assert (ratio > t_6).all() and np.less(freedom, 6).all()
