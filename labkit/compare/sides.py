"""One matrix as areas and months: log loads of water, log ratios of positives to those expected, each with its error.

Two things people confuse: the scatter of the samples and the movement of what they stand for. The first has a known size here
and is taken out of every correlation; a correlation of samples alone falls short by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labkit.models.inputs import NotEstimable

Floats = NDArray[np.float64]
KNOWN_WITHIN = np.log(1.1)  # a month's load counts as known where its two ends differ by less than a tenth
FEWEST_EXPECTED = 3.0  # expected positives in the median cell; with fewer the logarithm says little


@dataclass(frozen=True)
class Side:
    """Areas × months: `low`, `high` on the log scale (NaN: nothing sampled), `error` the variance of sampling, `n` results."""

    matrix: str
    drug: str
    areas: tuple[str, ...]
    months: tuple[str, ...]
    low: Floats
    high: Floats
    error: Floats
    n: Floats

    @property
    def value(self) -> Floats:
        """The middle where it is known closely enough, else NaN."""
        known = self.high - self.low <= KNOWN_WITHIN
        return np.where(known, (self.low + self.high) / 2, np.nan)

    @property
    def n_not_exact(self) -> int:
        """Cells with results whose value is not known closely."""
        return int(((self.n > 0) & np.isnan(self.value)).sum())


def water_side(loads: pd.DataFrame, drug: str, areas: Sequence[str], months: Sequence[str]) -> Side:
    r"""Return the log of the mean load per 1,000 of each area and month.

    The error is :math:`s^2 / n`, with s the log scatter of the days within an area and month over the whole table. Where days
    lie below limits, the two ends of the mean are kept.

    Parameters
    ----------
    loads : DataFrame
        Of one analyte of the drug, from `to_areas`.
    drug, areas, months
        The table's name and sides (`YYYY-MM`).
    """
    rows = loads.assign(month=loads["date"].str[:7])
    shape = (len(areas), len(months))
    found = {name: np.full(shape, np.nan) for name in ("low", "high")}
    n = np.zeros(shape)
    place_a, place_m = ({one: k for k, one in enumerate(names)} for names in (areas, months))
    scatter, free = 0.0, 0
    for (area, month), part in rows.groupby(["area", "month"], sort=False):
        if area not in place_a or month not in place_m:
            continue
        at = place_a[area], place_m[month]
        n[at] = len(part)
        for name in found:
            found[name][at] = part[name].mean()
        exact = np.log(part.loc[(part["low"] == part["high"]) & (part["low"] > 0), "low"].to_numpy(float))
        if exact.size > 1:
            scatter, free = scatter + float(((exact - exact.mean()) ** 2).sum()), free + exact.size - 1
    variance = scatter / free if free else np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(n > 0, variance / n, np.nan)
        return Side("water", drug, tuple(areas), tuple(months), np.log(found["low"]), np.log(found["high"]), error, n)


def person_side(counts: pd.DataFrame, drug: str, areas: Sequence[str], months: Sequence[str]) -> Side:
    r"""Return the log of positives over those expected from why people were tested.

    .. math:: y = \ln\frac{k + 1/2}{E + 1/2}, \quad E = \sum_r n_r \hat p_r, \quad
       \mathrm{Var}\,y \approx \frac{1 - k/n}{k + 1/2}

    with :math:`\hat p_r` the share of positives among all persons tested for reason r: where more suspects and fewer drivers
    were tested this month, more positives are expected. Undecided persons count as tested and not as positive.

    Parameters
    ----------
    counts : DataFrame
        Of one matrix, from `count_persons`.
    drug, areas, months
        As for `water_side`.

    Raises
    ------
    NotEstimable
        Fewer than three positives expected in the median cell.
    """
    mine = counts[counts["drug"] == drug]
    matrix = str(mine["matrix"].iloc[0]) if len(mine) else ""
    by_reason = mine.groupby("reason")[["tested", "positive"]].sum()
    share = by_reason["positive"] / by_reason["tested"]
    rows = mine.assign(expected=mine["tested"] * mine["reason"].map(share))
    sums = rows.groupby(["area", "month"])[["tested", "positive", "expected"]].sum()
    index = pd.MultiIndex.from_product([areas, months], names=["area", "month"])
    grid = sums.reindex(index).fillna(0.0)
    n, k, expected = (
        grid[name].to_numpy(float).reshape(len(areas), len(months)) for name in ("tested", "positive", "expected")
    )
    middle = float(np.median(expected[n > 0])) if (n > 0).any() else 0.0
    if middle < FEWEST_EXPECTED:
        raise NotEstimable("an association", f"{middle:.1f} positives expected in the median cell of {drug}", "three or more")
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(n > 0, np.log((k + 0.5) / (expected + 0.5)), np.nan)
        error = np.where(n > 0, (1 - k / n) / (k + 0.5), np.nan)
    return Side(matrix, drug, tuple(areas), tuple(months), y, y, error, n)
