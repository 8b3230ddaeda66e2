"""What a result would be with another parameter: the same loads, the old and the new consumption, and the factor between.

Two things people confuse: a result that was *wrong* and one that stood on another assumption. The loads are what was measured;
only what is made of them moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from labkit.constants import Constant, changed_constants, find_constant
from labkit.models.inputs import BadInput
from labkit.wastewater.consumption import find_correction_factor, with_consumption
from labkit.wastewater.doses import with_doses
from labkit.wastewater.summary import summarise

PARAMETERS = {"excretion": "excretion_fraction", "molar_mass": "molar_mass", "dose": "dose"}
MOVED = (
    "mean_low_mg_day_1000inh",
    "mean_high_mg_day_1000inh",
    "low",
    "high",
    "doses_low_day_1000inh",
    "doses_high_day_1000inh",
)


@dataclass(frozen=True)
class Restated:
    """Old and new rows of the library, and one row a site and analyte with old, new and factor."""

    old: tuple[Constant, ...]
    new: tuple[Constant, ...]
    table: pd.DataFrame
    n: int  # results whose loads were held against each other


def changed_rows(
    loads: pd.DataFrame, changes: Mapping[str, float], jurisdiction: str = "", doses: bool = True
) -> tuple[list[Constant], list[Constant]]:
    """Return the library rows that a study uses and that `changes` name, as they are and as they would be.

    Parameters
    ----------
    loads : DataFrame
        `analyte`, `drug` of the study.
    changes : mapping of str to float
        `excretion.methamphetamine`, `dose.cocaine`, `molar_mass.benzoylecgonine`, each with its new value. An excretion
        fraction is named by the analyte, or by the drug where it has one analyte.
    jurisdiction : str
        Rows of the study.
    doses : bool
        Whether the study counts doses.

    Returns
    -------
    old, new : list of Constant
        A new row is a point: what range the new value has is not known, and none is made up.

    Raises
    ------
    BadInput
        A name that is no parameter, or that the study does not use; a value outside the parameter's range.
    """
    old: list[Constant] = []
    new: list[Constant] = []
    used = _used(loads, jurisdiction, doses)
    for name, value in changes.items():
        parameter, _, substance = name.partition(".")
        mine = [row for row in used if row.parameter == PARAMETERS.get(parameter)]
        rows = [row for row in mine if (row.biomarker or row.drug) == substance] or [
            row for row in mine if row.drug == substance
        ]
        if not rows:
            raise BadInput("change", name, f"one that the study uses: {', '.join(sorted(_names(used)))}")
        if len(rows) > 1:
            raise BadInput("change", name, f"one analyte: {', '.join(f'{parameter}.{row.biomarker}' for row in rows)}")
        highest = 1.0 if parameter == "excretion" else np.inf
        if not 0 < value <= highest or not np.isfinite(value):
            raise BadInput("change", f"{name}={value:g}", "above zero" + (", and at most 1" if highest == 1 else ""))
        old += rows
        new += [replace(rows[0], value=float(value), low=None, high=None, distribution="point",
                        source="changed by hand", place="labkit restate", status="unverified")]  # fmt: skip
    return old, new


def restate(
    loads: pd.DataFrame,
    changes: Mapping[str, float],
    errors: Mapping[str, float],
    *,
    level: float = 0.95,
    jurisdiction: str = "",
    doses: bool = True,
) -> Restated:
    r"""Compute the consumption of a study twice, with the library as it is and with changed rows.

    .. math:: \text{factor} = \frac{\text{new}}{\text{old}}

    which is old over new fraction for an excretion fraction, and the same at every site.

    Parameters
    ----------
    loads : DataFrame
        Loads per 1,000, from `with_load_per_1000`; they are the same in both.
    changes, jurisdiction, doses
        As in `changed_rows`.
    errors, level
        As in `summarise`.

    Raises
    ------
    BadInput
        As `changed_rows`; and a change that moves nothing, since no analyte of the study uses it.
    """
    old, new = changed_rows(loads, changes, jurisdiction, doses)
    before = _summary(loads, errors, level, jurisdiction, doses)
    with changed_constants(new):
        after = _summary(loads, errors, level, jurisdiction, doses)
    kept = before[["site", "analyte", "drug", "n", "n_censored"]].copy()
    for name in MOVED:
        kept[f"old_{name}"], kept[f"new_{name}"] = before[name], after[name]
    kept["factor"] = after["mean_high_mg_day_1000inh"] / before["mean_high_mg_day_1000inh"]
    kept["factor_doses"] = after["doses_high_day_1000inh"] / before["doses_high_day_1000inh"]
    moved = ~(np.isclose(kept["factor"], 1, rtol=1e-12) & np.isclose(kept["factor_doses"].fillna(1), 1, rtol=1e-12))
    return Restated(tuple(old), tuple(new), kept[moved].reset_index(drop=True), len(loads))


def _summary(loads: pd.DataFrame, errors: Mapping[str, float], level: float, jurisdiction: str, doses: bool) -> pd.DataFrame:
    bounded = with_doses(with_consumption(loads, jurisdiction), doses)
    return summarise(bounded, errors, level, jurisdiction)


def _used(loads: pd.DataFrame, jurisdiction: str, doses: bool) -> list[Constant]:
    """Return the rows that the study's analytes use, each once."""
    rows: dict[Constant, None] = {}
    for analyte, drug in dict.fromkeys(zip(loads["analyte"], loads["drug"], strict=True)):
        factor = find_correction_factor(analyte, drug, jurisdiction)
        dose = find_constant("dose", drug) if doses else None
        if factor:
            rows |= dict.fromkeys((*factor.rows, *((dose,) if dose else ())))
    return list(rows)


def _names(rows: Sequence[Constant]) -> set[str]:
    short = {long: name for name, long in PARAMETERS.items()}
    return {f"{short[row.parameter]}.{row.biomarker or row.drug}" for row in rows}
