"""Dates, breaks and single changes: against brute force, and what they refuse."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from labkit.models.changes import change_date_set, find_breakpoints, find_changes, one_change, online_changes
from labkit.models.inputs import BadInput, NotEstimable


def stepped(n: int = 40, at: int = 15, step: float = 3.0, seed: int = 1) -> np.ndarray:
    y = np.random.default_rng(seed).normal(size=n)
    y[at:] += step
    return y


def test_a_clear_step_has_a_short_set_without_no_change() -> None:
    found = change_date_set(stepped())
    assert 15 in found and None not in found and found.width <= 3 and found.best == 15
    assert found.step == pytest.approx(3.0, abs=0.8)


def test_noise_alone_keeps_no_change_and_nearly_all_dates() -> None:
    found = change_date_set(np.random.default_rng(3).normal(size=40))
    assert None in found and found.width > 30 and "“no change” not ruled out" in str(found)


def test_unit_and_level_do_not_matter() -> None:
    y = stepped(step=1.0)
    first, again = change_date_set(y), change_date_set(1e3 + 0.5 * y)
    assert first.places == again.places and first.p[1:] == pytest.approx(again.p[1:])


def test_correlated_noise_is_no_change_when_allowed_for() -> None:
    called = {"plain": 0, "known": 0}
    for seed in range(60):
        rng = np.random.default_rng([5, seed])
        y = rng.normal(size=60)
        for t in range(1, 60):
            y[t] = 0.6 * y[t - 1] + 0.8 * y[t]
        called["plain"] += None not in change_date_set(y, draws=199)
        called["known"] += None not in change_date_set(y, draws=199, correlation=0.6)
    assert called["plain"] > 20 and called["known"] <= 7


def test_an_estimated_correlation_is_said() -> None:
    found = change_date_set(stepped(80, 40, 1.5), correlation="estimate")
    assert "estimated" in found.method and 0 <= found.correlation < 0.5


@pytest.mark.parametrize("with_trend", [False, True])
def test_breaks_are_the_best_of_all_segmentations(with_trend: bool) -> None:
    y = np.r_[stepped(12, 5, 4.0), np.random.default_rng(2).normal(-2, 1, 8)]
    x = np.arange(20.0)
    found = find_breakpoints(y, {"t": x} if with_trend else None, shortest=4)
    design = np.column_stack([np.ones(20), x]) if with_trend else np.ones((20, 1))

    def total(places: tuple[int, ...]) -> float:
        ends = [0, *places, 20]
        parts = itertools.pairwise(ends)
        return sum(
            float(((y[a:b] - design[a:b] @ np.linalg.lstsq(design[a:b], y[a:b], rcond=None)[0]) ** 2).sum()) for a, b in parts
        )

    for m, (places, rss) in enumerate(zip(found.by_number, found.residual_sums, strict=True)):
        allowed = [
            c for c in itertools.combinations(range(4, 17), m) if all(b - a >= 4 for a, b in itertools.pairwise([0, *c, 20]))
        ]
        assert rss == pytest.approx(min(map(total, allowed)), rel=1e-9)
        assert total(places) == pytest.approx(rss, rel=1e-9)
    assert len(found.coefficients) == len(found.places) + 1


def test_at_most_so_many_changes() -> None:
    y = np.r_[stepped(20, 10, 6.0), stepped(20, 10, -6.0, seed=4)]
    free = find_changes(y, spread=1.0)
    one = find_changes(y, spread=1.0, most=1)
    assert len(free.places) >= 2 and len(one.places) == 1
    assert find_changes(y, spread=1.0, most=6, penalty="bic").places == find_changes(y, spread=1.0, penalty="bic").places


def test_a_rate_changes() -> None:
    rng = np.random.default_rng(6)
    y = np.r_[rng.poisson(2, 30), rng.poisson(9, 30)]
    assert find_changes(y, change="rate").places == (30,)
    assert find_changes([0] * 20 + [3] * 20, change="rate").places == (20,)


def test_compiled_search_is_the_same() -> None:
    for seed in range(10):
        y = np.cumsum(np.random.default_rng(seed).normal(size=60) * (np.random.default_rng(seed + 50).random(60) < 0.1)) * 4
        y += np.random.default_rng(seed + 99).normal(size=60)
        fast = find_changes(y, spread=1.0, penalty="bic")
        slow = find_changes(y, spread=1.0, penalty="bic", most=8)
        assert len(fast.places) > 8 or fast.places == slow.places


@pytest.mark.parametrize("method", ["pettitt", "snht", "buishand_range", "buishand_u"])
def test_single_changes_find_the_place_and_keep_their_size(method: str) -> None:
    assert abs(one_change(stepped(), method=method).place - 15) <= 1
    assert one_change(stepped(), method=method).p < 0.01
    p = [one_change(np.random.default_rng(seed).normal(size=30), method=method, draws=2000).p for seed in range(200)]
    assert np.mean(np.array(p) < 0.05) < 0.09


def test_online_probabilities_are_those_of_all_histories() -> None:
    y = np.array([0.2, -0.1, 2.5, 2.8])
    found = online_changes(y, hazard=0.2, mean=0.0, spread=1.0)
    assert found.run_length.sum(axis=1) == pytest.approx(np.ones(4))

    def evidence(part: np.ndarray) -> float:
        from scipy import stats

        total, m, k, a, b = 0.0, 0.0, 0.1, 2.0, 2.0
        for value in part:
            total += stats.t.logpdf(value, 2 * a, m, np.sqrt(b * (k + 1) / (a * k)))
            b += k * (value - m) ** 2 / (2 * (k + 1))
            m, k, a = (k * m + value) / (k + 1), k + 1, a + 0.5
        return total

    weights = np.zeros(4)
    for cuts in itertools.product([False, True], repeat=3):
        starts = [0, *(i + 1 for i, cut in enumerate(cuts) if cut), 4]
        log = sum(evidence(y[a:b]) for a, b in itertools.pairwise(starts)) + sum(np.log(0.2 if cut else 0.8) for cut in cuts)
        weights[3 - starts[-2]] += np.exp(log)
    assert found.run_length[-1] == pytest.approx(weights / weights.sum(), rel=1e-9)
    assert found.recent(2)[-1] == pytest.approx(found.run_length[-1, :2].sum())


def test_online_learns_nothing_in_a_gap() -> None:
    y = np.r_[np.zeros(10), np.nan, np.zeros(5)]
    found = online_changes(y, hazard=0.05, mean=0.0, spread=1.0)
    assert np.isfinite(found.run_length).all() and found.predicted[10] == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: change_date_set([1, 2, 3]), "8 or more"),
        (lambda: change_date_set(np.r_[np.nan, np.arange(9.0)]), "NaN"),
        (lambda: change_date_set(np.arange(9.0), correlation=1.0), "between -1 and 1"),
        (lambda: change_date_set(np.arange(9.0), correlation="ar"), "estimate"),
        (lambda: change_date_set(np.arange(9.0), draws=10), "99 or more"),
        (lambda: find_breakpoints(np.arange(20.0), shortest=0.8), "at most half"),
        (lambda: find_breakpoints(np.arange(20.0), {"x": [1.0]}), "one a value"),
        (lambda: find_changes(stepped(), most=0), "1 or more"),
        (lambda: find_changes(-np.arange(20.0), change="rate"), "zero or more"),
        (lambda: one_change([1, 2, 3]), "6 or more"),
        (lambda: one_change(np.arange(9.0), method="f"), "pettitt"),
        (lambda: online_changes([1.0], hazard=1, mean=0, spread=1), "between 0 and 1"),
        (lambda: online_changes([1.0], hazard=0.1, mean=0, spread=0), "above zero"),
    ],
)
def test_bad_input_is_one_sentence(call, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: change_date_set(np.ones(20)),
        lambda: one_change(np.ones(20)),
        lambda: find_breakpoints(np.arange(20.0), {"x": np.r_[np.zeros(10), np.ones(10)]}, shortest=4),
    ],
)
def test_what_cannot_be_had_says_so(call) -> None:
    with pytest.raises(NotEstimable, match="not estimable"):
        call()
