"""Where the level or the spread of a series changes.

Two things people confuse: the number of changes found and evidence for them. A penalty presumes a scale: with variance one
presumed, for data in ng/L every wiggle is a change, in g/L none. Here the spread of the noise is estimated first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.changes.cost import SegmentCost
from labkit.models.inputs import BadInput, Floats, NotEstimable, check_enough, to_floats

CHANGES = ("mean", "variance", "mean and variance", "rate")
PENALTIES = ("mbic", "bic", "aic", "hannan_quinn")


@dataclass(frozen=True)
class ChangePoints:
    """Changes as places: the first place of each new segment."""

    places: tuple[int, ...]
    means: tuple[float, ...]
    penalty: float
    spread: float | None  # of the noise, by which the series was divided
    n: int
    method: str
    n_censored: int = 0
    level: float | None = None  # a search, no interval

    def __str__(self) -> str:
        """Return one line."""
        told = ", ".join(map(str, self.places)) or "none"
        return f"changes at places {told}, penalty {self.penalty:.4g}, n = {self.n} ({self.method})"


def noise_spread(values: ArrayLike) -> float:
    r"""Return the standard deviation of independent noise about a level that rarely changes: ``1.4826 MAD(Δy) / √2``.

    Examples
    --------
    >>> round(noise_spread([1.0, 2.0, 1.0, 2.5, 1.0, 2.0]), 3)
    0.524
    """
    steps = np.diff(to_floats("values", values))
    check_enough("values", steps.size + 1, 3, "steps between values")
    return float(1.4826 * np.median(np.abs(steps - np.median(steps))) / np.sqrt(2))


def find_changes(
    values: ArrayLike,
    *,
    change: str = "mean",
    penalty: str | float = "mbic",
    spread: float | None = None,
    most: int | None = None,
) -> ChangePoints:
    r"""Find the segmentation that minimises the cost of its segments plus a penalty for each change (PELT, every place tried).

    Parameters
    ----------
    values : array, shape (n,)
        Of equal steps of time, none missing, none censored, any unit.
    change : {"mean", "variance", "mean and variance", "rate"}
        What changes; segments have one value at least, two where a variance is estimated. "rate" is of Poisson counts.
    penalty : {"mbic", "bic", "aic", "hannan_quinn"} or float
        For each change with p parameters that change (1, 1 or 2): ``(p + 2) ln n`` with ``ln`` of each segment's length added,
        ``(p + 1) ln n``, ``2 (p + 1)``, ``2 (p + 1) ln ln n``; or a number.
    spread : float, optional
        Standard deviation of the noise for "mean"; `noise_spread` unless given. Serial correlation makes that too small, and
        changes too many.
    most : int, optional
        Changes at most (exact, by dynamic programming); any number otherwise. Few are slow for long series.

    Raises
    ------
    BadInput
        Missing or infinite values, fewer than eight, an unknown change or penalty.
    NotEstimable
        More than half of the steps are zero, so that the spread of the noise is.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> print(find_changes(np.r_[rng.normal(0, 1, 40), rng.normal(4, 1, 40)]).places)
    (40,)

    References
    ----------
    .. [1] R. Killick, P. Fearnhead, I. A. Eckley, "Optimal detection of changepoints with a linear computational cost", JASA
       2012;107:1590-1598.
    """
    import ruptures

    y = to_floats("values", values)
    check_enough("values", y.size, 8, "segments on both sides of a change")
    if change not in CHANGES:
        raise BadInput("change", repr(change), ", ".join(CHANGES))
    scaled: Floats = y
    if change == "mean":
        spread = noise_spread(y) if spread is None else float(spread)
        if not spread > 0:
            raise NotEstimable("the spread of the noise", "more than half of the steps are zero", "give `spread`")
        scaled = y / spread
    elif spread is not None:
        raise BadInput("spread", f"{spread} with {change}", "only with changes of the mean")
    weight = _penalty(penalty, y.size, 2 if change == "mean and variance" else 1)
    if change == "rate" and (y < 0).any():
        raise BadInput("values", "a negative count", "counts, zero or more")
    cost = SegmentCost(change, penalty == "mbic")
    if most is not None:
        ends = _few(scaled, cost, weight, most)
    elif change == "mean" and not cost.modified:  # the same search, compiled
        search = ruptures.KernelCPD(kernel="linear", min_size=1, jump=1)
        ends = [int(end) for end in search.fit(scaled.reshape(-1, 1)).predict(pen=weight)]
    else:
        search = ruptures.Pelt(custom_cost=_adapted(cost), min_size=cost.min_size, jump=1)
        ends = [int(end) for end in search.fit(scaled).predict(pen=weight)]
    segments = zip([0, *ends[:-1]], ends, strict=True)
    return ChangePoints(
        places=tuple(ends[:-1]),
        means=tuple(float(y[start:end].mean()) for start, end in segments),
        penalty=weight,
        spread=spread,
        n=y.size,
        method=f"PELT, {change}",
    )


def _few(scaled: Floats, cost: SegmentCost, weight: float, most: int) -> list[int]:
    """Return the ends of the best segmentation with at most so many changes."""
    import ruptures

    if most < 1 or most != int(most):
        raise BadInput("most", f"{most}", "a whole number, 1 or more")
    cost.fit(scaled)
    candidates = [[scaled.size]]
    search = ruptures.Dynp(custom_cost=_adapted(cost), min_size=cost.min_size, jump=1).fit(scaled)
    for number in range(1, most + 1):
        if (number + 1) * cost.min_size <= scaled.size:
            candidates.append([int(end) for end in search.predict(n_bkps=number)])
    return min(candidates, key=lambda ends: cost.sum_of_costs(ends) + weight * len(ends))


def _penalty(penalty: str | float, n: int, parameters: int) -> float:
    if isinstance(penalty, str):
        if penalty not in PENALTIES:
            raise BadInput("penalty", repr(penalty), ", ".join(PENALTIES) + " or a number")
        count = parameters + 1
        named = {"mbic": (count + 1) * np.log(n), "bic": count * np.log(n), "aic": 2 * count}
        return float(named.get(penalty, 2 * count * np.log(np.log(n))))
    if not (penalty > 0 and np.isfinite(penalty)):
        raise BadInput("penalty", f"{penalty}", "above zero")
    return float(penalty)


def _adapted(cost: SegmentCost) -> object:
    """Return the cost as `ruptures` wants it: a subclass of its base."""
    from ruptures.base import BaseCost

    return type("Cost", (SegmentCost, BaseCost), {})(cost.change, cost.modified)
