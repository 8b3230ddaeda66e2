"""Nested catchments: what comes in between two sampling points, which branch explains an excess, and where to sample next.

Two things people confuse: a branch with a high concentration and one that carries much. Loads add up along a sewer;
concentrations do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from labkit.models.inputs import BadInput
from labkit.models.interval import Interval


@dataclass(frozen=True)
class Balance:
    """Downstream minus the sum of the branches, and each branch's share of the downstream load."""

    difference_mg_day: float
    difference_interval: Interval
    closure: float  # sum of the branches over the downstream load
    closure_interval: Interval
    share: dict[str, float]
    next_to_sample: str
    n: int
    level: float
    n_censored: int
    method: str = "lognormal errors of each load, independent"

    def __str__(self) -> str:
        """Return one line."""
        closed = f"closure {self.closure:.2f} ({self.closure_interval.low:.2f} to {self.closure_interval.high:.2f})"
        between = f"between the points {self.difference_mg_day:.4g} mg/day ({self.difference_interval})"
        return f"{closed}, {between}; sample next: {self.next_to_sample}"


def balance(
    downstream: tuple[float, float, float],
    branches: Mapping[str, tuple[float, float, float]],
    *,
    level: float = 0.95,
    draws: int = 2**14,
    seed: int = 20,
) -> Balance:
    """Balance a downstream load against the branches above it.

    Parameters
    ----------
    downstream, branches : (low, high, cv)
        Load in mg/day: both ends alike where it is exact, 0 and the limit below one; cv of its error. A load within its
        limits is taken as equally likely on the whole interval, which is said here because it is an assumption.
    level : float
        Probability of the intervals.
    draws, seed : int
        Of the propagation.

    Returns
    -------
    Balance
        `next_to_sample` is where the load is least explained: the branch with the largest share, or "between the points" if
        what enters between them is larger than any branch.

    Raises
    ------
    BadInput
        No branch, low above high, a cv not above zero, a downstream load that may be zero.

    Examples
    --------
    >>> found = balance((1000, 1000, 0.1), {"north": (300, 300, 0.1), "south": (250, 250, 0.1)})
    >>> found.next_to_sample, round(found.closure, 2)
    ('between the points', 0.55)
    """
    if not branches:
        raise BadInput("branches", "none", "one or more")
    points = {"downstream": downstream, **branches}
    for name, (low, high, cv) in points.items():
        if not 0 <= low <= high or not cv > 0:
            raise BadInput(name, f"{(low, high, cv)}", "0 <= low <= high, and cv above zero")
    if not downstream[0] > 0:
        raise BadInput("downstream", "a load below a limit", "a measured load; nothing can be balanced against it otherwise")
    rng = np.random.default_rng(seed)
    drawn = {
        name: (low + (high - low) * rng.random(draws)) * np.exp(np.sqrt(np.log1p(cv**2)) * rng.standard_normal(draws))
        for name, (low, high, cv) in points.items()
    }
    whole = sum(drawn[name] for name in branches)
    tails = [(1 - level) / 2, (1 + level) / 2]
    gap = np.quantile(drawn["downstream"] - whole, tails)
    closure = np.quantile(whole / drawn["downstream"], tails)
    centre = {name: (low + high) / 2 for name, (low, high, _) in points.items()}
    rest = centre["downstream"] - sum(centre[name] for name in branches)
    shares = {name: centre[name] / centre["downstream"] for name in branches}
    largest = max(shares, key=shares.__getitem__)
    return Balance(
        difference_mg_day=rest,
        difference_interval=Interval(float(gap[0]), float(gap[1]), level, "lognormal errors"),
        closure=float(sum(centre[name] for name in branches) / centre["downstream"]),
        closure_interval=Interval(float(closure[0]), float(closure[1]), level, "lognormal errors"),
        share=shares,
        next_to_sample="between the points" if rest > centre[largest] and gap[0] > 0 else largest,
        n=len(points),
        level=level,
        n_censored=sum(low < high for low, high, _ in points.values()),
    )


def positive_share_bound(samples: int, level: float = 0.95) -> float:
    """Return the upper bound of a share when none of `samples` was positive: ``1 - (1 - level)^(1/n)``.

    >>> round(positive_share_bound(59), 3)
    0.05
    """
    if samples < 1 or samples != int(samples):
        raise BadInput("samples", f"{samples}", "a whole number, 1 or more")
    return float(-np.expm1(stats.uniform.logcdf(1 - level) / samples))
