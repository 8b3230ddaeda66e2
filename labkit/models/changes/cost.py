"""What one segment costs: twice its negative log likelihood, with the term of the modified criterion where asked."""

from __future__ import annotations

import numpy as np

from labkit.models.inputs import Floats

LEAST = 1e-11  # of a variance: a segment of tied values has none


class SegmentCost:
    """Cost of ``signal[start:end]`` for `ruptures`, from running sums."""

    model = "labkit"

    def __init__(self, change: str, modified: bool) -> None:
        self.change, self.modified = change, modified
        self.min_size = 1 if change in ("mean", "rate") else 2

    def fit(self, signal: Floats) -> SegmentCost:
        """Take the series."""
        self.signal = np.asarray(signal, dtype=float).reshape(-1, 1)
        y = self.signal[:, 0]
        if self.change == "variance":
            y = y - y.mean()
        self.sums, self.squares = np.r_[0.0, np.cumsum(y)], np.r_[0.0, np.cumsum(y**2)]
        return self

    def error(self, start: int, end: int) -> float:
        """Return the cost of one segment."""
        n = end - start
        total, square = self.sums[end] - self.sums[start], self.squares[end] - self.squares[start]
        if self.change == "rate":  # Poisson; terms of the counts alone are the same for every segmentation
            cost = 2 * total * (np.log(n) - np.log(total)) if total > 0 else 0.0
        elif self.change == "mean":  # of data with unit variance
            cost = square - total**2 / n
        else:
            spread = square if self.change == "variance" else square - total**2 / n
            cost = n * (np.log(2 * np.pi) + np.log(max(spread / n, LEAST)) + 1)
        return float(cost + (np.log(n) if self.modified else 0.0))

    def sum_of_costs(self, ends: list[int]) -> float:
        """Return the cost of a whole segmentation."""
        return sum(self.error(start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True))
