"""The whole of the notebook `trend`: every series taken apart, and the tables that come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from labkit.wastewater.trend.change import change_table
from labkit.wastewater.trend.check import change_against_truth
from labkit.wastewater.trend.dates import change_dates
from labkit.wastewater.trend.decomposition import TakenApart, component_table, take_apart, trend_table
from labkit.wastewater.trend.kendall import kendall_table
from labkit.wastewater.trend.pooled import pooled_change
from labkit.wastewater.trend.ranking import rank_table
from labkit.wastewater.trend.series import to_series


@dataclass(frozen=True)
class TrendStudy:
    """Tables of one study, each with the columns that labkit/tables promises."""

    parts: tuple[TakenApart, ...]
    trend: pd.DataFrame
    components: pd.DataFrame
    change: pd.DataFrame
    pooled: pd.DataFrame
    ranking: pd.DataFrame
    kendall: pd.DataFrame
    check: pd.DataFrame
    dates: pd.DataFrame


def study_trend(
    loads: pd.DataFrame,
    *,
    policy_change: float = 0.25,
    errors: Mapping[str, float] | None = None,
    level: float = 0.95,
    holidays: Sequence[str] = (),
) -> TrendStudy:
    """Take every series of a study apart.

    Parameters
    ----------
    loads : DataFrame
        Loads per 1,000, from `with_load_per_1000`; values below limits with their interval in `low` and `high`.
    policy_change : float
        The change that would matter.
    errors : mapping of str to float
        Declared relative errors, for the comparison between sites.
    level : float
        Probability of every interval.
    holidays : sequence of str
        Days that are holidays.
    """
    series = list(to_series(loads))
    parts = tuple(take_apart(one, level=level, holidays=holidays) for one in series)
    change = change_table(parts, policy_change, level)
    return TrendStudy(
        parts,
        trend_table(parts),
        component_table(parts),
        change,
        pooled_change(change, policy_change, level),
        rank_table(parts, errors, level),
        kendall_table(series, level),
        change_against_truth(loads, parts, change),
        change_dates(parts, level),
    )
