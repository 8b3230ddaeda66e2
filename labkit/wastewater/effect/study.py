"""The whole of the notebook `effect`: every analyte at the sites of the operation, what it means, and what it cannot mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from labkit.models.inputs import BadInput
from labkit.wastewater.effect.estimate import SPATIAL, Effect, operation_effect
from labkit.wastewater.hotspots.panel import to_panels

COLUMNS = (
    *("analyte", "ratio", "low", "high", "p", "p_spatial", "p_less", "weeks_before", "weeks_after", "donors"),
    *("population_ratio", "claim", "reason"),
)


@dataclass(frozen=True)
class Operation:
    """Where and when: the sites, the first day, and the weeks asked about."""

    sites: tuple[str, ...]
    start: str
    weeks: int
    source: str


@dataclass(frozen=True)
class EffectStudy:
    """One row an analyte, and the estimate behind each; without an operation there is neither."""

    operation: Operation | None
    table: pd.DataFrame
    effects: dict[str, Effect] = field(default_factory=dict)


def declared_operation(choices: Any) -> Operation | None:
    """Return the operation that a study's choices declare, or None."""
    asked = getattr(choices, "operation", None)
    return Operation(tuple(asked.sites), asked.start.isoformat(), asked.weeks, asked.source) if asked else None


def study_effect(
    loads: pd.DataFrame,
    operation: Operation | None,
    *,
    policy_change: float = 0.25,
    level: float = 0.95,
    exclude: Sequence[str] = (),
) -> EffectStudy:
    """Estimate the effect of an operation on every analyte.

    A claim is made only where the interval leaves out "no effect", and with fewer than 19 comparison areas no rank among them
    is used for it. All other analytes at the same sites are asked as well: what goes down may be replaced.

    Parameters
    ----------
    loads : DataFrame
        Loads per 1,000, as in `watch`.
    operation : Operation or None
        From `declared_operation`.
    policy_change : float
        The change that would matter.
    level : float
        Probability of the intervals.
    exclude : sequence of str
        Sites left out of the comparison, as neighbours.

    Returns
    -------
    EffectStudy
        `claim` is fall, rise, not distinguishable or refused, then with a `reason`.
    """
    if operation is None:
        return EffectStudy(None, pd.DataFrame(columns=list(COLUMNS)))
    rows, effects = [], {}
    for panel in to_panels(loads):
        row: dict[str, Any] = dict.fromkeys(COLUMNS, np.nan)
        row |= {"analyte": panel.analyte, "claim": "refused", "reason": ""}
        try:
            found = operation_effect(panel, operation.sites, operation.start, operation.weeks, level=level, exclude=exclude)
        except BadInput as reason:
            rows.append(row | {"reason": str(reason)})
            continue
        effects[panel.analyte] = found
        ends = found.ratio_interval
        rows.append(
            row
            | {
                "ratio": found.ratio,
                "low": ends.low,
                "high": ends.high,
                "p": found.p,
                "p_spatial": np.nan if found.p_spatial is None else found.p_spatial,
                "p_less": float(stats.norm.cdf((-np.log1p(policy_change) - found.log_effect) / found.standard_error)),
                "weeks_before": found.n_before,
                "weeks_after": found.n_after,
                "donors": len(found.weights),
                "population_ratio": _people(loads, operation, found),
                "claim": "fall" if ends.high < 1 else "rise" if ends.low > 1 else "not distinguishable",
            }
        )
    return EffectStudy(operation, pd.DataFrame(rows, columns=list(COLUMNS)), effects)


def _people(loads: pd.DataFrame, operation: Operation, found: Effect) -> float:
    """Return how the people at the treated sites changed from before to after: a holiday, or people who moved away."""
    if "population" not in loads or loads["population"].isna().any() or (loads["population"] <= 0).any():
        return float("nan")
    rows = loads[loads["site"].isin(operation.sites)]
    first, last = str(found.weeks[0]), str(found.weeks[-1] + np.timedelta64(6, "D"))
    before = rows[(rows["date"] >= first) & (rows["date"] < operation.start)]["population"]
    after = rows[(rows["date"] >= operation.start) & (rows["date"] <= last)]["population"]
    return float(np.exp(np.log(after).mean() - np.log(before).mean())) if len(before) and len(after) else float("nan")


__all__ = ["SPATIAL", "EffectStudy", "Operation", "declared_operation", "study_effect"]
