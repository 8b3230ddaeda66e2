"""Censored regression: derivatives, agreement with least squares, clusters, a spread that changes, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from labkit.models.inputs import BadInput, NotEstimable
from labkit.models.regression import fit_tobit
from labkit.models.regression.likelihood import joint_terms


def simulated(n: int = 120, seed: int = 1, limit: float | None = 1.5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = np.exp(1 + 0.5 * x + 0.6 * rng.normal(size=n))
    flags = y < limit if limit else np.zeros(n, dtype=bool)
    return np.where(flags, limit or 0.0, y), x, flags


def test_derivatives_are_those_of_differences() -> None:
    rng = np.random.default_rng(2)
    centre = rng.normal(size=30)
    low, high = centre.copy(), centre.copy()
    low[:8], high[8:14], low[14:20], high[14:20] = -np.inf, np.inf, centre[14:20] - 1, centre[14:20] + 0.5
    low[0], high[0] = 30.0, np.inf  # far out: probabilities of 1e-200
    design, spread = np.c_[np.ones(30), rng.normal(size=30)], np.c_[np.ones(30), rng.normal(size=30)]
    at = np.array([0.2, -0.3, 0.1, 0.2])
    value, gradient, hessian, scores = joint_terms(at, low, high, design, spread)
    assert np.isfinite(value)
    assert scores.sum(axis=0) == pytest.approx(gradient)
    for k in range(4):
        step = np.eye(4)[k] * 1e-6
        up, down = (joint_terms(at + sign * step, low, high, design, spread) for sign in (1, -1))
        assert (up[0] - down[0]) / 2e-6 == pytest.approx(gradient[k], rel=1e-5, abs=1e-5)
        assert (up[1] - down[1]) / 2e-6 == pytest.approx(hessian[k], rel=1e-4, abs=1e-4)


def test_without_limits_it_is_least_squares() -> None:
    y, x, _ = simulated(limit=None)
    found = fit_tobit(y, {"x": x})
    peer = sm.OLS(np.log(y), sm.add_constant(x)).fit()
    assert [one.estimate for one in found.coefficients.values()] == pytest.approx(peer.params, rel=1e-8)
    assert found.sd == pytest.approx(np.sqrt(peer.ssr / y.size), rel=1e-8)
    assert found.log_likelihood == pytest.approx(peer.llf, rel=1e-8)
    assert found.chi_square == pytest.approx(2 * (peer.llf - sm.OLS(np.log(y), np.ones(y.size)).fit().llf), rel=1e-7)


def test_units_of_a_covariate_do_not_matter() -> None:
    y, x, flags = simulated()
    first = fit_tobit(y, {"x": x}, censored=flags)
    far = fit_tobit(y, {"x": 1e5 + 1e-3 * x}, censored=flags)
    assert far.coefficients["x"].estimate * 1e-3 == pytest.approx(first.coefficients["x"].estimate, rel=1e-5)
    assert far.coefficients["x"].p == pytest.approx(first.coefficients["x"].p, rel=1e-4)
    assert "120, " in str(first) and first.n_censored == flags.sum()


def test_intervals_and_left_censoring_agree() -> None:
    y, x, flags = simulated()
    first = fit_tobit(y, {"x": x}, censored=flags)
    again = fit_tobit(None, {"x": x}, low=np.where(flags, 0.0, y), high=y)
    assert again.log_likelihood == pytest.approx(first.log_likelihood)
    narrow = fit_tobit(None, {"x": x}, low=np.where(flags, 0.5 * y, y), high=y)
    assert narrow.coefficients["x"].standard_error < first.coefficients["x"].standard_error


def test_clusters_widen_what_they_share() -> None:
    rng = np.random.default_rng(4)
    site = np.repeat(np.arange(20), 10)
    x = np.repeat(rng.normal(size=20), 10)
    y = np.exp(1 + 0.3 * x + np.repeat(rng.normal(0, 0.8, 20), 10) + 0.3 * rng.normal(size=200))
    plain, robust = fit_tobit(y, {"x": x}), fit_tobit(y, {"x": x}, clusters=site)
    assert robust.coefficients["x"].standard_error > 2 * plain.coefficients["x"].standard_error
    assert robust.coefficients["x"].freedom == 19
    without = [fit_tobit(y[site != g], {"x": x[site != g]}).coefficients["x"].estimate for g in range(20)]
    jackknife = np.sqrt(19 / 20 * ((np.array(without) - plain.coefficients["x"].estimate) ** 2).sum())
    assert jackknife < robust.coefficients["x"].standard_error < 1.15 * jackknife, "one Newton step each errs to the wide side"
    with pytest.raises(BadInput, match="robust p"):
        _ = robust.chi_square


def test_a_growing_spread_is_found_and_mends_the_slope() -> None:
    rng = np.random.default_rng(5)
    x = rng.uniform(-1, 1, 3000)
    y = 0.5 * x + np.exp(0.8 * x) * rng.normal(size=3000)
    flags = y < 0.4
    values = np.where(flags, 0.4, y)
    plain = fit_tobit(values, {"x": x}, censored=flags, scale="identity").coefficients["x"]
    modelled = fit_tobit(values, {"x": x}, censored=flags, scale="identity", spread={"x": x})
    assert 0.5 not in plain.interval and plain.estimate > 0.9
    assert 0.5 in modelled.coefficients["x"].interval
    assert 0.8 in modelled.spread["x"].interval if "x" in modelled.spread else False


def test_the_likelihood_ratio_has_its_size() -> None:
    p = []
    for seed in range(200):
        rng = np.random.default_rng([6, seed])
        y = rng.lognormal(0, 1, 40)
        flags = y < 0.7
        p.append(fit_tobit(np.where(flags, 0.7, y), {"x": rng.normal(size=40)}, censored=flags).p)
    assert stats.kstest(p, "uniform").pvalue > 0.01


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: fit_tobit([1, 2, 3, 4], {"x": [1, 2]}), "one a row"),
        (lambda: fit_tobit([1, 2, 3, 4], {"x": [1, 1, 1, 1]}), "a constant"),
        (lambda: fit_tobit([1, 2, 3, 4, 5], {"x": [1, 2, 3, 4, 5], "z": [2, 4, 6, 8, 10]}), "repeat each other"),
        (lambda: fit_tobit([0, 2, 3, 4]), "above zero"),
        (lambda: fit_tobit([1, 2, 3, 4], scale="root"), "identity"),
        (lambda: fit_tobit([1, 2]), "3 or more"),
        (lambda: fit_tobit([1, 2, 3, 4], low=[1, 2, 3, 4]), "values with censored"),
        (lambda: fit_tobit(low=[1, 2, 3, 4]), "only one of them"),
        (lambda: fit_tobit(low=[2, 2, 3], high=[1, 2, 3]), "above"),
        (lambda: fit_tobit([1, 2, 3, 4], clusters=[1, 1, 1, 1]), "one cluster"),
        (lambda: fit_tobit([1, 2, 3, 4], clusters=[1, 1]), "one label a row"),
        (lambda: fit_tobit([1, 2, 3, 4], level=2), "level"),
    ],
)
def test_bad_input_is_one_sentence(call, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: fit_tobit([1, 1, 1, 1], censored=[True] * 4),
        lambda: fit_tobit([1, 1, 1, 2, 3, 4], {"g": [0, 0, 0, 1, 1, 1]}, censored=[True] * 3 + [False] * 3),
    ],
)
def test_a_likelihood_without_maximum_says_so(call) -> None:
    with pytest.raises(NotEstimable, match="not estimable"):
        call()
