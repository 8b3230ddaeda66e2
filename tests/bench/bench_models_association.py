"""The censored line and Kendall's score: seconds at three sizes, growth, and the ratio to scipy without censoring.

`python tests/bench/bench_models_association.py`; best of three after one call that compiles. Asked: n = 1,000 under 0.1 s,
n = 100,000 under 10 s, growth like n log n.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable

import numpy as np
from scipy import stats

from labkit.models.association import akritas_theil_sen, fit_bivariate_lognormal, kendall_tau


def best(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return min(taken)


def data(n: int, censored: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    x = rng.normal(size=n)
    y = x + rng.normal(size=n)
    limit = np.quantile(y, censored) if censored else -np.inf
    return x, np.maximum(y, limit), y < limit


def main() -> None:
    print(f"{platform.machine()}, {platform.python_implementation()} {platform.python_version()}, {platform.system()}")
    x, y, hidden = data(100, 0.4)
    akritas_theil_sen(x, y, y_censored=hidden)
    print("censored line with slope, both intervals, tau, p and intercept (40 % censored)")
    seconds = {}
    for n, asked in ((1_000, 0.1), (10_000, None), (100_000, 10.0)):
        x, y, hidden = data(n, 0.4)
        seconds[n] = best(lambda x=x, y=y, hidden=hidden: akritas_theil_sen(x, y, y_censored=hidden))
        print(f"  n {n:>7,}: {seconds[n]:8.4f} s{f', asked {asked} s' if asked else ''}")
    growth = np.log(seconds[100_000] / seconds[10_000]) / np.log(10)
    plain = np.log(10 * np.log(1e5) / np.log(1e4)) / np.log(10)
    print(f"  growth from 10,000 to 100,000: exponent {growth:.2f} (n log n: {plain:.2f})")
    x, y, hidden = data(1_000, 0.0)
    ours, theirs = best(lambda: akritas_theil_sen(x, y)), best(lambda: stats.theilslopes(y, x))
    print(f"without censoring, n 1,000: {ours:.4f} s, scipy theilslopes (no tau, p) {theirs:.4f} s, {ours / theirs:.2f}")
    x, y, hidden = data(100_000, 0.0)
    ours, theirs = best(lambda: kendall_tau(x, y)), best(lambda: stats.kendalltau(x, y))
    print(f"Kendall's tau, n 100,000: {ours:.4f} s, scipy {theirs:.4f} s, ratio {ours / theirs:.2f}")
    x, y, hidden = data(200, 0.4)
    given = np.exp(x), np.exp(y), hidden

    def fit() -> object:
        found = fit_bivariate_lognormal(given[0], given[1], y_censored=given[2])
        return found.correlation_interval, found.slope_interval

    fit()
    print(f"bivariate lognormal with both profile intervals, n 200: {best(fit):.4f} s")


if __name__ == "__main__":
    main()
