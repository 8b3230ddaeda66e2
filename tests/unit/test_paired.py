"""The paired ratio: golden numbers, what cancels, what is refused, and how often its interval holds the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from labkit.models.paired import estimate_ratio

WEEK = np.array([10.0, 12.0, 11.0, 30.0, 40.0, 25.0, 14.0])
POSITIVE = st.lists(st.floats(min_value=1e-3, max_value=1e4), min_size=2, max_size=12)


def test_by_hand() -> None:
    """Log ratios ln 2 and ln 8: mean ln 4, sd ln 4/sqrt 2, t(0.975; 1) = 12.706; so 4 times or over 4^(12.706 / 2)."""
    found = estimate_ratio([1.0, 1.0], [2.0, 8.0], level=0.95)
    assert found.ratio == pytest.approx(4.0)
    assert found.high / found.ratio == pytest.approx(4 ** (12.7062047 / 2), rel=1e-6)
    assert (found.n, found.level) == (2, 0.95)


def test_same_interval_as_a_one_sample_t_test() -> None:
    """scipy's t test of the log ratios gives the same interval."""
    current = WEEK * np.array([1.1, 0.9, 1.4, 1.2, 1.0, 1.3, 1.5])
    found = estimate_ratio(WEEK, current, level=0.9)
    expected = stats.ttest_1samp(np.log(current / WEEK), 0.0).confidence_interval(0.9)
    assert (found.low, found.high) == pytest.approx((math.exp(expected.low), math.exp(expected.high)))


def test_the_weekday_cancels() -> None:
    """A week with the same shape at three times the load is exactly three times, however steep its weekend."""
    found = estimate_ratio(WEEK, 3 * WEEK)
    assert (found.ratio, found.low, found.high) == pytest.approx((3.0, 3.0, 3.0))


def test_a_missing_day_takes_its_pair_along() -> None:
    """NaN on either side leaves the pair out, and nothing else."""
    previous, current = WEEK.copy(), 2 * WEEK[::-1]
    previous[1], current[4] = np.nan, np.nan
    keep = [0, 2, 3, 5, 6]
    assert estimate_ratio(previous, current) == estimate_ratio(WEEK[keep], current[keep])


@given(previous=POSITIVE, factor=st.floats(min_value=0.01, max_value=100), data=st.data())
def test_swapping_the_years_turns_the_ratio_over(previous: list[float], factor: float, data: st.DataObject) -> None:
    """Current over previous and previous over current are reciprocal, and a unit on both sides changes nothing."""
    size = len(previous)
    current = data.draw(st.lists(st.floats(min_value=1e-3, max_value=1e4), min_size=size, max_size=size))
    ahead, back = estimate_ratio(previous, current), estimate_ratio(current, previous)
    scaled = estimate_ratio(factor * np.array(previous), factor * np.array(current))
    assert ahead.low <= ahead.ratio <= ahead.high
    assert math.log(ahead.ratio) == pytest.approx(-math.log(back.ratio), abs=1e-9)
    assert math.log(scaled.ratio) == pytest.approx(math.log(ahead.ratio), abs=1e-6)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """4,000 simulated pairs of weeks, log-sd 0.25 a day, true ratio 1.3: 90 % intervals hold it in 90 % (binomial sd 0.5 %)."""
    random = np.random.default_rng(20_250_319)
    logs = random.normal(0.0, 0.25, size=(4_000, 2, 7)) + np.log(WEEK)
    found = [estimate_ratio(np.exp(one), 1.3 * np.exp(two), level=0.9) for one, two in logs]
    assert np.mean([ratio.low < 1.3 < ratio.high for ratio in found]) == pytest.approx(0.9, abs=0.015)


@pytest.mark.parametrize(
    ("previous", "current", "level", "says"),
    [
        ([1.0, 0.0], [1.0, 2.0], 0.95, "above zero"),
        ([1.0, 2.0], [1.0, -2.0], 0.95, "above zero"),
        ([1.0, 2.0], [1.0, np.inf], 0.95, "above zero"),
        ([1.0, np.nan], [1.0, 2.0], 0.95, "1 known pairs"),
        ([1.0, 2.0], [1.0, 2.0, 3.0], 0.95, "one length"),
        ([1.0, 2.0], [1.0, 2.0], 1.0, "level: .*between 0 and 1"),
        ([1.0, 2.0], [1.0, 2.0], 95, "level: .*between 0 and 1"),
    ],
)
def test_refuses(previous: list[float], current: list[float], level: float, says: str) -> None:
    """What has no logarithm, no spread or no meaning is refused, never returned as a number."""
    with pytest.raises(ValueError, match=says):
        estimate_ratio(previous, current, level)
