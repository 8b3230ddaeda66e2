"""A trend without a model: seasonal and regional Kendall beside the structural model, for those who want no curve.

Two things people confuse: a monotone trend over the whole period, asked here, and a change between two years, asked elsewhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from labkit.models.inputs import BadInput
from labkit.models.trend import regional_kendall
from labkit.vocabulary import Censored
from labkit.wastewater.trend.series import Series

COLUMNS = ("analyte", "sites", "n", "n_censored", "tau", "p", "ratio_per_year", "low", "high", "reason")


def kendall_table(series: list[Series], level: float = 0.95) -> pd.DataFrame:
    """Return one row an analyte: regional Kendall over sites and months, each against itself only.

    The slope is Sen's, on logarithms, given as a ratio a year; with values below limits only tau and p are given, for a Sen
    slope of limits is none. Serial correlation is not allowed for: p is too small where weeks resemble their neighbours.

    Returns
    -------
    DataFrame
        The columns of the table `kendall`.
    """
    rows = []
    for analyte in dict.fromkeys(one.analyte for one in series):
        mine = [one for one in series if one.analyte == analyte]
        row: dict[str, Any] = dict.fromkeys(COLUMNS, np.nan)
        row |= {"analyte": analyte, "sites": len(mine), "n": sum(one.n for one in mine), "reason": ""}
        row["n_censored"] = sum(one.n_censored for one in mine)
        if any((one.censored == Censored.ABOVE).any() for one in mine):
            rows.append(row | {"reason": "values above the range have no place in a test for values below limits"})
            continue
        try:
            with np.errstate(divide="ignore"):
                found = regional_kendall(
                    np.concatenate([np.log(one.high) for one in mine]),
                    np.concatenate([np.full(one.n, one.site) for one in mine]),
                    np.concatenate([one.weeks * 7 / 365.25 for one in mine]),
                    seasons=np.concatenate([one.days.astype("datetime64[M]").astype(int) % 12 for one in mine]),
                    censored=np.concatenate([one.censored != Censored.EXACT for one in mine]),
                    level=level,
                )
            row |= {"tau": found.tau_a, "p": found.p}
            ends = found.slope_interval
            row |= {
                "ratio_per_year": float(np.exp(found.slope)),
                "low": float(np.exp(ends.low)),
                "high": float(np.exp(ends.high)),
            }
        except BadInput as reason:
            row["reason"] = str(reason)
        rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS))
