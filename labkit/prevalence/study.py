"""The whole of the notebook `prevalence`: the joint answer, what each source says alone, and what would change it.

Two things people confuse: more sources and more certainty. A second source that stands on the same assumption adds none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from labkit.models.inputs import BadInput, NotEstimable
from labkit.prevalence.approximation import approximate_joint
from labkit.prevalence.conflict import COLUMNS as CONFLICT_COLUMNS
from labkit.prevalence.conflict import source_conflicts
from labkit.prevalence.data import Sources
from labkit.prevalence.joint import BIAS_COLUMNS, Joint, biases
from labkit.prevalence.multiverse import Multiverse, multiverse
from labkit.prevalence.priors import Priors
from labkit.prevalence.sampler import sample_joint

ASSUMPTION = 0.2  # contraction below which a bias is called an assumption, not data
COLUMNS = ("source", "users_per_1000", "low", "high", "width_ratio", "reason")
AREA_COLUMNS = ("area", "quarter", "users_per_1000", "low", "high", "regular_per_1000", "regular_low", "regular_high")


@dataclass(frozen=True)
class PrevalenceStudy:
    """The joint answer beside each source's own; `refused` where there is none."""

    joint: Joint | None
    sources: pd.DataFrame
    areas: pd.DataFrame
    conflicts: pd.DataFrame
    biases: pd.DataFrame
    multiverse: Multiverse | None
    truth: float | None
    refused: str
    drift_log_sd: float | None = None


def study_prevalence(
    sources: Sources,
    priors: Priors,
    *,
    sampler: bool = False,
    level: float = 0.95,
    choices: Mapping[str, Mapping[str, float]] | None = None,
    truth: float | None = None,
    drift_log_sd: float | None = None,
    seed: int = 1,
) -> PrevalenceStudy:
    """Ask all sources together, each alone, and each combination of choices.

    Parameters
    ----------
    sources, priors
        What is known, and what is assumed.
    sampler : bool
        The sampler instead of the approximation, for the joint answer; sources alone are always approximated.
    level : float
        Probability of intervals.
    choices : mapping, optional
        Of the multiverse: choice -> option -> factor on the number of users.
    truth : float, optional
        Share of users of a simulated city.
    drift_log_sd : float, optional
        How far the intake may have drifted over the study; without it a trend is one of mass.
    seed : int
        Of all draws.
    """
    ask: Callable[..., Joint] = sample_joint if sampler else approximate_joint
    try:
        joint: Joint | None = ask(sources, priors, seed=seed)
        refused = ""
    except BadInput as reason:
        joint, refused = None, str(reason)
    rows = [_row("all sources", joint, refused, level)]
    for name in sources.names:
        try:
            rows.append(_row(name, approximate_joint(sources.only(name), priors, seed=seed), "", level))
        except NotEstimable as reason:
            rows.append(_row(name, None, str(reason), level))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    clash = pd.DataFrame(columns=list(CONFLICT_COLUMNS))
    if joint is not None:
        clash = source_conflicts(sources, priors)
    crossed = None
    if choices and sources.water_low is not None and np.isfinite(sources.water_low).any():
        weights = np.repeat(sources.people[:, None], len(sources.quarters), axis=1)
        crossed = multiverse(_consumption(sources, weights), choices)
    told = biases(joint) if joint else pd.DataFrame(columns=list(BIAS_COLUMNS))
    return PrevalenceStudy(joint, table, _by_area(joint, level), clash, told, crossed, truth, refused, drift_log_sd)


def refused_study(reason: str) -> PrevalenceStudy:
    """Return a study that gives no number, and says why."""
    sources, areas, clash, told = (
        pd.DataFrame(columns=list(names)) for names in (COLUMNS, AREA_COLUMNS, CONFLICT_COLUMNS, BIAS_COLUMNS)
    )
    return PrevalenceStudy(None, sources, areas, clash, told, None, None, reason)


def _row(name: str, joint: Joint | None, reason: str, level: float) -> tuple[object, ...]:
    if joint is None:
        return (name, np.nan, np.nan, np.nan, np.nan, reason)
    middle, low, high = joint.interval(level)
    return (name, 1000 * middle, 1000 * low, 1000 * high, high / low, "")


def _by_area(joint: Joint | None, level: float) -> pd.DataFrame:
    if joint is None:
        return pd.DataFrame(columns=list(AREA_COLUMNS))
    ends = [(1 - level) / 2, 0.5, (1 + level) / 2]
    regular = special.expit(joint.singles["logit_regular"])[:, None, None]
    low, middle, high = np.quantile(joint.prevalence, ends, axis=0) * 1000
    few, some, many = np.quantile(joint.prevalence * regular, ends, axis=0) * 1000
    rows = [
        (area, quarter, *(one[a, q] for one in (middle, low, high, some, few, many)))
        for a, area in enumerate(joint.sources.areas)
        for q, quarter in enumerate(joint.sources.quarters)
    ]
    return pd.DataFrame(rows, columns=list(AREA_COLUMNS))


def _consumption(sources: Sources, weights: np.ndarray) -> dict[str, float]:
    """Return the weighted mean consumption with limits at their upper and at their lower ends."""
    assert sources.water_low is not None and sources.water_high is not None
    known = ~np.isnan(sources.water_high)
    found = {}
    for name, ends in (("limits at their upper end", sources.water_high), ("limits at their lower end", sources.water_low)):
        found[name] = float(np.average(np.exp(ends[known]), weights=weights[known]))
    return (
        found if found["limits at their lower end"] > 0 else {"limits at their upper end": found["limits at their upper end"]}
    )


def tables_of(found: PrevalenceStudy | None) -> dict[str, pd.DataFrame]:
    """Return the tables of a study by name; none without a study."""
    if found is None:
        return {}
    tables = {"prevalence": found.sources, "prevalence_areas": found.areas, "prevalence_biases": found.biases,
              "source_conflicts": found.conflicts}  # fmt: skip
    if found.multiverse is not None:
        names = [name for name in found.multiverse.table if name != "users_per_1000"]
        told = found.multiverse.table[names].agg(" · ".join, axis=1)
        tables["multiverse"] = pd.DataFrame({"choices": told, "users_per_1000": found.multiverse.table["users_per_1000"]})
    return tables
