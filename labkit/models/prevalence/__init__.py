"""Shares of people from tests, and numbers of people from lists."""

from labkit.models.prevalence.bayesian import Between, bayesian_prevalence
from labkit.models.prevalence.capture import Population, chao, chapman, zelterman, zero_truncated_poisson
from labkit.models.prevalence.closed import closed_population, count_population
from labkit.models.prevalence.closed_corrected import corrected_population
from labkit.models.prevalence.closed_fit import ClosedPopulation
from labkit.models.prevalence.closed_selection import PopulationAverage, average_population
from labkit.models.prevalence.diagnostic import DiagnosticTable, diagnostic_table
from labkit.models.prevalence.histories import ListSummary, describe_lists
from labkit.models.prevalence.latent_class import LatentClass, latent_class
from labkit.models.prevalence.multiplier import multiplier
from labkit.models.prevalence.proportion import Proportion, estimate_proportion
from labkit.models.prevalence.roc import RocArea, roc_area
from labkit.models.prevalence.rogan_gladen import TruePrevalence, rogan_gladen

__all__ = [
    "Between",
    "ClosedPopulation",
    "DiagnosticTable",
    "LatentClass",
    "ListSummary",
    "Population",
    "PopulationAverage",
    "Proportion",
    "RocArea",
    "TruePrevalence",
    "average_population",
    "bayesian_prevalence",
    "chao",
    "chapman",
    "closed_population",
    "corrected_population",
    "count_population",
    "describe_lists",
    "diagnostic_table",
    "estimate_proportion",
    "latent_class",
    "multiplier",
    "roc_area",
    "rogan_gladen",
    "zelterman",
    "zero_truncated_poisson",
]
