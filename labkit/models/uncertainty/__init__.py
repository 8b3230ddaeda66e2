"""Chains of uncertain factors: the right interval for each kind of statement, and where the uncertainty comes from."""

from labkit.models.uncertainty.chain import Propagated, propagate
from labkit.models.uncertainty.factors import Beta, DirichletShare, Factor, Gamma, Lognormal
from labkit.models.uncertainty.shares import VarianceShares, variance_shares

__all__ = [
    "Beta",
    "DirichletShare",
    "Factor",
    "Gamma",
    "Lognormal",
    "Propagated",
    "VarianceShares",
    "propagate",
    "variance_shares",
]
