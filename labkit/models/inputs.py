"""What arrays a model takes, and the one sentence it says when it cannot take them.

Two things people confuse: an input that is not allowed (`BadInput`, the caller's to mend) and a result that the data cannot
give although every input is allowed (`NotEstimable`, the reader's to know). Both are one class of exception, and neither is
ever a silent NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class BadInput(ValueError):
    """An argument that cannot be used: its name, what was found, what is allowed."""

    def __init__(self, argument: str, found: str, allowed: str) -> None:
        super().__init__(f"{argument}: {found}; allowed: {allowed}")
        self.argument, self.found, self.allowed = argument, found, allowed


class NotEstimable(BadInput):
    """A result the data cannot give, with the reason and what can be said instead."""

    def __init__(self, quantity: str, reason: str, instead: str = "") -> None:
        ValueError.__init__(self, f"{quantity} is not estimable: {reason}" + (f"; instead: {instead}" if instead else ""))
        self.argument, self.found, self.allowed = quantity, reason, instead


def known(quantity: float | NotEstimable) -> float:
    """Return a stored result, or raise the reason why there is none."""
    if isinstance(quantity, NotEstimable):
        raise quantity
    return quantity


def to_floats(argument: str, values: ArrayLike, *, gaps: bool = False, positive: bool = False) -> Floats:
    """Return a one-dimensional float array; NaN only where `gaps` are allowed, infinite values never.

    Raises
    ------
    BadInput
        Not one-dimensional, not numbers, a NaN where none is allowed, an infinite value, or (with `positive`) one that is not
        above zero.
    """
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise BadInput(argument, "not numbers", "a one-dimensional array of numbers") from None
    if array.ndim != 1:
        raise BadInput(argument, f"{array.ndim} dimensions", "a one-dimensional array of numbers")
    missing = np.isnan(array)
    if missing.any() and not gaps:
        raise BadInput(argument, f"NaN at position {int(np.argmax(missing))}", "numbers; leave missing ones out")
    if np.isinf(array).any():
        raise BadInput(argument, f"an infinite value at position {int(np.argmax(np.isinf(array)))}", "finite numbers")
    if positive and (array[~missing] <= 0).any():
        where = int(np.argmax(array <= 0))
        raise BadInput(argument, f"{array[where]:g} at position {where}", "numbers above zero (the model takes logarithms)")
    return array


def to_flags(argument: str, flags: ArrayLike | None, n: int) -> Flags:
    """Return a boolean array of length `n`; None means that nothing is censored.

    Raises
    ------
    BadInput
        Another length, or anything but True/False (0 and 1 are taken for them).
    """
    if flags is None:
        return np.zeros(n, dtype=bool)
    array = np.asarray(flags)
    if array.shape != (n,):
        raise BadInput(argument, f"shape {array.shape}", f"one flag a value, shape ({n},)")
    if array.dtype != bool and not np.isin(array, (0, 1)).all():
        raise BadInput(argument, "something that is neither True nor False", "True (censored) or False")
    return array.astype(bool)


def to_intervals(low: ArrayLike, high: ArrayLike, names: tuple[str, str] = ("low", "high")) -> tuple[Floats, Floats]:
    """Return the two ends of what is known of each value: equal where it is exact, infinite where one side is open.

    Raises
    ------
    BadInput
        Lengths differ, NaN, or low above high.
    """
    ends = []
    for name, values in zip(names, (low, high), strict=True):
        array = np.asarray(values, dtype=float)
        if array.ndim != 1 or np.isnan(array).any():
            raise BadInput(name, "NaN or not one-dimensional", "a one-dimensional array without NaN; open sides are infinite")
        ends.append(array)
    if ends[0].shape != ends[1].shape:
        raise BadInput(names[1], f"{ends[1].size} values beside {ends[0].size}", f"as many as {names[0]}")
    if (ends[0] > ends[1]).any():
        where = int(np.argmax(ends[0] > ends[1]))
        raise BadInput(
            names[0], f"{ends[0][where]:g} above {ends[1][where]:g} at position {where}", f"{names[0]} <= {names[1]}"
        )
    return ends[0], ends[1]


def check_level(level: float) -> float:
    """Return the probability of an interval, strictly between 0 and 1."""
    if not 0 < level < 1:
        raise BadInput("level", f"{level}", "a probability between 0 and 1")
    return float(level)


def check_enough(argument: str, n: int, fewest: int, why: str) -> None:
    """Refuse fewer values than the method needs."""
    if n < fewest:
        raise BadInput(argument, f"{n} values", f"{fewest} or more ({why})")
