"""A series taken apart into trend, seasons and remainder, gaps left as gaps."""

from labkit.models.decompose.bands import TrendBand, trend_band
from labkit.models.decompose.classical import decompose_classically
from labkit.models.decompose.grid import Grid, to_grid
from labkit.models.decompose.mstl import mstl
from labkit.models.decompose.outcome import Decomposition
from labkit.models.decompose.stl import stl, stl_trends

__all__ = [
    "Decomposition",
    "Grid",
    "TrendBand",
    "decompose_classically",
    "mstl",
    "stl",
    "stl_trends",
    "to_grid",
    "trend_band",
]
