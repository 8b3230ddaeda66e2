"""Draw a result and return a figure with its number, caption and alternative text.

Two things people confuse: a *caption* says what is drawn and with what n; the *alternative text* says what is seen, for
those who cannot see it. Censored values are always visible, as open markers at their limit.
"""

from labkit.figures.assumptions import plot_assumptions
from labkit.figures.change import plot_change_of_sites, plot_ranking
from labkit.figures.comparison import plot_comparison
from labkit.figures.consumption import plot_consumption
from labkit.figures.decomposition import plot_decomposition
from labkit.figures.design import plot_designs
from labkit.figures.effect import plot_effects, plot_gap
from labkit.figures.figure import Figure
from labkit.figures.load import plot_load
from labkit.figures.matrices import plot_agreement, plot_associations, plot_lags, plot_windows
from labkit.figures.official import plot_changes, plot_trend, plot_week
from labkit.figures.prevalence import plot_multiverse, plot_prevalence
from labkit.figures.quality import plot_control_charts, plot_limits_over_time
from labkit.figures.watch import plot_alert, plot_watch

__all__ = [
    "Figure",
    "plot_agreement",
    "plot_alert",
    "plot_associations",
    "plot_assumptions",
    "plot_change_of_sites",
    "plot_changes",
    "plot_comparison",
    "plot_consumption",
    "plot_control_charts",
    "plot_decomposition",
    "plot_designs",
    "plot_effects",
    "plot_gap",
    "plot_lags",
    "plot_limits_over_time",
    "plot_load",
    "plot_multiverse",
    "plot_prevalence",
    "plot_ranking",
    "plot_trend",
    "plot_watch",
    "plot_week",
    "plot_windows",
]
