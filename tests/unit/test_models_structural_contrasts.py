"""A contrast of the trend is the sum it says, with the variance that the whole covariance of the level gives."""

from __future__ import annotations

import numpy as np
import pytest

from labkit.models.inputs import BadInput
from labkit.models.structural import fit_structural


def simulated(n: int = 40, seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0, 100, n))
    level = 2 + np.cumsum(rng.normal(0, 0.05, n))
    return times, np.exp(level + rng.normal(0, 0.2, n))


def test_contrast_is_that_of_the_joint_normal() -> None:
    times, y = simulated()
    weights = np.where(times > 50, 1.0, 0.0) / (times > 50).sum() - np.where(times <= 50, 1.0, 0.0) / (times <= 50).sum()
    found = fit_structural(y, y, times, contrasts={"change": weights}, variances="likelihood")
    noise, move = found.variances["noise"], found.variances["level"]
    spread = np.log(y).std()
    at = times - times[0]
    prior = (100 * spread) ** 2 + move * np.minimum.outer(at, at)
    gain = prior @ np.linalg.inv(prior + noise * np.eye(y.size))
    mean = np.log(y).mean() + gain @ (np.log(y) - np.log(y).mean())
    covariance = prior - gain @ prior
    got = found.contrast("change")
    assert got.estimate == pytest.approx(weights @ mean, abs=2e-4)
    assert got.sd == pytest.approx(np.sqrt(weights @ covariance @ weights), rel=1e-3)
    assert found.trend.mean @ weights == pytest.approx(got.estimate, abs=1e-9)
    apart = np.sqrt(((weights * found.trend.sd) ** 2).sum())
    assert got.sd > apart, "the level moves together: rows are not independent"


@pytest.mark.parametrize("trend", ["level", "linear"])
def test_rows_without_value_carry_weights_and_limits_are_kept(trend: str) -> None:
    times, y = simulated()
    low, high = np.where(y < 6, 0.0, y), np.maximum(y, 6.0)
    grid = np.linspace(0, 100, 21)
    order = np.argsort(np.r_[times, grid], kind="stable")
    low, high = (np.r_[ends, np.full(21, np.nan)][order] for ends in (low, high))
    is_grid = (np.r_[np.zeros(40), np.ones(21)])[order]
    found = fit_structural(low, high, np.r_[times, grid][order], trend=trend, contrasts={"mean": is_grid / 21})
    got = found.contrast("mean")
    assert got.estimate == pytest.approx(found.trend.mean[is_grid == 1].mean(), abs=1e-6)
    assert got.interval.low < got.estimate < got.interval.high and found.n_censored == (y < 6).sum()


@pytest.mark.parametrize(
    ("contrasts", "words"),
    [({"a": [1.0]}, "a weight a row"), ({"a": np.zeros(40)}, "a weight a row"), ({"rain": np.ones(40)}, "no regressor")],
)
def test_bad_contrasts_are_refused(contrasts: dict, words: str) -> None:
    times, y = simulated()
    with pytest.raises(BadInput, match=words):
        fit_structural(y, y, times, regressors={"rain": np.arange(40.0)}, contrasts=contrasts)
    with pytest.raises(BadInput, match="one of"):
        fit_structural(y, y, times).contrast("change")
