"""The loops of STL, compiled: loess over the observed positions alone, so that a gap is a gap and no number stands in it.

Two things people confuse: the position of a value (its place on the grid, gaps counted) and its number among the observed.
Neighbours are the nearest *observed* ones; without gaps this is exactly the published procedure.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from labkit.models.inputs import Floats

Wholes = NDArray[np.int64]


@njit(cache=True)
def _local(
    at: float, x: Floats, y: Floats, w: Floats, left: int, right: int, width: int, degree: int, span: float
) -> tuple[bool, float]:
    """Loess at one place from the observed numbers left..right; returns whether it can be had, and the value."""
    h = max(at - x[left], x[right] - at)
    n = x.size
    if width > n:
        h += (width - n) // 2
    total = 0.0
    mean = 0.0
    kernel = np.zeros(right - left + 1)
    for j in range(left, right + 1):
        r = abs(x[j] - at)
        if r <= 0.999 * h:
            k = 1.0
            if r > 0.001 * h:
                k = (1.0 - (r / h) ** 3) ** 3
            k *= w[j]
            kernel[j - left] = k
            total += k
            mean += k * x[j]
    if total <= 0.0:
        return False, 0.0
    kernel /= total
    if degree > 0 and h > 0.0:
        mean /= total
        spread = 0.0
        for j in range(left, right + 1):
            spread += kernel[j - left] * (x[j] - mean) ** 2
        if np.sqrt(spread) > 0.001 * span:
            slope = (at - mean) / spread
            for j in range(left, right + 1):
                kernel[j - left] *= slope * (x[j] - mean) + 1.0
    value = 0.0
    for j in range(left, right + 1):
        value += kernel[j - left] * y[j]
    return True, value


@njit(cache=True)
def _smooth(x: Floats, y: Floats, w: Floats, n: int, width: int, degree: int, jump: int, first: int, last: int) -> Floats:
    """Loess at the places first..last from observations at x (0..n-1), every `jump`-th place, straight lines between."""
    m = x.size
    out = np.empty(last - first + 1)
    q = min(width, m)
    left = 0
    right = q - 1
    span = n - 1.0
    previous = -1
    inside = min(max(jump, 1), n - 1) if n > 1 else 1
    places = np.empty(last - first + 1, np.int64)
    count = 0
    for place in range(first, last + 1):  # the extensions, then every jump-th, then the end
        if place < 0 or place > n - 1 or place % inside == 0 or place == n - 1:
            places[count] = place
            count += 1
    for c in range(count):
        place = places[c]
        end_of_jump = place == n - 1 and place % inside != 0
        if not end_of_jump:  # the published procedure keeps the last window for the end
            while right < m - 1 and x[right + 1] - place < place - x[left]:
                left += 1
                right += 1
        ok, value = _local(float(place), x, y, w, left, right, width, degree, span)
        if not ok:
            nearest = left
            for j in range(left, right + 1):
                if abs(x[j] - place) < abs(x[nearest] - place):
                    nearest = j
            value = y[nearest]
        out[place - first] = value
        if previous >= 0 and place - previous > 1 and place <= n - 1:
            step = (value - out[previous - first]) / (place - previous)
            for k in range(previous + 1, place):
                out[k - first] = out[previous - first] + step * (k - previous)
        previous = place
    return out


@njit(cache=True)
def _moving_mean(y: Floats, width: int) -> Floats:
    n = y.size - width + 1
    out = np.empty(n)
    total = 0.0
    for i in range(width):
        total += y[i]
    out[0] = total / width
    for i in range(1, n):
        total += y[i + width - 1] - y[i - 1]
        out[i] = total / width
    return out


@njit(cache=True)
def decompose_one(
    y: Floats, period: int, widths: Wholes, degrees: Wholes, jumps: Wholes, inner: int, outer: int
) -> tuple[Floats, Floats, Floats]:
    """Return trend, seasonal and robustness weights of one series; NaN in `y` is a gap."""
    n = y.size
    seen = np.flatnonzero(~np.isnan(y))
    x = seen.astype(np.float64)
    places = np.arange(n).astype(np.float64)
    ones = np.ones(n)
    trend = np.zeros(n)
    season = np.zeros(n)
    weights = np.ones(n)
    extended = np.empty(n + 2 * period)
    for turn in range(outer + 1):
        for _ in range(inner):
            for phase in range(period):
                length = (n - 1 - phase) // period + 1
                count = 0
                for k in range(length):
                    if not np.isnan(y[phase + k * period]):
                        count += 1
                xs = np.empty(count)
                ys = np.empty(count)
                ws = np.empty(count)
                count = 0
                for k in range(length):
                    i = phase + k * period
                    if not np.isnan(y[i]):
                        xs[count] = k
                        ys[count] = y[i] - trend[i]
                        ws[count] = weights[i]
                        count += 1
                smooth = _smooth(xs, ys, ws, length, widths[0], degrees[0], jumps[0], -1, length)
                for k in range(length + 2):
                    extended[phase + k * period] = smooth[k]
            low = _moving_mean(_moving_mean(_moving_mean(extended, period), period), 3)
            low = _smooth(places, low, ones, n, widths[2], degrees[2], jumps[2], 0, n - 1)
            for i in range(n):
                season[i] = extended[period + i] - low[i]
            rest = np.empty(seen.size)
            ws = np.empty(seen.size)
            for j in range(seen.size):
                rest[j] = y[seen[j]] - season[seen[j]]
                ws[j] = weights[seen[j]]
            trend = _smooth(x, rest, ws, n, widths[1], degrees[1], jumps[1], 0, n - 1)
        if turn == outer:
            break
        residual = np.empty(seen.size)
        for j in range(seen.size):
            residual[j] = abs(y[seen[j]] - season[seen[j]] - trend[seen[j]])
        limit = 6.0 * np.median(residual)
        for j in range(seen.size):
            r = residual[j]
            kept = 0.0
            if r <= 0.001 * limit:
                kept = 1.0
            elif r <= 0.999 * limit:
                kept = (1.0 - (r / limit) ** 2) ** 2
            weights[seen[j]] = kept
    return trend, season, weights


@njit(cache=True)
def decompose_many(
    y: Floats, period: int, widths: Wholes, degrees: Wholes, jumps: Wholes, inner: int, outer: int
) -> tuple[Floats, Floats, Floats]:
    """Return trends and seasonals of many series, one a row."""
    trends = np.empty_like(y)
    seasons = np.empty_like(y)
    weights = np.empty_like(y)
    for i in range(y.shape[0]):
        trends[i], seasons[i], weights[i] = decompose_one(y[i], period, widths, degrees, jumps, inner, outer)
    return trends, seasons, weights
