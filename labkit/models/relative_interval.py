"""The interval of a quantity known up to independent multiplicative errors and one uncertain divisor."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from labkit.models.inputs import BadInput


def relative_interval(coefficients_of_variation: np.ndarray, divisor: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    r"""Return the interval of ``X = exp(s·Z) / D`` relative to its point value 1.

    The errors are lognormal with median 1 and the given coefficients of variation ``v``, independent of one another, so
    that ``s² = Σ ln(1 + v²)``; ``D`` is the divisor relative to its point value, given as equally likely values. The
    distribution function is the exact mixture ``F(x) = mean(Φ((ln x + ln D_i) / s))``: no random number is drawn.

    Parameters
    ----------
    coefficients_of_variation : ndarray, shape (k,)
        Relative standard deviations of the multiplicative errors, each zero or more.
    divisor : ndarray, shape (m,)
        Equally likely values of the divisor divided by its point value (for consumption: the excretion fraction).
    level : float
        Probability of the interval, equally split between its tails.

    Returns
    -------
    tuple of float
        The ends of the interval, to be multiplied with the point value.

    Raises
    ------
    BadInput
        If a coefficient is negative, a divisor is not positive, none is given, or the level is not between 0 and 1.

    Notes
    -----
    The errors are multiplied, never added to a Normal denominator; correlated errors would need another function.

    Examples
    --------
    >>> low, high = relative_interval(np.array([0.2]), np.array([1.0]))
    >>> round(low, 3), round(high, 3)
    (0.678, 1.474)
    """
    errors = np.asarray(coefficients_of_variation, dtype=float)
    divisor = np.asarray(divisor, dtype=float)
    if not (errors >= 0).all() or divisor.size == 0 or not (divisor > 0).all() or not 0 < level < 1:
        raise BadInput(
            "coefficients_of_variation, divisor, level",
            "an error below zero, a divisor not above zero, or such a level",
            "errors of zero or more, divisors above zero, a level between 0 and 1",
        )
    tails = ((1 - level) / 2, (1 + level) / 2)
    spread = float(np.sqrt(np.log1p(errors**2).sum()))
    logs = -np.log(divisor)
    if spread == 0:
        low, high = np.quantile(logs, tails)
        return float(np.exp(low)), float(np.exp(high))
    ends = (logs.min() - 9 * spread, logs.max() + 9 * spread)
    low, high = (brentq(lambda x, p=p: ndtr((x - logs) / spread).mean() - p, *ends, xtol=1e-12) for p in tails)
    return float(np.exp(low)), float(np.exp(high))
