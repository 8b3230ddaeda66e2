"""Numbers of persons from lists: against closed formulas and brute force, what is refused, and what is said."""

from __future__ import annotations

import math
from itertools import combinations, product

import numpy as np
import pytest
from scipy import optimize, special, stats

from labkit.models.inputs import BadInput, NotEstimable
from labkit.models.prevalence import (
    average_population,
    chapman,
    closed_population,
    corrected_population,
    count_population,
    describe_lists,
    multiplier,
)
from labkit.models.prevalence.closed_fit import listed_cells
from labkit.models.prevalence.closed_selection import hierarchical
from labkit.models.prevalence.histories import read_histories, read_terms
from labkit.models.prevalence.loglinear import fit_loglinear

TWO = [[1, 1], [1, 0], [0, 1]]
THREE = [[1, 1, 1], [1, 1, 0], [1, 0, 1], [1, 0, 0], [0, 1, 1], [0, 1, 0], [0, 0, 1]]
COUNTS = [20, 45, 40, 105, 38, 110, 98]


def test_two_independent_lists_are_petersen() -> None:
    found = closed_population(TWO, [50, 150, 250])
    assert found.value == pytest.approx(200 * 300 / 50)
    assert found.df == 0
    assert "cannot be tested" in str(found)


def test_three_lists_with_every_pair_is_the_closed_formula() -> None:
    n = dict(zip((tuple(row) for row in THREE), COUNTS, strict=True))
    odd = n[1, 1, 1] * n[1, 0, 0] * n[0, 1, 0] * n[0, 0, 1]
    even = n[1, 1, 0] * n[1, 0, 1] * n[0, 1, 1]
    found = closed_population(THREE, COUNTS, terms=["12", "13", "23"])
    assert found.value == pytest.approx(sum(COUNTS) + odd / even, rel=1e-9)
    assert found.deviance == pytest.approx(0, abs=1e-8)


def test_the_profile_is_the_multinomial_likelihood() -> None:
    data = read_histories(THREE, COUNTS)
    cells = listed_cells(data, "Mt", None, None, ())
    patterns = np.array(list(product((0, 1), repeat=3)))[1:]

    def loglik(total: int) -> float:
        """Largest multinomial likelihood over the three chances of being listed."""
        counts = [COUNTS[THREE.index(list(row))] for row in patterns.tolist()]

        def lost(logits: np.ndarray) -> float:
            p = special.expit(logits)
            each = np.where(patterns == 1, p, 1 - p).prod(axis=1)
            unseen = total - sum(counts)
            fixed = special.gammaln(total + 1) - special.gammaln(unseen + 1)
            return -(fixed + np.dot(counts, np.log(each)) + unseen * np.log((1 - p).prod()))

        return -optimize.minimize(lost, np.zeros(3), tol=1e-10).fun

    ours = cells.loglik(700) - cells.loglik(650)
    assert ours == pytest.approx(loglik(700) - loglik(650), abs=1e-5)


def test_the_ends_of_the_profile_lie_where_the_likelihood_has_fallen() -> None:
    found = closed_population(THREE, COUNTS)
    cells = listed_cells(read_histories(THREE, COUNTS), "Mt", None, None, ())
    fall = stats.chi2.ppf(0.95, 1) / 2
    for end in found.interval:
        assert cells.loglik(found.most_likely) - cells.loglik(end) == pytest.approx(fall, abs=1e-5)
    assert found.interval.low < found.most_likely < found.value < found.interval.high


def test_behaviour_is_the_removal_estimate() -> None:
    first = np.array([100.0, 60.0, 36.0])  # a fall of two fifths each time: 250 in all
    rows, counts = [], []
    for place, number in enumerate(first):
        for later in product((0, 1), repeat=2 - place):
            rows.append([0] * place + [1, *later])
            counts.append(int(number / 2 ** (2 - place)))
    assert closed_population(rows, counts, model="Mb").value == pytest.approx(250, rel=1e-6)
    assert closed_population(rows, counts, model="Mbh").value == pytest.approx(250, rel=1e-6)


