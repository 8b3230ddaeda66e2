"""The loops of Kendall's score in time, compiled: all pairs of one series, and many series at once."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from labkit.models.inputs import Floats

Wholes = NDArray[np.int64]


@njit(cache=True)
def score_parts(low: Floats, high: Floats, times: Floats) -> tuple[int, float, int, int, Wholes]:
    """Return S, its permutation variance, comparable pairs in values and in times, and the row sums of the values' signs.

    The variance is that of any two sign matrices a, b under permutation: 4 (ΣA² - Σa²)(ΣB² - Σb²) / (n (n-1)(n-2)) +
    2 Σa² Σb² / (n (n-1)), which is the usual one with ties where nothing is censored.
    """
    n = low.size
    score = 0
    pairs_y = 0
    pairs_t = 0
    rows_y = np.zeros(n, np.int64)
    rows_t = np.zeros(n, np.int64)
    for i in range(n):
        for j in range(i + 1, n):
            a = 0
            if low[j] > high[i]:
                a = 1
            elif high[j] < low[i]:
                a = -1
            b = 0
            if times[j] > times[i]:
                b = 1
            elif times[j] < times[i]:
                b = -1
            score += a * b
            pairs_y += a * a
            pairs_t += b * b
            rows_y[j] += a
            rows_y[i] -= a
            rows_t[j] += b
            rows_t[i] -= b
    a2 = 2.0 * pairs_y
    b2 = 2.0 * pairs_t
    big_a = 0.0
    big_b = 0.0
    for i in range(n):
        big_a += float(rows_y[i]) ** 2
        big_b += float(rows_t[i]) ** 2
    variance = 0.0  # of the sum over ordered pairs, which is twice the score
    if n > 2:
        variance = 4.0 * (big_a - a2) * (big_b - b2) / (n * (n - 1.0) * (n - 2.0))
    if n > 1:
        variance += 2.0 * a2 * b2 / (n * (n - 1.0))
    variance /= 4.0
    return score, variance, pairs_y, pairs_t, rows_y


@njit(cache=True)
def slopes_of(values: Floats, times: Floats) -> Floats:
    """Return the slopes of all pairs with different times."""
    n = values.size
    out = np.empty(n * (n - 1) // 2)
    count = 0
    for i in range(n):
        for j in range(i + 1, n):
            if times[j] != times[i]:
                out[count] = (values[j] - values[i]) / (times[j] - times[i])
                count += 1
    return out[:count]


@njit(cache=True)
def covariance_of(signs_low: Floats, signs_high: Floats) -> float:
    """Return the covariance of two scores over the same places (Dietz and Killeen); NaN is a missing place."""
    n = signs_low.size
    both = 0.0
    rows_a = np.zeros(n)
    rows_b = np.zeros(n)
    for i in range(n):
        for j in range(i + 1, n):
            a = 0.0
            if signs_low[j] > signs_low[i]:
                a = 1.0
            elif signs_low[j] < signs_low[i]:
                a = -1.0
            b = 0.0
            if signs_high[j] > signs_high[i]:
                b = 1.0
            elif signs_high[j] < signs_high[i]:
                b = -1.0
            both += a * b
            rows_a[j] += a
            rows_a[i] -= a
            rows_b[j] += b
            rows_b[i] -= b
    for i in range(n):
        both += rows_a[i] * rows_b[i]
    return both / 3.0


@njit(cache=True)
def many_series(table: Floats, groups: Wholes, n_groups: int, times: Floats, with_slope: bool) -> tuple[Floats, Floats, Floats]:
    """Return scores, variances and median within-group slopes of the rows of `table`; NaN is a gap."""
    rows = table.shape[0]
    scores = np.zeros(rows)
    variances = np.zeros(rows)
    slopes = np.full(rows, np.nan)
    n = table.shape[1]
    order = np.argsort(groups, kind="mergesort")
    for r in range(rows):
        found = np.empty(n * (n - 1) // 2 if with_slope else 0)
        count = 0
        start = 0
        for g in range(n_groups):
            end = start
            while end < n and groups[order[end]] == g:
                end += 1
            kept = np.empty(end - start, np.int64)
            m = 0
            for k in range(start, end):
                if not np.isnan(table[r, order[k]]):
                    kept[m] = order[k]
                    m += 1
            start = end
            y = np.empty(m)
            t = np.empty(m)
            for k in range(m):
                y[k] = table[r, kept[k]]
                t[k] = times[kept[k]]
            score, variance, _, _, _ = score_parts(y, y, t)
            scores[r] += score
            variances[r] += variance
            if with_slope:
                for i in range(m):
                    for j in range(i + 1, m):
                        if t[j] != t[i]:
                            found[count] = (y[j] - y[i]) / (t[j] - t[i])
                            count += 1
        if with_slope and count > 0:
            slopes[r] = np.median(found[:count])
    return scores, variances, slopes
