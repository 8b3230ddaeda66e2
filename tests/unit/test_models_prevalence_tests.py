"""Latent classes, diagnostic tables, Blaker's ends and posteriors: against brute force, known data, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, special, stats

from labkit.models.inputs import BadInput, NotEstimable
from labkit.models.prevalence import (
    Between,
    bayesian_prevalence,
    diagnostic_table,
    estimate_proportion,
    latent_class,
    roc_area,
    rogan_gladen,
)
from labkit.models.prevalence.latent_model import LatentModel

ROWS = [[0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]]
FOUR = np.array(list(np.ndindex(2, 2, 2, 2)), dtype=float)


def drawn(seed: int, n: int, prevalence: float, se: list[float], sp: list[float], copied: float = 0.0) -> np.ndarray:
    """Simulated results; with `copied` the second test takes over the first's luck."""
    rng = np.random.default_rng(seed)
    sick, u = rng.random(n) < prevalence, rng.random((n, len(se)))
    take = rng.random(n) < copied
    u[take, 1] = u[take, 0]
    return np.where(sick[:, None], u < np.array(se), u > np.array(sp)).astype(float)


def test_three_tests_fit_every_pattern_and_find_the_truth() -> None:
    expected = 1000 * (
        0.3 * np.prod(np.where(ROWS, [0.9, 0.8, 0.7], [0.1, 0.2, 0.3]), axis=1)
        + 0.7 * np.prod(np.where(ROWS, [0.05, 0.1, 0.2], [0.95, 0.9, 0.8]), axis=1)
    )
    found = latent_class(ROWS, np.round(expected * 1000).astype(int))
    assert found.prevalence == pytest.approx(0.3, abs=1e-4)
    assert found.sensitivity == pytest.approx([0.9, 0.8, 0.7], abs=1e-4)
    assert found.specificity == pytest.approx([0.95, 0.9, 0.8], abs=1e-4)
    assert (found.df, found.deviance) == (0, pytest.approx(0, abs=1e-6))
    assert "not testable" in str(found)


def test_the_maximum_is_the_one_a_general_search_finds() -> None:
    data = drawn(3, 400, 0.4, [0.8, 0.85, 0.9, 0.7], [0.9, 0.95, 0.8, 0.9])
    found = latent_class(data)
    model = LatentModel(4, 1)
    place = (data @ [8, 4, 2, 1]).astype(int)
    counts = np.bincount(place, minlength=16)
    lost = lambda theta: -special.xlogy(counts, model.cells(theta)[0]).sum()  # noqa: E731
    searched = optimize.minimize(lost, found.found.theta + 0.3, method="BFGS", options={"gtol": 1e-7})
    assert found.found.loglik == pytest.approx(-searched.fun, abs=1e-6)
    assert found.posterior.shape == (1, 16)
    assert found.posterior[0, 15] > 0.95 > 0.05 > found.posterior[0, 0]


@pytest.mark.parametrize("model", [LatentModel(4, 2), LatentModel(4, 1, ((0, 1),)), LatentModel(4, 1, (), True)])
def test_patterns_sum_to_one_and_slopes_are_the_differences(model: LatentModel) -> None:
    theta = np.random.default_rng(1).normal(size=model.size)
    assert model.cells(theta).sum(axis=1) == pytest.approx(1)
    slopes = model.slopes(theta)
    for k in range(model.size):
        step = np.eye(model.size)[k] * 1e-6
        assert slopes[k] == pytest.approx((model.cells(theta + step) - model.cells(theta - step)) / 2e-6, abs=1e-7)


def test_a_random_effect_keeps_the_shares_of_each_test() -> None:
    model = LatentModel(4, 1, (), True)
    theta = np.r_[0.0, special.logit([0.9, 0.8, 0.7, 0.6, 0.1, 0.2, 0.3, 0.4]), 0.3, -1.0]
    with_it, without = model.by_class(theta)
    assert with_it @ model.patterns == pytest.approx([0.9, 0.8, 0.7, 0.6], abs=1e-6)
    assert without @ model.patterns == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=1e-6)


