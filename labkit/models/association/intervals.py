"""Closed-form intervals of correlation coefficients, all on Fisher's scale.

Two things people confuse: the standard error of a plain correlation on that scale, 1/sqrt(n-3), and that of a rank correlation,
which is larger: with the first one a Spearman interval is too narrow.
"""

from __future__ import annotations

import math
from typing import Literal

from scipy import stats

from labkit.models.inputs import BadInput, check_enough, check_level
from labkit.models.interval import Interval


def _interval(estimate: float, variance: float, level: float, method: str) -> Interval:
    check_level(level)
    if not -1 <= estimate <= 1:
        raise BadInput("estimate", f"{estimate}", "a correlation between -1 and 1")
    if abs(estimate) == 1:
        return Interval(estimate, estimate, level, method)
    reach = float(stats.norm.ppf((1 + level) / 2)) * math.sqrt(variance)
    middle = math.atanh(estimate)
    return Interval(math.tanh(middle - reach), math.tanh(middle + reach), level, method)


def fisher_interval(r: float, n: int, level: float = 0.95) -> Interval:
    r"""Return Fisher's interval of a correlation, :math:`\tanh(\mathrm{artanh}\, r \pm z / \sqrt{n - 3})`.

    Examples
    --------
    >>> print(fisher_interval(0.5, 30))
    0.1704 to 0.729 (95%, Fisher)
    """
    check_enough("n", n, 4, "its standard error is 1/sqrt(n - 3)")
    return _interval(r, 1 / (n - 3), level, "Fisher")


def fieller_interval(coefficient: float, n: int, level: float = 0.95, kind: Literal["rho", "tau-b"] = "rho") -> Interval:
    r"""Return Fieller's interval of a rank correlation: variance 1.06/(n-3) for Spearman's rho, 0.437/(n-4) for Kendall's tau.

    References
    ----------
    .. [1] E. C. Fieller, H. O. Hartley, E. S. Pearson, "Tests for rank correlation coefficients. I", Biometrika 1957;44:470.
    """
    check_enough("n", n, 5, "its standard error divides by n - 4")
    variance = 1.06 / (n - 3) if kind == "rho" else 0.437 / (n - 4)
    return _interval(coefficient, variance, level, f"Fieller on {kind}")


def bonett_wright_interval(rho: float, n: int, level: float = 0.95) -> Interval:
    r"""Return the interval of Spearman's rho with variance :math:`(1 + \rho^2/2)/(n - 3)` on Fisher's scale.

    References
    ----------
    .. [1] D. G. Bonett and T. A. Wright, "Sample size requirements for estimating Pearson, Kendall and Spearman correlations",
       Psychometrika 2000;65:23-28.
    """
    check_enough("n", n, 4, "its standard error divides by n - 3")
    return _interval(rho, (1 + rho * rho / 2) / (n - 3), level, "Bonett-Wright")
