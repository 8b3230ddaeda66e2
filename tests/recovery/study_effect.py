"""An operation of -30 % with 20 comparison areas: how often it is claimed, and how often one that did nothing is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from evaluation import Study

from labkit.wastewater.effect import operation_effect
from labkit.wastewater.hotspots.panel import Panel

BEFORE, AFTER, AREAS, SD, AR = 60, 13, 21, 0.25, 0.3


def simulate(cell: Mapping, rng: np.random.Generator) -> dict[str, float]:
    weeks = BEFORE + AFTER
    noise = rng.normal(size=(weeks, AREAS))
    for t in range(1, weeks):
        noise[t] = AR * noise[t - 1] + np.sqrt(1 - AR**2) * noise[t]
    city = np.cumsum(0.05 * rng.normal(size=(weeks, 1)), axis=0) + 0.1 * rng.normal(size=(weeks, 1))
    unequal = 0.3 if cell["kind"] == "shocks that differ" else 0.0  # areas follow the city by 0.7 to 1.3
    y = rng.normal(3, 0.5, AREAS) + city * rng.uniform(1 - unequal, 1 + unequal, AREAS) + SD * noise
    treated = 0
    if cell["kind"] == "regression to the mean":  # the operation goes where the last sample was highest
        treated = int(np.argmax(noise[BEFORE - 1]))
    if cell["kind"] == "receiving neighbours":  # what left the treated area went to three others
        y[BEFORE:, treated] += np.log(0.7)
        y[BEFORE:, 1:4] += np.log1p(0.1)
    true = np.log(float(cell["ratio"]))
    if cell["kind"] != "receiving neighbours":
        y[BEFORE:, treated] += true
    panel = Panel("simulated", np.datetime64("2022-01-03") + 7 * np.arange(weeks), tuple(f"S{i}" for i in range(AREAS)), y, y,
                  np.ones(y.shape, dtype=np.int64))  # fmt: skip
    near = ("S1", "S2", "S3") if cell["kind"] == "receiving neighbours" else ()
    found = operation_effect(panel, [f"S{treated}"], str(panel.weeks[BEFORE]), AFTER, exclude=near)
    ends = found.ratio_interval
    return {
        "covers the effect": float(ends.low <= np.exp(true) <= ends.high),
        "claims a change": float(not ends.low <= 1 <= ends.high),
        "claims a fall": float(ends.high < 1),
        "width of the log effect": float(np.log(ends.high / ends.low)),
    }


STUDIES = [
    Study(
        "effect",
        ("labkit/wastewater/effect",),
        seed=50_701,
        cells=[
            {"kind": "effect", "ratio": 0.7},
            {"kind": "shocks that differ", "ratio": 0.7},
            {"kind": "nothing", "ratio": 1.0},
            {"kind": "regression to the mean", "ratio": 1.0},
            {"kind": "receiving neighbours", "ratio": 0.7},
        ],
        simulate=simulate,
        simulations=2000,
        promises={"covers the effect": (0.93, 1.0)},
    )
]
