"""Which past counts a count is compared with: the same season in earlier years, and how the rest of the year is divided."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.models.inputs import BadInput

Wholes = NDArray[np.int64]


def anniversaries(place: int, years: int, period: int, dates: NDArray[np.datetime64] | None) -> list[int]:
    """Return `place` and the places one, two, … years before; by the calendar where there are dates, else by the period.

    A year before a date is the same month and day, moved to the nearest date of the same weekday.
    """
    if dates is None:
        return [place - k * period for k in range(years + 1)]
    step = int((dates[1] - dates[0]).astype(int))
    now = dates[place]
    month = now.astype("datetime64[M]")
    day = (now - month.astype("datetime64[D]")).astype(int)
    found = [place]
    for k in range(1, years + 1):
        then = (month - 12 * k).astype("datetime64[D]") + day
        found.append(place - round(int((now - then).astype(int)) / step))
    return found


def blocks(marks: list[int], half_window: int, periods: int, size: int) -> Wholes:
    """Return the group of each place up to marks[0]: the windows are the last group, 0 … periods-2 the rest of each year.

    Places outside are -1. What does not divide evenly goes to the first groups.
    """
    group = np.full(size, -1, dtype=np.int64)
    group[max(marks[0] - half_window, 0) : marks[0] + 1] = periods - 1
    for newer, older in pairwise(marks):
        group[max(older - half_window, 0) : older + half_window + 1] = periods - 1
        if periods > 1:
            first = older + half_window + 1
            length = newer - half_window - first
            if length < periods - 1:
                raise BadInput("periods", f"{periods}", f"at most {length + 1}: the year has {length} places beside the window")
            share, rest = divmod(length, periods - 1)
            sizes = np.full(periods - 1, share) + (np.arange(periods - 1) < rest)
            group[first : first + length] = np.repeat(np.arange(periods - 1), sizes)
    return group


def to_dates(dates: ArrayLike | None, n: int) -> NDArray[np.datetime64] | None:
    """Return equally spaced dates, or None."""
    if dates is None:
        return None
    try:
        found = np.asarray(dates, dtype="datetime64[D]")
    except ValueError:
        raise BadInput("dates", "something that is no date", "one date a count, as in 2026-01-05") from None
    if found.shape != (n,):
        raise BadInput("dates", f"shape {found.shape}", f"one date a count, shape ({n},)")
    steps = np.diff(found).astype(int)
    if np.isnat(found).any() or steps.size == 0 or steps.min() < 1 or (steps != steps[0]).any():
        raise BadInput("dates", "gaps or unequal steps", "dates of equal steps, none missing")
    return found
