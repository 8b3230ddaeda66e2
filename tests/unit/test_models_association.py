"""Kendall's score against its definition, the line against a search over all pairs, likelihoods against integration."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from scipy import integrate, stats

from labkit.models.association import (
    akritas_theil_sen,
    bootstrap_correlation,
    fisher_interval,
    fit_bivariate_lognormal,
    fit_bivariate_normal,
    kendall_interval,
    kendall_tau,
    partial_correlation,
    pearson_correlation,
    spearman_correlation,
)
from labkit.models.association.bivariate_kernel import bivariate_cdf, negative_loglik
from labkit.models.association.residual_median import censored_median
from labkit.models.inputs import BadInput, NotEstimable


def signs(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The definition: above where the lower end is above the other's upper end, or equal to it and one of both is open."""
    open_ = low != high
    touch = (low[:, None] == high[None, :]) & (open_[:, None] | open_[None, :])
    above = ((low[:, None] > high[None, :]) | touch).astype(int)
    np.fill_diagonal(above, 0)
    return above - above.T


def draw(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Small integers, so that ties and touching ends are many; exact, left-, right- and interval-censored."""
    low = rng.integers(0, 8, n).astype(float)
    high = low + np.where(rng.random(n) < 0.5, 0, rng.integers(0, 5, n))
    low[(rng.random(n) < 0.2) & (high > low)] = -np.inf
    high[(rng.random(n) < 0.1) & (high > low)] = np.inf
    return low, high


def test_score_and_variance_equal_the_definition_on_1000_random_cases():
    rng = np.random.default_rng(4)
    for case in range(1000):
        n = int(rng.integers(3, 30))
        (xl, xh), (yl, yh) = draw(rng, n), draw(rng, n)
        a, b = signs(xl, xh), signs(yl, yh)
        found = kendall_tau(x_low=xl, x_high=xh, y_low=yl, y_high=yh)
        score = int((a * b).sum()) // 2
        assert found.score == score, case
        pairs_x, pairs_y = int(np.abs(a).sum()) // 2, int(np.abs(b).sum()) // 2
        assert (found.comparable_x, found.comparable_y) == (pairs_x, pairs_y)
        assert found.tau_a == score / (n * (n - 1) / 2)
        if pairs_x and pairs_y:
            assert math.isclose(found.tau_b, score / math.sqrt(pairs_x * pairs_y), abs_tol=1e-12)
        if n <= 5 and case % 5 == 0:
            import itertools

            every = [int((a * b[np.ix_(order, order)]).sum()) / 2 for order in map(list, itertools.permutations(range(n)))]
            assert math.isclose(found.variance, float(np.var(every)), rel_tol=1e-12, abs_tol=1e-12)


def test_permutation_variance_is_the_tie_corrected_one_of_scipy():
    rng = np.random.default_rng(5)
    x, y = rng.integers(0, 6, 40), rng.integers(0, 9, 40)
    ours = kendall_tau(x, y, test="uncorrected")
    theirs = stats.kendalltau(x, y, method="asymptotic")
    assert math.isclose(ours.tau_b, theirs.statistic, rel_tol=1e-12)
    assert math.isclose(ours.p, theirs.pvalue, rel_tol=1e-9)


def test_exact_p_is_that_of_all_orders():
    assert math.isclose(kendall_tau([1, 2, 3, 4], [1, 2, 3, 4], test="exact").p, 2 / 24)


def falling(x: np.ndarray, y: np.ndarray, hidden: np.ndarray) -> tuple[float, float]:
    """Zero-score interval from the slopes of all pairs and the score between each two of them."""
    slopes = [
        (y[i] - y[j]) / (x[i] - x[j]) for i in range(x.size) for j in range(i) if x[i] != x[j] and not (hidden[i] and hidden[j])
    ]
    slopes = np.unique(np.round(slopes, 11))
    inner = np.concatenate([[slopes[0] - 1], (slopes[1:] + slopes[:-1]) / 2, [slopes[-1] + 1]])
    a = signs(x, x)
    score = np.array([(a * signs(np.where(hidden, -np.inf, y - b * x), y - b * x)).sum() // 2 for b in inner])
    assert (np.diff(score) <= 0).all()
    return slopes[np.flatnonzero(score > 0)[-1]], slopes[np.flatnonzero(score < 0)[0] - 1]


@pytest.mark.parametrize("seed", range(30))
def test_zero_score_interval_ends_on_slopes_of_pairs(seed: int):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(6, 30))
    x = rng.integers(0, 12, n).astype(float) if seed % 2 else rng.normal(2000, 3, n)
    y = np.round(0.7 * (x - x.mean()) + rng.normal(0, 2, n), 1 if seed % 3 else 6)
    hidden = y < np.quantile(y, 0.3 * (seed % 3))
    y = np.where(hidden, np.quantile(y, 0.3 * (seed % 3)), y)
    line = akritas_theil_sen(x, y, y_censored=hidden)
    low, high = falling(x, y, hidden)
    assert line.zero_score_interval[0] == pytest.approx(low, abs=1e-9)
    assert line.zero_score_interval[1] == pytest.approx(high, abs=1e-9)
    assert line.slope == pytest.approx((low + high) / 2, abs=1e-9)
    assert line.slope_interval.low <= low and high <= line.slope_interval.high


def test_without_censoring_it_is_the_theil_sen_line():
    rng = np.random.default_rng(9)
    x = rng.normal(size=41)
    y = 2 * x + rng.normal(size=41)
    line, theirs = akritas_theil_sen(x, y), stats.theilslopes(y, x)
    assert line.slope == pytest.approx(theirs.slope, rel=1e-9)
    assert line.intercept == pytest.approx(float(np.median(y - line.slope * x)), rel=1e-9)
    assert line.slope_interval.low == pytest.approx(theirs.low_slope, abs=0.02)  # scipy rounds its rank


def test_rows_with_censored_x_leave_the_line_but_not_tau():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=30), rng.normal(size=30)
    hidden = np.arange(30) < 5
    line = akritas_theil_sen(x, y, x_censored=hidden)
    assert line.n_dropped == 5 and line.n == 30
    assert line.slope == akritas_theil_sen(x[5:], y[5:]).slope
    assert line.association == kendall_tau(x, y, x_censored=hidden)
    doubly = akritas_theil_sen(x, y, x_censored=hidden, censored_x="doubly")
    assert doubly.n_dropped == 0 and math.isfinite(doubly.slope)
    with pytest.raises(NotEstimable, match="biased"):
        _ = doubly.slope_interval


def test_line_of_intervals_has_a_slope_but_no_intercept():
    x = np.arange(8.0)
    line = akritas_theil_sen(x, y_low=x - 0.5 * (x < 3), y_high=x)
    assert line.slope == pytest.approx(1, abs=0.2)
    with pytest.raises(NotEstimable, match="below limits"):
        _ = line.intercept


def test_a_slope_that_the_data_do_not_give_says_so():
    line = akritas_theil_sen(np.arange(6.0), np.ones(6), y_censored=np.ones(6, bool))
    with pytest.raises(NotEstimable, match="slope is not estimable"):
        _ = line.slope
    assert "not estimable" in str(line)
    with pytest.raises(NotEstimable, match="x is constant"):
        _ = akritas_theil_sen(np.ones(6), np.arange(6.0)).slope


def test_median_of_left_censored_values():
    assert censored_median(np.array([1.0, 2, 3, 4]), np.zeros(4, bool)) == 2.5
    assert censored_median(np.array([1.0, 2, 3]), np.zeros(3, bool)) == 2
    assert censored_median(np.array([2.0, 2, 3, 4, 5]), np.array([True, True, False, False, False])) == 3
    assert isinstance(censored_median(np.array([2.0, 2, 2, 4, 5]), np.array([True] * 3 + [False] * 2)), NotEstimable)


@pytest.mark.parametrize("rho", [-0.99, -0.6, 0.0, 0.3, 0.9, 0.999])
def test_bivariate_distribution_function_against_integration(rho: float):
    for h, k in ((-1.2, 0.4), (0.0, 0.0), (-2.5, -2.0), (1.5, -0.3)):
        root = math.sqrt(1 - rho * rho)
        peak = [p for p in (k / rho if rho else 0.0,) if -9 < p < h]
        expected = integrate.quad(
            lambda u, k=k, root=root: stats.norm.pdf(u) * stats.norm.cdf((k - rho * u) / root),
            -9,
            h,
            epsabs=1e-13,
            points=peak,
            limit=400,
        )[0]
        assert bivariate_cdf(h, k, math.asin(rho)) == pytest.approx(expected, abs=1e-11)


def test_likelihood_of_every_pattern_against_integration():
    theta = np.array([0.3, -0.2, 0.1, -0.3, 0.8])
    sd, rho = np.exp(theta[2:4]), math.tanh(theta[4])
    cover = np.array([[sd[0] ** 2, rho * sd[0] * sd[1]], [rho * sd[0] * sd[1], sd[1] ** 2]])
    normal = stats.multivariate_normal(theta[:2], cover)
    cases = {"exact": (0.7, 0.7), "left": (-np.inf, 0.4), "between": (-0.5, 0.9), "right": (0.1, np.inf)}
    for x in cases.values():
        for y in cases.values():
            ends = [(max(e[0], -9.0), min(e[1], 9.0)) for e in (x, y)]
            if x[0] == x[1] and y[0] == y[1]:
                expected = normal.pdf([x[0], y[0]])
            elif x[0] == x[1]:
                expected = integrate.quad(lambda v, x=x: normal.pdf([x[0], v]), *ends[1], epsabs=1e-12)[0]
            elif y[0] == y[1]:
                expected = integrate.quad(lambda u, y=y: normal.pdf([u, y[0]]), *ends[0], epsabs=1e-12)[0]
            else:
                nodes, weights = np.polynomial.legendre.leggauss(80)
                u, v = ((e[1] - e[0]) / 2 * nodes + (e[0] + e[1]) / 2 for e in ends)
                grid = normal.pdf(np.stack(np.meshgrid(u, v, indexing="ij"), axis=-1))
                expected = float(weights @ grid @ weights) * (ends[0][1] - ends[0][0]) * (ends[1][1] - ends[1][0]) / 4
            given = [np.array([e]) for e in (*x, *y)]
            gradient = np.empty(5)
            value = negative_loglik(theta, *given, gradient)
            assert value == pytest.approx(-math.log(expected), abs=1e-8)
            for k in range(5):
                move = np.eye(5)[k] * 1e-6
                change = negative_loglik(theta + move, *given, np.empty(5)) - negative_loglik(theta - move, *given, np.empty(5))
                assert gradient[k] == pytest.approx(change / 2e-6, abs=1e-7)


def test_bivariate_fit_without_censoring_is_least_squares():
    rng = np.random.default_rng(11)
    x = rng.normal(5, 2, 50)
    y = 3 - 0.5 * x + rng.normal(size=50)
    fit, line = fit_bivariate_normal(x, y), stats.linregress(x, y)
    assert fit.correlation == pytest.approx(line.rvalue, abs=1e-5)
    assert fit.slope == pytest.approx(line.slope, abs=1e-5)
    assert fit.intercept == pytest.approx(line.intercept, abs=1e-4)
    assert fit.loglik == pytest.approx(
        stats.multivariate_normal([x.mean(), y.mean()], np.cov(x, y, ddof=0)).logpdf(np.column_stack([x, y])).sum(), abs=1e-6
    )
    limit = fit.deviance_limit
    reach = stats.t.ppf(0.975, 48) * line.stderr
    assert tuple(fit.slope_interval) == pytest.approx((line.slope - reach, line.slope + reach), abs=1e-5)
    for end in fit.slope_interval:
        assert fit.deviance(slope=end) == pytest.approx(limit, abs=1e-3)
    for end in fit.correlation_interval:
        assert fit.deviance(correlation=end) == pytest.approx(limit, abs=1e-3)
    assert fit.p == pytest.approx(line.pvalue, rel=1e-4)


def test_lognormal_fit_is_the_normal_fit_of_logarithms_and_takes_intervals():
    rng = np.random.default_rng(12)
    x = rng.normal(size=40)
    y = x + rng.normal(size=40)
    hidden_x, hidden_y = x < -0.5, y < 0
    given = {"x_censored": hidden_x, "y_censored": hidden_y}
    one = fit_bivariate_normal(np.where(hidden_x, -0.5, x), np.where(hidden_y, 0, y), **given)
    two = fit_bivariate_lognormal(np.exp(np.where(hidden_x, -0.5, x)), np.exp(np.where(hidden_y, 0, y)), **given)
    three = fit_bivariate_lognormal(
        x_low=np.where(hidden_x, 0, np.exp(x)),
        x_high=np.exp(np.where(hidden_x, -0.5, x)),
        y_low=np.where(hidden_y, 0, np.exp(y)),
        y_high=np.exp(np.where(hidden_y, 0, y)),
    )
    for other in (two, three):
        assert other.correlation == pytest.approx(one.correlation, abs=1e-9)
        assert other.n_censored == int((hidden_x | hidden_y).sum())
    assert one.slope in one.slope_interval and one.correlation in one.correlation_interval


def test_bootstrap_is_deterministic_and_holds_its_estimate():
    x, y = np.arange(12.0), np.array([2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11.0])
    first, again = (bootstrap_correlation(x, y, "kendall", draws=199) for _ in range(2))
    assert first == again
    assert first.percentile.low <= first.estimate <= first.percentile.high
    hidden = x < 3
    found = kendall_interval(np.where(hidden, 3, x), y, x_censored=hidden, draws=199)
    assert found.low < kendall_tau(np.where(hidden, 3, x), y, x_censored=hidden).tau_b < found.high


def test_each_result_prints_as_one_line():
    x, y = np.arange(1.0, 9), np.array([2, 1, 4, 3, 6, 5, 8, 7.0])
    found = (
        kendall_tau(x, y),
        akritas_theil_sen(x, y),
        pearson_correlation(x, y),
        spearman_correlation(x, y),
        partial_correlation(x, y, np.cos(x)),
        bootstrap_correlation(x, y, draws=99),
        fit_bivariate_lognormal(x, y),
    )
    for result in found:
        assert "\n" not in str(result) and re.search(r"n 8", str(result)), str(result)
        assert (result.n, result.n_censored) == (8, 0) and result.method


FIVE = [1.0, 2.0, 3.0, 4.0, 5.0]


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: kendall_tau([1, 2], [1, 2, 3]), "y"),
        (lambda: kendall_tau([1], [1]), "x"),
        (lambda: kendall_tau([1, np.nan], [1, 2]), "x"),
        (lambda: kendall_tau([1, 2], [1, np.inf]), "y"),
        (lambda: kendall_tau([1, 2], [1, 2], y_censored=[True]), "y_censored"),
        (lambda: kendall_tau([1, 2]), "y"),
        (lambda: kendall_tau([1, 2], [1, 2], y_low=[1, 2], y_high=[1, 2]), "y"),
        (lambda: kendall_tau([1, 2], y_low=[1, 2]), "y_low"),
        (lambda: kendall_tau([1, 2], y_low=[2, 2], y_high=[1, 2]), "y_low"),
        (lambda: kendall_tau([1, 2], y_low=[np.inf, 2], y_high=[np.inf, 2]), "y_low"),
        (lambda: kendall_tau(FIVE, FIVE, variance="other"), "variance"),
        (lambda: kendall_tau(FIVE, FIVE, test="other"), "test"),
        (lambda: kendall_tau([1, 1, 2], FIVE[:3], test="exact"), "test"),
        (lambda: kendall_tau(FIVE[:2], FIVE[:2], variance="nada"), "variance"),
        (lambda: kendall_tau(FIVE, y_low=FIVE, y_high=[9.0] * 5, variance="nada"), "y_low"),
        (lambda: akritas_theil_sen(FIVE[:3], FIVE[:3]), "x"),
        (lambda: akritas_theil_sen(FIVE, FIVE, level=1.5), "level"),
        (lambda: akritas_theil_sen(FIVE, FIVE, censored_x="keep"), "censored_x"),
        (lambda: akritas_theil_sen(FIVE, FIVE, x_censored=[True] * 3 + [False] * 2), "x_censored"),
        (lambda: pearson_correlation(FIVE, FIVE[:4]), "y"),
        (lambda: spearman_correlation(FIVE[:3], FIVE[:3]), "x"),
        (lambda: spearman_correlation(FIVE, FIVE, interval="wald"), "interval"),
        (lambda: spearman_correlation(FIVE, FIVE, test="z"), "test"),
        (lambda: fisher_interval(1.5, 10), "estimate"),
        (lambda: fisher_interval(0.5, 3), "n"),
        (lambda: bootstrap_correlation(FIVE, FIVE, "other"), "kind"),
        (lambda: bootstrap_correlation(FIVE, FIVE, draws=5), "draws"),
        (lambda: kendall_interval(FIVE, FIVE, y_censored=[True] + [False] * 4, method="fieller"), "method"),
        (lambda: partial_correlation(FIVE, FIVE, FIVE[:3]), "given"),
        (lambda: fit_bivariate_lognormal([0.0, *FIVE], [1.0, *FIVE]), "x"),
        (lambda: fit_bivariate_lognormal(FIVE, FIVE), "x"),
    ],
)
def test_bad_input_names_the_argument(call, argument: str):
    with pytest.raises(BadInput) as caught:
        call()
    assert caught.value.argument == argument


@pytest.mark.parametrize(
    "call",
    [
        lambda: kendall_tau([1, 1, 1], [1, 2, 3]).tau_b,
        lambda: kendall_tau([1, 1, 1], [1, 2, 3]).p,
        lambda: pearson_correlation([1] * 5, FIVE),
        lambda: partial_correlation(np.arange(8.0), np.cos(np.arange(8)), np.arange(8.0) * 3),
        lambda: fit_bivariate_lognormal([1.0] * 8, np.arange(1.0, 9)),
        lambda: fit_bivariate_lognormal(np.arange(1.0, 9), np.arange(1.0, 9)),
        lambda: fit_bivariate_normal(np.arange(8.0), np.cos(np.arange(8.0)), y_censored=np.arange(8) > 1),
    ],
)
def test_what_cannot_be_had_says_not_estimable(call):
    with pytest.raises(NotEstimable, match="not estimable"):
        call()


def test_an_interval_measured_too_narrow_says_so():
    found = spearman_correlation(np.arange(8.0), np.cos(np.arange(8.0)), interval="fisher").interval
    assert found.approximate == 0.90 and "approximate" in str(found)
