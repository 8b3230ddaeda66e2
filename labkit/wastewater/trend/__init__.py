"""Is it rising, where, and how sure: series taken apart, changes with their intervals, ranks with their probabilities."""

from labkit.wastewater.trend.change import change_table
from labkit.wastewater.trend.check import change_against_truth
from labkit.wastewater.trend.dates import change_dates
from labkit.wastewater.trend.decomposition import TakenApart, component_table, take_apart, trend_table
from labkit.wastewater.trend.kendall import kendall_table
from labkit.wastewater.trend.pooled import pooled_change
from labkit.wastewater.trend.ranking import rank_table
from labkit.wastewater.trend.series import Series, to_series
from labkit.wastewater.trend.study import TrendStudy, study_trend

__all__ = [
    "Series",
    "TakenApart",
    "TrendStudy",
    "change_against_truth",
    "change_dates",
    "change_table",
    "component_table",
    "kendall_table",
    "pooled_change",
    "rank_table",
    "study_trend",
    "take_apart",
    "to_series",
    "trend_table",
]
