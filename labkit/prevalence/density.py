"""The joint model written once: what is drawn, and how likely every source finds it.

Two things people confuse: a parameter that the data tell and one that only the prior tells. The level that water shows is a
sum of the level of use and the amount per user; the model is written in that sum, so that the split is seen to be the
prior's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from labkit.prevalence.cells import Cells, benchmark_cells, register_cells, tested_cells, water_cells
from labkit.prevalence.data import Sources
from labkit.prevalence.priors import TESTS, Priors

Floats = NDArray[np.float64]
HEAVY = 4.0  # degrees of freedom of the tested's offset: a group that is chosen like no other pulls less
SCALES = ("log_areas_sd", "log_quarters_sd", "log_water_sd")
Masks = Mapping[str, Floats]  # source -> weights of its cells, draws × areas × quarters


@dataclass(frozen=True)
class Layout:
    """Where each parameter stands in the one vector that is sampled or approximated: singles, areas, steps of quarters."""

    names: tuple[str, ...]
    areas: slice
    quarters: slice
    size: int

    @classmethod
    def of(cls, sources: Sources) -> Layout:
        """Return the layout for the sources that are there."""
        names = ["water_level", "log_intake", "logit_regular", *SCALES]
        for test in TESTS:
            if test in sources.names:
                names += [f"{test}_level", *(f"logit_{test}_{kind}" for kind in ("regular", "occasional", "specificity"))]
        if "register" in sources.names:
            names += ["logit_coverage"] if sources.register_confirmed else ["logit_coverage", "logit_retention"]
        k, a, q = len(names), len(sources.areas), len(sources.quarters)
        return cls(tuple(names), slice(k, k + a), slice(k + a, k + a + q - 1), k + a + q - 1)

    def single(self, vector: Floats, name: str) -> Floats:
        """Return one parameter of a vector, or of draws (draws × size)."""
        return np.asarray(vector[..., self.names.index(name)])


class Told(NamedTuple):
    """What all sources say at some parameters: log density, and what the conditional mode of areas and steps needs."""

    value: Floats  # draws
    slope: Floats  # draws × areas × quarters, of the log likelihood by the log odds
    cells: dict[str, Cells]


def walk_basis(quarters: int) -> Floats:
    """Return the matrix that makes quarters of steps, their mean taken out."""
    steps = np.vstack([np.zeros((1, quarters - 1)), np.tril(np.ones((quarters - 1, quarters - 1)))])
    centred: Floats = steps - steps.mean(axis=0)
    return centred


def mixed_intake(vector: Floats, layout: Layout, priors: Priors) -> Floats:
    """Return the log of milligrams a user and day at the mix of regular and occasional users that is drawn."""
    more = priors.times_more - 1
    mix = np.log1p(more * special.expit(layout.single(vector, "logit_regular"))) - np.log1p(more * priors.regular[0])
    found: Floats = layout.single(vector, "log_intake") + mix
    return found


def log_odds(vector: Floats, layout: Layout, priors: Priors) -> Floats:
    """Return the log odds of use, areas × quarters (behind any leading draws)."""
    level = layout.single(vector, "water_level") - mixed_intake(vector, layout, priors)
    areas = np.exp(layout.single(vector, "log_areas_sd"))[..., None] * vector[..., layout.areas]
    steps = np.exp(layout.single(vector, "log_quarters_sd"))[..., None] * vector[..., layout.quarters]
    walk = steps @ walk_basis(layout.quarters.stop - layout.quarters.start + 1).T
    found: Floats = level[..., None, None] + areas[..., :, None] + walk[..., None, :]
    return found


def log_posterior(vectors: Floats, sources: Sources, priors: Priors, layout: Layout) -> Floats:
    """Return the log density of each row of parameters given all sources, up to a constant: draws × size -> draws."""
    return ask_sources(vectors, sources, priors, layout).value


def ask_sources(vectors: Floats, sources: Sources, priors: Priors, layout: Layout, masks: Masks | None = None) -> Told:
    """Return the log density and what each source says by cell; a source is left out where its mask is 0."""
    get = {name: vectors[:, k] for k, name in enumerate(layout.names)}
    intake = mixed_intake(vectors, layout, priors)
    level = get["water_level"] - intake
    theta = log_odds(vectors, layout, priors)
    total, slope = log_prior(vectors, get, level, priors, layout), np.zeros_like(theta)
    cells = {}
    for name in sources.names:
        one = ask_source(name, theta, get, intake, sources, priors)
        mask = None if masks is None else masks.get(name)
        cells[name] = one if mask is None else one.masked(mask)
        total = total + cells[name].value.sum(axis=(1, 2))
        slope += cells[name].slope
    return Told(total, slope, cells)


def ask_source(name: str, theta: Floats, get: Mapping[str, Floats], intake: Floats, sources: Sources, priors: Priors) -> Cells:
    """Return what one source says by cell at some log odds of use."""
    if name in TESTS:
        floor, gain = chances(get, name, priors)
        offset = get[f"{name}_level"] - get["water_level"] + intake
        return tested_cells(theta + offset[:, None, None], floor, gain, getattr(sources, name))
    share = special.expit(theta)
    if name == "water":
        ask = water_cells if sources.water_as == "likelihood" else benchmark_cells
        return ask(share, intake, np.exp(get["log_water_sd"]), sources)
    log_known = special.log_expit(get["logit_coverage"])
    if not sources.register_confirmed:
        log_known = log_known - special.log_expit(get["logit_retention"])
    return register_cells(share, log_known, sources)


def chances(get: Mapping[str, Floats], test: str, priors: Priors) -> tuple[Floats, Floats]:
    """Return the chance that somebody tested is positive who does not use, and how much more it is for a user."""
    regular = special.expit(get["logit_regular"] + priors.regular_tested * (test != "survey"))
    found = [special.expit(get[f"logit_{test}_{kind}"]) for kind in ("regular", "occasional", "specificity")]
    return 1 - found[2], regular * found[0] + (1 - regular) * found[1] + found[2] - 1


def log_prior(vectors: Floats, get: Mapping[str, Floats], level: Floats, priors: Priors, layout: Layout) -> Floats:
    """Return the log density of the parameters before any data, up to a constant."""
    z = [(level - priors.level) / priors.level_sd, (get["log_intake"] - priors.log_intake) / priors.intake_log_sd]
    for name in ("areas", "quarters", "water"):
        z.append((get[f"log_{name}_sd"] - np.log(getattr(priors, f"{name}_sd"))) / priors.scales_log_sd)
    for name in layout.names:
        if name.startswith("logit_"):
            share = "specificity" if name.endswith("specificity") else name.removeprefix("logit_")
            z.append((get[name] - priors.logit(share)) / getattr(priors, share)[1])
    total = -0.5 * sum(one**2 for one in z) - 0.5 * (vectors[:, layout.areas] ** 2).sum(axis=1)
    total = total - 0.5 * (vectors[:, layout.quarters] ** 2).sum(axis=1)
    for test in TESTS:
        if f"{test}_level" in get:
            offset = get[f"{test}_level"] - level
            if test == "survey":
                total = total - 0.5 * (offset / priors.survey_sd) ** 2
            else:
                total = total - (HEAVY + 1) / 2 * np.log1p(((offset - priors.selection) / priors.selection_sd) ** 2 / HEAVY)
    found: Floats = total
    return found
