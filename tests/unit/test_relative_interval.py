"""The interval of errors that multiply over one uncertain divisor: closed forms, a Monte Carlo, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from labkit.models.relative_interval import relative_interval

ONE = np.array([1.0])
ERRORS = st.lists(st.floats(min_value=0.01, max_value=1.0), min_size=1, max_size=4).map(np.array)
DIVISORS = st.lists(st.floats(min_value=0.2, max_value=5.0), min_size=1, max_size=8).map(np.array)
LEVELS = st.floats(min_value=0.5, max_value=0.999)


@given(errors=ERRORS, level=LEVELS)
def test_errors_alone_are_lognormal(errors, level):
    """With a divisor of 1: exp(±z·s), s² = Σ ln(1 + v²)."""
    spread = np.sqrt(np.log1p(errors**2).sum())
    reach = np.exp(stats.norm.ppf((1 + level) / 2) * spread)
    assert relative_interval(errors, ONE, level) == pytest.approx((1 / reach, reach))


@given(errors=ERRORS, divisor=st.floats(min_value=0.01, max_value=100))
def test_a_known_divisor_only_divides(errors, divisor):
    low, high = relative_interval(errors, ONE)
    assert relative_interval(errors, np.full(7, divisor)) == pytest.approx((low / divisor, high / divisor))


@given(errors=ERRORS, divisors=DIVISORS, level=LEVELS)
def test_a_divisor_turned_over_turns_the_interval_over(errors, divisors, level):
    """1/X has the divisor 1/D, for the errors are as wide upwards as downwards."""
    turned = relative_interval(errors, 1 / divisors, level)
    spread = np.sqrt(np.log1p(errors**2).sum())
    # Compared as probabilities: where two far divisors leave a gap, many values share one probability to the last digit.
    below = [stats.norm.cdf((np.log(1 / end) + np.log(divisors)) / spread).mean() for end in reversed(turned)]
    assert below == pytest.approx([(1 - level) / 2, (1 + level) / 2], abs=1e-9)


@given(errors=ERRORS, divisors=DIVISORS, seed=st.integers(0, 99))
def test_the_order_of_errors_and_of_divisors_does_not_matter(errors, divisors, seed):
    shuffle = np.random.default_rng(seed).permutation
    assert relative_interval(shuffle(errors), shuffle(divisors)) == pytest.approx(relative_interval(errors, divisors))


@given(errors=ERRORS, divisors=DIVISORS)
def test_more_error_and_more_probability_are_wider(errors, divisors):
    low, high = relative_interval(errors, divisors, 0.8)
    surer = relative_interval(errors, divisors, 0.95)
    assert surer[0] < low < high < surer[1]
    # With one divisor alone: the quantiles of a mixture of few far values may draw in when each of them is blurred.
    low, high = relative_interval(errors, divisors[:1], 0.8)
    wider = relative_interval(np.append(errors, 0.5), divisors[:1], 0.8)
    assert wider[1] / wider[0] > high / low


def test_a_lognormal_divisor_adds_its_variance():
    """ln D normal with sd 0.3 beside an error of log sd 0.4: the sum has sd 0.5."""
    middles = (np.arange(4000) + 0.5) / 4000
    divisors = np.exp(0.3 * stats.norm.ppf(middles))
    error = np.sqrt(np.expm1(0.4**2))
    low, high = relative_interval(np.array([error]), divisors, 0.9)
    reach = np.exp(1.6448536269514722 * 0.5)
    assert (low, high) == pytest.approx((1 / reach, reach), rel=1e-3)


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize(("mean", "deviation"), [(0.43, 0.06), (0.20, 0.08)])
def test_against_a_monte_carlo(level, mean, deviation):
    """A million draws of three errors over a Beta: the quantiles agree to 0.3 %, four of their standard errors."""
    size = mean * (1 - mean) / deviation**2 - 1
    beta = stats.beta(mean * size, (1 - mean) * size)
    errors = np.array([0.10, 0.05, 0.20])
    random = np.random.default_rng(20_250_601)
    draws = np.exp(random.standard_normal((1_000_000, 3)) @ np.sqrt(np.log1p(errors**2)))
    draws *= mean / beta.rvs(1_000_000, random_state=random)
    ours = relative_interval(errors, beta.ppf((np.arange(1000) + 0.5) / 1000) / mean, level)
    assert ours == pytest.approx(np.quantile(draws, [(1 - level) / 2, (1 + level) / 2]), rel=0.003)


def test_the_probability_is_what_it_says():
    """The share of the mixture inside the interval, counted by scipy, is the level."""
    divisors, errors = np.array([0.5, 0.9, 1.0, 1.6]), np.array([0.1, 0.3])
    low, high = relative_interval(errors, divisors, 0.9)
    spread = np.sqrt(np.log1p(errors**2).sum())
    below = [np.mean([stats.lognorm.cdf(end, spread, scale=1 / one) for one in divisors]) for end in (low, high)]
    assert below == pytest.approx([0.05, 0.95])


def test_without_errors_the_divisor_alone_speaks():
    assert relative_interval(np.array([]), ONE) == (1.0, 1.0)
    assert relative_interval(np.zeros(4), np.ones(1000)) == (1.0, 1.0)
    values = (np.arange(10_000) + 0.5) / 10_000 + 0.5  # uniform from 0.5 to 1.5
    assert relative_interval(np.zeros(1), values, 0.9) == pytest.approx((1 / 1.45, 1 / 0.55), rel=1e-3)


def test_a_hardly_noticeable_error_changes_hardly_anything():
    values = np.linspace(0.5, 1.5, 1000)
    assert relative_interval(np.array([1e-6]), values) == pytest.approx(relative_interval(np.zeros(1), values), rel=1e-3)


@pytest.mark.parametrize(
    ("errors", "divisors", "level"),
    [
        ([-0.1], [1.0], 0.95),
        ([np.nan], [1.0], 0.95),
        ([0.1], [0.0], 0.95),
        ([0.1], [-1.0], 0.95),
        ([0.1], [np.nan], 0.95),
        ([0.1], [], 0.95),
        ([0.1], [1.0], 0.0),
        ([0.1], [1.0], 1.0),
        ([0.1], [1.0], np.nan),
    ],
)
def test_what_cannot_be(errors, divisors, level):
    with pytest.raises(ValueError, match="errors of zero or more, divisors above zero, a level between 0 and 1"):
        relative_interval(np.array(errors), np.array(divisors), level)
