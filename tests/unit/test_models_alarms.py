"""EARS, CUSUM of counts and the budget: against their definitions, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from labkit.models.alarms import alpha_for_budget, cusum, ears
from labkit.models.inputs import BadInput


def simulated(n: int = 120, mean: float = 6.0, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean, n).astype(float)


@pytest.mark.parametrize(("method", "lag"), [("C1", 0), ("C2", 2)])
def test_limits_are_mean_and_spread_of_the_baseline(method: str, lag: int) -> None:
    y = simulated()
    found = ears(y, method=method, alpha=0.025)
    for t in range(7 + lag, y.size):
        window = y[t - lag - 7 : t - lag]
        assert found.expected[t] == pytest.approx(window.mean())
        assert found.upper[t] == pytest.approx(window.mean() + 1.959963985 * max(window.std(ddof=1), 0.5))
    assert np.isnan(found.upper[: 7 + lag]).all()


def test_c3_adds_up_three_places() -> None:
    y = simulated()
    found = ears(y, method="C3", alpha=0.05)
    two = ears(y, method="C2")
    score = (y - two.expected) / ((two.upper - two.expected) / 3.090232306)
    for t in range(11, y.size):
        assert found.alarm[t] == (np.maximum(0, score[t - 2 : t + 1] - 1).sum() > 1.644853627)


def test_a_flat_baseline_is_no_trap() -> None:
    y = [0.0] * 10 + [1.0]
    assert not ears(y).alarm.any()
    assert ears(y, smallest_sd=0.0).alarm[-1]


@pytest.mark.parametrize("transform", ["standard", "rossi", "anscombe"])
def test_cusum_calls_exactly_above_its_limit(transform: str) -> None:
    y = simulated()
    y[60:] += 4
    found = cusum(y, mean=6.0, transform=transform)
    assert found.alarm[60:].any()
    assert np.array_equal(found.alarm, y >= found.upper - 1e-9)


def test_false_alerts_of_many_series_stay_in_their_budget_only_as_far_as_one_test_does() -> None:
    rng = np.random.default_rng(41_401)
    series, months = 100, 24
    alpha = alpha_for_budget(4.0, series, 52 / 12)
    tables = rng.poisson(20, (series, 52 * months // 12 + 28))
    alerts = sum(int(ears(row, baseline=28, alpha=alpha).alarm[28:].sum()) for row in tables)
    assert (
        4.0 < alerts / months < 10.0
    )  # measured about 8: seven to 28 counts leave the spread uncertain, as the docstring says


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ears([1, 2, 3]), "8 or more"),
        (lambda: ears([1.5] * 20), "whole numbers"),
        (lambda: ears([-1.0] * 20), "zero or more"),
        (lambda: ears([np.nan] * 20), "NaN"),
        (lambda: ears([1] * 20, method="C4"), "C1, C2, C3"),
        (lambda: ears([1] * 20, alpha=0.9), "alpha"),
        (lambda: ears([1] * 20, baseline=1), "baseline"),
        (lambda: cusum([1, 2], mean=0), "above zero"),
        (lambda: cusum([1, 2], mean=1, transform="log"), "rossi"),
        (lambda: cusum([1, 2], mean=1, start=5), "start"),
        (lambda: alpha_for_budget(0, 10, 4), "above zero"),
        (lambda: alpha_for_budget(100, 10, 4), "half of all tests"),
    ],
)
def test_bad_input_is_one_sentence(call, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        call()
