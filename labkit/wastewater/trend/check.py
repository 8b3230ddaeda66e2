"""Would the change have been found? The estimated ratio held against the one that really happened, where it is known.

Two things people confuse: the truth of the sampled days (known in a simulated city) and the truth of all days; the first is
used, averaged on the log scale, and its own sampling is part of what the interval has to hold.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from labkit.wastewater.trend.decomposition import TakenApart

COLUMNS = ("site", "analyte", "ratio", "low", "high", "reference_ratio", "inside")


def change_against_truth(loads: pd.DataFrame, parts: Sequence[TakenApart], change: pd.DataFrame) -> pd.DataFrame:
    """Return one row a series with a reference: the ratio, its interval, and the reference's own ratio of the two stretches.

    Parameters
    ----------
    loads : DataFrame
        With `reference_mg_day_1000inh`, the truth of each sampled day; without that column nothing is compared.
    parts, change
        Of `take_apart` and `change_table`.

    Returns
    -------
    DataFrame
        The columns of the table `change_check`.
    """
    rows = []
    if "reference_mg_day_1000inh" in loads and loads["reference_mg_day_1000inh"].notna().any():
        truth = {key: part for key, part in loads.groupby(["site", "analyte"], sort=False)}
        told = {(row.site, row.analyte): row for row in change.itertuples()}
        for part in parts:
            row = told[part.series.site, part.series.analyte]
            if part.window is None or np.isnan(row.ratio):
                continue
            known = truth[part.series.site, part.series.analyte].sort_values("date", kind="stable")
            reference = np.log(known["reference_mg_day_1000inh"].to_numpy(float))
            means = [
                reference[(part.series.weeks > start - 1e-9) & (part.series.weeks <= stop + 1e-9)].mean()
                for start, stop in (part.window.earlier, part.window.later)
            ]
            ratio = float(np.exp(means[1] - means[0]))
            rows.append(
                {
                    **{name: getattr(row, name) for name in ("site", "analyte", "ratio", "low", "high")},
                    "reference_ratio": ratio,
                    "inside": "yes" if row.low <= ratio <= row.high else "no",
                }
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))
