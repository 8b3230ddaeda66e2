"""The rows of a series as a model takes them: ends on its scale, real times, regressors, and what too few values bear on.

Two things people confuse: a row without value, which is a date to be told about, and a row of zero, which no log scale has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.models.inputs import BadInput, NotEstimable, check_enough, to_floats, to_intervals
from labkit.models.structural.design import Design, make_design
from labkit.models.structural.likelihood import Observed

Floats = NDArray[np.float64]
FEWEST_KNOWN = 6
FEWEST_INFORMATIVE = 3
FEWEST_BEARING = 1.5  # sum of squares of a regressor over its range: two rows on one side of a step, six on the other


def prepare(
    low: ArrayLike,
    high: ArrayLike,
    times: ArrayLike | None,
    trend: str,
    seasons: Sequence[tuple[float, int | str]],
    regressors: Mapping[str, ArrayLike],
    scale: str,
    changing_seasons: bool,
) -> tuple[Design, Observed]:
    """Check the arguments and return the model's matrices and what is known of each row."""
    if scale not in ("log", "identity"):
        raise BadInput("scale", repr(scale), "'log' or 'identity'")
    try:
        a, b = np.array(low, dtype=float), np.array(high, dtype=float)
    except (TypeError, ValueError):
        raise BadInput("low", "not numbers", "arrays of numbers") from None
    if a.ndim == 1 and a.shape == b.shape:
        gap = np.isnan(a) & np.isnan(b)
        a[gap], b[gap] = -np.inf, np.inf
    a, b = to_intervals(a, b)
    check_enough("low", a.size, FEWEST_KNOWN, "a level, its movement and noise")
    if scale == "log":
        if ((a < 0) & ~np.isneginf(a)).any() or (b <= 0).any():
            raise BadInput(
                "low, high", "a value or limit at or below zero", "values above zero (the log scale takes logarithms)"
            )
        with np.errstate(divide="ignore"):
            a, b = np.log(np.clip(a, 0, None)), np.log(b)
    if (np.isposinf(a) | np.isneginf(b)).any():
        raise BadInput("low, high", "an exact infinite value", "finite values; open sides on one side only")
    when = _to_times(times, a.size)
    covariates = {str(name): to_floats(f"regressors[{name!r}]", column) for name, column in regressors.items()}
    for name, column in covariates.items():
        if column.size != a.size:
            raise BadInput(f"regressors[{name!r}]", f"{column.size} values beside {a.size}", "one a row")
    both = np.isfinite(a) & np.isfinite(b)
    known = np.isfinite(a) | np.isfinite(b)
    if known.any() and not both.any():
        raise NotEstimable("the level", "every value is censored on one side", "the share of values beyond each limit")
    if both.sum() < FEWEST_INFORMATIVE:
        raise NotEstimable(
            "the level", f"{both.sum()} values are known from both sides", f"{FEWEST_INFORMATIVE} or more are needed"
        )
    middle = (a[both] + b[both]) / 2
    spread = float(np.std(middle))
    if not spread > 1e-12 * max(1.0, float(np.abs(middle).max())):
        raise NotEstimable("the variances", "all known values are equal (constant series)", "that value")
    from labkit.models.structural.normal_kernel import censored_moments

    centre, wide = censored_moments(a[known], b[known], float(middle.mean()), spread)
    design = make_design(when, trend, seasons, covariates, changing_seasons=changing_seasons, centre=centre, spread=wide)
    check_enough("low", int(known.sum()), design.mean0.size + 3, f"the model has {design.mean0.size} states")
    for name, column in covariates.items():
        if np.ptp(column[known]) == 0:
            raise BadInput(
                f"regressors[{name!r}]", "constant over the known rows", "a regressor that changes; the level is in the model"
            )
    return design, Observed.of(a, b, spread)


def untold(design: Design, seen: Observed) -> dict[str, str]:
    """Name the effects on which too few values known from both sides bear."""
    informative = np.isfinite(seen.low) & np.isfinite(seen.high)
    found = {}
    for name, at in design.coefficients.items():
        column = design.loads[:, at] / np.ptp(design.loads[:, at])
        bearing = float(np.sum((column[informative] - column[informative].mean()) ** 2))
        if bearing < FEWEST_BEARING:
            found[name] = (
                f"the values known from both sides hardly differ in it (sum of squares {bearing:.2g} of its range, "
                f"{FEWEST_BEARING:g} needed), and limits alone bound it on one side only"
            )
    return found


def _to_times(times: ArrayLike | None, n: int) -> Floats:
    if times is None:
        return np.arange(n, dtype=float)
    given = np.asarray(times)
    if given.dtype.kind == "M":
        if np.isnat(given).any():
            raise BadInput("times", "a missing date", "a date a row")
        given = (given - given.min()) / np.timedelta64(1, "D")
    when = to_floats("times", given)
    if when.size != n:
        raise BadInput("times", f"{when.size} times beside {n} rows", "one a row")
    if (np.diff(when) < 0).any():
        raise BadInput(
            "times",
            f"a decrease after position {int(np.argmax(np.diff(when) < 0))}",
            "times in order; equal ones are replicates",
        )
    if not when[-1] > when[0]:
        raise BadInput("times", "all equal", "times that span something")
    return when
