"""The whole of the notebook `matrices`: full counts go in, and only tables that may be shown come out.

Two things people confuse: where a model runs and what leaves. It runs on all persons; what leaves is areas and months with
enough tested, associations, and how many results were set aside for which reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd

from labkit.compare.association import Association, associate
from labkit.compare.conflict import COLUMNS as CONFLICT_COLUMNS
from labkit.compare.conflict import conflicts
from labkit.compare.counts import Counted
from labkit.compare.crosswalk import to_areas
from labkit.compare.factor import Loadings, one_factor
from labkit.compare.lags import LagProfile, false_discovery, lag_profile
from labkit.compare.profiles import Profiles, area_profiles
from labkit.compare.sides import Side, person_side, water_side
from labkit.disclosure import SMALLEST, AreaTable, suppress_small
from labkit.models.inputs import BadInput, NotEstimable

MATRICES = ("water", "hair", "blood")
COLUMNS = (
    *("drug", "first", "second", "correlation", "low", "high", "p", "p_adjusted", "smallest", "partial", "tau_a", "tau_b"),
    *("attenuated", "areas", "cells", "not_exact", "finding"),
)


@dataclass(frozen=True)
class MatrixStudy:
    """What may be shown: sides are logs of means and ratios over areas with their errors, without any person."""

    table: pd.DataFrame
    lags: tuple[LagProfile, ...]
    loadings: tuple[Loadings, ...]
    conflicts: pd.DataFrame
    areas: AreaTable
    profiles: Profiles | None
    sides: Mapping[tuple[str, str], Side]  # (matrix, drug)
    refused: Mapping[str, str]
    aside: Mapping[str, int]
    naive: int  # pairs that a plain correlation of columns would have called
    false_share: float
    pairs: tuple[Association, ...] = field(default=())


def study_matrices(
    loads: pd.DataFrame,
    sites: pd.DataFrame,
    counted: Sequence[Counted],
    drug_of: Mapping[str, str],
    *,
    level: float = 0.95,
    false_share: float = 0.05,
    draws: int = 999,
    smallest: int = SMALLEST,
) -> MatrixStudy:
    """Bring water, hair and blood to a common footing and compare them, drug by drug.

    Parameters
    ----------
    loads : DataFrame
        Loads per 1,000 of the sites, with intervals.
    sites : DataFrame
        `site, area, area_share`.
    counted : sequence of Counted
        Hair and blood, from `count_persons`.
    drug_of : mapping of str to str
        Analyte -> drug, for the analytes of water.
    level : float
        Probability of intervals.
    false_share : float
        Share of false ones allowed among the findings, over all drugs, pairs and lags.
    draws : int
        Of the reordered months.
    smallest : int
        Fewest persons tested in a row that is shown.

    Raises
    ------
    BadInput
        The matrices have no month in common.
    """
    water = to_areas(loads, sites)
    counts = pd.concat([one.counts for one in counted], ignore_index=True)
    months = _months(water["date"].str[:7], counts)
    areas = tuple(sorted(water["area"].unique()))
    sides: dict[tuple[str, str], Side] = {}
    refused: dict[str, str] = {}
    for analyte in dict.fromkeys(water["analyte"]):
        drug = drug_of[analyte]
        sides["water", drug] = water_side(water[water["analyte"] == analyte], drug, areas, months)
    for matrix in ("hair", "blood"):
        mine = counts[counts["matrix"] == matrix]
        for drug in dict.fromkeys(mine["drug"]):
            if ("water", drug) in sides:
                try:
                    sides[matrix, drug] = person_side(mine, drug, areas, months)
                except NotEstimable as reason:
                    refused[f"{drug}, {matrix}"] = str(reason)
    rows, profiles, loadings, clashes, pairs, naive = [], [], [], [], [], 0
    for drug in dict.fromkeys(drug for _, drug in sides):
        here = [sides[matrix, drug] for matrix in MATRICES if (matrix, drug) in sides]
        for one, other in combinations(here, 2):
            name = f"{drug}, {one.matrix} and {other.matrix}"
            try:
                found = associate(one, other, level=level, draws=draws)
                lagged = lag_profile(one, other, level=level, draws=draws)
            except NotEstimable as reason:
                refused[name] = str(reason)
                continue
            pairs.append(found)
            profiles.append(lagged)
            rows.append(_row(found, one, other, level))
            naive += _naive(one, other)
            try:
                clashes.append(conflicts(one, other, false_share=false_share))
            except NotEstimable as reason:
                refused[f"{name}, conflicts"] = str(reason)
        if len(here) == len(MATRICES):
            try:
                loadings.append(one_factor(*here, level=level))
            except NotEstimable as reason:
                refused[f"{drug}, one factor"] = str(reason)
    table = pd.DataFrame(rows, columns=[name for name in COLUMNS if name not in ("p_adjusted", "finding")])
    p = np.concatenate([table["p"].to_numpy(float), *(one.p for one in profiles)]) if len(table) else np.array([])
    table["p_adjusted"] = false_discovery(p)[: len(table)]
    table["finding"] = np.where(table["p_adjusted"] <= false_share, "yes", "no")
    try:
        grouped = area_profiles([one for (matrix, _), one in sides.items() if matrix == "water"],
                                [one for (matrix, _), one in sides.items() if matrix == "hair"])  # fmt: skip
    except NotEstimable as reason:
        grouped, refused["profiles"] = None, str(reason)
    aside: dict[str, int] = {}
    for part in counted:
        for why, n in part.aside.items():
            aside[why] = aside.get(why, 0) + n
    total = counts.groupby(["matrix", "drug", "area", "month"], as_index=False)[["tested", "positive"]].sum()
    clash = pd.concat(clashes, ignore_index=True) if clashes else pd.DataFrame(columns=list(CONFLICT_COLUMNS))
    return MatrixStudy(
        table[list(COLUMNS)], tuple(profiles), tuple(loadings), clash, suppress_small(total, smallest), grouped, sides, refused,
        aside, naive, false_share, tuple(pairs),
    )  # fmt: skip


def _months(water: pd.Series, counts: pd.DataFrame) -> tuple[str, ...]:
    first = max(water.min(), *(part["month"].min() for _, part in counts.groupby("matrix")))
    last = min(water.max(), *(part["month"].max() for _, part in counts.groupby("matrix")))
    if first > last:
        raise BadInput("months", f"the matrices share none ({first} to {last})", "a period that all matrices cover")
    return tuple(str(one) for one in np.arange(np.datetime64(first, "M"), np.datetime64(last, "M") + 1))


def _row(found: Association, one: Side, other: Side, level: float) -> dict[str, object]:
    """Return one row of the table, with the partial association given the testing effort."""
    effort = tuple(np.log(np.maximum(side.n, 1.0)) for side in (one, other))
    try:
        partial = associate(one, other, given=effort, level=level, draws=19).correlation
    except NotEstimable:
        partial = float("nan")
    names = ("correlation", "p", "smallest", "tau_a", "tau_b", "attenuated", "areas", "cells", "not_exact")
    return {
        "drug": found.drug, "first": found.pair[0], "second": found.pair[1], "low": found.interval.low,
        "high": found.interval.high, "partial": partial, **{name: getattr(found, name) for name in names},
    }  # fmt: skip


def tables_of(found: MatrixStudy | None) -> dict[str, pd.DataFrame]:
    """Return the tables of a study by name; none without a study."""
    if found is None:
        return {}
    return {
        "associations": found.table, "lags": _lags(found), "loadings": _loadings(found), "conflicts": found.conflicts,
        "areas": found.areas.frame,
    }  # fmt: skip


def _lags(found: MatrixStudy) -> pd.DataFrame:
    rows = [
        (
            one.drug, *one.pair, int(lag), float(one.correlation[k]), float(one.low[k]), float(one.high[k]), float(one.p[k]),
            "yes" if int(lag) in one.lag_set else "no",
        )
        for one in found.lags
        for k, lag in enumerate(one.lags)
    ]  # fmt: skip
    names = ["drug", "first", "second", "lag_months", "correlation", "low", "high", "p", "in_set"]
    return pd.DataFrame(rows, columns=names)


def _loadings(found: MatrixStudy) -> pd.DataFrame:
    rows = [
        (one.drug, matrix, one.loading[k], one.interval[k].low, one.interval[k].high)
        for one in found.loadings
        for k, matrix in enumerate(one.matrices)
    ]
    return pd.DataFrame(rows, columns=["drug", "matrix", "loading", "low", "high"])


def _naive(one: Side, other: Side) -> int:
    """Tell whether a plain correlation of the two columns, all areas and months in one, would be called at 0.05."""
    from scipy import stats

    known = ~np.isnan(one.value) & ~np.isnan(other.value)
    return int(known.sum() > 2 and stats.pearsonr(one.value[known], other.value[known]).pvalue < 0.05)