def test_chao_of_two_counts_is_its_closed_formula() -> None:
    f = np.array([60, 20, 0, 0])
    assert count_population(f, heterogeneity="chao").value == pytest.approx(80 + 60**2 / (2 * 20), rel=1e-6)
    assert count_population(f[:2], occasions=2).value == pytest.approx(80 + 60**2 / (4 * 20), rel=1e-9)


def test_correction_of_two_lists_is_chapman() -> None:
    assert corrected_population(TWO, [50, 150, 250]).value == pytest.approx(chapman(200, 300, 50).value)


def test_few_on_both_lists_is_told_with_what_was_measured() -> None:
    assert "approximate: held the truth in 92.6%" in str(chapman(60, 50, 8))
    assert "approximate" not in str(chapman(200, 300, 50))


@pytest.mark.parametrize("model", ["M0", "Mt", "Mh", "Mth"])
def test_correction_lowers_and_fades_with_more_people(model: str) -> None:
    kind = "chao" if "h" in model else None
    small = np.array([4, 9, 8, 21, 7, 22, 19])
    for factor, room in ((1, 0.2), (400, 0.001)):
        raw = closed_population(THREE, small * factor, model=model, heterogeneity=kind).value
        better = corrected_population(THREE, small * factor, model=model, heterogeneity=kind).value
        assert better == pytest.approx(raw, rel=room)


def test_hierarchical_models_hold_all_below_their_own() -> None:
    assert [len(hierarchical(t, t - 1)) for t in (3, 4)] == [8, 113]
    assert len(hierarchical(5, 2)) == 2**10
    for terms in hierarchical(4, 3):
        for term in terms:
            assert all(part in terms for size in range(2, len(term)) for part in combinations(term, size))


def test_the_average_lies_among_its_models_and_names_what_it_left_out() -> None:
    found = average_population(THREE, COUNTS)
    values = [model.value for model in found.models]
    assert min(values) < found.value < max(values)
    assert sum(found.weights) == pytest.approx(1)
    assert found.value == pytest.approx(np.dot(found.weights, values))
    assert list(found.weights) == sorted(found.weights, reverse=True)
    empty = average_population(THREE, [0, 0, 40, 105, 38, 110, 98])
    assert any("nobody is on lists 1, 2 together" in why for _, why in empty.left_out)


def test_dependent_lists_are_told() -> None:
    rng = np.random.default_rng(5)
    table = (rng.random((4000, 3)) < 0.35).astype(float)
    table[:, 1] = np.where(rng.random(4000) < 0.4, table[:, 0], table[:, 1])  # simulated: copied from the first list
    table = table[table.any(axis=1)]
    assert any("dependent" in said for said in closed_population(table).warnings)
    average = average_population(table)
    assert "the lists are dependent" in average.warnings
    assert 4000 in average.interval
    assert 4000 not in closed_population(table).interval


def test_lists_are_described() -> None:
    found = describe_lists(THREE, COUNTS)
    assert list(found.times) == [313, 123, 20]
    assert list(found.first) == [210, 148, 98]
    assert list(found.sizes) == [210, 213, 196]
    assert found.last.sum() == found.seen == 456
    one_each = np.repeat(np.array(THREE), COUNTS, axis=0)
    assert closed_population(one_each).value == closed_population(THREE, COUNTS).value


def test_terms_are_read_with_all_below() -> None:
    assert read_terms(["123"], 4) == [(0, 1), (0, 2), (1, 2), (0, 1, 2)]
    assert read_terms([(2, 4)], 4) == [(1, 3)]


def test_a_dependent_column_is_dropped() -> None:
    x = np.column_stack([np.ones(4), [0, 1, 2, 3], [1, 2, 3, 4]])
    fit = fit_loglinear(x, np.array([1.0, 2.0, 4.0, 8.0]))
    assert fit.rank == 2
    assert fit.fitted == pytest.approx([1, 2, 4, 8])
    assert math.isnan(fit.coefficients[2])


