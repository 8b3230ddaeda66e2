"""Whether the sources tell the same story of areas and of quarters, and if not, which of them stands apart.

Two things people confuse: a source that is off by a constant factor (a bias, which the model has a parameter for) and one
that is off in one area or one quarter, which no constant mends.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from labkit.prevalence.data import Sources

Floats = NDArray[np.float64]
COLUMNS = ("place", "source", "ratio", "z", "p_adjusted", "conflict")
BETWEEN = 0.15  # log scale: sources that agree differ by as much for reasons of their own


def source_conflicts(sources: Sources, *, false_share: float = 0.05, between: float = BETWEEN) -> pd.DataFrame:
    r"""Return one row an area or quarter and source: how far it is from what the others say, each freed of its own level.

    .. math:: z = \frac{y_s - \bar y_{others}}{\sqrt{e_s^2 + e_{others}^2 + \tau^2}}

    Where two sources differ and there is no third, both are named; a third decides.

    Parameters
    ----------
    sources : Sources
        Two sources or more, else the table is empty.
    false_share : float
        Benjamini and Hochberg over all rows.
    between : float
        τ.
    """
    rows: list[dict[str, Any]] = []
    for axis, places in ((1, sources.areas), (0, sources.quarters)):
        patterns = {name: one for name, one in _patterns(sources, axis).items() if one is not None}
        for name, other in combinations(patterns, 2):
            (y, e), (v, f) = patterns[name], patterns[other]
            difference = (y - np.nanmedian(y)) - (v - np.nanmedian(v))
            z = difference / np.sqrt(e**2 + f**2 + between**2)
            for k, place in enumerate(places):
                if not np.isnan(z[k]):
                    rows.append(
                        {"place": place, "pair": (name, other), "ratio": float(np.exp(difference[k])), "z": float(z[k])}
                    )
    if not rows:
        return pd.DataFrame(columns=list(COLUMNS))
    p = stats.false_discovery_control([2 * stats.norm.sf(abs(row["z"])) for row in rows])
    told = []
    for place in dict.fromkeys(row["place"] for row in rows):
        here = [(row, one) for row, one in zip(rows, p, strict=True) if row["place"] == place]
        for name in dict.fromkeys(one for row, _ in here for one in row["pair"]):
            mine = [(row, one) for row, one in here if name in row["pair"]]
            rest = [(row, one) for row, one in here if name not in row["pair"]]
            worst = max(one for _, one in mine)
            apart = worst <= false_share and not any(one <= false_share for _, one in rest)
            row = max(mine, key=lambda pair: abs(pair[0]["z"]))[0]
            sign = 1 if row["pair"][0] == name else -1
            told.append(
                (place, name, row["ratio"] ** sign, sign * row["z"], float(worst), "yes" if apart else "no")
            )  # fmt: skip
    return pd.DataFrame(told, columns=list(COLUMNS))


def _patterns(sources: Sources, axis: int) -> dict[str, tuple[Floats, Floats] | None]:
    """Return log level and its error of each source by area (axis 1 summed out) or by quarter (axis 0)."""
    found: dict[str, tuple[Floats, Floats] | None] = {}
    if sources.water_low is not None and sources.water_high is not None and sources.water_error is not None:
        value = np.where(sources.water_low == sources.water_high, sources.water_low, np.nan)
        n = (~np.isnan(value)).sum(axis=axis)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(n > 0, np.nansum(value, axis=axis) / n, np.nan)
            error = np.sqrt(np.nansum(np.where(np.isnan(value), np.nan, sources.water_error**2), axis=axis)) / n
        found["water"] = mean, error
    for matrix in ("hair", "blood"):
        one = getattr(sources, matrix)
        if one is not None:
            k, n = one.positive.sum(axis=axis), one.tested.sum(axis=axis)
            with np.errstate(invalid="ignore", divide="ignore"):
                y = np.where(n > 0, np.log((k + 0.5) / (n - k + 0.5)), np.nan)
                error = np.sqrt(1 / (k + 0.5) + 1 / (n - k + 0.5))
            found[matrix] = y, error
    if sources.register is not None and axis == 1:
        found["register"] = np.log((sources.register + 0.5) / sources.people), 1 / np.sqrt(sources.register + 0.5)
    return found
