"""The joint model written once: what is drawn, and how likely every source finds it.

Two things people confuse: a parameter that the data tell and one that only the prior tells. The level that water shows is a
sum of the level of use and the amount per user; the model is written in that sum, so that the split is seen to be the
prior's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from labkit.prevalence.data import Sources
from labkit.prevalence.priors import Priors

Floats = NDArray[np.float64]
HEAVY = 4.0  # degrees of freedom of water's own scatter: a quarter that is off by a factor pulls less
SCALES = ("log_areas_sd", "log_quarters_sd", "log_water_sd")
_SINGLES = ("water_level", "log_intake", "log_areas_sd", "log_quarters_sd", "log_water_sd")


@dataclass(frozen=True)
class Layout:
    """Where each parameter stands in the one vector that is sampled or maximised."""

    names: tuple[str, ...]
    areas: slice
    quarters: slice
    size: int

    @classmethod
    def of(cls, sources: Sources) -> Layout:
        """Return the layout for the sources that are there."""
        names = list(_SINGLES)
        for matrix in ("hair", "blood"):
            if matrix in sources.names:
                names += [f"{matrix}_level", f"logit_{matrix}_sensitivity", f"logit_{matrix}_specificity"]
        if "register" in sources.names:
            names.append("logit_coverage")
        k, a, q = len(names), len(sources.areas), len(sources.quarters)
        return cls(tuple(names), slice(k, k + a), slice(k + a, k + a + q - 1), k + a + q - 1)

    def single(self, vector: Floats, name: str) -> Floats:
        """Return one parameter of a vector, or of draws (draws × size)."""
        return np.asarray(vector[..., self.names.index(name)])


def log_odds(vector: Floats, layout: Layout) -> Floats:
    """Return the log odds of use, areas × quarters (behind any leading draws)."""
    level = layout.single(vector, "water_level") - layout.single(vector, "log_intake")
    areas = np.exp(layout.single(vector, "log_areas_sd"))[..., None] * vector[..., layout.areas]
    steps = np.exp(layout.single(vector, "log_quarters_sd"))[..., None] * vector[..., layout.quarters]
    walk = np.concatenate([np.zeros((*steps.shape[:-1], 1)), np.cumsum(steps, axis=-1)], axis=-1)
    walk = walk - walk.mean(axis=-1, keepdims=True)
    return level[..., None, None] + areas[..., :, None] + walk[..., None, :]


def log_posterior(vectors: Floats, sources: Sources, priors: Priors, layout: Layout) -> Floats:
    """Return the log density of each row of parameters given all sources, up to a constant: draws × size -> draws."""
    get = {name: vectors[:, k] for k, name in enumerate(layout.names)}
    level = get["water_level"] - get["log_intake"]
    total = -0.5 * ((level - priors.level) / priors.level_sd) ** 2
    total = total - 0.5 * ((get["log_intake"] - priors.log_intake) / priors.intake_log_sd) ** 2
    for name, scale in (("areas", priors.areas_sd), ("quarters", priors.quarters_sd), ("water", priors.water_sd)):
        log_sd = get[f"log_{name}_sd"]
        total = total + log_sd - 0.5 * (np.exp(log_sd) / scale) ** 2  # half-normal, on the log scale
    total = total - 0.5 * (vectors[:, layout.areas] ** 2).sum(axis=1) - 0.5 * (vectors[:, layout.quarters] ** 2).sum(axis=1)
    theta = log_odds(vectors, layout)
    total = total + _water(theta, get, sources)
    for matrix in ("hair", "blood"):
        if matrix in sources.names:
            total = total + _tested(theta, level, get, matrix, sources, priors)
    if sources.register is not None:
        total = total + _register(theta, get, sources.register, sources.people, priors)
    found: Floats = total
    return found


def _water(theta: Floats, get: dict[str, Floats], sources: Sources) -> Floats:
    low, high, error = sources.water_low, sources.water_high, sources.water_error
    if low is None or high is None or error is None:
        return np.zeros(len(theta))
    known = ~np.isnan(low)
    exact = (low == high)[known]
    mean = (np.log(1000) + special.log_expit(theta) + get["log_intake"][:, None, None])[:, known]
    scale = np.sqrt(error[known] ** 2 + np.exp(2 * get["log_water_sd"])[:, None])
    below = (low[known] - mean) / scale
    total = (_log_t(below[:, exact]) - np.log(scale[:, exact])).sum(axis=1)
    if (~exact).any():
        above = (high[known] - mean) / scale
        inside = special.stdtr(HEAVY, above[:, ~exact]) - special.stdtr(HEAVY, below[:, ~exact])
        total = total + np.log(np.maximum(inside, 1e-300)).sum(axis=1)
    found: Floats = total
    return found


def _log_t(z: Floats) -> Floats:
    density: Floats = -0.5 * (HEAVY + 1) * np.log1p(z * z / HEAVY)
    return density


def _tested(theta: Floats, level: Floats, get: dict[str, Floats], matrix: str, sources: Sources, priors: Priors) -> Floats:
    one = getattr(sources, matrix)
    offset = get[f"{matrix}_level"] - level
    total = -0.5 * ((offset - priors.selection) / priors.selection_sd) ** 2
    shares = {"sensitivity": getattr(priors, f"{matrix}_sensitivity"), "specificity": priors.specificity}
    known = {}
    for name, (a, b) in shares.items():
        logit = get[f"logit_{matrix}_{name}"]
        total = total + a * special.log_expit(logit) + b * special.log_expit(-logit)  # a beta, on the log-odds scale
        known[name] = special.expit(logit)[:, None, None]
    p = (
        1
        - known["specificity"]
        + (known["sensitivity"] + known["specificity"] - 1) * special.expit(theta + offset[:, None, None])
    )
    p = np.clip(p, 1e-12, 1 - 1e-12)
    told: Floats = total + (one.positive * np.log(p) + (one.tested - one.positive) * np.log1p(-p)).sum(axis=(1, 2))
    return told


def _register(theta: Floats, get: dict[str, Floats], register: Floats, people: Floats, priors: Priors) -> Floats:
    logit = get["logit_coverage"]
    a, b = priors.coverage
    total = a * special.log_expit(logit) + b * special.log_expit(-logit)
    expected = people * special.expit(theta).mean(axis=2) * special.expit(logit)[:, None]
    told: Floats = total + (register * np.log(expected) - expected).sum(axis=1)
    return told
