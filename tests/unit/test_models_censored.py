"""Summaries of censored samples: against definitions, against each other without censoring, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from labkit.models.censored import bound_mean, fit_kaplan_meier, fit_lognormal, fit_normal, fit_ros
from labkit.models.inputs import BadInput, NotEstimable


def simulated(n: int = 50, share: float = 0.4, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(seed).lognormal(1, 0.8, n)
    limits = np.where(np.arange(n) % 2, np.quantile(x, share), np.quantile(x, share) * 0.8)
    flags = x < limits
    return np.where(flags, limits, x), flags


def test_without_censoring_likelihood_is_the_moments_of_logs() -> None:
    x = simulated(share=0.0)[0]
    found = fit_lognormal(x)
    assert (found.mu, found.sigma) == pytest.approx((np.log(x).mean(), np.log(x).std()), rel=1e-7)
    assert found.log_likelihood - np.log(x).sum() == pytest.approx(
        stats.lognorm.logpdf(x, found.sigma, scale=np.exp(found.mu)).sum()
    )


def test_likelihood_is_scipys_on_censored_data() -> None:
    x, flags = simulated()
    found = fit_normal(np.log(x), flags)
    data = stats.CensoredData(uncensored=np.log(x[~flags]), left=np.log(x[flags]))
    location, scale = stats.norm.fit(data)
    assert (found.mu, found.sigma) == pytest.approx((location, scale), rel=1e-3)


def test_intervals_given_by_their_ends_are_the_same_fit() -> None:
    x, flags = simulated()
    left, ends = fit_lognormal(x, flags), fit_lognormal(low=np.where(flags, 0.0, x), high=x)
    assert (left.mu, left.sigma) == (ends.mu, ends.sigma)


def test_narrow_intervals_are_nearly_exact_and_open_tops_count() -> None:
    x = simulated(share=0.0)[0]
    narrow = fit_lognormal(low=x * 0.9999, high=x * 1.0001)
    assert narrow.mean == pytest.approx(fit_lognormal(x).mean, rel=1e-4)
    top = np.where(x > np.quantile(x, 0.9), np.inf, x)
    found = fit_lognormal(low=np.minimum(x, np.quantile(x, 0.9)), high=top)
    assert found.n_censored == 5
    assert found.median == pytest.approx(np.median(x), rel=0.2)


def test_a_profile_interval_stands_where_the_likelihood_has_dropped() -> None:
    x, flags = simulated(30)
    found = fit_lognormal(x, flags)
    for theta in found.mean_interval:
        best = max(
            found.sample.log_likelihood(np.log(theta) - s**2 / 2, s)
            for s in found.sigma * np.exp(np.linspace(-0.7, 0.7, 20_001))
        )
        assert 2 * (found.log_likelihood - best) == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-4)


def test_kaplan_meier_without_censoring_is_the_sample() -> None:
    x = simulated(share=0.0)[0]
    found = fit_kaplan_meier(x)
    assert (found.mean, found.sd) == pytest.approx((x.mean(), x.std()))
    assert found.se == pytest.approx(x.std(ddof=1) / np.sqrt(x.size), rel=1e-9)
    assert found.median == np.sort(x)[x.size // 2 - 1]


def test_kaplan_meier_against_the_definition() -> None:
    x, flags = np.array([1.0, 2.0, 2.0, 3.0, 4.0]), np.array([False, True, False, True, False])
    found = fit_kaplan_meier(x, flags)
    assert found.places.tolist() == [1.0, 2.0, 4.0]
    assert found.share_at_or_below.tolist() == pytest.approx([(4 / 5) * (2 / 3), 4 / 5, 1.0])


def test_turnbull_without_overlap_is_kaplan_meier() -> None:
    x, flags = simulated(20)
    ends = fit_kaplan_meier(low=np.where(flags, -np.inf, x), high=x)
    plain = fit_kaplan_meier(x, flags)
    for p in (0.6, 0.75, 0.9):
        assert ends.quantile(p) == pytest.approx(plain.quantile(p))


def test_the_mean_lies_between_the_bounds() -> None:
    x, flags = simulated()
    bounds = bound_mean(x, flags)
    for mean in (fit_ros(x, flags).mean, fit_lognormal(x, flags).mean, fit_kaplan_meier(x, flags, lowest="limit").mean):
        assert bounds.low < mean < bounds.high + 0.05
    assert bounds.low == np.where(flags, 0, x).mean()


def test_scale_of_the_unit_does_not_matter() -> None:
    x, flags = simulated()
    for fit in (fit_ros, fit_lognormal, fit_kaplan_meier):
        assert fit(1000 * x, flags).mean == pytest.approx(1000 * fit(x, flags).mean, rel=1e-6)


@pytest.mark.parametrize("fit", [fit_ros, fit_lognormal, fit_kaplan_meier])
def test_above_80_percent_no_mean_but_something_instead(fit) -> None:
    x = np.r_[np.full(17, 1.0), 2.0, 3.0, 5.0]
    found = fit(x, np.r_[[True] * 17, [False] * 3])
    with pytest.raises(NotEstimable, match=r"17 of 20 .* instead: the share"):
        _ = found.mean
    assert "not estimable" in str(found)
    assert found.quantile(0.95) > 1


def test_a_quantile_below_the_detects_is_not_made_up() -> None:
    x, flags = simulated(share=0.5)
    with pytest.raises(NotEstimable, match="below"):
        fit_kaplan_meier(x, flags).quantile(0.05)


def test_limits_of_a_quantile_are_values() -> None:
    x, flags = simulated(80)
    low, high = fit_kaplan_meier(x, flags).quantile_interval(0.75)
    assert x.min() <= low < np.quantile(x, 0.75) < high <= x.max()


def test_limits_above_every_detect_are_counted() -> None:
    found = fit_ros([1.0, 2.0, 3.0, 9.0], [False, False, False, True])
    assert (found.n, found.n_dropped) == (3, 1)
    assert "left out" in str(found)


@pytest.mark.parametrize("fit", [fit_ros, fit_lognormal, fit_kaplan_meier, fit_normal])
@pytest.mark.parametrize(
    ("values", "flags", "words"),
    [
        ([1.0, 2.0, 3.0], [True, False], "one flag a value"),
        ([1.0, np.nan, 3.0], None, "NaN"),
        ([1.0, 2.0, 3.0], [True] * 3, "every value"),
        ([1.0, 2.0], None, "3 or more"),
        ([2.0, 2.0, 2.0], None, "fewer than two different"),
        ([1.0, 2.0, np.inf], None, "infinite"),
        ([1.0, 2.0, 3.0], [0, 1, 2], "neither True nor False"),
    ],
)
def test_bad_input_is_one_sentence(fit, values: list, flags: list | None, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        fit(values, flags)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: fit_lognormal([0.0, 1, 2]), "above zero"),
        (lambda: fit_lognormal(low=[1.0, 2, 3], high=[0.5, 3, 4]), "low <= high"),
        (lambda: fit_lognormal(low=[-1.0, 2, 3], high=[0.5, 3, 4]), "below zero"),
        (lambda: fit_lognormal(), "both or neither"),
        (lambda: fit_lognormal([1, 2, 3], level=95), "level"),
        (lambda: fit_ros([1, 2, 3], scale="root"), "log or identity"),
        (lambda: fit_ros([1, 2, 3, 4], [True, False, True, False], ranks=True), "one limit"),
        (lambda: fit_kaplan_meier([1, 2, 3], lowest="half"), "smallest detect, limit"),
        (lambda: fit_kaplan_meier([1, 2, 3]).quantile(2), "probability"),
        (lambda: bound_mean([1, 2], [True, False], lowest=1.5), "lowest"),
    ],
)
def test_more_bad_input(call, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        call()