def test_hui_and_walter_on_their_own_tuberculosis_counts() -> None:
    """Mantoux and Tine in two populations: prevalence .0268 and .7168, as printed in Biometrics 1980;36:167."""
    rows, population = [[1, 1], [1, 0], [0, 1], [0, 0]] * 2, [1] * 4 + [2] * 4
    found = latent_class(rows, [14, 4, 9, 528, 887, 31, 37, 367], population=population)
    assert found.prevalences == pytest.approx([0.0268, 0.7168], abs=5e-5)
    assert found.sensitivity == pytest.approx([0.9661, 0.9688], abs=5e-5)
    assert found.specificity == pytest.approx([0.9933, 0.9841], abs=6e-5)


def test_dependence_left_out_is_told_and_put_in_mends_it() -> None:
    data = drawn(8, 6000, 0.3, [0.8, 0.75, 0.85, 0.8], [0.9, 0.92, 0.95, 0.9], copied=0.6)
    plain = latent_class(data)
    assert "dependent" in str(plain)
    paired = latent_class(data, dependence=[(1, 2)])
    assert paired.deviance < plain.deviance - 20
    assert "dependent" not in str(paired)
    assert paired.sensitivity == pytest.approx([0.8, 0.75, 0.85, 0.8], abs=0.04)
    assert plain.sensitivity[:2] == pytest.approx([0.9, 0.86], abs=0.02)  # what the two share counts as being right


