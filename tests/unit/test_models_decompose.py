"""STL with gaps: what it must equal, what it must refuse, and that a gap stays a gap."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.seasonal import STL

from labkit.models.decompose import decompose_classically, mstl, stl, stl_trends, to_grid, trend_band
from labkit.models.inputs import BadInput

WEEKS = 156


def simulated(seed: int = 7, n: int = WEEKS, period: int = 52) -> np.ndarray:
    rng = np.random.default_rng(seed)
    at = np.arange(n)
    return 20 + 0.02 * at + 3 * np.sin(2 * np.pi * at / period) + rng.normal(0, 1, n)


@pytest.mark.parametrize("robust", [False, True])
@pytest.mark.parametrize("width", [7, 13])
def test_without_gaps_it_is_statsmodels(robust: bool, width: int) -> None:
    values = simulated(n=151, period=12)
    turns = {"inner_iter": 1, "outer_iter": 15} if robust else {"inner_iter": 2, "outer_iter": 0}
    theirs = STL(values, period=12, seasonal=width, trend=23, seasonal_deg=0, robust=robust).fit(**turns)
    ours = stl(values, 12, seasonal_width=width, trend_width=23, robust=robust)
    assert np.abs(ours.trend - theirs.trend).max() < 1e-10
    assert np.abs(ours.seasonal - theirs.seasonal).max() < 1e-10


def test_components_sum_to_the_observation_and_gaps_stay_gaps() -> None:
    values = simulated()
    values[[3, 40, 41, 42, 100]] = np.nan
    found = stl(values, 52)
    assert (np.isnan(found.remainder) == np.isnan(values)).all()
    whole = found.trend + found.seasonal + found.remainder
    assert np.nanmax(np.abs(whole - values)) < 1e-12
    assert not np.isnan(found.trend).any()
    assert (found.n, found.n_missing) == (151, 5)


def test_a_gap_moves_its_surroundings_little() -> None:
    values = simulated(n=240, period=12)
    holed = values.copy()
    holed[100] = np.nan
    moved = np.abs(stl(holed, 12).trend - stl(values, 12).trend)
    assert 0 < moved.max() < 0.5
    assert moved[150:].max() < 0.02


def test_a_line_with_a_season_is_found_through_gaps() -> None:
    at = np.arange(120)
    values = 5 + 0.1 * at + np.cos(2 * np.pi * at / 12)
    values[20:24] = np.nan
    assert np.abs(stl(values, 12).trend - (5 + 0.1 * at)).max() < 0.1


def test_log_scale_gives_a_median() -> None:
    values = np.exp(simulated() / 10)
    found = stl(values, 52, scale="log")
    assert np.allclose(np.exp(found.trend + found.seasonal + found.remainder), values)
    assert np.allclose(found.median_trend, np.exp(found.trend))


def test_many_at_once_equal_one_at_a_time() -> None:
    table = np.array([simulated(seed) for seed in range(5)])
    table[2, 17] = np.nan
    together = stl_trends(table, 52)
    assert all(np.array_equal(row, stl(values, 52).trend) for row, values in zip(together, table, strict=True))


def test_censored_values_are_counted_and_said() -> None:
    flags = np.zeros(WEEKS, dtype=bool)
    flags[:20] = True
    found = stl(simulated(), 52, censored=flags)
    assert found.n_censored == 20
    assert "20 censored (at their limit)" in str(found)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"values": [1.0] * 30}, "two periods"),
        ({"period": 1}, "period"),
        ({"values": [[1.0, 2.0]]}, "one-dimensional"),
        ({"values": [np.inf] * WEEKS}, "infinite"),
        ({"censored": [True] * 40 + [False] * (WEEKS - 40)}, "20 %"),
        ({"censored": [True]}, "censored"),
        ({"values": [np.nan] * 100 + [1.0] * 56}, "half"),
        ({"seasonal_width": 8}, "odd"),
        ({"scale": "sqrt"}, "identity or log"),
        ({"scale": "log", "values": [0.0] + [1.0] * 155}, "above zero"),
        ({"values": [np.nan if k % 52 == 5 else 1.0 for k in range(WEEKS)]}, "phase 5"),
    ],
)
def test_bad_input_is_one_sentence(change: dict, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        stl(**{"values": simulated(), "period": 52, **change})


def test_mstl_and_classical_refuse() -> None:
    with pytest.raises(BadInput, match="two periods"):
        mstl(simulated(n=100), [7, 60])
    with pytest.raises(BadInput, match="different"):
        mstl(simulated(), [7, 7])
    with pytest.raises(BadInput, match="NaN"):
        decompose_classically([1, np.nan, 2, 3], 2)


def test_mstl_with_gaps_sums_up() -> None:
    values = simulated(n=420, period=60) + np.tile([2, 0, -1, 0, 0, -1, 0], 60)
    values[50:54] = np.nan
    found = mstl(values, [60, 7])
    assert found.periods == (7, 60)
    assert np.nanmax(np.abs(found.trend + sum(found.seasonals) + found.remainder - values)) < 1e-12


def test_band_holds_the_curve_and_narrows_with_level() -> None:
    found = stl(simulated(), 52)
    wide, narrow = trend_band(found, level=0.95), trend_band(found, level=0.5)
    assert ((wide.low <= narrow.low) & (narrow.high <= wide.high)).all()
    assert "for the smoothed curve" in str(wide)
    again = trend_band(found, level=0.95)
    assert np.array_equal(again.low, wide.low)


def test_grid_refuses_two_in_one_place_unless_averaged() -> None:
    with pytest.raises(BadInput, match="2 values in the place 7"):
        to_grid([0, 6, 8], [1.0, 2.0, 3.0], 7)
    found = to_grid([0, 6, 8], [1.0, 2.0, 3.0], 7, average=True)
    assert found.values.tolist() == [1.0, 2.5]
    with pytest.raises(BadInput, match="before the start"):
        to_grid([0, 6], [1.0, 2.0], 7, start=6)
