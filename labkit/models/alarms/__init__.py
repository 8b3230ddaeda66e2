"""Counts, shares and residuals against what was to be expected."""

from labkit.models.alarms.budget import alpha_for_budget
from labkit.models.alarms.cusum import cusum
from labkit.models.alarms.ears import ears
from labkit.models.alarms.expectation import Expectation, seasonal_expectation
from labkit.models.alarms.farrington import FarringtonAlarms, farrington
from labkit.models.alarms.glr import RatioAlarms, glr
from labkit.models.alarms.outcome import Alarms
from labkit.models.alarms.positives import positives
from labkit.models.alarms.recent import bayes
from labkit.models.alarms.residuals import ResidualChart, cusum_of_residuals, ewma
from labkit.models.alarms.retrospective import Discoveries, false_discovery_rate
from labkit.models.alarms.run_length import reference_value, run_length_cusum, run_length_ewma, run_length_poisson

__all__ = [
    "Alarms",
    "Discoveries",
    "Expectation",
    "FarringtonAlarms",
    "RatioAlarms",
    "ResidualChart",
    "alpha_for_budget",
    "bayes",
    "cusum",
    "cusum_of_residuals",
    "ears",
    "ewma",
    "false_discovery_rate",
    "farrington",
    "glr",
    "positives",
    "reference_value",
    "run_length_cusum",
    "run_length_ewma",
    "run_length_poisson",
    "seasonal_expectation",
]
