"""Farrington: the compiled regression against statsmodels, the weeks it compares with, what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from labkit.models.alarms import farrington
from labkit.models.alarms.baseline import anniversaries, blocks, to_dates
from labkit.models.inputs import BadInput


def simulated(years: int = 7, seed: int = 5, mean: float = 12.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    t = np.arange(52 * years)
    mu = mean * np.exp(0.4 * np.sin(2 * np.pi * t / 52) + 0.001 * t)
    return rng.negative_binomial(5, 5 / (5 + mu)).astype(float)


@pytest.mark.parametrize("periods", [1, 10])
def test_expectation_and_dispersion_are_those_of_a_quasi_poisson_regression(periods: int) -> None:
    y = simulated()
    found = farrington(y, periods=periods, skip=26, reweight=None, last=1)
    place = y.size - 1
    group = blocks([place - 52 * k for k in range(6)], 3, periods, y.size)
    group[place - 26 :] = -1
    used = np.flatnonzero(group >= 0)
    dummies = (group[used][:, None] == np.unique(group[used])).astype(float)
    design = np.column_stack([dummies, used - place])
    # the usual stop of such regressions (deviance to 1e-8) leaves the mean correct to about 1e-4
    peer = sm.GLM(y[used], design, family=sm.families.Poisson()).fit(scale="X2", tol=1e-10)
    at = np.r_[np.zeros(dummies.shape[1] - 1), 1.0, 0.0]
    assert found.expected[-1] == pytest.approx(np.exp(at @ peer.params), rel=1e-4)
    assert found.dispersion[-1] == pytest.approx(peer.scale, rel=1e-3)
    assert found.slope[-1] == pytest.approx(peer.params[-1], rel=2e-2)
    raised = np.exp(at @ peer.params + stats.norm.isf(0.01) * np.sqrt(at @ peer.cov_params() @ at))
    upper = farrington(y, periods=periods, skip=26, reweight=None, last=1, limit="negative_binomial_upper_mean").upper[-1]
    assert upper == stats.nbinom.isf(0.01, raised / (peer.scale - 1), 1 / peer.scale)


def test_an_outbreak_of_last_year_does_not_hide_that_of_today() -> None:
    y = simulated()
    y[-52 - 3 : -52 + 3] += 150
    y[-1] = 60
    assert farrington(y, last=1).alarm[-1]
    assert not farrington(y, last=1, reweight=None).alarm[-1]


def test_too_few_cases_call_nothing() -> None:
    y = np.zeros(52 * 6)
    y[-1] = 4
    found = farrington(y, last=1)
    assert not found.alarm.any() and np.isnan(found.upper[-1])
    y[-1] = 5
    assert farrington(y, last=1).n <= 1


def test_the_rest_of_the_year_is_divided_as_evenly_as_it_goes() -> None:
    marks = [60, 8]
    group = blocks(marks, 3, 10, 61)
    assert (group[5:12] == 9).all() and (group[57:61] == 9).all() and (group[:5] == -1).all()
    sizes = np.bincount(group[12:57], minlength=9)
    assert sizes.sum() == 45 and set(sizes) == {5}
    with pytest.raises(BadInput, match="at most"):
        blocks(marks, 3, 60, 61)


def test_a_year_before_is_the_calendars() -> None:
    days = to_dates(np.arange("2009-01-05", "2016-12-27", 7, dtype="datetime64[D]"), 417)
    assert days is not None
    place = int(np.flatnonzero(days == np.datetime64("2016-10-03"))[0])
    then = days[anniversaries(place, 3, 52, days)]
    assert list(then.astype(str)) == ["2016-10-03", "2015-10-05", "2014-10-06", "2013-09-30"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"limit": "normal"}, "two_thirds"),
        ({"years": 9}, "471 or more|or more"),
        ({"years": 0}, "years"),
        ({"skip": 1}, "at least half_window"),
        ({"alpha": 0.7}, "between 0 and 0.5"),
        ({"trend_alpha": 2.0}, "between 0 and 1"),
        ({"dates": ["2020-01-01"] * 364}, "equal steps"),
        ({"dates": ["soon"] * 364}, "one date a count"),
        ({"dates": ["2020-01-01"]}, "shape"),
    ],
)
def test_bad_input_is_one_sentence(options: dict, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        farrington(simulated(), **options)


def test_one_line() -> None:
    assert str(farrington(simulated(), last=10)).startswith("0 alarms in 10 tests at alpha 0.01 (Farrington, 10 periods")
