"""Proportions, corrected prevalence, numbers from lists, ROC: against definitions, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from labkit.models.inputs import BadInput, NotEstimable
from labkit.models.prevalence import (
    bayesian_prevalence,
    chao,
    chapman,
    estimate_proportion,
    roc_area,
    rogan_gladen,
    zelterman,
    zero_truncated_poisson,
)
from labkit.models.prevalence.proportion import METHODS

TRUTHS = np.linspace(0.005, 0.995, 199)


def coverage(method: str, n: int) -> np.ndarray:
    ends = np.array([tuple(estimate_proportion(x, n, method=method).interval) for x in range(n + 1)])
    inside = (ends[:, 0] <= TRUTHS[:, None]) & (TRUTHS[:, None] <= ends[:, 1])
    return (stats.binom.pmf(np.arange(n + 1), n, TRUTHS[:, None]) * inside).sum(axis=1)


@pytest.mark.parametrize("n", [10, 24, 60])
@pytest.mark.parametrize("method", ["clopper_pearson", "blaker", "sterne"])
def test_exact_intervals_never_fall_below_their_name(method: str, n: int) -> None:
    assert coverage(method, n).min() >= 0.95 - 1e-9


@pytest.mark.parametrize("n", [10, 24, 60])
@pytest.mark.parametrize("method", ["wilson", "jeffreys"])
def test_the_others_hold_it_on_average(method: str, n: int) -> None:
    assert 0.945 < coverage(method, n).mean() < 0.965


def test_blaker_and_sterne_lie_within_or_near_clopper_pearson() -> None:
    for x in range(31):
        low, high = estimate_proportion(x, 30, method="clopper_pearson").interval
        blaker = estimate_proportion(x, 30, method="blaker").interval
        assert low - 1e-9 <= blaker.low
        assert blaker.high <= high + 1e-9


@pytest.mark.parametrize("method", METHODS)
def test_no_positives_and_all_positives_mirror_each_other(method: str) -> None:
    none, every = (estimate_proportion(x, 20, method=method).interval for x in (0, 20))
    assert (none.low, every.high) == (0.0, 1.0)
    assert none.high == pytest.approx(1 - every.low)


def test_a_perfect_test_changes_nothing() -> None:
    plain, corrected = estimate_proportion(7, 50, method="blaker"), rogan_gladen(7, 50, 1.0, 1.0)
    assert (corrected.value, *corrected.interval) == pytest.approx((plain.value, *plain.interval))


def test_a_share_below_zero_is_named_not_cut() -> None:
    found = rogan_gladen(6, 151, 0.964, 0.927)
    assert found.value == pytest.approx(-0.037334, abs=1e-6)
    assert found.outside
    assert "outside 0 to 1" in str(found)


def test_uncertain_errors_of_the_test_widen_the_interval() -> None:
    exact = rogan_gladen(45, 150, 0.96, 0.89, method="wilson").interval
    counted = rogan_gladen(45, 150, (48, 50), (89, 100)).interval
    assert counted.high - counted.low > exact.high - exact.low


def test_lang_reiczigel_holds_the_truth() -> None:
    rng, truth, hits = np.random.default_rng(41_301), 0.08, []
    for _ in range(2000):
        p = truth * 0.9 + (1 - truth) * 0.05
        ends = rogan_gladen(
            int(rng.binomial(200, p)), 200, (int(rng.binomial(60, 0.9)), 60), (int(rng.binomial(120, 0.95)), 120)
        ).interval
        hits.append(truth in ends)
    assert np.mean(hits) > 0.95 - 3 * np.sqrt(0.95 * 0.05 / 2000)


def test_bayesian_prevalence_with_a_perfect_test_is_the_beta() -> None:
    found = bayesian_prevalence(7, 50, (1e7, 1.0), (1e7, 1.0))
    assert tuple(found.interval) == pytest.approx(stats.beta.ppf([0.025, 0.975], 8, 44), abs=1e-3)


def test_numbers_from_simulated_lists_come_back() -> None:
    rng = np.random.default_rng(41_302)
    seen = rng.poisson(0.8, 5000)
    found = zero_truncated_poisson(seen[seen > 0])
    assert 5000 in found.interval
    assert not found.one_inflated
    assert 5000 in chao(seen[seen > 0]).interval
    one, two = rng.random(5000) < 0.2, rng.random(5000) < 0.3
    assert 5000 in chapman(int(one.sum()), int(two.sum()), int((one & two).sum())).interval


def test_people_who_keep_away_after_once_are_flagged() -> None:
    rng = np.random.default_rng(3)
    seen = rng.poisson(1.2, 3000)
    seen = np.where((seen > 1) & (rng.random(3000) < 0.7), 1, seen)
    assert zero_truncated_poisson(seen[seen > 0]).one_inflated


def test_area_is_sklearns_and_the_pairs() -> None:
    rng = np.random.default_rng(5)
    x, flags = rng.integers(0, 8, 60), rng.random(60) < 0.4
    found = roc_area(x, flags)
    assert found.area == pytest.approx(roc_auc_score(flags, x))
    pairs = np.sign(x[flags][:, None] - x[~flags][None, :])
    assert found.area == pytest.approx((pairs == 1).mean() + (pairs == 0).mean() / 2)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: estimate_proportion(5, 4), "at most tested"),
        (lambda: estimate_proportion(-1, 4), "zero or more"),
        (lambda: estimate_proportion(1.5, 4), "whole number"),
        (lambda: estimate_proportion(1, 4, method="wald"), "wilson"),
        (lambda: rogan_gladen(1, 4, 0.5, 0.5), "better than chance"),
        (lambda: rogan_gladen(1, 4, 1.5, 0.5), "share between"),
        (lambda: rogan_gladen(1, 4, (9, 10), 0.9, method="wilson"), "lang_reiczigel"),
        (lambda: bayesian_prevalence(1, 4, (0.0, 1.0), (1.0, 1.0)), "parameters of a beta"),
        (lambda: chapman(5, 6, 7), "shorter list"),
        (lambda: chao([0, 1, 2]), "1 or more"),
        (lambda: zero_truncated_poisson([1, 2], [1, 2, 3]), "shape"),
        (lambda: roc_area([1, 2, 3], [True, False, False]), "two or more"),
    ],
)
def test_bad_input_is_one_sentence(call, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        call()


def test_what_cannot_be_had_says_so() -> None:
    with pytest.raises(NotEstimable, match="exactly twice"):
        chao([1, 1, 1, 3])
    with pytest.raises(NotEstimable, match="seen once"):
        zero_truncated_poisson([1, 1, 1])
    with pytest.raises(NotEstimable, match="exactly once"):
        zelterman([2, 3])
