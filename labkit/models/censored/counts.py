"""What every summary of censored values takes, and when a mean can no longer be told."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.inputs import BadInput, Flags, Floats, NotEstimable, check_enough, to_flags, to_floats, to_intervals

MOST_CENSORED = 0.8
INSTEAD = "the share of values above the limit, bounds of the mean (`bound_mean`) and quantiles above the limits"


def read_left(values: ArrayLike, censored: ArrayLike | None, fewest: int, *, positive: bool) -> tuple[Floats, Flags]:
    """Return values (a censored one its limit) and flags; refuse what no summary can use."""
    x = to_floats("values", values, positive=positive)
    flags = to_flags("censored", censored, x.size)
    check_enough("values", x.size, fewest, "location and spread")
    if flags.all():
        raise BadInput("censored", "every value", "at least two different values above their limits")
    if np.unique(x[~flags]).size < 2:
        raise BadInput("values", "fewer than two different values above their limits", "two or more")
    return x, flags


def read_sides(
    values: ArrayLike | None,
    censored: ArrayLike | None,
    low: ArrayLike | None,
    high: ArrayLike | None,
    bottom: float,
) -> tuple[Floats, Floats]:
    """Return the ends of what is known of each value; left-censored ones reach down to `bottom`."""
    if (values is None) == (low is None):
        raise BadInput("values, low", "both or neither", "values with flags, or low with high")
    if values is not None:
        x, flags = read_left(values, censored, 3, positive=bottom == 0)
        return np.where(flags, bottom, x), x
    if high is None:
        raise BadInput("high", "none", "the upper ends beside low")
    down, up = to_intervals(low, high)  # type: ignore[arg-type]
    check_enough("low", down.size, 3, "location and spread")
    if bottom == 0 and ((down < 0) | (up <= 0)).any():
        raise BadInput("low, high", "an end below zero", "zero or more for low and above zero for high (a log model)")
    exact = down == up
    if np.unique(down[exact]).size < 2 and np.isinf(up).any() + np.isinf(down).any() == 0 and np.unique(up).size < 2:
        raise BadInput("low, high", "all the same", "values that differ")
    return down, up


def mean_or_reason(mean: float, n: int, n_censored: int) -> float | NotEstimable:
    """Return the mean, or above 80 % censored the reason why it is not told."""
    if n_censored > MOST_CENSORED * n:
        return NotEstimable("the mean", f"{n_censored} of {n} values are censored, more than 80 %", INSTEAD)
    return mean
