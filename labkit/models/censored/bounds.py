"""What can be said of a mean when nothing is assumed about the values below their limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.inputs import BadInput, check_enough, to_flags, to_floats


@dataclass(frozen=True)
class Bounds:
    """The lowest and the highest the sample mean can be, and the share of detects."""

    low: float
    high: float
    detected: float
    n: int
    n_censored: int
    method: str = "bounds, nothing assumed"
    level: float | None = None  # not an interval: it holds the sample mean for certain, and says nothing of sampling

    def __str__(self) -> str:
        """Return one line."""
        return f"between {self.low:.4g} and {self.high:.4g}, {self.detected:.0%} above limits, n = {self.n} ({self.method})"


def bound_mean(values: ArrayLike, censored: ArrayLike | None = None, *, lowest: float = 0.0) -> Bounds:
    """Return the sample mean with every censored value at `lowest`, and with every one at its limit.

    Works at any share of censoring, all of them included. The true sample mean lies between the two for certain.

    Raises
    ------
    BadInput
        Lengths differ, missing or infinite values, none at all, a limit below `lowest`.

    Examples
    --------
    >>> print(bound_mean([1, 1, 4], [True, True, False]))
    between 1.333 and 2, 33% above limits, n = 3 (bounds, nothing assumed)
    """
    x = to_floats("values", values)
    check_enough("values", x.size, 1, "a mean")
    flags = to_flags("censored", censored, x.size)
    if (x[flags] < lowest).any():
        raise BadInput("lowest", f"{lowest}", "at or below every limit")
    bottom = float(np.where(flags, lowest, x).mean())
    return Bounds(bottom, float(x.mean()), float((~flags).mean()), x.size, int(flags.sum()))
