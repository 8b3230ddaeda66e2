"""An interval with its probability, its method and, where it falls short of its name, what it was measured to cover.

Two things people confuse: the level an interval is named by, and the share of simulated data sets in which it held the truth.
Where the second was measured below 92 % for a named 95 % interval, the interval carries it and prints it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """Two ends, unpacked like a pair; `approximate` is the measured coverage of an interval that misses its level."""

    low: float
    high: float
    level: float
    method: str
    approximate: float | None = None

    def __iter__(self) -> Iterator[float]:
        """Give low, then high."""
        yield self.low
        yield self.high

    def __contains__(self, value: float) -> bool:
        """Tell whether a value lies inside, ends included."""
        return self.low <= value <= self.high

    def __str__(self) -> str:
        """Return one line: ends, level, method, and the measured coverage where it falls short."""
        short = f", approximate: held the truth in {self.approximate:.1%} of simulations" if self.approximate else ""
        return f"{self.low:.4g} to {self.high:.4g} ({self.level:.0%}, {self.method}{short})"
