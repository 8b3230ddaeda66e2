"""Concentration to load to load per 1,000 people; the interval of a censored value is scaled with it."""

from __future__ import annotations

import pandas as pd

from labkit.units import daily_load, per_1000


def with_daily_load(samples: pd.DataFrame) -> pd.DataFrame:
    """Return the samples with `load_mg_day = concentration_ng_L · flow_m3_day / 1000`.

    `low` and `high`, the interval the value lies in, become those of the load. A study that enters the chain later
    passes through unchanged.

    Parameters
    ----------
    samples : DataFrame
        `concentration_ng_L` (ng/L; the limit where `censored` is not exact), `flow_m3_day` (m3/day), `low`, `high` (ng/L).

    Returns
    -------
    DataFrame
        A copy with `load_mg_day` (mg/day), and `low`, `high` in mg/day.

    Examples
    --------
    >>> one = pd.DataFrame({"concentration_ng_L": [250.0], "flow_m3_day": [200_000.0], "low": [250.0], "high": [250.0]})
    >>> float(with_daily_load(one)["load_mg_day"].iloc[0])
    50000.0
    """
    if "concentration_ng_L" not in samples:
        return samples.copy()
    flow = samples["flow_m3_day"]
    return samples.assign(
        load_mg_day=daily_load(samples["concentration_ng_L"], flow),
        low=daily_load(samples["low"], flow),
        high=daily_load(samples["high"], flow),
    )


def with_load_per_1000(samples: pd.DataFrame) -> pd.DataFrame:
    """Return the samples with `load_mg_day_1000inh = load_mg_day / (population / 1000)`.

    `low` and `high` become those of the load per 1,000. A study that enters the chain later passes through unchanged.

    Parameters
    ----------
    samples : DataFrame
        `load_mg_day` (mg/day), `population` (people), `low`, `high` (mg/day).

    Returns
    -------
    DataFrame
        A copy with `load_mg_day_1000inh` (mg/day/1000inh), and `low`, `high` in the same unit.
    """
    if "load_mg_day" not in samples:
        return samples.copy()
    people = samples["population"]
    return samples.assign(
        load_mg_day_1000inh=per_1000(samples["load_mg_day"], people),
        low=per_1000(samples["low"], people),
        high=per_1000(samples["high"], people),
    )
