"""Irregular dates snapped to a declared grid, with how far each was moved; two values in one place are refused or averaged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.inputs import BadInput, Floats, to_floats


@dataclass(frozen=True)
class Grid:
    """Values on a regular grid; NaN where a place got none."""

    times: Floats  # of the places
    values: Floats
    n: int  # values that came in
    largest_move: float  # in the unit of the times

    @property
    def n_missing(self) -> int:
        """Places without a value."""
        return int(np.isnan(self.values).sum())

    def __str__(self) -> str:
        """Return one line."""
        places = f"{self.times.size} places, {self.n_missing} without a value"
        return f"{places}; {self.n} values moved by at most {self.largest_move:g}"


def to_grid(times: ArrayLike, values: ArrayLike, step: float, *, start: float | None = None, average: bool = False) -> Grid:
    """Put each value at the nearest place of the grid ``start + k step``, ``k = 0, 1, …``.

    Parameters
    ----------
    times, values : array, shape (n,)
        Times as numbers in any unit (days, decimal years) and the values.
    step : float
        Distance of the places, in the unit of the times; a value is moved by at most half of it.
    start : float, optional
        Time of the first place; the earliest time unless given.
    average : bool
        Take the mean of values that meet in one place; unless set they are refused, since a mean of two has less noise than
        its neighbours.

    Raises
    ------
    BadInput
        Lengths differ, missing times, step at or below zero, a time before `start`, or two values in one place.

    Examples
    --------
    >>> print(to_grid([0, 8, 14, 29], [1.0, 2.0, 3.0, 4.0], 7))
    5 places, 1 without a value; 4 values moved by at most 1
    """
    at, what = to_floats("times", times), to_floats("values", values, gaps=True)
    if at.size != what.size or at.size == 0:
        raise BadInput("values", f"{what.size} beside {at.size} times", "one value a time, at least one")
    if not step > 0:
        raise BadInput("step", f"{step}", "a distance above zero, in the unit of the times")
    first = float(at.min()) if start is None else float(start)
    place = np.floor((at - first) / step + 0.5).astype(int)
    if place.min() < 0:
        raise BadInput("times", f"{at.min():g} before the start {first:g}", "times from half a step before the start on")
    known = ~np.isnan(what)
    count = np.bincount(place[known], minlength=place.max() + 1)
    if count.max(initial=0) > 1 and not average:
        twice = int(np.argmax(count > 1))
        raise BadInput(
            "times", f"{count[twice]} values in the place {first + twice * step:g}", "one value a place, or average=True"
        )
    total = np.bincount(place[known], weights=what[known], minlength=place.max() + 1)
    gridded = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return Grid(
        times=np.asarray(first + step * np.arange(count.size), dtype=np.float64),
        values=gridded,
        n=int(known.sum()),
        largest_move=float(np.abs(at - first - place * step).max()),
    )
