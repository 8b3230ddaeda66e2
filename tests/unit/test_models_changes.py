"""Change points: against every segmentation, on any unit, and what is refused."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from labkit.models.changes import find_changes
from labkit.models.changes.cost import SegmentCost
from labkit.models.inputs import BadInput, NotEstimable


@pytest.mark.parametrize("seed", range(10))
def test_the_search_is_the_best_of_all_segmentations(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = np.r_[rng.normal(0, 1, 6), rng.normal(2, 1, 6)]
    cost = SegmentCost("mean", False).fit(y)
    best = min(
        cost.sum_of_costs([*places, y.size]) + 5.0 * len(places)
        for count in range(5)
        for places in combinations(range(1, y.size), count)
    )
    found = find_changes(y, penalty=5.0, spread=1.0)
    assert cost.sum_of_costs([*found.places, y.size]) + 5.0 * len(found.places) == pytest.approx(best)


def test_the_unit_does_not_matter() -> None:
    rng = np.random.default_rng(4)
    y = np.r_[rng.normal(10, 1, 40), rng.normal(14, 1, 40)]
    assert find_changes(y).places == find_changes(1e-6 * y).places == find_changes(1e6 * y).places


def test_a_change_of_spread_is_found_and_said() -> None:
    rng = np.random.default_rng(2)
    found = find_changes(np.r_[rng.normal(0, 1, 60), rng.normal(0, 6, 60)], change="variance")
    assert len(found.places) == 1
    assert abs(found.places[0] - 60) <= 3
    assert "PELT, variance" in str(found)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: find_changes([1.0] * 7), "8 or more"),
        (lambda: find_changes([1.0, np.nan] * 8), "NaN"),
        (lambda: find_changes(np.arange(9.0), change="slope"), "mean and variance"),
        (lambda: find_changes(np.arange(9.0), spread=1.0, penalty="sic"), "mbic"),
        (lambda: find_changes(np.arange(9.0), spread=1.0, penalty=-1.0), "above zero"),
        (lambda: find_changes(np.arange(9.0), spread=1.0, change="variance"), "only with changes of the mean"),
    ],
)
def test_bad_input_is_one_sentence(call, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        call()


def test_no_noise_no_scale() -> None:
    with pytest.raises(NotEstimable, match="steps are zero"):
        find_changes([1.0] * 12)
