"""Does the slope's interval hold the truth, and is a trend called where none is: independent, correlated, censored."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from evaluation import Study

from labkit.models.inputs import NotEstimable
from labkit.models.trend import mann_kendall, seasonal_kendall

SLOPE = 0.01


def simulate_line(cell: Mapping, rng: np.random.Generator) -> dict[str, float]:
    n, share = int(cell["n"]), float(cell["censored"])
    t = np.sort(rng.uniform(0, n, n))
    y = SLOPE * t + rng.normal(0, 1, n)
    flags = y < np.quantile(y, share) if share else np.zeros(n, dtype=bool)
    y = np.where(flags, np.quantile(y, share), y)
    found = mann_kendall(y, t, censored=flags)
    out = {"rejects a trend that is there": float(found.p < 0.05)}
    if not isinstance(found.slope_interval_or_reason, NotEstimable):
        ends = found.slope_interval
        out["covers the slope"] = float(SLOPE in ends)
        out["width of the slope"] = min(ends.high - ends.low, 99.0)
    half = mann_kendall(np.where(flags, y - np.log(2), y), t)  # y is a logarithm: half the limit in its unit
    out["covers the slope, half the limit"] = float(SLOPE in half.slope_interval)
    return out


def simulate_none(cell: Mapping, rng: np.random.Generator) -> dict[str, float]:
    years, ar, shared = int(cell["years"]), float(cell["ar"]), float(cell["shared"])
    noise = rng.normal(size=(years, 6))
    for k in range(1, years):
        noise[k] = ar * noise[k - 1] + np.sqrt(1 - ar**2) * noise[k]
    noise = np.sqrt(1 - shared) * noise + np.sqrt(shared) * rng.normal(size=(years, 1))
    y, seasons, when = noise.ravel(), np.tile(np.arange(6), years), np.repeat(np.arange(years), 6)
    plain = seasonal_kendall(y, seasons, when).p
    corrected = seasonal_kendall(y, seasons, when, correlation="hirsch_slack").p
    single = mann_kendall(noise[:, 0]).p
    return {
        "covers no trend, seasonal Kendall": float(plain >= 0.05),
        "covers no trend, Hirsch-Slack": float(corrected >= 0.05),
        "covers no trend, Mann-Kendall of one season": float(single >= 0.05),
    }


LINE = [{"n": n, "censored": share} for n in (24, 60, 200) for share in (0.0, 0.3, 0.6, 0.8)]
NONE = [
    {"years": years, "ar": ar, "shared": shared} for years in (10, 20) for ar, shared in ((0.0, 0.0), (0.0, 0.5), (0.3, 0.0))
]
SOURCES = ("labkit/models/trend", "labkit/models/association", "labkit/models/inputs.py")
STUDIES = [
    Study("trend_line", SOURCES, seed=41_101, cells=LINE, simulate=simulate_line, promises={"covers the slope": (0.93, 1.0)}),
    Study(
        "trend_none",
        ("labkit/models/trend", "labkit/models/inputs.py"),
        seed=41_102,
        cells=NONE,
        simulate=simulate_none,
    ),
]
