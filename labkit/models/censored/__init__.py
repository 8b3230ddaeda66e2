"""Summaries of values of which some are only known to lie below a limit."""

from labkit.models.censored.bounds import Bounds, bound_mean
from labkit.models.censored.kaplan_meier import KaplanMeier, fit_kaplan_meier
from labkit.models.censored.parametric import FittedSample, fit_lognormal, fit_normal
from labkit.models.censored.ros import RosFit, fit_ros

__all__ = [
    "Bounds",
    "FittedSample",
    "KaplanMeier",
    "RosFit",
    "bound_mean",
    "fit_kaplan_meier",
    "fit_lognormal",
    "fit_normal",
    "fit_ros",
]
