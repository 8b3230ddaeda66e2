"""Sums of the trend over its rows, as states of their own: what a change is, with the interval that belongs to it.

Two things people confuse: the bands of a level at two dates and the interval of their difference. Levels of neighbouring dates
move together, so the difference is known better than two bands side by side suggest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.models.inputs import BadInput, to_floats
from labkit.models.structural.design import Design

Floats = NDArray[np.float64]


def with_contrasts(design: Design, contrasts: Mapping[str, ArrayLike]) -> Design:
    """Return the design with one further state for each contrast: it adds up weight times trend, row by row.

    Its smoothed value at the last row is the contrast given all data, exactly and with its own variance.
    """
    for name, weights in contrasts.items():
        row = to_floats(f"contrasts[{name!r}]", weights)
        if row.size != design.times.size or not row.any():
            raise BadInput(f"contrasts[{name!r}]", f"{row.size} weights, {np.count_nonzero(row)} not zero", "a weight a row")
        if name in design.coefficients:
            raise BadInput("contrasts", f"the name {name!r}", "names that no regressor has")
        design = _with_one(design, name, row)
    return design


def _with_one(design: Design, name: str, weights: Floats) -> Design:
    n, m = design.loads.shape
    column = np.zeros((n, 1))
    steps = np.zeros((n, m + 1, m + 1))
    steps[:, :m, :m] = design.steps
    steps[:, m, :m] = weights[:, None] * design.steps[:, 0, :]
    steps[:, m, m] = 1.0
    shocks = {}
    for key, unit in design.shocks.items():
        wider = np.zeros((n, m + 1, m + 1))
        wider[:, :m, :m] = unit
        wider[:, m, :m] = wider[:, :m, m] = weights[:, None] * unit[:, 0, :]
        wider[:, m, m] = weights**2 * unit[:, 0, 0]
        shocks[key] = wider
    cov0 = np.zeros((m + 1, m + 1))
    cov0[:m, :m] = design.cov0
    return replace(
        design,
        loads=np.hstack([design.loads, column]),
        steps=steps,
        shocks=shocks,
        shares={key: np.hstack([share, column]) for key, share in design.shares.items()},
        mean0=np.append(design.mean0, 0.0),
        cov0=cov0,
        coefficients={**design.coefficients, name: m},
    )
