"""Kendall's score of two censored variables, from the compiled counts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labkit.models.association.order import Integers, Side
from labkit.models.inputs import Floats


class ScoreCounter:
    """Counts the score of one x against many y: the ranks of x are made once."""

    def __init__(self, x: Side) -> None:
        from labkit.models.association.dominance_kernel import concordance  # compiled: loaded when first asked

        self._count: Callable[..., tuple[int, int]] = concordance
        self.low, self.high = x.keys()
        self._size = int(self.high.max(initial=0)) + 1
        self._same = bool((self.low == self.high).all())

    def count(self, low: Floats, high: Floats) -> tuple[int, int]:
        """Return the concordant and the discordant pairs of x with the intervals low..high (equal where known)."""
        unknown = low != high
        by_high = np.argsort(high)
        if np.isneginf(low[unknown]).all():  # left-censored: only known values have a lower end, in the same order
            by_low: Integers = by_high[~unknown[by_high]]
        else:
            by_low = np.argsort(low)
            by_low = by_low[np.isfinite(low[by_low])]
        found = self._count(by_low, by_high, low, high, unknown, self.low, self.high, self._size, self._same)
        return int(found[0]), int(found[1])

    def score(self, low: Floats, high: Floats) -> int:
        """Return concordant minus discordant pairs."""
        concordant, discordant = self.count(low, high)
        return concordant - discordant
