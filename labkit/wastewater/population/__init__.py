"""How many people are behind a sampling point: one estimate a marker, and all together with a bias for each."""

from labkit.wastewater.population.combine import CombinedPopulation, Marker, combine_markers
from labkit.wastewater.population.markers import cotinine_population, load_per_1000_by_cotinine, nitrogen_population

__all__ = [
    "CombinedPopulation",
    "Marker",
    "combine_markers",
    "cotinine_population",
    "load_per_1000_by_cotinine",
    "nitrogen_population",
]
