"""What each source says cell by cell: log likelihood, its slope in the log odds of use, and how sharply it says it.

Two things people confuse: a limit and a value. Water below its limit says only that the load lies under it, and its cell is
the probability of that.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from labkit.prevalence.data import Positives, Sources

Floats = NDArray[np.float64]
WATER_DF = 4.0  # of water's own scatter: a quarter that is off by a factor pulls less
_PEAK = 0.375  # density of Student's t with 4 degrees of freedom at its middle


class Cells(NamedTuple):
    """Log likelihood, slope and sharpness (minus the curvature, not below zero), each draws × areas × quarters.

    `joint` holds, for sources that see sums of cells, the slopes of the log of that sum: they sharpen all its cells together.
    """

    value: Floats
    slope: Floats
    sharp: Floats
    joint: Floats | None = None
    joint_sharp: Floats | None = None  # draws × areas for a register, draws for a total

    def masked(self, mask: Floats) -> Cells:
        """Return the cells with some left out."""
        joint = None if self.joint is None else self.joint * mask
        return Cells(self.value * mask, self.slope * mask, self.sharp * mask, joint, self.joint_sharp)


def water_cells(share: Floats, intake: Floats, own_sd: Floats, sources: Sources) -> Cells:
    """Return what loads say: log consumption is Student's t around that of the users, an interval below a limit."""
    low, high, error = sources.water
    known = ~np.isnan(low)
    exact = known & (low == high)
    safe = [np.where(known, one, other) for one, other in ((low, 0.0), (high, 0.0), (error, 1.0))]
    log_share = np.log(share)
    scale = np.sqrt(safe[2] ** 2 + (own_sd**2)[:, None, None])
    mean = np.log(1000) + log_share + intake[:, None, None]
    by_odds = 1 - share  # slope of the log of the share
    z = (np.where(np.isfinite(safe[0]), safe[0], 0.0) - mean) / scale
    room = WATER_DF + z * z
    value = np.where(exact, -0.5 * (WATER_DF + 1) * np.log1p(z * z / WATER_DF) - np.log(scale), 0.0)
    slope = np.where(exact, (WATER_DF + 1) * z / room / scale, 0.0)
    least = (WATER_DF + 1) / room / scale**2
    sharp = np.where(exact, np.maximum(least * (WATER_DF - z * z) / room, 0.25 * least), 0.0)
    between = known & ~exact
    if between.any():
        at = np.nonzero(between)
        spread = scale[:, at[0], at[1]]
        ends = [(one[at] - mean[:, at[0], at[1]]) / spread for one in (low, high)]
        inside = np.maximum(_below(ends[1]) - _below(ends[0]), 1e-300)
        tilt = (_density(ends[0]) - _density(ends[1])) / inside / spread
        bend = (_slope(ends[1]) - _slope(ends[0])) / inside / spread**2
        value[:, at[0], at[1]] = np.log(inside)
        slope[:, at[0], at[1]] = tilt
        sharp[:, at[0], at[1]] = np.maximum(tilt**2 - bend, 0.0)
    return Cells(value, slope * by_odds, sharp * by_odds**2)


def _density(z: Floats) -> Floats:
    found: Floats = _PEAK * (1 + np.where(np.isfinite(z), z, 0.0) ** 2 / 4) ** -2.5 * np.isfinite(z)
    return found


def _slope(z: Floats) -> Floats:
    finite = np.where(np.isfinite(z), z, 0.0)
    found: Floats = -1.25 * finite / (1 + finite**2 / 4) * _density(z)
    return found


def _below(z: Floats) -> Floats:
    """Return the distribution function of Student's t with 4 degrees of freedom.

    >>> _below(np.array([-np.inf, 0.0, 2.132])).round(3).tolist()
    [0.0, 0.5, 0.95]
    """
    finite = np.where(np.isfinite(z), z, 0.0)
    room = 1 + finite**2 / 4
    half = 0.375 * finite / np.sqrt(room) * (1 - finite**2 / room / 12)
    found: Floats = np.where(np.isfinite(z), 0.5 + half, z > 0)
    return found


def benchmark_cells(share: Floats, intake: Floats, own_sd: Floats, sources: Sources) -> Cells:
    """Return what the mean consumption of all areas says, and nothing of single ones; an interval where limits are in it."""
    low, high, error, weights = sources.benchmark
    mean = (weights * share).sum(axis=(1, 2))
    sd = np.sqrt(error**2 + own_sd**2 * (weights**2).sum())
    ends = [(one - np.log(1000 * mean) - intake) / sd for one in (low, high)]
    if low == high:
        told, tilt, sharp = -0.5 * ends[1] ** 2 - np.log(sd), ends[1] / sd, 1 / sd**2
    else:
        inside = np.maximum(special.ndtr(ends[1]) - special.ndtr(ends[0]), 1e-300)
        peaks = [np.exp(-0.5 * np.where(np.isfinite(one), one, 0.0) ** 2) / np.sqrt(2 * np.pi) for one in ends]
        peaks = [peak * np.isfinite(one) for peak, one in zip(peaks, ends, strict=True)]
        told, tilt = np.log(inside), (peaks[0] - peaks[1]) / inside / sd
        bend = [np.where(peak > 0, one, 0.0) * peak for one, peak in zip(ends, peaks, strict=True)]
        sharp = np.maximum(tilt**2 + (bend[1] - bend[0]) / inside / sd**2, 1e-6)
    joint = weights * share * (1 - share) / mean[:, None, None]
    value = np.zeros_like(share)
    value[:, 0, 0] = told
    return Cells(value, joint * tilt[:, None, None], np.zeros_like(share), joint, sharp)


def tested_cells(theta: Floats, floor: Floats, gain: Floats, one: Positives) -> Cells:
    """Return what counts of positive persons say: binomial with what the test invents and what it misses."""
    u = 1 / (1 + np.exp(-theta))
    gain = np.maximum(gain, 1e-9)[:, None, None]
    p = np.clip(floor[:, None, None] + gain * u, 1e-12, 1 - 1e-12)
    by_odds = gain * u * (1 - u)
    value = one.positive * np.log(p) + (one.tested - one.positive) * np.log1p(-p)
    slope = (one.positive - one.tested * p) / (p * (1 - p)) * by_odds
    return Cells(value, slope, one.tested * by_odds**2 / (p * (1 - p)))


def register_cells(share: Floats, log_known: Floats, sources: Sources) -> Cells:
    """Return what a register says: Poisson around the users it would know, of all quarters together."""
    assert sources.register is not None
    total = share.sum(axis=2)
    expected = sources.people * total / share.shape[2] * np.exp(log_known)[:, None]
    joint = share * (1 - share) / total[:, :, None]
    value = np.zeros_like(share)
    value[:, :, 0] = sources.register * np.log(expected) - expected
    return Cells(value, (sources.register - expected)[:, :, None] * joint, np.zeros_like(share), joint, expected)
