"""Trends by ranks: against the definition, on real times, with gaps, replicates and censored values."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from labkit.models.inputs import BadInput, NotEstimable
from labkit.models.trend import kendall_many, mann_kendall, regional_kendall, seasonal_kendall
from labkit.models.trend.randomness import bartels_test, cox_stuart_test


def definition(low: np.ndarray, high: np.ndarray, t: np.ndarray) -> int:
    signs = (low[None, :] > high[:, None]).astype(int) - (high[None, :] < low[:, None]).astype(int)
    return int(np.triu(signs * np.sign(t[None, :] - t[:, None]), 1).sum())


@pytest.mark.parametrize("seed", range(40))
def test_score_is_the_definition_with_ties_and_censoring(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(6, 40))
    y, t = rng.integers(1, 9, n).astype(float), rng.integers(0, n, n).astype(float)
    flags = rng.random(n) < 0.3
    flags[0] = False
    found = mann_kendall(y, t, censored=flags)
    low, high = np.where(flags, -np.inf, y), np.where(flags, y - 1e-9, y)
    assert found.score == definition(low, high, t)


def test_variance_is_that_of_all_permutations() -> None:
    from itertools import permutations

    y, t = np.array([1.0, 2.0, 2.0, 5.0, 3.0]), np.array([0.0, 1.0, 1.0, 2.0, 3.0])
    scores = [definition(np.array(p), np.array(p), t) for p in permutations(y)]
    assert mann_kendall(y, t).variance == pytest.approx(np.mean(np.square(scores)))


def test_without_censoring_tau_b_and_slope_are_scipys() -> None:
    rng = np.random.default_rng(2)
    y, t = rng.integers(0, 12, 30).astype(float), np.sort(rng.choice(200, 30, replace=False)).astype(float)
    found = mann_kendall(y, t)
    assert found.tau_b == pytest.approx(stats.kendalltau(t, y).statistic)
    assert found.slope == pytest.approx(stats.theilslopes(y, t).slope)


def test_gaps_are_left_out_and_time_stays_real() -> None:
    t = np.arange(20, dtype=float)
    y = 3 * t
    y[[4, 5, 6]] = np.nan
    found = mann_kendall(y, t)
    assert (found.slope, found.n, found.n_missing) == (3.0, 17, 3)


def test_a_rank_test_does_not_change_with_the_logarithm() -> None:
    rng = np.random.default_rng(4)
    y, t = rng.lognormal(size=40), np.arange(40)
    flags = y < 0.6
    y[flags] = 0.6
    plain, logs = mann_kendall(y, t, censored=flags), mann_kendall(np.log(y), t, censored=flags)
    assert (plain.score, plain.p) == (logs.score, logs.p)


def test_blocks_raise_p_on_correlated_series() -> None:
    rng = np.random.default_rng(8)
    y = np.zeros(100)
    for k in range(1, 100):
        y[k] = 0.7 * y[k - 1] + rng.normal()
    assert mann_kendall(y, correlation="block").variance > 2 * mann_kendall(y).variance


def test_a_season_is_compared_only_with_itself() -> None:
    years = np.repeat(np.arange(10), 2)
    seasons = np.tile(["summer", "winter"], 10)
    y = np.where(seasons == "winter", 100, 0) + years
    found = seasonal_kendall(y, seasons, years)
    assert (found.score, found.group_scores, found.slope) == (90, (45, 45), 1.0)


def test_sites_and_seasons_make_a_region() -> None:
    years = np.tile(np.arange(8), 4)
    sites, seasons = np.repeat(["A", "A", "B", "B"], 8), np.repeat(["s", "w", "s", "w"], 8)
    y = years + 10.0 * (sites == "B") + 5.0 * (seasons == "w")
    assert regional_kendall(y, sites, years, seasons=seasons).score == 4 * 28
    assert len(regional_kendall(y, sites, years, seasons=seasons).group_scores) == 4


def test_shared_years_widen_the_variance() -> None:
    rng = np.random.default_rng(6)
    shared = rng.normal(size=15)
    y = (shared[:, None] + 0.3 * rng.normal(size=(15, 6))).ravel()
    years, seasons = np.repeat(np.arange(15), 6), np.tile(np.arange(6), 15)
    loose = seasonal_kendall(y, seasons, years)
    assert seasonal_kendall(y, seasons, years, correlation="hirsch_slack").variance > 3 * loose.variance


def test_many_at_once_equal_one_at_a_time() -> None:
    rng = np.random.default_rng(1)
    table = rng.normal(size=(4, 36))
    table[1, 5] = np.nan
    seasons, years = np.tile(np.arange(12), 3), np.repeat(np.arange(3), 12)
    scores, p, slopes = kendall_many(table, years, seasons)
    for row, score, probability, slope in zip(table, scores, p, slopes, strict=True):
        one = seasonal_kendall(row, seasons, years)
        assert (one.score, one.slope) == (score, slope)
        assert one.p == pytest.approx(probability)


def test_what_cannot_be_had_says_so() -> None:
    flat = mann_kendall([2.0] * 6)
    with pytest.raises(NotEstimable, match="told apart"):
        _ = flat.p
    assert "not estimable" in str(flat)
    with pytest.raises(NotEstimable, match="same"):
        bartels_test([1.0] * 12)


def test_one_line() -> None:
    assert "0 censored" in str(mann_kendall([1.0, 2, 3, 4, 5, 7]))
    assert "Cox-Stuart" in str(cox_stuart_test(np.arange(12.0)))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mann_kendall([1, 2, 3]), "4 or more"),
        (lambda: mann_kendall([1, 2, 3, 4], [1, 2, 3]), "one time a value"),
        (lambda: mann_kendall([1, 2, 3, np.inf]), "infinite"),
        (lambda: mann_kendall([1, 2, 3, 4], censored=[True] * 4), "every value"),
        (lambda: mann_kendall([1, 2, 3, 4], correlation="ar"), "none or block"),
        (lambda: mann_kendall([1, 2, 3, 4], level=2), "level"),
        (lambda: mann_kendall([1, 2, 3, 4], [1, 2, 3, np.nan]), "NaN"),
        (lambda: seasonal_kendall([1, 2, 3, 4], ["a"], [1, 2, 3, 4]), "one label"),
        (lambda: seasonal_kendall([1, 2, 3, 4, 5], [1] * 5, [1, 1, 2, 3, 4], correlation="hirsch_slack"), "several values"),
        (lambda: kendall_many([1, 2, 3]), "series, n"),
    ],
)
def test_bad_input_is_one_sentence(call, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        call()
