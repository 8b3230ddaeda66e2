"""What happens to a sensitivity that travels: estimated where the truth is known, used where it is asked.

Two things people confuse: a sensitivity of a test and one of a test *in some people*. Among others the same test meets other
amounts, other limits and other habits, and the corrected share is off by more than its interval says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from labkit.models.inputs import BadInput
from labkit.models.interval import Interval

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Transported:
    """The share that a test corrected elsewhere gives, beside the true one."""

    share: float
    interval: Interval
    truth: float
    sensitivity: float
    specificity: float
    n_known: int
    n_asked: int

    @property
    def covers(self) -> bool:
        """Whether the interval holds the true share."""
        return self.interval.low <= self.truth <= self.interval.high


def transport_test(positive: ArrayLike, truth: ArrayLike, known: ArrayLike, *, level: float = 0.95) -> Transported:
    r"""Return the share among persons not `known`, by a test whose sensitivity and specificity come from those known.

    .. math:: \hat\pi = \frac{a + Sp - 1}{Se + Sp - 1}, \qquad
       \mathrm{var} = \frac{v(a) + (1 - \hat\pi)^2\, v(Sp) + \hat\pi^2\, v(Se)}{(Se + Sp - 1)^2}

    with all three shares binomial: the sampling of both groups is in the interval, a difference between them is not [1]_.

    Parameters
    ----------
    positive, truth, known : array of bool, one a person
        Result of the test; whether the person has what is tested for; whether the truth of this person may be used.
    level : float
        Probability of the interval.

    Raises
    ------
    BadInput
        Another length; nobody with, or without, among the known; nobody asked; sensitivity + specificity not above 1.

    References
    ----------
    .. [1] W. J. Rogan, B. Gladen, "Estimating prevalence from the results of a screening test", Am. J. Epidemiol.
       1978;107:71-76.
    """
    test, has, use = (np.asarray(one, dtype=bool) for one in (positive, truth, known))
    if not test.shape == has.shape == use.shape:
        raise BadInput("positive, truth, known", "of different lengths", "one a person")
    groups = [test[use & has], ~test[use & ~has], test[~use]]
    if not all(one.size for one in groups):
        raise BadInput("known", "nobody with, nobody without, or nobody asked", "persons of each kind")
    (se, v_se), (sp, v_sp), (a, v_a) = ((float(one.mean()), float(one.mean() * (1 - one.mean()) / one.size)) for one in groups)
    gain = se + sp - 1
    if gain <= 0:
        raise BadInput("positive", f"sensitivity {se:.2f} and specificity {sp:.2f}", "their sum above 1")
    share = (a + sp - 1) / gain
    sd = float(np.sqrt(v_a + (1 - share) ** 2 * v_sp + share**2 * v_se)) / gain
    half = float(stats.norm.ppf((1 + level) / 2)) * sd
    ends = Interval(share - half, share + half, level, "Rogan-Gladen, both groups sampled")
    return Transported(share, ends, float(has[~use].mean()), se, sp, int(use.sum()), int((~use).sum()))


def share_of_splits_that_cover(
    positive: ArrayLike, truth: ArrayLike, *, splits: int = 1000, level: float = 0.95, seed: int = 1
) -> float:
    """Return how often the interval of `transport_test` holds the truth when one random half teaches the other.

    Parameters
    ----------
    positive, truth
        As `transport_test`.
    splits, level, seed
        How many halves, of which interval, from which seed.
    """
    rng = np.random.default_rng(seed)
    n = np.asarray(truth).size
    held = [transport_test(positive, truth, rng.permutation(n) < n // 2, level=level).covers for _ in range(splits)]
    return float(np.mean(held))
