"""Likelihood-ratio detectors of a lasting rise in counts, Poisson and negative binomial."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.alarms.outcome import Alarms, to_counts
from labkit.models.inputs import BadInput, Floats, to_floats


@dataclass(frozen=True)
class RatioAlarms(Alarms):
    """Alarms with the log likelihood ratio at each place; there is no limit of the count itself (`upper` is NaN)."""

    statistic: Floats = ()  # type: ignore[assignment]

    @property
    def n(self) -> int:
        """Places that were tested."""
        return int(np.size(self.statistic))


def glr(
    counts: ArrayLike,
    expected: ArrayLike,
    *,
    threshold: float = 5.0,
    overdispersion: float = 0.0,
    shift: float | None = None,
    reach: int = 104,
) -> RatioAlarms:
    r"""Ask at each place whether counts have risen by a common factor since some earlier place.

    .. math:: GLR_n = \max_{k \le n} \sup_{\kappa \ge 0} \sum_{t=k}^{n} \log \frac{f(y_t; \mu_t e^\kappa)}{f(y_t; \mu_t)},
       \qquad \text{alarm if } GLR_n \ge c, \text{ then anew}

    Parameters
    ----------
    counts : array, shape (n,)
        Of equal steps of time.
    expected : array, shape (n,)
        In control, above zero; `seasonal_expectation` gives one. Its own error is not in the statistic.
    threshold : float
        Log likelihood ratio that calls an alarm. It has no level of its own: 5 gives false alarms as the evaluation card says.
    overdispersion : float
        0 is Poisson; else Var = mu + overdispersion * mu².
    shift : float, optional
        Logarithm of the one factor to look for (a likelihood-ratio CUSUM: quickest for that factor); default any rise.
    reach : int
        Places looked back at most; costs as its square.

    Raises
    ------
    BadInput
        Counts as in `ears`; `expected` of another length or not above zero; threshold, shift not above zero; overdispersion
        below zero.

    Examples
    --------
    >>> print(glr([3, 2, 4, 3, 9, 8, 3], [3.0] * 7))
    1 alarms in 7 tests at alpha 0 (GLR Poisson, threshold 5); last at places: 5

    References
    ----------
    .. [1] M. Höhle, M. Paul, "Count data regression charts for the monitoring of surveillance time series", Comput Stat Data
       Anal 2008;52:4357-4368.
    """
    from labkit.models.alarms.glr_kernel import known_shift, unknown_shift

    y = to_counts(counts, 1)
    mu = to_floats("expected", expected, positive=True)
    if mu.size != y.size:
        raise BadInput("expected", f"{mu.size} values beside {y.size} counts", "one a count")
    for name, value in (("threshold", threshold), ("shift", 1.0 if shift is None else shift), ("reach", reach)):
        if not value > 0:
            raise BadInput(name, f"{value}", "above zero")
    if not overdispersion >= 0:
        raise BadInput("overdispersion", f"{overdispersion}", "zero or more")
    if shift is None:
        statistic, alarm = unknown_shift(y, mu, float(overdispersion), float(threshold), int(reach))
    else:
        statistic, alarm = known_shift(y, mu, float(overdispersion), float(threshold), float(shift))
    family = "negative binomial" if overdispersion else "Poisson"
    kind = "GLR" if shift is None else f"CUSUM of likelihood ratios, shift {np.exp(shift):g}-fold,"
    return RatioAlarms(y, mu, np.full(y.size, np.nan), alarm, 0.0, f"{kind} {family}, threshold {threshold:g}", 0, statistic)
