"""From sampling points to areas: what the water of an area carried, by the shares in which the area drains to its sites.

Two things people confuse: a catchment (what drains to a site) and an area (what an office counts by). Weights are the shares of
the area's people; the part of an area that drains nowhere is not known, and its share is said.
"""

from __future__ import annotations

import pandas as pd

from labkit.models.inputs import BadInput

COLUMNS = ("area", "site", "share")


def to_areas(loads: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    r"""Return loads per 1,000 people by area and day, end by end.

    .. math:: L_a = \sum_s w_{as} L_s \Big/ \sum_s w_{as}

    over the sites sampled that day; both ends of an interval are weighted alike, so that a limit stays a limit.

    Parameters
    ----------
    loads : DataFrame
        `site, date, analyte, low, high` (mg/day/1000inh).
    sites : DataFrame
        `site, area, area_share`: the share of the area's people behind the site.

    Returns
    -------
    DataFrame
        `area, date, analyte, low, high, share` (of the area's people behind the sites sampled).

    Raises
    ------
    BadInput
        Shares of an area above 1 together, or no area with a sampled site.

    Examples
    --------
    >>> ends = {"low": [10.0, 0.0], "high": [10.0, 4.0]}
    >>> loads = pd.DataFrame({"site": ["A", "B"], "date": "2024-01-01", "analyte": "MDMA", **ends})
    >>> sites = pd.DataFrame({"site": ["A", "B"], "area": "D1", "area_share": [0.6, 0.2]})
    >>> to_areas(loads, sites)[["low", "high", "share"]].round(3).values.tolist()
    [[7.5, 8.5, 0.8]]
    """
    weights = sites.loc[sites["area"] != "", ["area", "site", "area_share"]].rename(columns={"area_share": "share"})
    together = weights.groupby("area")["share"].sum()
    if (together > 1 + 1e-9).any():
        raise BadInput("area_share", f"{together.idxmax()}: {together.max():.2f} together", "shares of an area up to 1")
    joined = loads[["site", "date", "analyte", "low", "high"]].merge(weights, on="site")
    if joined.empty:
        raise BadInput("sites", "no area drains to a sampled site", "areas with a share in a sampled site")
    joined[["low", "high"]] = joined[["low", "high"]].mul(joined["share"], axis=0)
    summed = joined.groupby(["area", "date", "analyte"], sort=True, as_index=False)[["low", "high", "share"]].sum()
    summed[["low", "high"]] = summed[["low", "high"]].div(summed["share"], axis=0)
    return summed
