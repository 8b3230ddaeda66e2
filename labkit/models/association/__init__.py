"""How two variables go together, either or both censored: Kendall's tau, the censored line, correlations with intervals."""

from labkit.models.association.bivariate import BivariateFit, fit_bivariate_lognormal, fit_bivariate_normal
from labkit.models.association.bootstrap import BootstrapSummary, bootstrap_correlation
from labkit.models.association.correlation import Correlation, pearson_correlation, spearman_correlation
from labkit.models.association.intervals import bonett_wright_interval, fieller_interval, fisher_interval
from labkit.models.association.kendall import KendallTau, kendall_interval, kendall_tau
from labkit.models.association.line import CensoredLine, akritas_theil_sen
from labkit.models.association.partial import partial_correlation

__all__ = [
    "BivariateFit",
    "BootstrapSummary",
    "CensoredLine",
    "Correlation",
    "KendallTau",
    "akritas_theil_sen",
    "bonett_wright_interval",
    "bootstrap_correlation",
    "fieller_interval",
    "fisher_interval",
    "fit_bivariate_lognormal",
    "fit_bivariate_normal",
    "kendall_interval",
    "kendall_tau",
    "partial_correlation",
    "pearson_correlation",
    "spearman_correlation",
]