def test_multiplier_is_the_ends_of_the_share_turned() -> None:
    found = multiplier(420, (63, 200))
    low, high = stats.beta.ppf([0.025, 0.975], [63, 64], [138, 137])
    assert (found.value, *found.interval) == pytest.approx((420 * 200 / 63, 420 / high, 420 / low))
    wider = multiplier(420, (63, 200), design_effect=2)
    assert wider.interval.low < found.interval.low < found.interval.high < wider.interval.high
    assert multiplier(420, 0.3).value == pytest.approx(1400)
    assert multiplier(420, (20, 20)).interval.low == 420
    with pytest.raises(NotEstimable, match=r"none of 30 surveyed.*above 4,419 at 95%"):
        multiplier(420, (0, 30))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: closed_population([[1, 2]], None), "neither 0 nor 1"),
        (lambda: closed_population([[1], [1]], None), "two to 12 lists"),
        (lambda: closed_population(TWO, [1, 2]), "one count a row"),
        (lambda: closed_population(TWO, [1, 2, -1]), "zero or more"),
        (lambda: closed_population(TWO, [0, 0, 0]), "nobody"),
        (lambda: closed_population(TWO, [0, 3, 0]), "nobody on list 2"),
        (lambda: closed_population(TWO, [1, 2, 3], model="Mx"), "Mth"),
        (lambda: closed_population(TWO, [1, 2, 3], model="Mh"), "one kind"),
        (lambda: closed_population(THREE, COUNTS, model="Mh", heterogeneity="normal"), "darroch"),
        (lambda: closed_population(THREE, COUNTS, model="Mh", heterogeneity="poisson", theta=1), "above 1"),
        (lambda: closed_population(THREE, COUNTS, terms=["14"]), "different lists"),
        (lambda: closed_population(THREE, COUNTS, terms=["123"]), "two to 2"),
        (lambda: closed_population(THREE, COUNTS, model="M0", terms=["12"]), "Mt or Mth"),
        (lambda: closed_population(THREE, COUNTS, level=0), "level"),
        (lambda: closed_population(TWO, [50, 150, 250], model="Mbh"), "three occasions"),
        (lambda: count_population([5]), "two or more"),
        (lambda: count_population([5, 2, 1], occasions=2), "most often"),
        (lambda: corrected_population(TWO, [50, 150, 250], model="Mb"), "3 or more"),
        (lambda: corrected_population(THREE, COUNTS, model="Mth", heterogeneity="gamma"), "not gamma"),
        (lambda: average_population(TWO, [50, 150, 250]), "three or more"),
        (lambda: average_population(THREE, COUNTS, criterion="r2"), "bic or aic"),
        (lambda: average_population(THREE, COUNTS, highest=3), "1 to 2"),
        (lambda: average_population(np.eye(7), None), "too many models"),
        (lambda: multiplier(0, (1, 2)), "above zero"),
        (lambda: multiplier(5, (3, 2)), "at most"),
        (lambda: multiplier(5, 1.2), "share"),
        (lambda: multiplier(5, (1, 2), design_effect=0.5), "1 or more"),
    ],
)
def test_bad_input_is_one_sentence(call, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        call()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: closed_population(TWO, [0, 3, 4]), "nobody is on two lists"),
        (lambda: closed_population(THREE, [0, 0, 4, 5, 6, 7, 8], terms=["12"]), "lists 1, 2 is not estimable"),
        (lambda: closed_population(TWO, [10, 5, 40], model="Mb"), "no fewer"),
        (lambda: count_population([5, 0, 0]), "seen once"),
        (lambda: average_population(THREE, [0, 0, 0, 5, 0, 7, 8]), "not estimable"),
    ],
)
def test_what_cannot_be_had_says_why(call, words: str) -> None:
    with pytest.raises(NotEstimable, match=words):
        call()


def test_a_profile_that_never_closes_is_open_above() -> None:
    found = closed_population(TWO, [1, 30, 30])
    assert found.interval.high > 1000
    assert count_population([40, 1]).interval.low > 41
