"""Charts of ratios, residuals, shares: against brute force and known run lengths, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from labkit.models.alarms import (
    bayes,
    cusum_of_residuals,
    ewma,
    false_discovery_rate,
    glr,
    positives,
    run_length_cusum,
    run_length_ewma,
    run_length_poisson,
    seasonal_expectation,
)
from labkit.models.inputs import BadInput, NotEstimable


@pytest.mark.parametrize("alpha", [0.0, 0.3])
def test_the_ratio_is_the_largest_over_start_and_factor(alpha: float) -> None:
    rng = np.random.default_rng(8)
    mu = rng.uniform(2, 6, 12)
    y = rng.poisson(mu * np.r_[np.ones(7), np.full(5, 1.6)]).astype(float)
    found = glr(y, mu, threshold=1e9, overdispersion=alpha)

    def log_likelihood(x: np.ndarray, mean: np.ndarray) -> float:
        part = stats.nbinom.logpmf(x, 1 / alpha, 1 / (1 + alpha * mean)) if alpha else stats.poisson.logpmf(x, mean)
        return float(part.sum())

    for t in range(y.size):
        best = 0.0
        for k in range(t + 1):
            x, m = y[k : t + 1], mu[k : t + 1]
            at = optimize.minimize_scalar(
                lambda c, x=x, m=m: -log_likelihood(x, m * np.exp(c)), bounds=(0, 4), method="bounded"
            )
            best = max(best, -at.fun - log_likelihood(x, m))
        assert found.statistic[t] == pytest.approx(best, abs=1e-5)


def test_a_known_shift_is_a_cusum_of_ratios_that_starts_anew() -> None:
    y = np.r_[np.full(5, 3.0), np.full(6, 7.0)]
    found = glr(y, np.full(11, 3.0), shift=np.log(2), threshold=4.0)
    total, alarms = 0.0, []
    for t, count in enumerate(y):
        total = max(0.0, total + count * np.log(2) - 3.0)
        if total >= 4.0:
            alarms.append(t)
            total = 0.0
    assert list(np.flatnonzero(found.alarm)) == alarms and len(alarms) > 1


def test_run_lengths_are_those_of_simulation() -> None:
    rng = np.random.default_rng(9)
    lengths = []
    for _ in range(3000):
        total, t = 0.0, 0
        while total <= 2.0:
            total, t = max(0.0, total + rng.normal() - 0.5), t + 1
        lengths.append(t)
    assert run_length_cusum(0.5, 2.0) == pytest.approx(np.mean(lengths), rel=0.08)
    assert run_length_ewma(1.0, 3.0) == pytest.approx(1 / (2 * stats.norm.sf(3)), rel=1e-3)
    assert run_length_ewma(1.0, 3.0, both=False) == pytest.approx(1 / stats.norm.sf(3), rel=1e-3)
    assert run_length_poisson(2, 1.0, 1.0) == pytest.approx(1 / stats.poisson.sf(1, 2))


@pytest.mark.parametrize("chart", [lambda r, a: ewma(r, alpha=a), lambda r, a: cusum_of_residuals(r, alpha=a)])
def test_charts_call_as_often_as_they_say_and_wait_in_gaps(chart) -> None:
    rng = np.random.default_rng(10)
    r = rng.normal(size=40_000)
    assert chart(r, 0.02).alarm.mean() == pytest.approx(0.02, rel=0.1)
    gaps = np.full(2 * r[:500].size, np.nan)
    gaps[::2] = r[:500]
    assert np.array_equal(chart(gaps, 0.02).alarm[::2], chart(r[:500], 0.02).alarm)


def test_ewma_for_rises_says_nothing_of_falls() -> None:
    r = np.full(20, -3.0)
    assert ewma(r).alarm.any() and not ewma(r, both=False).alarm.any()


def test_shares_that_vary_more_than_binomial_widen_the_limit() -> None:
    steady = positives([10] * 12 + [25], [100] * 13)
    wild = positives([2, 18] * 6 + [25], [100] * 13)
    assert steady.alarm[-1] and not wild.alarm[-1]
    assert wild.upper[-1] > steady.upper[-1]
    assert np.isnan(positives([1] * 12 + [0], [50] * 12 + [0]).upper[-1])


def test_the_predictive_limit_holds_its_level_over_the_prior() -> None:
    rng = np.random.default_rng(11)
    mean = rng.gamma(4, 2, 20_000)
    tables = rng.poisson(mean[:, None], (20_000, 7))
    calls = np.mean([bayes(row).alarm[-1] for row in tables[:4000]])
    assert 0.02 < calls < 0.055


def test_expectation_follows_the_season_and_finds_the_overdispersion() -> None:
    rng = np.random.default_rng(12)
    t = np.arange(1, 521)
    mu = np.exp(2 + 0.5 * np.sin(2 * np.pi * t / 52))
    y = rng.negative_binomial(4, 4 / (4 + mu))
    found = seasonal_expectation(y, 416)
    assert found.overdispersion == pytest.approx(0.25, rel=0.3)
    assert found.expected == pytest.approx(mu, rel=0.15)
    assert seasonal_expectation(rng.poisson(mu), 416).overdispersion < 0.03
    with pytest.raises(NotEstimable, match="all control counts are zero"):
        seasonal_expectation([0] * 60, 52)


def test_discoveries_of_dependent_tests_are_fewer() -> None:
    p = np.r_[np.full(5, 0.002), np.linspace(0.1, 1, 45)]
    assert false_discovery_rate(p, dependent=False).found.sum() == 5
    assert false_discovery_rate(p).found.sum() <= 5
    assert "expected share of false ones of 0.1" in str(false_discovery_rate(p))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: glr([1, 2], [1.0]), "one a count"),
        (lambda: glr([1, 2], [1.0, 0.0]), "above zero"),
        (lambda: glr([1, 2], [1.0, 1.0], threshold=0), "threshold"),
        (lambda: glr([1, 2], [1.0, 1.0], overdispersion=-1), "overdispersion"),
        (lambda: ewma([np.nan]), "1 or more"),
        (lambda: ewma([1.0], weight=2), "weight"),
        (lambda: ewma([1.0], alpha=1e-9), "or more"),
        (lambda: cusum_of_residuals([1.0], k=-1), "zero or more"),
        (lambda: positives([5] * 13, [4] * 13), "at most as many as tested"),
        (lambda: positives([5] * 13, [40] * 12), "13"),
        (lambda: positives([5] * 13, [40] * 13, baseline=2), "baseline"),
        (lambda: bayes([1] * 9, window=0), "window"),
        (lambda: seasonal_expectation([1] * 20, 3), "control"),
        (lambda: false_discovery_rate([2.0]), "probabilities"),
        (lambda: false_discovery_rate([0.2], share=0), "between 0 and 1"),
        (lambda: run_length_poisson(5, 6.12, 11.1), "multiples"),
    ],
)
def test_bad_input_is_one_sentence(call, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        call()
