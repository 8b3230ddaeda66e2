"""Breakpoints of a regression: segments with coefficients of their own, by dynamic programming, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.models.inputs import BadInput, Floats, NotEstimable, check_enough, to_floats


@dataclass(frozen=True)
class Breakpoints:
    """Best breaks for each number of them: places are the first of a new segment."""

    places: tuple[int, ...]  # for the number that minimises the criterion
    by_number: tuple[tuple[int, ...], ...]  # for 0, 1, 2, … breaks
    residual_sums: tuple[float, ...]
    bic: tuple[float, ...]
    coefficients: tuple[Floats, ...]  # of each segment of `places`
    n: int
    method: str
    n_censored: int = 0
    level: float | None = None  # a search, no interval

    def __str__(self) -> str:
        """Return one line."""
        told = ", ".join(map(str, self.places)) or "none"
        return f"breaks at places {told}, BIC {min(self.bic):.5g} (n = {self.n}, {self.method})"


def find_breakpoints(
    values: ArrayLike, covariates: Mapping[str, ArrayLike] | None = None, *, shortest: float = 0.15, most: int | None = None
) -> Breakpoints:
    r"""Find the segmentation with the least residual sum of squares for each number of breaks, and the number by BIC.

    .. math:: BIC_m = n \{\log(RSS_m / n) + 1 + \log 2\pi\} + \log n \{(m + 1)(p + 1)\}

    Parameters
    ----------
    values : array, shape (n,)
        In order of time, none missing.
    covariates : mapping of name to array, optional
        Beside the intercept; none: a level.
    shortest : float
        Of a segment, as a share of n (below 1) or a number of values.
    most : int, optional
        Breaks at most; as many as fit otherwise.

    Raises
    ------
    BadInput
        Lengths, a segment too short for its coefficients or longer than half.
    NotEstimable
        Covariates that are constant or repeat each other within a segment.

    Notes
    -----
    Serial correlation gives too many breaks; BIC counts each place as a parameter and is conservative for short series.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> found = find_breakpoints(np.r_[rng.normal(0, 1, 30), rng.normal(4, 1, 30)])
    >>> found.places, len(found.bic)
    ((30,), 6)

    References
    ----------
    .. [1] J. Bai, P. Perron, "Computation and analysis of multiple structural change models", J Appl Econom 2003;18:1-22.
    """
    from labkit.models.changes.breakpoints_kernel import segment_sums

    y = to_floats("values", values)
    columns = [np.ones(y.size)]
    for name, column in (covariates or {}).items():
        array = to_floats(f"covariates[{name!r}]", column)
        if array.size != y.size:
            raise BadInput(f"covariates[{name!r}]", f"{array.size} values beside {y.size}", "one a value")
        columns.append(array)
    design = np.column_stack(columns)
    p = design.shape[1]
    h = int(np.floor(shortest * y.size)) if shortest < 1 else int(shortest)
    check_enough("values", y.size, 2 * (p + 1), "two segments with their coefficients")
    if h <= p or 2 * h > y.size:
        raise BadInput("shortest", f"{h} values", f"more than {p}, and at most half of {y.size}")
    cost = segment_sums(y, design, h)
    if np.isnan(cost).any():
        raise NotEstimable("the breaks", "covariates repeat each other within a segment", "a longer `shortest`")
    highest = -(-y.size // h) - 2 if most is None else most
    highest = max(min(highest, y.size // h - 1), 1)
    by_number = _best(cost, y.size, h, highest)
    sums = tuple(_sum(cost, places, y.size) for places in by_number)
    bic = tuple(
        float(y.size * (np.log(total / y.size) + 1 + np.log(2 * np.pi)) + np.log(y.size) * (len(places) + 1) * (p + 1))
        for total, places in zip(sums, by_number, strict=True)
    )
    places = by_number[int(np.argmin(bic))]
    ends = [0, *places, y.size]
    coefficients = tuple(np.linalg.lstsq(design[a:b], y[a:b], rcond=None)[0].astype(np.float64) for a, b in pairwise(ends))
    return Breakpoints(places, by_number, sums, bic, coefficients, y.size, f"Bai-Perron, segments of {h} or more")


def _best(cost: NDArray[np.float64], n: int, h: int, highest: int) -> tuple[tuple[int, ...], ...]:
    """Return the best places for 0 … highest breaks; `cost[a, b]` is that of values a … b-1."""
    best = np.full((highest + 1, n + 1), np.inf)
    last = np.zeros((highest + 1, n + 1), dtype=np.int64)
    best[0] = cost[0]
    for m in range(1, highest + 1):
        for end in range((m + 1) * h, n + 1):
            starts = np.arange(m * h, end - h + 1)
            total = best[m - 1, starts] + cost[starts, end]
            place = int(np.argmin(total))
            best[m, end], last[m, end] = total[place], starts[place]
    found: list[tuple[int, ...]] = []
    for m in range(highest + 1):
        places: list[int] = []
        end = n
        for step in range(m, 0, -1):
            end = int(last[step, end])
            places.append(end)
        found.append(tuple(reversed(places)))
    return tuple(found)


def _sum(cost: NDArray[np.float64], places: tuple[int, ...], n: int) -> float:
    ends = [0, *places, n]
    return float(sum(cost[a, b] for a, b in pairwise(ends)))
