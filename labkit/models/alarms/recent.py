"""Counts against the few just before, by the Poisson's own predictive distribution."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from labkit.models.alarms.outcome import Alarms, check_alpha, to_counts
from labkit.models.inputs import BadInput


def bayes(counts: ArrayLike, *, window: int = 6, alpha: float = 0.05) -> Alarms:
    r"""Compare each count with the predictive distribution of a Poisson whose mean the `window` counts before tell.

    With Jeffreys' prior and :math:`s = \sum_{i=1}^w y_{t-i}` the next count is negative binomial,
    :math:`y_t \sim NB(s + 1/2,\; w / (w + 1))`: the doubt about the mean is in the limit, but counts that vary more than a
    Poisson call more alarms than alpha.

    Parameters
    ----------
    counts : array, shape (n,)
        Of equal steps of time.
    window : int
        Counts just before that make the baseline.
    alpha : float
        At most this probability of a false alarm a test, averaged over the prior.

    Raises
    ------
    BadInput
        What `ears` refuses.

    Examples
    --------
    >>> print(bayes([2, 3, 1, 2, 4, 2, 9]))
    1 alarms in 1 tests at alpha 0.05 (Bayes, window 6); last at places: 6

    References
    ----------
    .. [1] M. Höhle, "surveillance: An R package for the monitoring of infectious diseases", Comput Stat 2007;22:571-582.
    """
    check_alpha(alpha)
    if window < 1 or window != int(window):
        raise BadInput("window", f"{window}", "a whole number, 1 or more")
    y = to_counts(counts, window + 1)
    total = np.lib.stride_tricks.sliding_window_view(y, window)[:-1].sum(axis=1)
    expected, upper = np.full(y.size, np.nan), np.full(y.size, np.nan)
    expected[window:] = (total + 0.5) / window
    upper[window:] = stats.nbinom.isf(alpha, total + 0.5, window / (window + 1))
    with np.errstate(invalid="ignore"):
        alarm = y > upper
    return Alarms(y, expected, upper, alarm, alpha, f"Bayes, window {window}")
