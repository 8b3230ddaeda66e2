"""Tests that an order is random against trend, persistence or oscillation: weak, but free of a model.

Two things people confuse: a small p here and a trend. Each of these also answers to serial correlation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from labkit.models.inputs import Floats, NotEstimable, check_enough, to_floats


@dataclass(frozen=True)
class RandomnessTest:
    """A statistic and its p."""

    statistic: float
    p: float
    n: int
    method: str
    n_censored: int = 0

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.method}: {self.statistic:.4g}, p = {self.p:.3g}, n = {self.n}"


def _read(values: ArrayLike, fewest: int) -> Floats:
    y = to_floats("values", values)
    check_enough("values", y.size, fewest, "an order to be tested")
    if np.ptp(y) == 0:
        raise NotEstimable("p", "every value is the same", "")
    return y


def bartels_test(values: ArrayLike) -> RandomnessTest:
    """Return von Neumann's ratio of ranks, one-sided against positive correlation; p by a beta, from n = 100 on by a normal."""
    y = _read(values, 5)
    n, ranks = y.size, stats.rankdata(y)
    ratio = float((np.diff(ranks) ** 2).sum() / ((ranks - ranks.mean()) ** 2).sum())
    shape = 5 * n * (n + 1) * (n - 1) ** 2 / (2 * (n - 2) * (5 * n**2 - 2 * n - 9)) - 0.5
    p = stats.beta.cdf(ratio / 4, shape, shape) if n < 100 else stats.norm.cdf((ratio - 2) / np.sqrt(20 / (5 * n + 7)))
    return RandomnessTest(ratio, float(p), n, "Bartels' rank von Neumann ratio")


def wallis_moore_test(values: ArrayLike) -> RandomnessTest:
    """Return Wallis and Moore's phase frequencies: the number of runs up and down, steps of zero passed over, two-sided."""
    y = _read(values, 5)
    n = y.size
    signs = np.sign(np.diff(y))
    signs = signs[signs != 0]
    phases = int((signs[1:] != signs[:-1]).sum()) - 1
    z = (abs(phases - (2 * n - 7) / 3) - (0.5 if n <= 30 else 0)) / np.sqrt((16 * n - 29) / 90)
    return RandomnessTest(float(z), float(2 * stats.norm.sf(abs(z))), n, "Wallis-Moore phase frequencies")


def wald_wolfowitz_test(values: ArrayLike) -> RandomnessTest:
    """Return Wald and Wolfowitz' serial product, two-sided."""
    y = _read(values, 5)
    n = y.size
    product = float((y[:-1] * y[1:]).sum() + y[0] * y[-1])
    s1, s2, s3, s4 = (float((y**k).sum()) for k in (1, 2, 3, 4))
    mean = (s1**2 - s2) / (n - 1)
    spread = (s2**2 - s4) / (n - 1) - mean**2 + (s1**4 - 4 * s1**2 * s2 + 4 * s1 * s3 + s2**2 - 2 * s4) / ((n - 1) * (n - 2))
    if not spread > 0:
        raise NotEstimable("p", "the values hardly differ", "")
    z = (product - mean) / np.sqrt(spread)
    return RandomnessTest(float(z), float(2 * stats.norm.sf(abs(z))), n, "Wald-Wolfowitz serial product")


def cox_stuart_test(values: ArrayLike) -> RandomnessTest:
    """Return Cox and Stuart's sign test of the first against the last third."""
    y = _read(values, 6)
    n = y.size
    third = int(np.ceil(n / 3))
    signs = np.sign(y[n - third :] - y[:third])
    score = max(int((signs > 0).sum()), int((signs < 0).sum()))
    z = (abs(score - n / 6) - (0.5 if n <= 30 else 0)) / np.sqrt(n / 12)
    return RandomnessTest(float(z), float(2 * stats.norm.sf(abs(z))), n, "Cox-Stuart thirds")
