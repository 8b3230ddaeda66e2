"""What a site used over the sampled days: a mean between two bounds, and the interval around them.

Two things people confuse: the *bounds* of a mean (every censored value at its lowest, every one at its limit) assume
nothing; an estimate inside them needs a distribution. Only the bounds are given here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from labkit.units import LOAD_PER_1000
from labkit.vocabulary import Censored
from labkit.wastewater.consumption import interval_of_factor

ALL_SITES = "all sites, by population"


def summarise(
    bounded: pd.DataFrame, errors: Mapping[str, float], level: float = 0.95, jurisdiction: str | None = ""
) -> pd.DataFrame:
    """Return one row a site and analyte, and one for all sites weighted by population where that is known.

    The mean is over the sampled days alone and says nothing of the days between. `low` and `high` stretch the bounds of
    the mean by the declared errors (see `interval_of_factor`). For all sites together the errors are taken as shared by every
    site, as those of excretion are and those of each site's own meter and count are not: the widest reading.

    Parameters
    ----------
    bounded : DataFrame
        From `with_doses`: `low` and `high` hold the bounds of each value, not yet its interval.
    errors, level, jurisdiction
        As in `with_interval`.

    Returns
    -------
    DataFrame
        The columns of the table `summary`.
    """
    used = bounded["consumption_mg_day_1000inh"].notna()
    rows = bounded.assign(
        quantity=np.where(used, "consumption", "load"),
        low=bounded["low"].where(used, bounded["load_low"]),
        high=bounded["high"].where(used, bounded["load_high"]),
    )
    lines = []
    for (analyte, _), group in rows.groupby(["analyte", "quantity"], sort=False):
        sites = [_line(site, part, errors, level, jurisdiction) for site, part in group.groupby("site", sort=False)]
        lines += sites
        if "population" in group and group["population"].notna().all() and len(sites) > 1:
            people = group.groupby("site", sort=False)["population"].mean().to_numpy()
            lines.append(_weighted(str(analyte), sites, people))
    frame = pd.DataFrame(lines)
    frame["unit"] = LOAD_PER_1000
    return frame


def _line(site: Any, part: pd.DataFrame, errors: Mapping[str, float], level: float, jurisdiction: str | None) -> dict[str, Any]:
    first = part.iloc[0]
    means = float(part["low"].mean()), float(part["high"].mean())
    consumed = first["quantity"] == "consumption"
    ends = interval_of_factor(first["analyte"], first["drug"], errors, level, jurisdiction if consumed else None, n=len(part))
    known = ends[0] < ends[1] or means[0] < means[1]
    return {
        "site": site,
        "analyte": first["analyte"],
        "drug": first["drug"],
        "quantity": first["quantity"],
        "n": len(part),
        "n_censored": int((part["censored"] != Censored.EXACT).sum()),
        "mean_low_mg_day_1000inh": means[0],
        "mean_high_mg_day_1000inh": means[1],
        "low": means[0] * ends[0] if known else np.nan,
        "high": means[1] * ends[1] if known else np.nan,
        "doses_low_day_1000inh": means[0] / first["dose_mg"] if consumed else np.nan,
        "doses_high_day_1000inh": means[1] / first["dose_mg"] if consumed else np.nan,
        "source_status": first["source_status"],
    }


def _weighted(analyte: str, sites: list[dict[str, Any]], people: np.ndarray) -> dict[str, Any]:
    """Weight each site's mean by its people; the interval takes the sites' errors as shared by all of them."""
    weights = people / people.sum()
    line = dict(sites[0], site=ALL_SITES, n=sum(one["n"] for one in sites), n_censored=sum(one["n_censored"] for one in sites))
    for name in [key for key in line if key.endswith("_1000inh")] + ["low", "high"]:
        line[name] = float(np.dot(weights, [one[name] for one in sites]))
    return line
