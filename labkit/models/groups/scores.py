"""U-scores: what can be said of the order of values of which some are only known by limits."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.inputs import Floats, to_flags, to_floats, to_intervals


def u_scores(
    values: ArrayLike | None = None,
    *,
    censored: ArrayLike | None = None,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
) -> Floats:
    r"""Return for each value how many are surely below it minus how many are surely above it.

    :math:`u_i = \#\{j : h_j \le l_i, \text{ not both exact and equal}\} - \#\{j : l_j \ge h_i, \ldots\}`; an order that is not
    known counts nothing, in O(n log n).

    Parameters
    ----------
    values, censored : array, shape (n,)
        The limit where `censored` is True: the value is below it.
    low, high : array, shape (n,)
        Instead: what is known of each value.

    Examples
    --------
    >>> u_scores([1, 2, 2, 3], censored=[True, False, True, False]).tolist()
    [-2.0, 1.0, -2.0, 3.0]
    """
    if values is not None:
        b = to_floats("values", values)
        flags = to_flags("censored", censored, b.size)
        a = np.where(flags, -np.inf, b)
    else:
        a, b = to_intervals(low if low is not None else [], high if high is not None else [])
        flags = a < b
    # j is surely below i: its high end lies below i's low end, or they touch and one of the two is open there
    exact = np.sort(b[~flags])
    ends = np.sort(b[flags])
    below = np.searchsorted(exact, a, side="left") + np.searchsorted(ends, a, side="right")
    below = np.where(flags, np.searchsorted(exact, a, side="right") + np.searchsorted(ends, a, side="right"), below)
    exact_low, starts = np.sort(a[~flags]), np.sort(a[flags])
    above = (exact_low.size - np.searchsorted(exact_low, b, side="right")) + (
        starts.size - np.searchsorted(starts, b, side="left")
    )
    above = np.where(
        flags,
        (exact_low.size - np.searchsorted(exact_low, b, side="left")) + (starts.size - np.searchsorted(starts, b, side="left")),
        above,
    )
    return (below - above).astype(float)
