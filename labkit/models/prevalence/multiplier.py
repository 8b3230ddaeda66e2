"""A number of persons from one count and the share of all persons that the count should hold.

Two things people confuse: a precise count and a precise number. The count may be exact to the person; the share comes from a
small survey, and all of its error is in the result.
"""

from __future__ import annotations

from scipy import special

from labkit.models.inputs import BadInput, NotEstimable, check_level
from labkit.models.interval import Interval
from labkit.models.prevalence.capture import Population
from labkit.models.prevalence.proportion import check_counts, estimate_proportion


def multiplier(
    benchmark: int, fraction: tuple[int, int] | float, *, design_effect: float = 1.0, level: float = 0.95
) -> Population:
    r"""Return the number of persons ``benchmark / fraction``.

    With :math:`x` of :math:`m` surveyed in the count, :math:`N = B\,m/x` and its ends are :math:`B` over the ends of the exact
    (Clopper-Pearson) interval of the share, never below the benchmark. Assumes that the survey reaches those in the count and
    the others alike; where people in treatment are easier to survey, the number is too low.

    Parameters
    ----------
    benchmark : int
        Persons counted (in treatment, arrested, given an object).
    fraction : (in the count, surveyed), or float
        From a survey of the same population; a share alone is taken as exact and gives no interval but the number itself.
    design_effect : float
        By how much the survey's variance exceeds that of a simple sample (about 2 to 4 when respondents recruit one another);
        the survey counts as that much smaller.
    level : float
        Probability of the interval.

    Raises
    ------
    BadInput
        No count, more in the count than surveyed, a share outside 0 to 1, a design effect below one.
    NotEstimable
        Nobody surveyed was in the count: there is only a lower bound, which is told.

    Examples
    --------
    >>> print(multiplier(420, (63, 200)))
    1,333.3 (1,093 to 1,671), 420 seen (multiplier)
    """
    check_level(level)
    if benchmark != int(benchmark) or benchmark < 1:
        raise BadInput("benchmark", f"{benchmark}", "a whole number of persons above zero")
    if not design_effect >= 1:
        raise BadInput("design_effect", f"{design_effect}", "1 or more")
    if not isinstance(fraction, tuple):
        if not 0 < fraction <= 1:
            raise BadInput("fraction", f"{fraction}", "a share above 0 and up to 1, or (in the count, surveyed)")
        value = benchmark / fraction
        interval = Interval(value, value, level, "share taken as exact")
        return Population(value, 0.0, interval, int(benchmark), "multiplier, share taken as exact", level)
    x, m = check_counts(*fraction, names=("fraction (in the count)", "fraction (surveyed)"))
    if x == 0:
        bound = benchmark / estimate_proportion(0, m, method="clopper_pearson", level=2 * level - 1).interval.high
        raise NotEstimable(
            "the number of persons", f"none of {m} surveyed was in the count", f"above {bound:,.0f} at {level:.0%} confidence"
        )
    a, b = x / design_effect, (m - x) / design_effect
    tail = (1 - level) / 2
    low = float(special.betaincinv(a, b + 1, tail))
    high = 1.0 if x == m else float(special.betaincinv(a + 1, b, 1 - tail))
    value = benchmark * m / x
    se = value * ((1 - x / m) / x * design_effect) ** 0.5
    interval = Interval(benchmark / high, benchmark / low, level, "exact in the share")
    return Population(value, se, interval, int(benchmark), "multiplier", level)
