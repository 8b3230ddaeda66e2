"""The golden chain: one concentration followed to doses, and the interval that the same chain has elsewhere.

Source: the domain brief, section 1.1: 250 ng/L in 200,000 m3/day from 500,000 people give a load of 50,000 mg/day, 100 mg/day
per 1,000 people, at an excretion fraction of 0.43 a consumption of 232.558 mg/day per 1,000 people, and 7.752 doses of 30 mg.
With lognormal errors (analysis 10 %, flow 5 %, population 20 %, sampling 10 %/√7) and an excretion fraction Beta of mean 0.43
and standard deviation 0.06, the same section gives 235 (138–403): an earlier Monte Carlo, rounded to whole milligrams.
Ours draws nothing and is exact up to the 1,000 quantiles that stand for the Beta. The ends differ by 0.7 % and 0.2 %: half a
milligram of rounding is 0.4 % at 138, and the noise of the simulation, whose size is not printed, is the rest; so 1.5 %.
"""

from __future__ import annotations

import pandas as pd
import pytest

from labkit.constants import equally_likely, find_constant
from labkit.wastewater import summarise, with_consumption, with_daily_load, with_doses, with_load_per_1000
from labkit.wastewater.consumption import interval_of_factor

ERRORS = {"analysis": 0.10, "flow": 0.05, "population": 0.20, "sampling": 0.10}
METHAMPHETAMINE = ("methamphetamine", "methamphetamine")


@pytest.fixture(scope="module")
def chain() -> pd.DataFrame:
    """Seven equal days of the golden concentration."""
    days = [f"2024-01-0{day}" for day in range(1, 8)]
    samples = pd.DataFrame({"date": days, "site": "A", "analyte": "methamphetamine", "drug": "methamphetamine"})
    samples = samples.assign(concentration_ng_L=250.0, low=250.0, high=250.0, censored="exact")
    samples = samples.assign(flow_m3_day=200_000.0, population=500_000.0)
    return with_doses(with_consumption(with_load_per_1000(with_daily_load(samples))))


@pytest.mark.parametrize(
    ("column", "printed"),
    [
        ("load_mg_day", 50_000),
        ("load_mg_day_1000inh", 100),
        ("consumption_mg_day_1000inh", 232.558),
        ("doses_day_1000inh", 7.752),
    ],
)
def test_each_step_to_the_last_printed_digit(chain: pd.DataFrame, column: str, printed: float) -> None:
    assert chain[column].round(3).eq(printed).all()


def test_the_excretion_fraction_is_the_beta_of_the_brief() -> None:
    """Mean 0.43 and standard deviation 0.06: a quarter of the range 0.30 to 0.54 that the library prints."""
    values = equally_likely(find_constant("excretion_fraction", *METHAMPHETAMINE))
    assert values.mean() == pytest.approx(0.43, abs=1e-4)
    assert values.std() == pytest.approx(0.06, abs=1e-4)


def test_interval_of_the_mean_of_seven_days(chain: pd.DataFrame) -> None:
    """138 to 403, each within 1.5 %."""
    mean = summarise(chain, ERRORS, 0.95).iloc[0]
    assert mean["mean_low_mg_day_1000inh"] == pytest.approx(232.558, abs=5e-4)
    assert mean["low"] == pytest.approx(138, rel=0.015)
    assert mean["high"] == pytest.approx(403, rel=0.015)


def test_the_middle_of_the_printed_interval_is_not_the_point() -> None:
    """The printed 235 is the middle of the distribution; ours is 234.35, and lies above the point, for 1/E leans upwards."""
    low, high = interval_of_factor(*METHAMPHETAMINE, ERRORS, 1e-9, "", n=7)
    assert low == pytest.approx(high, rel=1e-6)
    assert 232.558 * low == pytest.approx(234.35, abs=0.005)
    assert 232.558 * low == pytest.approx(235, rel=0.005)


def test_fewer_days_are_wider() -> None:
    """Only the sampling error averages out, so seven days are hardly narrower than one."""
    one, seven = (interval_of_factor(*METHAMPHETAMINE, ERRORS, 0.95, "", n=n) for n in (1, 7))
    assert one[0] < seven[0] < 1 < seven[1] < one[1]
    assert (one[1] / one[0]) / (seven[1] / seven[0]) == pytest.approx(1.06, abs=0.01)
