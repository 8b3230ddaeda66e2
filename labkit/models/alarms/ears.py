"""EARS C1, C2 and C3: a count against the few just before it, for series too short to have seasons."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from labkit.models.alarms.outcome import Alarms, check_alpha, to_counts
from labkit.models.inputs import BadInput

METHODS = ("C1", "C2", "C3")
LAG = 2  # of C2 and C3: an outbreak's own first days stay out of its baseline


def ears(counts: ArrayLike, *, method: str = "C1", baseline: int = 7, alpha: float = 0.001, smallest_sd: float = 0.5) -> Alarms:
    r"""Compare each count with mean and standard deviation of a moving baseline.

    .. math:: C1, C2:\; \frac{y_t - \bar y_t}{s_t} > z_{1-\alpha}, \qquad
       C3:\; \sum_{i=0}^2 \max\Big\{0, \frac{y_{t-i} - \bar y_{t-i}}{s_{t-i}} - 1\Big\} > z_{1-\alpha}

    Parameters
    ----------
    counts : array, shape (n,)
        Of equal steps of time (days, weeks), none missing.
    method : {"C1", "C2", "C3"}
        C1 takes the `baseline` counts just before; C2 leaves out the last two; C3 adds up what C2 has seen in the last two.
    baseline : int
        Counts in the baseline. Seven make a noisy standard deviation: the true level is above alpha, see the evaluation card.
    alpha : float
        Level of one test if counts were normal with known mean and spread, which they are not.
    smallest_sd : float
        Lower bound of the standard deviation; at 0, as elsewhere usual, any case after a flat baseline is an alarm.

    Raises
    ------
    BadInput
        Counts that are not whole or negative, missing ones, too few, an unknown method, an impossible level.

    Examples
    --------
    >>> print(ears([2, 3, 2, 4, 3, 2, 3, 3, 12]))
    1 alarms in 2 tests at alpha 0.001 (EARS C1, baseline 7); last at places: 8

    References
    ----------
    .. [1] L. Hutwagner et al., "Comparing aberration detection methods with simulated data", Emerg Infect Dis 2005;11:314-316.
    """
    if method not in METHODS:
        raise BadInput("method", repr(method), ", ".join(METHODS))
    if baseline < 3 or baseline != int(baseline):
        raise BadInput("baseline", f"{baseline}", "a whole number, 3 or more")
    check_alpha(alpha)
    if smallest_sd < 0:
        raise BadInput("smallest_sd", f"{smallest_sd}", "zero or more")
    lag = 0 if method == "C1" else LAG
    y = to_counts(counts, baseline + lag + 1)
    windows = np.lib.stride_tricks.sliding_window_view(y, baseline)[: y.size - baseline - lag]
    first = baseline + lag
    expected, spread = np.full(y.size, np.nan), np.full(y.size, np.nan)
    expected[first:] = windows.mean(axis=1)
    spread[first:] = np.maximum(windows.std(axis=1, ddof=1), smallest_sd)
    z = stats.norm.ppf(1 - alpha)
    upper = expected + z * spread
    if method == "C3":
        step, rest = y[first:] - expected[first:], spread[first:]
        score = np.divide(step, rest, out=np.where(step > 0, np.inf, 0.0), where=rest > 0)
        excess = np.maximum(0.0, score - 1)
        past = np.full(y.size, np.nan)
        past[first + 2 :] = excess[1:-1] + excess[:-2]
        with np.errstate(invalid="ignore"):  # where the last two alone exceed z, any count is an alarm
            upper = np.where(past > z, -1.0, expected + spread * (1 + z - np.minimum(past, z)))
    with np.errstate(invalid="ignore"):
        alarm = y > upper
    return Alarms(y, expected, upper, alarm, alpha, f"EARS {method}, baseline {baseline}")
