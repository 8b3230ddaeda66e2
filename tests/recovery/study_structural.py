"""How often bands of a trend and of a step held the truth in simulated sparse censored series; half the limit beside it."""

from __future__ import annotations

import numpy as np
from evaluation import Study

from labkit.models.inputs import NotEstimable
from labkit.models.structural import fit_structural

WEEKS, MOVES, NOISE, STEP = 156.0, 0.06, 0.8, 1.0


def sparse_series(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    n = int(cell["n"])
    times = np.sort(rng.uniform(0, WEEKS, n))
    level = 3 + np.cumsum(MOVES * np.sqrt(np.diff(times, prepend=times[0])) * rng.normal(size=n))
    step = (times > WEEKS / 2).astype(float)
    y = level + STEP * step + NOISE * rng.normal(size=n)
    limit = np.quantile(y, cell["censored"]) if cell["censored"] else -np.inf
    values, below = np.exp(np.maximum(y, limit)), y < limit
    row = int(rng.integers(n))
    late = times > WEEKS * 2 / 3
    early = times < WEEKS / 3
    thirds = late / max(late.sum(), 1) - early / max(early.sum(), 1)
    found: dict[str, float] = {}
    for name, low, high in (
        ("", np.where(below, 0.0, values), values),
        (" half the limit", np.where(below, values / 2, values), np.where(below, values / 2, values)),
    ):
        try:
            fit = fit_structural(low, high, times, regressors={"step": step}, contrasts={"change": thirds}, check_points=0)
            band = fit.trend.interval(row)
            found[f"covers trend{name}"] = float(level[row] in band)
            found[f"width trend{name}"] = band.high - band.low
            change = fit.contrast("change")
            found[f"covers change{name}"] = float(thirds @ level in change.interval)
            found[f"width change{name}"] = change.interval.high - change.interval.low
            effect = fit.effect("step")
            found[f"covers step{name}"] = float(STEP in effect.interval)
            found[f"error step{name}"] = effect.estimate - STEP
        except NotEstimable:
            continue
    return found


STUDIES = [
    Study(
        name="structural",
        sources=("labkit/models/structural",),
        seed=20260,
        simulations=2000,
        cells=[{"n": n, "censored": share} for n in (24, 60, 200) for share in (0.0, 0.3, 0.6, 0.8)],
        simulate=sparse_series,
        promises={"covers trend": (0.915, 1.0), "covers step": (0.92, 1.0), "covers change": (0.92, 1.0)},
    )
]
