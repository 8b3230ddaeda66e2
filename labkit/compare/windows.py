"""A common window: what two matrices speak of, brought to the longer of their memories.

Two things people confuse: a lag and a window. Hair does not show use two months late, it shows the mean of several months, the
middle of which lies two months back; so water is averaged over the same months before the two are compared.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from labkit.hair import segment_window

Floats = NDArray[np.float64]
COVERED = 0.95  # of the hair's weight; the far tail would cost months of series
MEMORY = {"water": 0, "blood": 0, "hair": 1}


def kernel(matrix: str, segment_cm: tuple[float, float] = (0.0, 3.0)) -> Floats:
    """Return the weights of the months a matrix speaks of, the month of sampling first; they sum to one.

    Water speaks of its day, blood of a day or two: of their own month. Hair of the months in which its segment grew.

    >>> kernel("water").tolist(), len(kernel("hair"))
    ([1.0], 5)
    """
    if not MEMORY[matrix]:
        return np.array([1.0])
    weights = segment_window(*segment_cm).weights
    kept = weights[: int(np.searchsorted(np.cumsum(weights), COVERED)) + 1]
    return kept / kept.sum()


def smoothing(weights: Floats, areas: int, months: int) -> sparse.csr_matrix:
    """Return the matrix that turns months into window means, areas × (months - K + 1) rows; a window with a gap is unknown."""
    span = weights.size
    one = sparse.diags(weights[::-1].tolist(), list(range(span)), shape=(months - span + 1, months))
    return sparse.csr_matrix(sparse.kron(sparse.identity(areas), one))


def own_month(span: int, areas: int, months: int) -> sparse.csr_matrix:
    """Return the matrix that only leaves out the first months, so that rows fit those of `smoothing`."""
    one = sparse.eye(months - span + 1, months, k=span - 1)
    return sparse.csr_matrix(sparse.kron(sparse.identity(areas), one))
