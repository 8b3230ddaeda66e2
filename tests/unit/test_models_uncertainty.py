"""Chains of factors: against closed forms, against plain draws, and what cancels where."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from labkit.models.inputs import BadInput, NotEstimable
from labkit.models.relative_interval import relative_interval
from labkit.models.uncertainty import Beta, DirichletShare, Gamma, Lognormal, propagate, variance_shares

CHAIN = [
    Lognormal("analysis", cv=0.1),
    Lognormal("flow", cv=0.05),
    Lognormal("population", "site", -1, cv=0.2),
    Beta("excretion", "all", -1, mean=0.43, sd=0.06),
    Gamma("dose", "all", -1, persons=True, mean=43, sd=20),
]


def test_lognormals_are_their_closed_form() -> None:
    found = propagate([Lognormal("a", median=3, cv=0.3), Lognormal("b", exponent=-1, cv=0.2)])
    spread = np.sqrt(np.log1p(0.09) + np.log1p(0.04))
    assert found.median == pytest.approx(3, rel=1e-4)
    assert found.low == pytest.approx(3 * np.exp(-1.959964 * spread), rel=5e-4)
    assert found.high == pytest.approx(3 * np.exp(1.959964 * spread), rel=5e-4)


def test_level_agrees_with_the_exact_mixture() -> None:
    chain = [factor for factor in CHAIN if not factor.persons]
    excretion = stats.beta.ppf((np.arange(20_000) + 0.5) / 20_000, *beta_shapes(0.43, 0.06))
    low, high = relative_interval(np.array([0.1, 0.05, 0.2]), excretion)
    found = propagate(chain)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-3)


def beta_shapes(mean: float, sd: float) -> tuple[float, float]:
    total = mean * (1 - mean) / sd**2 - 1
    return mean * total, (1 - mean) * total


@pytest.mark.parametrize("statement", ["level", "persons", "trend", "comparison"])
def test_every_statement_agrees_with_plain_draws(statement: str) -> None:
    rng, size, n = np.random.default_rng(11), 400_000, 4

    def mean_of_samples() -> np.ndarray:
        return (np.exp(rng.normal(0, np.sqrt(np.log1p(0.01) + np.log1p(0.0025)), (size, n)))).mean(axis=1)

    def population() -> np.ndarray:
        return np.exp(rng.normal(0, np.sqrt(np.log1p(0.04)), size))

    if statement == "trend":
        drawn = mean_of_samples() / mean_of_samples()
    elif statement == "comparison":
        drawn = mean_of_samples() * population() / (mean_of_samples() * population())
    else:
        drawn = mean_of_samples() / population() / rng.beta(*beta_shapes(0.43, 0.06), size)
        if statement == "persons":
            drawn /= rng.gamma((43 / 20) ** 2, 20**2 / 43, size)
    found = propagate(CHAIN, statement, n=n)
    assert (found.low, found.median, found.high) == pytest.approx(np.quantile(drawn, [0.025, 0.5, 0.975]), rel=0.01)


def test_what_is_shared_does_not_shrink_and_what_is_not_does() -> None:
    widths = {n: np.log((found := propagate(CHAIN, n=n)).high / found.low) for n in (1, 50)}
    assert 0.75 < widths[50] / widths[1] < 0.97
    trends = {n: np.log((found := propagate(CHAIN, "trend", n=n)).high / found.low) for n in (1, 49)}
    assert trends[49] / trends[1] == pytest.approx(1 / 7, rel=0.02)


def test_a_ratio_in_which_all_cancels_is_one() -> None:
    found = propagate([Beta("excretion", "all", -1, mean=0.4, sd=0.05)], "trend")
    assert (found.low, found.high, found.cancelled) == (1.0, 1.0, ("excretion",))


def test_one_line_names_what_is_shared_and_what_cancelled() -> None:
    said = str(propagate(CHAIN, "comparison"))
    assert "shared: population" in said
    assert "cancelled: excretion, dose" in said


def test_a_dirichlet_share_is_its_beta() -> None:
    found = propagate([DirichletShare("heads", concentrations=(30.0, 50.0, 20.0), which=0)])
    assert (found.low, found.high) == pytest.approx(stats.beta.ppf([0.025, 0.975], 30, 70), rel=1e-3)


def test_shares_of_a_product_on_the_identity_scale_are_the_closed_form() -> None:
    v = np.array([0.5, 0.8])  # squared coefficients of variation of independent factors
    factors = [Gamma("a", mean=1, sd=v[0] ** 0.5), Gamma("b", mean=1, sd=v[1] ** 0.5)]
    found = variance_shares(factors, scale="identity")
    whole = (1 + v[0]) * (1 + v[1]) - 1
    assert found.first == pytest.approx(v / whole, abs=0.01)
    assert found.total == pytest.approx(v * (1 + v[::-1]) / whole, abs=0.015)


def test_shares_of_a_formula() -> None:
    factors = [Lognormal("a", cv=0.3), Lognormal("b", cv=0.3)]
    found = variance_shares(factors, formula=lambda drawn: drawn["a"] + 0 * drawn["b"], scale="identity")
    assert found.first == pytest.approx([1, 0], abs=0.01)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: propagate([]), "factors"),
        (lambda: propagate([Lognormal("a"), Lognormal("a")]), "name of its own"),
        (lambda: propagate(CHAIN, "up"), "statement"),
        (lambda: propagate(CHAIN, n=0), "samples"),
        (lambda: propagate(CHAIN, draws=1000), "power of two"),
        (lambda: propagate(CHAIN, level=1), "level"),
        (lambda: Lognormal("a", "town"), "shared"),
        (lambda: Lognormal("a", median=-1), "above zero"),
        (lambda: Beta("a", mean=0.5, sd=0.6), "sd²"),
        (lambda: Gamma("a", mean=0, sd=1), "above zero"),
        (lambda: DirichletShare("a", concentrations=(1.0,)), "two or more"),
        (lambda: variance_shares([]), "factors"),
        (lambda: variance_shares(CHAIN, scale="root"), "log or identity"),
    ],
)
def test_bad_input_is_one_sentence(call, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        call()


def test_no_variance_no_shares() -> None:
    with pytest.raises(NotEstimable, match="does not vary"):
        variance_shares([Lognormal("a"), Lognormal("b")])
