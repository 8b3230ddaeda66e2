"""Whether the sources tell the same story of areas and of quarters, and if not, which of them stands apart.

Two things people confuse: a source that is off by a constant factor (a bias, which the model has a parameter for) and one
that is off in one area or one quarter, which no constant mends.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from labkit.prevalence.data import Sources
from labkit.prevalence.priors import Priors

Floats = NDArray[np.float64]
COLUMNS = ("place", "source", "ratio", "z", "p_adjusted", "conflict")
NEAR = 0.03
BETWEEN = 0.15  # log scale: sources that agree differ by as much for reasons of their own


def source_conflicts(
    sources: Sources, priors: Priors | None = None, *, false_share: float = 0.05, between: float = BETWEEN
) -> pd.DataFrame:
    r"""Return one row an area or quarter and source: how far it is from what the others say, each freed of its own level.

    .. math:: z = \frac{y_s - \bar y_{others}}{\sqrt{e_s^2 + \tau^2 + 1 / \sum_{others} (e^2 + \tau^2)^{-1}}}

    with the others weighted. The farthest of a place is named; where two sources differ and there is no third, both are.

    Parameters
    ----------
    sources : Sources
        Two sources or more, else the table is empty.
    priors : Priors, optional
        What tests miss and invent, on average, is taken out before sources are compared.
    false_share : float
        Benjamini and Hochberg over all rows.
    between : float
        τ.
    """
    rows: list[dict[str, Any]] = []
    for axis, places in ((1, sources.areas), (0, sources.quarters)):
        found = [(name, one) for name, one in _patterns(sources, axis, priors or Priors()).items() if one is not None]
        known = [(name, y - np.median(y[~np.isnan(y)]), e) for name, (y, e) in found if not np.isnan(y).all()]
        for k, place in enumerate(places):
            here = [(name, float(y[k]), float(e[k] ** 2 + between**2)) for name, y, e in known if not np.isnan(y[k])]
            for name, y, variance in here if len(here) > 1 else ():
                weights = np.array([1 / v for other, _, v in here if other != name])
                mean = float(weights @ np.array([x for other, x, _ in here if other != name]) / weights.sum())
                z = (y - mean) / np.sqrt(variance + 1 / weights.sum())
                rows.append({"place": place, "source": name, "ratio": float(np.exp(y - mean)), "z": float(z)})
    table = pd.DataFrame(rows, columns=list(COLUMNS[:4]))
    if table.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    size = table["z"].abs()
    table["p_adjusted"] = stats.false_discovery_control(2 * stats.norm.sf(size))
    farthest = size >= size.groupby(table["place"]).transform("max") - 1e-9
    table["conflict"] = np.where((table["p_adjusted"] <= false_share) & farthest, "yes", "no")
    return table[list(COLUMNS)]


def _mean(beta: tuple[float, float]) -> float:
    return beta[0] / sum(beta)


def _own_scatter(value: Floats) -> float:
    """Return the variance of what is left of water once areas and quarters are taken out: it moves by itself."""
    rest = value - np.nanmean(value, axis=1, keepdims=True)
    rest = rest - np.nanmean(rest, axis=0, keepdims=True)
    return float(np.nanvar(rest))


def _patterns(sources: Sources, axis: int, priors: Priors) -> dict[str, tuple[Floats, Floats] | None]:
    """Return log level and its error of each source by area (axis 1 summed out) or by quarter (axis 0)."""
    found: dict[str, tuple[Floats, Floats] | None] = {}
    if sources.water_low is not None and sources.water_high is not None and sources.water_error is not None:
        value = np.where(sources.water_low == sources.water_high, sources.water_low, np.nan)
        n = (~np.isnan(value)).sum(axis=axis)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(n > 0, np.nansum(value, axis=axis) / n, np.nan)
            error = np.sqrt((np.nanmean(sources.water_error**2) + _own_scatter(value)) / n)
        found["water"] = mean, error
    for matrix in ("hair", "blood"):
        one = getattr(sources, matrix)
        if one is not None:
            k, n = one.positive.sum(axis=axis), one.tested.sum(axis=axis)
            sensitivity, specificity = (_mean(getattr(priors, name)) for name in (f"{matrix}_sensitivity", "specificity"))
            with np.errstate(invalid="ignore", divide="ignore"):
                p = (k + 0.5) / (n + 1)
                q = (p + specificity - 1) / (sensitivity + specificity - 1)
                told = (n > 0) & (q > NEAR) & (q < 1 - NEAR)  # near its floor or its ceiling a test says little of the log odds
                y = np.where(told, np.log(q / (1 - q)), np.nan)
                error = np.sqrt(p * (1 - p) / n) / (sensitivity + specificity - 1) / (q * (1 - q))
            found[matrix] = y, error
    if sources.register is not None and axis == 1:
        found["register"] = np.log((sources.register + 0.5) / sources.people), 1 / np.sqrt(sources.register + 0.5)
    return found
