"""What is left of two matrices once area, trend and all that the months have in common is taken out, and how much is noise.

Two things people confuse: two series that rise and two series that go together. Everything rises or falls with the season; only
what an area does apart from the others, apart from its own line, is evidence here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from labkit.models.inputs import NotEstimable

Floats = NDArray[np.float64]
FEWEST_AREAS, FEWEST_MONTHS = 5, 8


@dataclass(frozen=True)
class Residuals:
    """Areas × months, NaN where unknown; `noise` the sum of squares that sampling alone leaves, by area."""

    values: Floats
    fitted: Floats
    noise: Floats


def basis(known: NDArray[np.bool_], slopes: bool = True, given: tuple[Floats, ...] = ()) -> Floats:
    """Return an orthonormal basis of area levels, area lines, months and given covariates over the known cells.

    Raises
    ------
    NotEstimable
        Fewer than five areas or eight months with both matrices.
    """
    areas, months = known.shape
    used_areas, used_months = int(known.any(axis=1).sum()), int(known.any(axis=0).sum())
    if used_areas < FEWEST_AREAS or used_months < FEWEST_MONTHS:
        raise NotEstimable(
            "an association",
            f"{used_areas} areas and {used_months} months with both",
            f"{FEWEST_AREAS} areas and {FEWEST_MONTHS} months",
        )
    row, column = np.nonzero(known)
    parts = [np.eye(areas)[row], np.eye(months)[column]]
    if slopes:
        parts.append(np.eye(areas)[row] * (column - months / 2)[:, None] / months)
    parts += [np.nan_to_num(one)[known][:, None] for one in given]
    left, singular, _ = np.linalg.svd(np.hstack(parts), full_matrices=False)
    return left[:, singular > 1e-9 * singular[0]]


def residuals(values: Floats, known: NDArray[np.bool_], q: Floats, weights: sparse.csr_matrix, error: Floats) -> Residuals:
    r"""Project the basis out, and say what of the rest is noise.

    Noise of the months, smoothed by W and freed of the basis, leaves
    :math:`\sum_j e_j (\lVert W_j \rVert^2 - \lVert Q^\top W_j \rVert^2)` of squares, with :math:`e_j` its variance.

    Parameters
    ----------
    values : array, shape (areas, windows)
        Window means.
    known : array of bool, same shape
        Cells used.
    q : array, shape (cells, k)
        From `basis`.
    weights : sparse matrix, shape (areas · windows, areas · months)
        What made windows of months.
    error : array, shape (areas, months)
        Variances of the months.
    """
    y = values[known]
    rest = y - q @ (q.T @ y)
    found, fitted = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    found[known], fitted[known] = rest, y - rest
    columns = weights[known.ravel()]
    squares = np.asarray(columns.multiply(columns).sum(axis=0)).ravel() - ((q.T @ columns) ** 2).sum(axis=0)
    noise = np.nan_to_num(error).ravel() * np.maximum(squares, 0.0)
    return Residuals(found, fitted, noise.reshape(error.shape).sum(axis=1))