def test_profile_ends_lie_where_the_likelihood_has_fallen() -> None:
    found = latent_class(drawn(4, 500, 0.3, [0.8, 0.85, 0.9], [0.9, 0.95, 0.9]))
    low, high = found.prevalence_interval
    for end in (low, high):
        assert found.deviance_at("prevalence", end) == pytest.approx(3.8415, abs=1e-3)
    assert low < found.prevalence < high
    turned = found.interval("specificity", 1)
    assert turned.low < found.specificity[1] < turned.high


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: latent_class([[1, 0], [0, 1], [1, 1], [0, 0]]), "5 parameters from 3"),
        (lambda: latent_class(ROWS, [9] * 8, dependence=[(1, 2)]), "9 parameters from 7"),
        (
            lambda: latent_class([[1, 1], [1, 0], [0, 1], [0, 0]] * 2, [30, 10, 10, 50] * 2, population=[0] * 4 + [1] * 4),
            "flat",
        ),
    ],
)
def test_what_is_not_identified_is_refused(call, words: str) -> None:
    with pytest.raises(NotEstimable, match=words):
        call()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: latent_class([[1, 2, 0]]), "neither 0 nor 1"),
        (lambda: latent_class(ROWS, [1] * 7), "counts"),
        (lambda: latent_class(ROWS, [1] * 8, population=[1]), "population"),
        (lambda: latent_class([[1, 0, 1], [1, 1, 0]]), "one result only"),
        (lambda: latent_class(FOUR, dependence="always"), "random effect"),
        (lambda: latent_class(FOUR, dependence=[(1, 2), (2, 3)]), "no test twice"),
        (lambda: latent_class(FOUR, dependence=[(1, 5)]), "pairs of different tests"),
        (lambda: latent_class(ROWS, [40, 5, 6, 3, 7, 4, 5, 30]).interval("odds"), "sensitivity or specificity"),
        (lambda: diagnostic_table(1, 2, 3, -1), "zero or more"),
        (lambda: diagnostic_table(0, 2, 0, 4), "one person who has it"),
        (lambda: diagnostic_table(3, 2, 0, 0), "one result of each kind"),
        (lambda: bayesian_prevalence(1, 4, Between(0.9, 0.7), 0.9), "low < high"),
        (lambda: bayesian_prevalence(1, 4, 1.2, 0.9), "share between"),
        (lambda: bayesian_prevalence(1, 4, 0.9, 0.9, prior=(0, 1)), "prior"),
        (lambda: roc_area([1, 2, 3, 4], [0, 0, 1, 1], interval="wald"), "delong, score"),
        (lambda: roc_area([1, 2, 3, 4], [0, 0, 1, 1], interval="delong"), "score"),
        (lambda: estimate_proportion(0, 0), "at least one"),
        (lambda: rogan_gladen(5, 3, 0.9, 0.9), "at most"),
        (lambda: rogan_gladen(0, 0, 0.9, 0.9), "at least one"),
        (lambda: rogan_gladen(1, 3, (5, 10), (5, 10)), "better than chance"),
    ],
)
def test_bad_input_is_one_sentence(call, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        call()


def test_diagnostic_table_of_empty_cells_says_what_cannot_be_had() -> None:
    found = diagnostic_table(10, 0, 0, 20)
    assert found.sensitivity.value == found.specificity.value == 1
    for name in ("likelihood_ratio_positive", "likelihood_ratio_negative", "odds_ratio"):
        with pytest.raises(NotEstimable, match="empty"):
            getattr(found, name)
    with pytest.raises(NotEstimable, match="no better than chance"):
        _ = diagnostic_table(5, 50, 5, 50).number_needed_to_diagnose
    assert str(diagnostic_table(45, 5, 3, 97)).count("\n") == 0


def acceptable(p: float, x: int, n: int) -> float:
    """Blaker's acceptability by its definition."""
    lower, upper = stats.binom.cdf(np.arange(n + 1), n, p), stats.binom.sf(np.arange(n + 1) - 1, n, p)
    tail = np.minimum(lower, upper)
    return float(stats.binom.pmf(np.arange(n + 1), n, p)[tail <= tail[x] * (1 + 1e-12)].sum())


@pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
@pytest.mark.parametrize("n", [1, 2, 7, 24])
def test_blakers_ends_are_where_its_definition_says(n: int, level: float) -> None:
    for x in range(n + 1):
        for side, end in zip((-1, 1), estimate_proportion(x, n, method="blaker", level=level).interval, strict=True):
            if 0 < end < 1:
                assert acceptable(end - side * 1e-9, x, n) > 1 - level - 1e-7
                outside = np.linspace(end + side * 1e-7, (1 + side) / 2, 60)[:-1]
                assert max(acceptable(float(p), x, n) for p in outside) <= 1 - level + 1e-9


@pytest.mark.parametrize("method", ["wilson", "clopper_pearson", "blaker", "jeffreys", "sterne"])
def test_none_and_all_reach_the_edge(method: str) -> None:
    none, everyone = (estimate_proportion(x, 17, method=method).interval for x in (0, 17))
    assert (none.low, everyone.high) == (0.0, 1.0)
    assert none.high == pytest.approx(1 - everyone.low, abs=1e-9)


def test_posterior_is_the_sum_over_a_plain_grid() -> None:
    x, n = 7, 40
    p, a, b = ((np.arange(size) + 0.5) / size for size in (300, 120, 120))
    share = p[:, None, None] * a[:, None] + (1 - p)[:, None, None] * (1 - b)
    prior = stats.beta.pdf(a, 20, 4)[:, None] * stats.beta.pdf(b, 40, 3)
    tall = (stats.binom.pmf(x, n, share) * prior).sum(axis=(1, 2))
    found = bayesian_prevalence(x, n, (20.0, 4.0), (40.0, 3.0))
    assert found.value == pytest.approx((p * tall).sum() / tall.sum(), abs=2e-4)
    ends = np.interp([0.025, 0.975], np.cumsum(tall) / tall.sum(), p + 1 / 600)
    assert tuple(found.interval) == pytest.approx(ends, abs=1e-3)


def test_exact_tests_leave_the_beta_posterior() -> None:
    found = bayesian_prevalence(6, 50, 1.0, 1.0)
    assert (found.value, *found.interval) == pytest.approx((7 / 52, *stats.beta.ppf([0.025, 0.975], 7, 45)), abs=1e-4)
    stretched = bayesian_prevalence(6, 50, Between(0.7, 0.95), 0.99, prior=(0.5, 2.0))
    assert 0 < stretched.interval.low < stretched.value < stretched.interval.high < 1


def test_score_interval_of_perfect_separation_is_not_a_point() -> None:
    found = roc_area([1, 2, 3, 4, 5, 6, 7, 8], [0] * 4 + [1] * 4)
    assert (found.area, found.interval.high) == (1.0, 1.0)
    assert 0.3 < found.interval.low < 0.8
    assert found.method == "score"
