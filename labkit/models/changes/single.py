"""Tests for one change at an unknown place: by ranks (Pettitt) and under a normal (Alexandersson, Buishand)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.inputs import BadInput, Floats, NotEstimable, check_enough, to_floats

METHODS = ("pettitt", "snht", "buishand_range", "buishand_u")


@dataclass(frozen=True)
class ChangeTest:
    """The statistic, its p and the place it points to: the first of the new level, where one value marks it."""

    statistic: float
    p: float
    place: int
    n: int
    method: str
    n_censored: int = 0
    level: float | None = None  # a test, no interval

    def __str__(self) -> str:
        """Return one line."""
        return f"p = {self.p:.3g}, place {self.place} (statistic {self.statistic:.4g}, n = {self.n}, {self.method})"


def one_change(values: ArrayLike, *, method: str = "pettitt", draws: int = 20_000, seed: int = 20) -> ChangeTest:
    r"""Test "one level throughout" against one change, place unknown.

    =================  ============================================================================================
    "pettitt"          :math:`\max_k |2 \sum_{i \le k} R_i - k(n + 1)|`, ranks alone; :math:`p = 2 e^{-6 U^2 / (n^3 + n^2)}`, at
                       most 1: an approximation, too large in the middle
    "snht"             :math:`\max_k \{k \bar z_1^2 + (n - k) \bar z_2^2\}` of standardised values (Alexandersson)
    "buishand_range"   :math:`(\max S^* - \min S^*) / \sqrt n` of partial sums over the standard deviation
    "buishand_u"       :math:`\sum_{k<n} (S_k^*)^2 / \{n (n + 1)\}`
    =================  ============================================================================================

    The normal ones have p by simulation. All take values as independent: serial correlation calls changes where none are.

    Parameters
    ----------
    values : array, shape (n,)
        In order of time, none missing.
    method : str
        As above.
    draws, seed : int
        Of the simulation.

    Raises
    ------
    BadInput
        Missing values, fewer than six, an unknown method.
    NotEstimable
        A constant series.

    Examples
    --------
    >>> print(one_change([3, 4, 3, 5, 4, 8, 9, 8, 7, 9]))
    p = 0.0661, place 5 (statistic 25, n = 10, Pettitt)

    References
    ----------
    .. [1] A. N. Pettitt, "A non-parametric approach to the change-point problem", Appl Stat 1979;28:126-135.
    .. [2] H. Alexandersson, "A homogeneity test applied to precipitation data", J Climatol 1986;6:661-675.
    .. [3] T. A. Buishand, "Some methods for testing the homogeneity of rainfall records", J Hydrol 1982;58:11-27.
    """
    from scipy.stats import rankdata

    if method not in METHODS:
        raise BadInput("method", repr(method), ", ".join(METHODS))
    y = to_floats("values", values)
    check_enough("values", y.size, 6, "two levels")
    if not np.ptp(y) > 0:
        raise NotEstimable("the test", "a constant series", "nothing: there is no change")
    n = y.size
    if method == "pettitt":
        paths = np.abs(2 * np.cumsum(rankdata(y)) - np.arange(1, n + 1) * (n + 1))
        statistic = float(paths.max())
        p = min(1.0, float(2 * np.exp(-6 * statistic**2 / (n**3 + n**2))))
        return ChangeTest(statistic, p, int(np.argmax(paths)) + 1, n, "Pettitt")
    statistic, where = (float(part[0]) for part in _statistics(y[None, :], method))
    drawn = _null(n, method, draws, seed)
    return ChangeTest(statistic, float((drawn >= statistic).mean()), int(where), n, f"{method}, {draws} draws")


@lru_cache(maxsize=64)
def _null(n: int, method: str, draws: int, seed: int) -> Floats:
    return _statistics(np.random.default_rng(seed).standard_normal((draws, n)), method)[0]


def _statistics(rows: Floats, method: str) -> tuple[Floats, Floats]:
    """Return the statistic of each row and the place it points to."""
    n = rows.shape[1]
    sums = np.cumsum(rows - rows.mean(axis=1, keepdims=True), axis=1)[:, :-1]
    k = np.arange(1, n)
    if method == "snht":
        path = sums**2 / rows.var(axis=1, ddof=1)[:, None] * n / (k * (n - k))
        return path.max(axis=1), np.argmax(path, axis=1) + 1.0
    scaled = sums / rows.std(axis=1, ddof=1)[:, None]
    where = np.argmax(np.abs(scaled), axis=1) + 1.0
    if method == "buishand_range":
        return (np.maximum(scaled.max(axis=1), 0) - np.minimum(scaled.min(axis=1), 0)) / np.sqrt(n), where
    return (scaled**2).sum(axis=1) / (n * (n + 1)), where
