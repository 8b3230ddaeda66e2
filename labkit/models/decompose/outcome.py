"""A series taken apart: components that sum to the observation on a named scale, and how much data they stand on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.models.inputs import BadInput, Flags, Floats

SCALES = ("identity", "log")


@dataclass(frozen=True)
class Decomposition:
    """Trend, seasonal components and remainder; the remainder is NaN just where the observation is a gap."""

    observed: Floats  # on `scale`
    trend: Floats
    seasonals: tuple[Floats, ...]  # one for each of `periods`
    periods: tuple[int, ...]
    weights: Floats  # robustness, 0 (an outlier, not counted) to 1
    censored: Flags
    scale: str
    method: str
    spans: tuple[int, ...] = ()  # of the smoothers for seasons, trend and low-pass

    @property
    def seasonal(self) -> Floats:
        """All seasonal components together."""
        return np.sum(self.seasonals, axis=0)

    @property
    def remainder(self) -> Floats:
        """What is left of each observation on `scale`."""
        return self.observed - self.trend - self.seasonal

    @property
    def n(self) -> int:
        """Observations, gaps not counted."""
        return int((~np.isnan(self.observed)).sum())

    @property
    def n_missing(self) -> int:
        """Places of the grid without an observation."""
        return int(np.isnan(self.observed).sum())

    @property
    def n_censored(self) -> int:
        """Observations that stand at their limit, the highest they can be."""
        return int(self.censored.sum())

    @property
    def median_trend(self) -> Floats:
        """The trend in the unit of the data: under a log scale the *median*, which lies below the mean."""
        return np.exp(self.trend) if self.scale == "log" else self.trend

    def __str__(self) -> str:
        """Return one line: method, scale and how much data it stands on."""
        periods = ", ".join(map(str, self.periods))
        return (
            f"{self.method}, period {periods}, {self.scale} scale: n = {self.n}, {self.n_missing} gaps, "
            f"{self.n_censored} censored (at their limit)"
        )


def check_scale(scale: str) -> str:
    """Return a known scale."""
    if scale not in SCALES:
        raise BadInput("scale", repr(scale), " or ".join(SCALES))
    return scale
