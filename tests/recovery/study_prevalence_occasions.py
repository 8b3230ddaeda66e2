"""Coverage of numbers of persons from occasions in order and from how often each was seen, when the model is the true one.

Simulated data. People who learn (Mb, Mbh), people who differ by the law that each heterogeneity assumes, corrected numbers.
"""

from __future__ import annotations

import math

import numpy as np
from evaluation import Study
from scipy import special

from labkit.models.inputs import NotEstimable
from labkit.models.prevalence import closed_population, corrected_population, count_population
from labkit.models.prevalence.histories import HETEROGENEITY, THETA

ENOUGH = 0.95 - 3 * math.sqrt(0.95 * 0.05 / 2000)
OCCASIONS = 5
SLOPES = {"poisson": (-1.0, 0.08), "darroch": (-1.8, 0.35), "gamma": (-2.0, -6.0)}  # of the line and of the law


def learning(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    """Seen with .3 the first time and .5 after it (the first occasion .4 under Mbh)."""
    size = cell["persons"]
    found: dict[str, float] = {}
    for model in ("Mb", "Mbh"):
        table = np.zeros((size, OCCASIONS))
        before = np.zeros(size, dtype=bool)
        for k in range(OCCASIONS):
            fresh = 0.4 if model == "Mbh" and k == 0 else 0.3
            table[:, k] = rng.random(size) < np.where(before, 0.5, fresh)
            before |= table[:, k] > 0
        try:
            number = closed_population(table[before], model=model)
            found[f"covers {model}"] = float(size in number.interval)
            found[f"error {model}"] = number.value / size - 1
            corrected = corrected_population(table[before], model=model)
            found[f"covers {model}, corrected"] = float(size in corrected.interval)
            found[f"error {model}, corrected"] = corrected.value / size - 1
        except NotEstimable:
            found[f"not estimable {model}"] = 1.0
    return found


def differing(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    """Numbers of times seen, drawn from the log-linear law itself; and five lists that differ, of people who do not."""
    size, times = cell["persons"], np.arange(OCCASIONS + 1.0)
    found: dict[str, float] = {}
    ways = special.binom(OCCASIONS, times)
    for kind, (line, law) in SLOPES.items():
        logs = line * times + law * HETEROGENEITY[kind](times, THETA[kind])
        chances = ways * np.exp(logs)
        drawn = rng.multinomial(size, chances / chances.sum())
        number = count_population(drawn[1:], occasions=OCCASIONS, heterogeneity=kind)
        found[f"covers Mh {kind}"] = float(size in number.interval)
        found[f"width Mh {kind}"] = min(number.interval.high / size, 100.0)
    table = (rng.random((size, OCCASIONS)) < [0.1, 0.2, 0.15, 0.25, 0.2]).astype(float)
    table = table[table.any(axis=1)]
    corrected = corrected_population(table)
    found["covers Mt, corrected"] = float(size in corrected.interval)
    found["error Mt, corrected"] = corrected.value / size - 1
    same = (rng.random((size, OCCASIONS)) < 0.2).sum(axis=1)
    frequencies = np.bincount(same, minlength=OCCASIONS + 1)[1:]
    found["covers M0"] = float(size in count_population(frequencies, occasions=OCCASIONS).interval)
    return found


ROOM = "labkit/models/prevalence/"
PARTS = tuple(ROOM + f"{name}.py" for name in ("closed", "closed_fit", "closed_corrected", "histories", "loglinear"))
STUDIES = [
    Study(
        name="prevalence-learning-persons",
        sources=(*PARTS, ROOM + "closed_behaviour.py"),
        seed=4091,
        cells=[{"persons": n} for n in (300, 1500)],
        simulate=learning,
        promises={f"covers {m}{c}": (ENOUGH, 1.0) for m in ("Mb", "Mbh") for c in ("", ", corrected")},
    ),
    Study(
        name="prevalence-times-differing",
        sources=PARTS,
        seed=4092,
        cells=[{"persons": n} for n in (300, 1500)],
        simulate=differing,
        promises={f"covers {name}": (ENOUGH, 1.0) for name in ("Mh poisson", "Mh darroch", "Mh gamma", "Mt, corrected", "M0")},
    ),
]
