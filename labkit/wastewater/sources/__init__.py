"""Markers that more than one substance makes: shares with priors instead of one fixed factor, and the ratios that tell."""

from labkit.wastewater.sources.factorise import Factorised, factorise_panel
from labkit.wastewater.sources.mixing import Mixture, Source, apportion, implied_share
from labkit.wastewater.sources.ratios import RatioRule, flag_ratios, flag_spikes

__all__ = [
    "Factorised",
    "Mixture",
    "RatioRule",
    "Source",
    "apportion",
    "factorise_panel",
    "flag_ratios",
    "flag_spikes",
    "implied_share",
]
