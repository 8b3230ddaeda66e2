"""862 rates and 867 intervals of drug deaths by state, as CDC printed them: exact Poisson limits below 100 deaths.

Source: `data/cdc_state_drug_deaths` (see its SOURCE.md): rates to one decimal, limits within 0.1. From 100 deaths on CDC prints
normal limits; the exact ones used here lie within a few percent of them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labkit.wastewater.hotspots import funnel


@pytest.fixture(scope="module")
def table(shared: Callable[[str], Path]) -> pd.DataFrame:
    folder = shared("data/cdc_state_drug_deaths")
    return pd.read_csv(next(folder.glob("*.csv")), encoding="utf-8-sig")


def test_rates_and_intervals(table: pd.DataFrame) -> None:
    rates = compared = 0
    for _, part in table.groupby("Year"):
        found = funnel(part["Deaths"], part["Population"], per=1e5)
        printed = pd.to_numeric(part["Crude Rate"], errors="coerce").to_numpy()
        known = ~np.isnan(printed)
        rates += int((np.abs(found.rate - printed)[known] <= 0.0501).sum())
        few = (part["Deaths"] < 100).to_numpy()
        for ends, column in ((found.low, "Lower"), (found.high, "Upper")):
            theirs = part[f"Crude Rate {column} 95% Confidence Interval"].to_numpy(float)
            assert ends[few] == pytest.approx(theirs[few], abs=0.1)
            assert ends[~few] == pytest.approx(theirs[~few], rel=0.035, abs=0.1)
        compared += len(part)
    assert rates == pd.to_numeric(table["Crude Rate"], errors="coerce").notna().sum() == 862
    assert compared == len(table) == 867


def test_states_spread_far_more_than_chance_and_the_funnel_says_so(table: pd.DataFrame) -> None:
    part = table[table["Year"] == table["Year"].max()].reset_index(drop=True)
    found = funnel(part["Deaths"], part["Population"], per=1e5)
    assert found.overdispersion > 10
    assert part["State"][int(np.argmax(found.rate))] == "West Virginia"
    assert 0 < found.outside.sum() < 0.25 * len(part)
