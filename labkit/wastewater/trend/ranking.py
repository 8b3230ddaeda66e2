"""Which site is highest, and how sure is its place: rankings with probabilities of rank.

Two things people confuse: the order of the estimates and the order of the sites. Where intervals overlap, places are shared,
and a list numbered from one says more than anybody knows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from labkit.models.inputs import BadInput
from labkit.wastewater.trend.decomposition import TakenApart

DRAWS = 4000
APART = ("flow", "population")  # errors that each site has of its own: they do not cancel between sites
COLUMNS = ("site", "analyte", "n", "median_load_mg_day_1000inh", "low", "high", "place_low", "place_high", "p_highest")


def rank_table(
    parts: Sequence[TakenApart], errors: Mapping[str, float] | None = None, level: float = 0.95, seed: int = 50_210
) -> pd.DataFrame:
    """Return one row a series: its mean trend over the later stretch, the interval for comparing sites, and its place.

    Errors that all sites share (analysis, excretion) cancel between them and are left out; those each site has of its own, its
    meter and its count of people, do not, and enter as lognormal errors. Places come from joint draws.

    Parameters
    ----------
    parts : sequence of TakenApart
        From `take_apart`.
    errors : mapping of str to float
        Declared relative errors; `flow` and `population` are used.
    level : float
        Probability of intervals and of the span of places.
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        The columns of the table `ranking`, highest first within each analyte; only analytes with two sites or more.
    """
    own = float(np.sqrt(sum(np.log1p((errors or {}).get(name, 0.0) ** 2) for name in APART)))
    rows: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        if part.fit is None or part.window is None:
            continue
        try:
            later = part.fit.contrast("later")
        except BadInput:
            continue
        about = {"site": part.series.site, "analyte": part.series.analyte, "n": part.series.n}
        rows.setdefault(part.series.analyte, []).append(about | {"mean": later.estimate, "sd": float(np.hypot(later.sd, own))})
    rng = np.random.default_rng(seed)
    found = []
    for lines in rows.values():
        if len(lines) < 2:
            continue
        mean, sd = (np.array([line[name] for line in lines]) for name in ("mean", "sd"))
        draws = mean + sd * rng.standard_normal((DRAWS, mean.size))
        places = (-draws).argsort(axis=1, kind="stable").argsort(axis=1) + 1
        ends = np.quantile(places, [(1 - level) / 2, (1 + level) / 2], axis=0, method="inverted_cdf")
        reach = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
        for k in np.argsort(-mean, kind="stable"):
            found.append(
                {
                    **{name: lines[k][name] for name in ("site", "analyte", "n")},
                    "median_load_mg_day_1000inh": float(np.exp(mean[k])),
                    "low": float(np.exp(reach[0, k])),
                    "high": float(np.exp(reach[1, k])),
                    "place_low": int(ends[0, k]),
                    "place_high": int(ends[1, k]),
                    "p_highest": float((places[:, k] == 1).mean()),
                }
            )
    return pd.DataFrame(found, columns=list(COLUMNS))
