"""Monotone trends on real time stamps, by ranks."""

from labkit.models.trend.mann_kendall import mann_kendall
from labkit.models.trend.outcome import Trend
from labkit.models.trend.seasonal import kendall_many, regional_kendall, seasonal_kendall

__all__ = ["Trend", "kendall_many", "mann_kendall", "regional_kendall", "seasonal_kendall"]
