"""What a detector says: expected count, limit and alarm at each place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.inputs import BadInput, Flags, Floats, check_enough, to_floats


@dataclass(frozen=True)
class Alarms:
    """Expected count, limit and alarm at each place; NaN and no alarm where the baseline is not whole."""

    counts: Floats
    expected: Floats
    upper: Floats
    alarm: Flags
    alpha: float
    method: str
    n_censored: int = 0

    @property
    def n(self) -> int:
        """Places that were tested."""
        return int((~np.isnan(self.upper)).sum())

    @property
    def level(self) -> float:
        """One minus the level of one test."""
        return 1 - self.alpha

    def __str__(self) -> str:
        """Return one line."""
        places = np.flatnonzero(self.alarm)
        told = ", ".join(map(str, places[-5:])) or "none"
        return f"{places.size} alarms in {self.n} tests at alpha {self.alpha:g} ({self.method}); last at places: {told}"


def to_counts(counts: ArrayLike, fewest: int, argument: str = "counts") -> Floats:
    """Return whole counts, zero or more."""
    y = to_floats(argument, counts)
    check_enough(argument, y.size, fewest, "a baseline and one place to test")
    if (y < 0).any() or (y != np.round(y)).any():
        raise BadInput(argument, "a negative or broken number", "whole numbers, zero or more")
    return y


def check_alpha(alpha: float) -> float:
    """Return the level of one test, between 0 and one half."""
    if not 0 < alpha < 0.5:
        raise BadInput("alpha", f"{alpha}", "between 0 and 0.5")
    return float(alpha)
