"""Where a score that falls with the slope passes a level: bracketed search in few counts, ended on a slope of two points.

The score is a step function that jumps only at slopes of pairs of points, so that an end found to rounding is one of those
slopes, and is returned as such.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from labkit.models.inputs import Flags, Floats

EPS = float(np.finfo(float).eps)
NEIGHBOURS = 6  # places apart in the order of residuals at which the two points of a jump are looked for


@dataclass
class FallingScore:
    """A score that never rises with the slope, each slope counted once; `scale` a usual slope, `furthest` beyond all jumps."""

    count: Callable[[float], int]
    scale: float
    furthest: float
    seen: dict[float, int] = field(default_factory=dict)

    def at(self, slope: float) -> int:
        """Return the score at a slope."""
        if slope not in self.seen:
            self.seen[slope] = self.count(slope)
        return self.seen[slope]

    def passes(self, level: float, or_equal: bool) -> tuple[float, float]:
        """Return two neighbouring slopes: the last with a score above `level` (or equal to it), the first without.

        Infinite ends tell that no slope has such a score, or that every slope has.
        """
        low, high = -math.inf, math.inf
        for slope, score in self.seen.items():
            if score > level or (or_equal and score == level):
                low = max(low, slope)
            else:
                high = min(high, slope)
        low, high = self._bracket(level, or_equal, low, high)
        turn, weight_low, weight_high = 0, 1.0, 1.0
        aim = level - 0.5 if or_equal else level + 0.5
        while math.isfinite(high - low) and high - low > 2 * EPS * max(abs(low), abs(high)) + EPS * self.scale:
            turn += 1
            above, below = (self.at(low) - aim) * weight_low, (aim - self.at(high)) * weight_high
            middle = low + (high - low) * above / (above + below)
            if turn % 3 == 0 or self.at(low) - self.at(high) <= 4 or not low < middle < high:
                middle = low + (high - low) / 2
            if not low < middle < high:
                break
            score = self.at(middle)
            if score > level or (or_equal and score == level):
                low, weight_low, weight_high = middle, 1.0, weight_high / 2
            else:
                high, weight_low, weight_high = middle, weight_low / 2, 1.0
        return low, high

    def _bracket(self, level: float, or_equal: bool, low: float, high: float) -> tuple[float, float]:
        reach = self.scale / 8
        start = high if math.isfinite(high) else low if math.isfinite(low) else 0.0
        while not (math.isfinite(low) and math.isfinite(high)):
            slope = start - reach if not math.isfinite(low) else start + reach
            score = self.at(slope)
            if score > level or (or_equal and score == level):
                low = max(low, slope)
            else:
                high = min(high, slope)
            if abs(slope) > self.furthest and not (math.isfinite(low) and math.isfinite(high)):
                break
            reach *= 8
        return low, high


def slope_of_pair(near: tuple[float, float], x: Floats, y: Floats, unknown: Flags) -> float:
    """Return the slope of the two points whose residuals cross between two neighbouring slopes, else their middle.

    Two points that cross have equal residuals there, so they stand side by side in the order of residuals; two unknown values
    make no jump.
    """
    if not (math.isfinite(near[0]) and math.isfinite(near[1])):
        return near[0] if math.isinf(near[0]) else near[1]
    slope = near[0] + (near[1] - near[0]) / 2
    middle = float(np.median(x))
    order = np.argsort(y - slope * (x - middle))
    at, value, open_ = x[order], y[order], unknown[order]
    size = np.abs(value) + abs(slope) * np.abs(at - middle)
    best, best_away = slope, math.inf
    for k in range(1, min(NEIGHBOURS, x.size - 1) + 1):
        run = at[k:] - at[:-k]
        rows = np.flatnonzero((run != 0) & ~(open_[k:] & open_[:-k]))
        if rows.size == 0:
            continue
        candidates = (value[rows + k] - value[rows]) / run[rows]
        away = np.abs(candidates - slope)
        allowed = (near[1] - near[0]) + 8 * EPS * (size[rows + k] + size[rows]) / np.abs(run[rows]) + 4 * EPS * abs(slope)
        away[away > allowed] = math.inf
        closest = int(np.argmin(away))
        if away[closest] < best_away:
            best, best_away = float(candidates[closest]), float(away[closest])
    return best
