"""From results of persons to counts of persons: one row a person, month and drug by a stated rule, the rest set aside by name.

Two things people confuse: results and persons. A person tested three times in a month is one person; a result that can say
neither yes nor no at its cut-off is not a negative.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from labkit.constants import find_cutoff
from labkit.models.inputs import BadInput
from labkit.models.limits import POSITIVE, UNDECIDED, against_cutoff
from labkit.vocabulary import ANALYTES

RULE = (
    "one row a person, month and drug: positive if any analyte of the drug is at or above its cut-off, undecided if none is "
    "and one cannot be told from it, negative otherwise",
    "每人、每月、每种毒品一行：该毒品任一检测物达到阈值即为阳性；无阳性而有无法判定者为未定；其余为阴性",
)


@dataclass(frozen=True)
class Counted:
    """Counts of distinct persons, and how many results were set aside and why.

    Attributes
    ----------
    counts : DataFrame
        `matrix, drug, area, month, reason, tested, positive, undecided`; undecided persons are among those tested.
    aside : mapping of str to int
        Reason -> results set aside.
    """

    counts: pd.DataFrame
    aside: Mapping[str, int] = field(default_factory=dict)


def count_persons(
    results: pd.DataFrame, matrix: str, *, areas: Collection[str] | None = None, jurisdiction: str = "CN"
) -> Counted:
    """Count tested and positive persons by drug, area, month and reason of testing.

    A result's own cut-off (the laboratory's, in its file) comes before that of the library, which is asked by jurisdiction and
    day. Where neither gives one, the result is set aside.

    Parameters
    ----------
    results : DataFrame
        `subject, date, analyte, low, high` and, as far as there, `cutoff, area, reason, segment_from_cm, segment_to_cm, file`.
    matrix : str
        `hair` or `blood`.
    areas : collection of str, optional
        Areas that drain to some site; persons of others are set aside.
    jurisdiction : str
        Whose cut-offs.

    Raises
    ------
    BadInput
        Another matrix, or no result left.
    """
    if matrix not in ("hair", "blood"):
        raise BadInput("matrix", repr(matrix), "'hair' or 'blood'")
    rows = results.assign(
        area=results["area"] if "area" in results else "", reason=results["reason"] if "reason" in results else ""
    )
    aside: dict[str, int] = {}
    if matrix == "hair":
        ends = [rows[name] if name in rows else pd.Series(np.nan, rows.index) for name in ("segment_from_cm", "segment_to_cm")]
        known = ends[0].notna() & ends[1].notna() & (ends[1] > ends[0])
        rows = _keep(rows, known, "hair without the length of its segment", aside)
    rows = _keep(rows, rows["area"] != "", "no area", aside)
    if areas is not None:
        rows = _keep(rows, rows["area"].isin(list(areas)), "an area in no catchment", aside)
    cutoff = rows["cutoff"].astype(float) if "cutoff" in rows else pd.Series(np.nan, rows.index)
    cutoff = cutoff.where(cutoff.notna(), _of_library(rows, matrix, jurisdiction))
    rows = _keep(rows.assign(cutoff=cutoff), cutoff.notna(), "no cut-off in force", aside)
    if rows.empty:
        raise BadInput("results", f"none left of {len(results)}: {aside}", "results with an area, a length and a cut-off")
    standing = against_cutoff(rows["low"], rows["high"], rows["cutoff"])
    told = pd.DataFrame(
        {
            "drug": rows["analyte"].map({key: one.drug for key, one in ANALYTES.items()}),
            "area": rows["area"],
            "month": rows["date"].str[:7],
            "reason": rows["reason"],
            "person": rows["file"].astype(str) + "/" + rows["subject"].astype(str) if "file" in rows else rows["subject"],
            "positive": standing == POSITIVE,
            "undecided": standing == UNDECIDED,
        }
    )
    persons = told.groupby(["drug", "area", "month", "person"], sort=True, as_index=False).agg(
        reason=("reason", "first"), positive=("positive", "any"), undecided=("undecided", "any")
    )
    persons["undecided"] &= ~persons["positive"]
    counts = persons.groupby(["drug", "area", "month", "reason"], sort=True, as_index=False).agg(
        tested=("person", "size"), positive=("positive", "sum"), undecided=("undecided", "sum")
    )
    return Counted(counts.assign(matrix=matrix)[["matrix", *counts.columns]], aside)


def _keep(rows: pd.DataFrame, known: pd.Series, why: str, aside: dict[str, int]) -> pd.DataFrame:
    if lost := int((~known).sum()):
        aside[why] = lost
    return rows[known]


def _of_library(rows: pd.DataFrame, matrix: str, jurisdiction: str) -> pd.Series:
    """Return the library's cut-off of each row, NaN where none was in force that day."""
    keys = rows[["analyte", "date"]].drop_duplicates()
    found = {
        (analyte, day): row.cutoff
        for analyte, day in keys.itertuples(index=False)
        if (row := find_cutoff(matrix, analyte, jurisdiction, day)) is not None
    }
    return pd.Series(
        [found.get(key, np.nan) for key in zip(rows["analyte"], rows["date"], strict=True)], rows.index, dtype=float
    )
