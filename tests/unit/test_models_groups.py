"""Groups and pairs: against their definitions, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from labkit.models.groups import (
    compare_groups,
    compare_means,
    compare_means_permuted,
    paired_mean,
    paired_sign_test,
    paired_signed_ranks,
    u_scores,
)
from labkit.models.inputs import BadInput, NotEstimable


def simulated(n: int = 40, shift: float = 0.0, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    groups = np.repeat(["a", "b"], n // 2)
    x = np.round(np.exp(rng.normal(1 + shift * (groups == "b"), 0.8)), 1) + 0.1
    limit = np.where(rng.random(n) < 0.5, 1.5, 2.5)
    flags = x < limit
    return np.where(flags, limit, x), groups, flags


def surely_above(i: int, j: int, x: np.ndarray, flags: np.ndarray) -> bool:
    """Value i is above value j whatever lies below the limits."""
    if flags[i]:
        return False
    return bool(x[i] >= x[j]) if flags[j] else bool(x[i] > x[j])


def test_u_scores_are_counts_of_what_is_sure() -> None:
    for seed in range(20):
        x, _, flags = simulated(24, seed=seed)
        expected = [
            sum(surely_above(i, j, x, flags) for j in range(x.size)) - sum(surely_above(j, i, x, flags) for j in range(x.size))
            for i in range(x.size)
        ]
        assert u_scores(x, censored=flags).tolist() == expected


def test_intervals_give_the_scores_of_values_below_limits() -> None:
    x, _, flags = simulated()
    low = np.where(flags, -np.inf, x)
    assert np.array_equal(u_scores(low=low, high=x), u_scores(x, censored=flags))


def test_log_rank_without_limits_is_that_of_scipy_run_backwards() -> None:
    rng = np.random.default_rng(5)
    a, b = rng.lognormal(0, 1, 30), rng.lognormal(0.5, 1, 25)
    found = compare_groups(np.r_[a, b], ["a"] * 30 + ["b"] * 25, rho=0.0)
    peer = stats.logrank(-a, -b)
    assert found.chi_square == pytest.approx(peer.statistic**2, rel=1e-9)
    assert found.p == pytest.approx(peer.pvalue, rel=1e-9)


def test_only_ranks_matter() -> None:
    x, groups, flags = simulated(shift=0.6)
    first = compare_groups(x, groups, censored=flags)
    again = compare_groups(np.exp(3 * np.sqrt(x)), groups, censored=flags)
    assert first.chi_square == pytest.approx(again.chi_square, rel=1e-12)
    turned = compare_groups(x, np.where(groups == "a", "z", "b"), censored=flags)
    assert turned.chi_square == pytest.approx(first.chi_square, rel=1e-12)


def test_pairs_of_groups_are_adjusted() -> None:
    rng = np.random.default_rng(2)
    x = np.r_[rng.normal(0, 1, 20), rng.normal(0, 1, 20), rng.normal(3, 1, 20)]
    found = compare_groups(x, np.repeat(["a", "b", "c"], 20))
    assert found.pairs == (("a", "b"), ("a", "c"), ("b", "c"))
    assert (found.pair_p >= found.pair_p_raw).all() and found.pair_p[1] < 0.001 < found.pair_p[0]
    assert found.observed.sum() == pytest.approx(found.expected.sum())


def test_means_without_limits_are_those_of_least_squares() -> None:
    rng = np.random.default_rng(3)
    x, groups = rng.lognormal(0, 1, 30), np.repeat(["a", "b", "c"], 10)
    found = compare_means(x, groups)
    logs = np.log(x)
    assert found.means == pytest.approx([logs[groups == g].mean() for g in "abc"])
    between = found.differences["a", "b"]
    assert (between.low + between.high) / 2 == pytest.approx(found.means[1] - found.means[0])
    whole, within = (
        ((logs - logs.mean()) ** 2).sum(),
        sum(((logs[groups == g] - logs[groups == g].mean()) ** 2).sum() for g in "abc"),
    )
    assert found.chi_square == pytest.approx(30 * np.log(whole / within), rel=1e-8)


def test_permuted_means_bound_what_limits_hide() -> None:
    x, groups, flags = simulated(shift=1.2)
    found = compare_means_permuted(x, groups, censored=flags, permutations=499)
    none = compare_means_permuted(x, groups, permutations=499)
    assert found.p_high == none.p_low == none.p_high
    assert max(found.p_low, found.p_high) < 0.05
    assert str(found).startswith("p from ")
    same = compare_means_permuted(x, np.roll(groups, 20), censored=flags, permutations=499)
    assert same.statistic_high == pytest.approx(-found.statistic_high)


def test_pairs_without_order_say_nothing_and_are_counted() -> None:
    x, y = [5.0, 1.0, 1.0, 3.0, 7.0], [2.0, 4.0, 1.0, 3.0, 7.0]
    xc, yc = [False, True, True, False, False], [True, False, True, False, True]
    found = paired_sign_test(x, y, x_censored=xc, y_censored=yc)
    assert (found.above, found.below, found.ties) == (2, 1, 2), "7 is above <7; <1 and <1, 3 and 3 have no order"
    assert found.p >= paired_sign_test(x, y, x_censored=xc, y_censored=yc, ties="dropped").p


@pytest.mark.parametrize("alternative", ["less", "greater", "two-sided"])
def test_signed_ranks_without_limits_are_pratts(alternative: str) -> None:
    rng = np.random.default_rng(6)
    x, y = rng.normal(0.3, 1, 40), rng.normal(0, 1, 40)
    y[:3] = x[:3]
    found = paired_signed_ranks(x, y, floor=-np.inf, alternative=alternative)
    peer = stats.wilcoxon(x - y, zero_method="pratt", correction=False, method="asymptotic", alternative=alternative)
    assert found.p == pytest.approx(peer.pvalue, rel=1e-6)


def test_mean_of_pairs_without_limits_is_the_mean() -> None:
    rng = np.random.default_rng(7)
    x, y = rng.uniform(1, 2, 15), rng.uniform(1, 2, 15)
    found = paired_mean(x, y)
    assert found.mean == pytest.approx((x - y).mean())
    assert found.sd == pytest.approx((x - y).std())
    assert found.mean in found.mean_interval


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: compare_groups([1, 2, 3], ["a", "b"]), "one label a value"),
        (lambda: compare_groups([1, 2, 3], ["a"] * 3), "two or more"),
        (lambda: compare_groups([1, 2, np.nan], list("abb")), "NaN"),
        (lambda: compare_groups([1, 2, 3], list("abb"), rho=-1), "zero or more"),
        (lambda: compare_means([0, 2, 3, 4], list("aabb")), "above zero"),
        (lambda: compare_means([1, 2, 3], list("abb")), "4 or more"),
        (lambda: compare_means_permuted([1, 2, 3, 4], list("aabb"), permutations=9), "99 or more"),
        (lambda: paired_sign_test([1, 2], [1]), "one a value"),
        (lambda: paired_sign_test([1, 2], [1, 3], alternative="more"), "two-sided"),
        (lambda: paired_sign_test([1, 2], [1, 3], ties="split"), "counted"),
        (lambda: paired_signed_ranks([1, 2, 3, 4], [1, 3, 2, 5], ranks="all"), "intervals"),
        (lambda: paired_mean([-1, 2, 3, 4], [1, 3, 2, 5]), "floor"),
    ],
)
def test_bad_input_is_one_sentence(call, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: compare_groups([1, 1, 1, 1], list("aabb"), censored=[True] * 4),
        lambda: compare_means([1, 1, 1, 2, 3, 4], list("aaabbb"), censored=[True] * 3 + [False] * 3),
        lambda: paired_sign_test([1, 1], [1, 1], x_censored=[True] * 2, y_censored=[True] * 2),
        lambda: paired_signed_ranks([1] * 4, [1] * 4),
    ],
)
def test_what_cannot_be_had_says_so(call) -> None:
    with pytest.raises(NotEstimable, match="not estimable"):
        call()
