"""Does the set hold the date, or "no change" where there was none; and what PELT calls where nothing changed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from evaluation import Study

from labkit.models.changes import change_date_set, find_changes, one_change


def simulate(cell: Mapping, rng: np.random.Generator) -> dict[str, float]:
    n, step, ar = int(cell["n"]), float(cell["step"]), float(cell["ar"])
    y = rng.normal(size=n)
    for t in range(1, n):
        y[t] = ar * y[t - 1] + np.sqrt(1 - ar**2) * y[t]
    at = int(rng.integers(n // 4, 3 * n // 4))
    y[at:] += step
    truth = at if step else None
    out = {}
    for name, correlation in (("", 0.0), (", correlation estimated", "estimate")) if ar else (("", 0.0),):
        found = change_date_set(y, correlation=correlation, draws=99, seed=int(rng.integers(2**31)))
        out[f"covers the date{name}"] = float(truth in found)
        out[f"width of the set{name}"] = float(found.width)
        out[f"calls a change{name}"] = float(not found.no_change)
    out["changes called by PELT"] = float(len(find_changes(y, penalty="bic").places))
    out["calls a change, Pettitt"] = float(one_change(y).p < 0.05)
    return out


STUDIES = [
    Study(
        "changes_dates",
        ("labkit/models/changes", "labkit/models/inputs.py"),
        seed=41_501,
        cells=[{"n": n, "step": step, "ar": 0.0} for n in (24, 60, 200) for step in (0.0, 1.0, 2.0, 4.0)],
        simulate=simulate,
        promises={"covers the date": (0.935, 1.0)},
    ),
    Study(
        "changes_dates_correlated",
        ("labkit/models/changes", "labkit/models/inputs.py"),
        seed=41_502,
        cells=[{"n": n, "step": step, "ar": 0.4} for n in (60, 200) for step in (0.0, 2.0)],
        simulate=simulate,
        simulations=500,
    ),
]
