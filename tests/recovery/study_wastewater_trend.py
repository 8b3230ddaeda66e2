"""Do trend, change and weekday hold the truth in simulated loads with the noise of real ones, drift of the site included?

Day-to-day scatter, movement between weeks and the slow drift of a site's meter follow the sizes in use in the field; what the
interval of a change has to hold is the change of the level that the site's own results show, its drift among it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from evaluation import Study

from labkit.models.inputs import BadInput
from labkit.wastewater.trend import take_apart, to_series
from labkit.wastewater.trend.series import WEEKDAYS, YEAR_WEEKS

WEEKS = 130
WEEKDAY = np.log([0.98, 0.96, 0.97, 1.0, 1.04, 1.06, 1.0])
SEASON, BETWEEN_WEEKS = 0.10, 0.02


def simulate_loads(cell: Mapping, rng: np.random.Generator) -> dict[str, float]:
    a_week, share, day_sd = int(cell["a_week"]), float(cell["censored"]), float(cell["day_sd"])
    days = np.sort(np.concatenate([7 * week + rng.choice(7, a_week, replace=False) for week in range(WEEKS)]))
    walk = np.cumsum(BETWEEN_WEEKS * rng.standard_normal(7 * WEEKS) / np.sqrt(7))
    level = np.log(20) + rng.normal(0, 0.15) * np.arange(7 * WEEKS) / 365.25 + walk
    season = SEASON * np.cos(2 * np.pi * np.arange(7 * WEEKS) / 365.25)
    weekday = (days + 0) % 7  # the first day is a Monday
    y = level[days] + season[days] + (WEEKDAY - WEEKDAY.mean())[weekday] + day_sd * rng.standard_normal(days.size)
    limit = np.quantile(y, share) if share else -np.inf
    below = y < limit
    value = np.exp(np.maximum(y, limit))
    out: dict[str, float] = {}
    row = int(rng.integers(0, WEEKS))
    kept, filled = ("", np.where(below, 0.0, value)), (" half the limit", np.where(below, value / 2, value))
    for name, low in (kept, filled) if share else (kept,):
        loads = pd.DataFrame(
            {
                "site": "A",
                "date": (np.datetime64("2022-01-03") + days).astype(str),
                "analyte": "MDMA",
                "low": low,
                "high": np.where(below, value / 2, value) if name else value,
                "censored": np.where(below & (not name), "below", "exact"),
            }
        )
        part = take_apart(next(iter(to_series(loads))))
        if part.fit is None or part.window is None:
            continue
        shift = int(days[0])  # weeks count from the first sampled day
        weeks = part.fit.times[part.grid]
        mean_level = level[np.minimum((weeks * 7).round().astype(int) + shift, 7 * WEEKS - 1)]
        inside = [(weeks > start + 1e-9) & (weeks <= stop + 1e-9) for start, stop in (part.window.earlier, part.window.later)]
        truth = float(mean_level[inside[1]].mean() - mean_level[inside[0]].mean())
        try:
            change = part.fit.contrast("change")
            out[f"covers change{name}"] = float(truth in change.interval)
            out[f"width change{name}"] = change.interval.high - change.interval.low
        except BadInput:
            continue
        at = np.flatnonzero(part.grid)[min(row, int(part.grid.sum()) - 1)]
        true_level = level[min(round(part.fit.times[at] * 7) + shift, 7 * WEEKS - 1)]
        out[f"covers trend{name}"] = float(true_level in part.fit.trend.interval(int(at)))
        if WEEKDAYS[5] in part.fit.coefficients and WEEKDAYS[5] not in part.fit.untold:
            effect = part.fit.effect(WEEKDAYS[5])
            out[f"covers weekday{name}"] = float(WEEKDAY[5] - WEEKDAY.mean() in effect.interval)
    return out


assert YEAR_WEEKS * 2 < WEEKS
STUDIES = [
    Study(
        "wastewater_trend",
        ("labkit/wastewater/trend/decomposition.py", "labkit/wastewater/trend/series.py", "labkit/models/structural"),
        seed=50_201,
        cells=[{"a_week": a_week, "censored": share, "day_sd": 0.25} for a_week in (1, 3) for share in (0.0, 0.3, 0.6)],
        simulate=simulate_loads,
        simulations=700,
        promises={"covers change": (0.92, 0.985), "covers trend": (0.92, 0.985), "covers weekday": (0.92, 0.985)},
    )
]
