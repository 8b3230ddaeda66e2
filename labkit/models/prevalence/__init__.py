"""Shares of people from tests, and numbers of people from lists."""

from labkit.models.prevalence.capture import Population, chao, chapman, zelterman, zero_truncated_poisson
from labkit.models.prevalence.proportion import Proportion, estimate_proportion
from labkit.models.prevalence.roc import RocArea, roc_area
from labkit.models.prevalence.rogan_gladen import TruePrevalence, bayesian_prevalence, rogan_gladen

__all__ = [
    "Population",
    "Proportion",
    "RocArea",
    "TruePrevalence",
    "bayesian_prevalence",
    "chao",
    "chapman",
    "estimate_proportion",
    "roc_area",
    "rogan_gladen",
    "zelterman",
    "zero_truncated_poisson",
]
