"""Since when? For each series the dates of one change of level that the data do not rule out, freed of season and weekday.

Two things people confuse: a series that drifts and one that changed on a day. The set answers for one step; a drift gives a
long set, or one that keeps "no change".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from labkit.models.changes import change_date_set
from labkit.models.inputs import BadInput
from labkit.wastewater.trend.decomposition import TakenApart

MOST_CENSORED = 0.2
COLUMNS = ("site", "analyte", "weeks", "no_change", "best", "first", "last", "ratio", "p_no_change", "reason")


def change_dates(parts: Sequence[TakenApart], level: float = 0.95) -> pd.DataFrame:
    """Return one row a series: the set of weeks in which its level may have changed, and whether "no change" is ruled out.

    Weekly means of exact results, freed of the fitted season and weekdays, go through `change_date_set` with the correlation of
    neighbouring weeks estimated. Series with more than a fifth of their results below a limit are refused: a week that is known
    only from above has no place in a test of levels.

    Returns
    -------
    DataFrame
        The columns of the table `change_dates`; `no_change` is "ruled out", "possible" or "not estimable" with a `reason`.
    """
    return pd.DataFrame([_row(part, level) for part in parts], columns=list(COLUMNS))


def _row(part: TakenApart, level: float) -> dict[str, Any]:
    series = part.series
    row: dict[str, Any] = dict.fromkeys(COLUMNS, np.nan)
    row |= {"site": series.site, "analyte": series.analyte, "best": "", "first": "", "last": "", "reason": part.refused}
    row["no_change"] = "not estimable"
    if part.fit is None:
        return row
    if series.n_censored > MOST_CENSORED * series.n:
        return row | {"reason": f"{series.n_censored} of {series.n} results lie below a limit"}
    rest = part.fit.observation - sum(
        (one.mean for name, one in part.fit.components.items() if name not in ("trend", "remainder")),
        np.zeros(part.fit.observation.size),
    )
    exact = part.fit.kind == 1
    weeks = np.floor(part.fit.times[exact]).astype(int)
    numbers, place = np.unique(weeks, return_inverse=True)
    means = np.bincount(place, rest[exact]) / np.bincount(place)
    row["weeks"] = numbers.size
    try:
        found = change_date_set(means, level=level, correlation="estimate", draws=299)
    except BadInput as reason:
        return row | {"reason": str(reason)}
    start = part.days[0] - np.round(part.fit.times[0] * 7).astype("timedelta64[D]")
    dates = (start + (numbers * 7).astype("timedelta64[D]")).astype(str)
    row |= {"best": dates[found.best], "ratio": float(np.exp(found.step)), "p_no_change": found.p_no_change, "reason": ""}
    if found.places:
        row |= {"first": dates[found.places[0]], "last": dates[found.places[-1]]}
    return row | {"no_change": "possible" if found.no_change else "ruled out"}
