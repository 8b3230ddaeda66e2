"""Surface water, sludge and manholes: what is there, where more of it is, and in which company; never how many people.

Two things people confuse: wastewater at a plant's inlet, behind which stand people and a flow, and everything else that was
sampled out of doors. A river has no inhabitants, so that no load per head is made of it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from labkit.models.association import kendall_tau
from labkit.models.inputs import BadInput, NotEstimable

COLUMNS = ("medium", "analyte", "site", "n", "n_found", "share_low", "share_high", "unit")


def presence(samples: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return how often each analyte was found at each site, with Clopper-Pearson's interval of the share.

    Parameters
    ----------
    samples : DataFrame
        `site`, `medium`, `analyte`, `low`, `high`, `censored`, as the door of environment files gives them.
    level : float
        Probability of the interval.

    Raises
    ------
    BadInput
        A column per head or per day: nothing of that kind is made of these samples.

    Examples
    --------
    >>> rows = pd.DataFrame({"site": ["R1"] * 3, "medium": "surface water", "analyte": "ketamine", "low": [0, 2.0, 0],
    ...                      "high": [1, 2.0, 1], "censored": ["below", "exact", "below"], "unit": "ng/L"})
    >>> presence(rows)[["n", "n_found"]].values.tolist()
    [[3, 1]]
    """
    per_head = [name for name in samples if "1000inh" in name or name in ("population", "flow_m3_day")]
    if per_head:
        raise BadInput("samples", ", ".join(per_head), "samples without people or flow: these media have neither")
    tail, rows = (1 - level) / 2, []
    for (medium, analyte, site), part in samples.groupby(["medium", "analyte", "site"], sort=False):
        n, found = len(part), int((part["censored"] != "below").sum())
        low = stats.beta.ppf(tail, found, n - found + 1) if found else 0.0
        high = stats.beta.ppf(1 - tail, found + 1, n - found) if found < n else 1.0
        rows.append((medium, analyte, site, n, found, float(low), float(high), part["unit"].iloc[0] if "unit" in part else ""))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def rank(samples: pd.DataFrame) -> pd.DataFrame:
    """Return the places that each site may hold for an analyte and medium: 1 is the highest, values below limits as intervals.

    A site is surely above another where its lowest possible geometric mean is above the other's highest.

    >>> ends = {"low": [5.0, 0, 1.0], "high": [5.0, 3.0, 1.0]}
    >>> rows = pd.DataFrame({"site": ["A", "B", "C"], "medium": "sludge", "analyte": "MDMA", **ends})
    >>> rank(rows)[["site", "place_low", "place_high"]].values.tolist()
    [['A', 1, 1], ['B', 2, 3], ['C', 2, 3]]
    """
    rows = []
    for (medium, analyte), part in samples.groupby(["medium", "analyte"], sort=False):
        with np.errstate(divide="ignore"):
            ends = part.assign(low=np.log(part["low"]), high=np.log(part["high"]))
            low, high = (ends.groupby("site", sort=False)[name].mean() for name in ("low", "high"))
        for site in low.index:
            above, below = int((low > high[site]).sum()), int((high < low[site]).sum())
            rows.append((medium, analyte, site, 1 + above, len(low) - below))
    return pd.DataFrame(rows, columns=["medium", "analyte", "site", "place_low", "place_high"])


def agreement(samples: pd.DataFrame, one: str, other: str) -> float:
    """Return tau-b of two analytes over samples in which both were looked for: whether they come together.

    Raises
    ------
    NotEstimable
        Fewer than six such samples.
    """
    key = ["site", "medium", "date"]
    both = samples[samples["analyte"] == one].merge(samples[samples["analyte"] == other], on=key, suffixes=("_x", "_y"))
    if len(both) < 6:
        raise NotEstimable("an association", f"{len(both)} samples with both", "six or more")
    return kendall_tau(x_low=both["low_x"], x_high=both["high_x"], y_low=both["low_y"], y_high=both["high_y"]).tau_b
