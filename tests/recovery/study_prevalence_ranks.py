"""The joint model: ranks of the truth among draws, where everything is drawn from the priors.

Simulated sources are coded apart from the model. `ranks` draws everything from the priors (6 areas, 4 quarters, one drug) and
keeps the empirical distribution of the rank of the truth among thinned draws, at nineteen places, for five quantities; `broken`
asks a model that takes users to take a third of what they take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from evaluation import Study
from scipy import special

from labkit.models.inputs import NotEstimable
from labkit.prevalence import Positives, Priors, Sources, approximate_joint

PRIORS = Priors(level=-6.5, level_sd=1.0, selection_sd=1.0)
PLACES = tuple(k / 20 for k in range(1, 20))
QUANTITIES = ("overall", "one cell", "change", "intake", "hair selection")


def drawn(rng: np.random.Generator, name: str) -> float:
    middle, sd = getattr(PRIORS, name)
    return float(special.expit(special.logit(middle) + sd * rng.standard_normal()))


def simulate_sources(
    rng: np.random.Generator, areas: int, quarters: int, tested: int, factor: float = 1.0, where: str = "", kind: str = "area"
) -> tuple[Sources, dict[str, float]]:
    """Return sources whose every bias is drawn from the priors, and the truths."""
    z = rng.standard_normal
    regular = drawn(rng, "regular")
    base = PRIORS.log_intake + PRIORS.intake_log_sd * z()
    mean_days = [share * PRIORS.times_more + 1 - share for share in (regular, PRIORS.regular[0])]
    sd = {name: getattr(PRIORS, f"{name}_sd") * np.exp(PRIORS.scales_log_sd * z()) for name in ("areas", "quarters", "water")}
    walk = np.concatenate([[0.0], np.cumsum(sd["quarters"] * z(quarters - 1))])
    log_odds = PRIORS.level + PRIORS.level_sd * z() + sd["areas"] * z((areas, 1)) + walk - walk.mean()
    share = special.expit(log_odds)
    own = np.hypot(0.1, sd["water"]) * rng.standard_t(4, share.shape)
    water = np.log(1000 * share) + base + np.log(mean_days[0] / mean_days[1]) + own
    seen = {"water": water, "hair": log_odds.copy(), "blood": log_odds.copy()}
    if where:
        seen[where][(0,) if kind == "area" else (slice(None), 1)] += np.log(factor)
    found, truth = {}, {}
    odds = regular / (1 - regular) * np.exp(PRIORS.regular_tested)
    often = odds / (1 + odds)
    for name in ("hair", "blood"):
        finds = often * drawn(rng, f"{name}_regular") + (1 - often) * drawn(rng, f"{name}_occasional")
        invents = 1 - drawn(rng, "specificity")
        offset = PRIORS.selection + PRIORS.selection_sd * rng.standard_t(4)
        user = special.expit(seen[name] + offset)
        p = user * finds + (1 - user) * invents
        found[name] = Positives(np.full(share.shape, float(tested)), rng.binomial(tested, p).astype(float))
        truth[f"{name} selection"] = offset
    people = np.full(areas, 2e5)
    register = rng.poisson(people * share.mean(axis=1) * drawn(rng, "coverage") / drawn(rng, "retention")).astype(float)
    names = tuple(f"D{k}" for k in range(areas)), tuple(f"2023-Q{k + 1}" for k in range(quarters))
    sources = Sources("simulated", *names, people, water_low=water, water_high=water,
                      water_error=np.full(share.shape, 0.1), register=register, **found)  # fmt: skip
    truth |= {"overall": share.mean(), "one cell": share[0, 0], "intake": base}
    return sources, truth | {"change": share[:, -1].mean() / share[:, 0].mean()}


def simulate_ranks(cell: Mapping, rng: np.random.Generator) -> dict[str, float]:
    sources, truth = simulate_sources(rng, 6, 4, 300)
    asked = replace(PRIORS, intake_mg_user_day=PRIORS.intake_mg_user_day / 3) if cell["model"] == "broken" else PRIORS
    try:
        joint = approximate_joint(sources, asked)
    except NotEstimable:
        return {"refused": 1.0}
    level = joint.singles["water_level"] - joint.singles["log_intake"]
    more = PRIORS.times_more - 1
    level = level - np.log1p(more * special.expit(joint.singles["logit_regular"])) + np.log1p(more * PRIORS.regular[0])
    draws = {
        "overall": joint.overall(), "one cell": joint.prevalence[:, 0, 0], "change": joint.mass_change(),
        "intake": joint.singles["log_intake"], "hair selection": joint.singles["hair_level"] - level,
    }  # fmt: skip
    out = {"refused": 0.0}
    for name in QUANTITIES:
        rank = float((draws[name][::16] < truth[name]).mean())
        out[f"covers {name}"] = float(0.025 <= rank <= 0.975)
        out |= {f"{name} up to {place:.2f}": float(rank <= place) for place in PLACES}
    return out


SOURCES = tuple(
    f"labkit/prevalence/{name}.py"
    for name in ("approximation", "cells", "conditional", "conflict", "data", "density", "joint", "priors")
)
STUDIES = [
    Study(
        "prevalence_joint_ranks",
        SOURCES,
        seed=71_101,
        cells=[{"model": "right"}, {"model": "broken"}],
        simulate=simulate_ranks,
        simulations=500,
        promises={"refused": (0.0, 0.05)},
    ),
]
