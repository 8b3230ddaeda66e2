"""Regression with a censored response."""

from labkit.models.regression.outcome import Coefficient, TobitFit
from labkit.models.regression.tobit import fit_tobit

__all__ = ["Coefficient", "TobitFit", "fit_tobit"]
