"""First detections: what was found for the first time, and what nothing found can rule out, under limits that change.

Two things people confuse: "not found" and "not there". Samples whose limit lies above what would matter say nothing about it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from labkit.vocabulary import Censored
from labkit.wastewater.hotspots.nested import positive_share_bound

COLUMNS = ("analyte", "site", "n", "n_found", "first_found", "n_sensitive", "share_upper")


def presence_table(loads: pd.DataFrame, *, matters_mg_day_1000inh: float | None = None, level: float = 0.95) -> pd.DataFrame:
    """Return one row an analyte and site: when it was first found, or how common it can still be where it was not.

    Parameters
    ----------
    loads : DataFrame
        `site`, `date`, `analyte`, `censored`, `high` (the limit where nothing was found).
    matters_mg_day_1000inh : float, optional
        The load that would matter: samples with a higher limit are not counted as having looked. Without it all samples
        count, each for its own limit.
    level : float
        Of the bound.

    Returns
    -------
    DataFrame
        `share_upper` is the bound of the share of days on which it was there above the limits looked with; missing where
        found, and where no sample could have seen it.
    """
    rows = []
    for (analyte, site), part in loads.groupby(["analyte", "site"], sort=False):
        found = part[part["censored"] != Censored.BELOW]
        blind = 0 if matters_mg_day_1000inh is None else int((part["high"] > matters_mg_day_1000inh).sum())
        sensitive = len(part) - blind
        rows.append(
            {
                "analyte": analyte,
                "site": site,
                "n": len(part),
                "n_found": len(found),
                "first_found": found["date"].min() if len(found) else "",
                "n_sensitive": sensitive,
                "share_upper": positive_share_bound(sensitive, level) if not len(found) and sensitive else np.nan,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
