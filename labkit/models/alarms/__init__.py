"""Counts against what was to be expected."""

from labkit.models.alarms.cusum import cusum
from labkit.models.alarms.ears import Alarms, alpha_for_budget, ears

__all__ = ["Alarms", "alpha_for_budget", "cusum", "ears"]
