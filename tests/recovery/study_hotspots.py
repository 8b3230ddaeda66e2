"""A doubling in one of 60 areas within three samples, at one false alert a month over 600 series; an oracle beside it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from evaluation import Study

from labkit.models.alarms import alpha_for_budget, cusum_of_residuals
from labkit.wastewater.hotspots.panel import Panel
from labkit.wastewater.hotspots.residuals import BASELINE, LAG, against_others, one_step
from labkit.wastewater.hotspots.watch import COMMON, WEEKS_A_MONTH, half_shift

AREAS, SERIES, HISTORY, TESTED, HIT = 60, 600, 64, 24, 10


def simulate(cell: Mapping, rng: np.random.Generator) -> dict[str, float]:
    sd, budget, memory = float(cell["log_sd"]), float(cell["budget"]), float(cell["memory"])
    weeks = HISTORY + TESTED
    noise = rng.normal(size=(weeks, AREAS))
    for t in range(1, weeks):
        noise[t] = memory * noise[t - 1] + np.sqrt(1 - memory**2) * noise[t]
    city = 0.1 * rng.normal(size=(weeks, 1))
    y = rng.normal(3, 0.6, AREAS) + city + sd * noise
    alpha = alpha_for_budget(budget * (1 - COMMON), SERIES, WEEKS_A_MONTH)

    panel = Panel("simulated", np.arange(weeks).astype("datetime64[D]"), tuple(map(str, range(AREAS))), y, y,
                  np.ones(y.shape, dtype=np.int64))  # fmt: skip
    d = against_others(panel)

    def charts(values: np.ndarray) -> np.ndarray:
        z, _, error = one_step(values, BASELINE, LAG)
        return np.stack(
            [cusum_of_residuals(z[:, i], k=half_shift(error[:, i]), alpha=alpha).alarm for i in range(values.shape[1])], axis=1
        )

    hit = range(HIT)
    null = charts(d)
    doubled = d[:, :HIT].copy()
    doubled[-3:] += np.log(2)  # each area alone: the median of the others is as it was
    found = charts(doubled)[-3:].any(axis=0) & ~null[-3:, :HIT].any(axis=0)
    known = (y - y.mean(axis=1, keepdims=True) - (y - y.mean(axis=1, keepdims=True)).mean(axis=0)) / sd
    oracle = []
    for i in hit:
        r = known[:, i].copy()
        r[-3:] += np.log(2) / sd
        oracle.append(cusum_of_residuals(r, k=np.log(2) / sd / 2, alpha=alpha).alarm[-3:].any())
    return {
        "finds a doubling within three samples": float(found.mean()),
        "an oracle finds it": float(np.mean(oracle)),
        "false alerts a month over 600 series": float(null[-TESTED:].mean() * SERIES * WEEKS_A_MONTH),
    }


STUDIES = [
    Study(
        "hotspots",
        ("labkit/wastewater/hotspots/residuals.py", "labkit/models/alarms/residuals.py", "labkit/models/alarms/run_length.py"),
        seed=50_601,
        cells=[
            {"log_sd": sd, "budget": budget, "memory": memory}
            for sd in (0.18, 0.25, 0.37, 0.5)
            for budget in (1.0, 4.0)
            for memory in (0.0, 0.3)
        ],
        simulate=simulate,
        simulations=200,
    )
]
