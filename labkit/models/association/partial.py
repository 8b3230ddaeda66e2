"""The correlation of two variables once what others say about both is taken out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from labkit.models.association.correlation import Correlation
from labkit.models.association.intervals import fisher_interval
from labkit.models.inputs import BadInput, NotEstimable, check_enough, check_level, to_floats


def partial_correlation(x: ArrayLike, y: ArrayLike, given: ArrayLike, *, level: float = 0.95) -> Correlation:
    r"""Return the correlation of the residuals of x and y after linear regression on `given`.

    Parameters
    ----------
    x, y : array, shape (n,), any unit
        Values.
    given : array, shape (n,) or (n, k)
        The k variables held constant.
    level : float
        Probability of the interval: Fisher's, with variance :math:`1/(n - k - 3)`; the t test has n - k - 2 degrees of freedom.

    Raises
    ------
    BadInput
        Lengths differ, NaN, fewer than k + 5 rows.
    NotEstimable
        x or y is a linear function of `given`.

    Examples
    --------
    >>> print(partial_correlation([1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5], [1, 1, 2, 2, 3, 3]))
    Pearson, 1 held constant -1, -1 to -1 (95%, Fisher), p 0 (n 6)
    """
    check_level(level)
    a, b = to_floats("x", x), to_floats("y", y)
    held = np.asarray(given, dtype=float)
    held = held[:, None] if held.ndim == 1 else held
    n = int(a.size)
    if b.size != n or held.ndim != 2 or held.shape[0] != n or not np.isfinite(held).all():
        raise BadInput("given", f"{b.size} values of y, shape {held.shape}, beside {n} of x", "finite rows, as many as x and y")
    k = int(held.shape[1])
    check_enough("x", n, k + 5, f"{k} variables are held constant")
    design = np.column_stack([np.ones(n), held - held.mean(axis=0)])
    left = []
    for name, values in (("x", a), ("y", b)):
        rest = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
        if rest @ rest <= 1e-20 * max(float(values @ values), 1e-300):
            raise NotEstimable("a partial correlation", f"{name} is a linear function of what is held constant")
        left.append(rest)
    r = float(np.clip(left[0] @ left[1] / np.sqrt((left[0] @ left[0]) * (left[1] @ left[1])), -1, 1))
    if 1 - abs(r) < 1e-14:
        r = float(np.sign(r))
    free = n - k - 2
    t = float(r * np.sqrt(free / (1 - r * r))) if abs(r) < 1 else float(np.copysign(np.inf, r))
    interval = fisher_interval(r, n - k, level)
    return Correlation(r, t, float(2 * stats.t.sf(abs(t), free)), interval, n, 0, f"Pearson, {k} held constant", level)
