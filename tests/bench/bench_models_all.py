"""1,000 weekly series of 156 through all light methods together, beside scipy and statsmodels where they have them."""

from __future__ import annotations

import time

import numpy as np
from scipy import stats
from statsmodels.tsa.seasonal import STL

from labkit.models.alarms import cusum_of_residuals, ewma
from labkit.models.changes import find_changes
from labkit.models.decompose import stl
from labkit.models.trend import kendall_many


def main() -> None:
    rng = np.random.default_rng(9)
    weeks = np.arange(156)
    rows = 3 + 0.3 * np.sin(2 * np.pi * weeks / 52) + 0.3 * rng.normal(size=(1000, 156))
    stl(rows[0], 52)
    kendall_many(rows[:2])
    took = {}
    start = time.perf_counter()
    kendall_many(rows)
    took["Mann-Kendall, Sen"] = time.perf_counter() - start
    start = time.perf_counter()
    kendall_many(rows, weeks // 52, weeks % 52)
    took["seasonal Kendall"] = time.perf_counter() - start
    start = time.perf_counter()
    parts = [stl(row, 52) for row in rows]
    took["STL"] = time.perf_counter() - start
    start = time.perf_counter()
    for part in parts:
        rest = part.remainder / part.remainder.std()
        ewma(rest)
        cusum_of_residuals(rest)
    took["EWMA, CUSUM"] = time.perf_counter() - start
    start = time.perf_counter()
    for row in rows:
        find_changes(row, penalty="bic")
    took["PELT"] = time.perf_counter() - start
    start = time.perf_counter()
    for row in rows:
        stats.kendalltau(weeks, row)
        stats.theilslopes(row, weeks)
        STL(row, period=52).fit()
    peer = time.perf_counter() - start
    total = sum(took.values())
    print("; ".join(f"{name} {seconds:.2f} s" for name, seconds in took.items()))
    print(
        f"together {total:.2f} s (asked 10); scipy's tau and slope with statsmodels' STL {peer:.2f} s; ratio {total / peer:.2f}"
    )


if __name__ == "__main__":
    main()
