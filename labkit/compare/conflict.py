"""Where two matrices disagree by more than chance: which areas, which months, and what would explain it.

Two things people confuse: a conflict and an error. Two matrices may both be right and speak of different people; the list of
what to look at comes before any conclusion.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from labkit.compare.association import align, latent_correlation
from labkit.compare.lags import false_discovery
from labkit.compare.residuals import FEWEST_AREAS
from labkit.compare.sides import Side
from labkit.models.inputs import NotEstimable

COLUMNS = ("drug", "first", "second", "area", "first_month", "last_month", "ratio", "z", "p_adjusted", "conflict", "check")
STRETCH, SHORT = 12, 6  # months looked at together; the second where fewer than two of the first fit
CLIPPED = 0.9866  # of a normal standard deviation is left when what lies beyond three of it is taken out
FALSE_SHARE = 0.05


def conflicts(one: Side, other: Side, *, false_share: float = FALSE_SHARE) -> pd.DataFrame:
    r"""Return one row an area and stretch of months: how far the second matrix is from what the first leads to expect.

    .. math:: d_{am} = r_{y,am} - b\, r_{x,am}, \quad b = \frac{\sum r_x r_y}{\sum r_x^2 - N_x}, \quad
       z = \bar d / \hat\sigma_{\bar d}

    with residuals free of month and of the area's median (not of its line: a step is what is looked for), means over
    stretches of a year (half of one in a short series), and σ over the areas of a stretch, outliers clipped, so that areas in
    conflict do not hide themselves. p is Student's, held to a share of false calls over all areas and stretches by Benjamini
    and Hochberg.

    Parameters
    ----------
    one, other : Side
        Same areas and months; water first.
    false_share : float
        Allowed share of false calls among the calls.

    Returns
    -------
    DataFrame
        The columns of the table `conflicts`.

    Raises
    ------
    NotEstimable
        As `associate`, or fewer than two stretches.
    """
    aligned = align(one, other, slopes=False)
    latent_correlation(aligned)  # a matrix of noise alone can contradict nothing
    x, y = np.nan_to_num(aligned.x.values), np.nan_to_num(aligned.y.values)
    slope = float((x * y).sum() / ((x * x).sum() - aligned.x.noise.sum()))
    d = np.where(aligned.known, y - slope * x, np.nan)
    usual = np.array([np.nanmedian(row) if (~np.isnan(row)).any() else np.nan for row in d])
    d = d - usual[:, None]  # what is so in most months of an area is its habit, and no conflict
    months = one.months[aligned.span - 1 :]
    length = STRETCH if len(months) >= 2 * STRETCH else SHORT
    first = len(months) % length  # stretches end with the last month
    starts = range(first, len(months) - length + 1, length)
    if len(starts) < 2:
        raise NotEstimable("a conflict", f"{len(months)} months with both", f"{2 * SHORT} or more")
    rows: list[dict[str, Any]] = []
    for start in starts:
        part = d[:, start : start + length]
        enough = (~np.isnan(part)).sum(axis=1) > length / 2
        for k in np.flatnonzero(enough):
            rows.append(
                {
                    **{"drug": one.drug, "first": one.matrix, "second": other.matrix, "area": one.areas[k]},
                    **{"first_month": months[start], "last_month": months[start + length - 1]},
                    "ratio": float(np.nanmean(part[k])),
                    "check": _checks(one, other, int(k), aligned.span - 1 + start, length),
                }
            )
    found = pd.DataFrame(rows, columns=[*COLUMNS[:7], "check"])
    found = found[found.groupby("first_month")["area"].transform("size") >= FEWEST_AREAS].reset_index(drop=True)
    if found.empty:
        raise NotEstimable("a conflict", f"no stretch with {FEWEST_AREAS} areas", "more areas known in both matrices")
    stretch = found.groupby("first_month")["ratio"]
    middle = found["ratio"] - stretch.transform("median")
    spread = middle.groupby(found["first_month"]).transform(_clipped_sd)
    found["z"] = middle / spread
    free = max(found["area"].nunique() - 1, 2)
    found["p_adjusted"] = false_discovery(2 * stats.t.sf(found["z"].abs(), free))
    found["conflict"] = np.where(found["p_adjusted"] <= false_share, "yes", "no")
    found["ratio"] = np.exp(found["ratio"])
    return found[list(COLUMNS)]


def _clipped_sd(values: pd.Series) -> float:
    kept = stats.sigmaclip(values.to_numpy(float), 3, 3).clipped
    return float(kept.std(ddof=1)) / CLIPPED


def _checks(one: Side, other: Side, area: int, start: int, length: int) -> str:
    """Return what speaks for a dull explanation in an area and stretch."""
    told = []
    for side in (one, other):
        usual = np.median(side.n[area])
        now = np.median(side.n[area, start : start + length])
        if usual > 0 and not 0.5 <= now / usual <= 2:
            told.append("fewer samples" if now < usual and side.matrix == "water" else "other testing effort")
        if np.isnan(side.value[area, start : start + length]).any():
            told.append("months below limits or without samples")
    return "; ".join(dict.fromkeys(told)) or "none found"
