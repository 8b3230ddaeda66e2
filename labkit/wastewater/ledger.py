"""The assumptions behind a consumption figure: which library rows it used, and which of its errors matter most."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from labkit.constants import Constant, equally_likely, find_constant
from labkit.wastewater.consumption import ERRORS, find_correction_factor


def constants_used(samples: pd.DataFrame, jurisdiction: str | None, doses: bool = True) -> pd.DataFrame:
    """Return the library rows behind these samples, one row each, as published in `constants.csv`.

    Parameters
    ----------
    samples : DataFrame
        `analyte`, `drug`.
    jurisdiction : str or None
        As in `with_consumption`; None uses no row at all.
    doses : bool
        Whether doses were computed.
    """
    rows: dict[Constant, None] = {}
    for analyte, drug in _pairs(samples) if jurisdiction is not None else ():
        factor = find_correction_factor(analyte, drug, jurisdiction or "")
        dose = find_constant("dose", drug) if doses else None
        if factor:
            rows |= dict.fromkeys((*factor.rows, *((dose,) if dose else ())))
    names = list(Constant.__dataclass_fields__)
    return pd.DataFrame([[getattr(row, name) for name in names] for row in rows], columns=names)


def variance_shares(samples: pd.DataFrame, errors: Mapping[str, float], jurisdiction: str | None) -> pd.DataFrame:
    """Return each error's share of the variance of one sample's log consumption.

    Lognormal errors add `ln(1 + cv²)`; the excretion fraction adds the variance of its logarithm.

    Returns
    -------
    DataFrame
        `drug`, `analyte`, `component` (`analysis`, `sampling`, `flow`, `population`, `excretion`), `share` (0–1; missing
        where the study declares no error at all).
    """
    pairs = _pairs(samples)
    factors = {
        analyte: find_correction_factor(analyte, drug, jurisdiction) if jurisdiction is not None else None
        for analyte, drug in pairs
    }
    # An analyte without a factor has no consumption; where none has one, the shares are those of the load.
    pairs = [pair for pair in pairs if factors[pair[0]]] or pairs
    rows = []
    for analyte, drug in pairs:
        parts = {name: float(np.log1p(errors.get(name, 0.0) ** 2)) for name in ERRORS}
        factor = factors[analyte]
        parts["excretion"] = float(np.log(equally_likely(factor.excretion)).var()) if factor else 0.0
        total = sum(parts.values())
        rows += [
            {"drug": drug, "analyte": analyte, "component": name, "share": part / total if total > 1e-12 else np.nan}
            for name, part in parts.items()
        ]
    return pd.DataFrame(rows)


def _pairs(samples: pd.DataFrame) -> list[tuple[str, str]]:
    return list(dict.fromkeys(zip(samples["analyte"], samples["drug"], strict=True)))
