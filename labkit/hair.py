"""Hair: from centimetres to calendar months, and what a ratio or a wash says of contamination.

Two things people confuse: a segment and a month. Three centimetres began to grow two to five months before they were cut, and
nobody knows exactly when; and a concentration in one person's hair is no measure of another person's dose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from labkit.models.inputs import BadInput

Floats = NDArray[np.float64]
DAYS_IN_MONTH = 30.44
# S70: 1 cm a month, 0.6 to 1.4; the mean 1.06, its spread, the emergence, the resting share and the cut are unverified.
GROWTH_CM, GROWTH_SD_CM, GROWTH_SPAN_CM = 1.06, 0.15, (0.6, 1.4)
EMERGENCE_DAYS = (10.0, 14.0)
RESTING_SHARE = (0.10, 0.15)
CUT_SD_CM = 0.4
LONGEST_MONTHS = 48
# what changes a concentration without anybody taking anything else: ratio left, and its standard deviation (S75)
TREATMENTS = {"washing": (1 - 0.233, 0.045), "dyeing": (1 - 0.326, 0.048)}
# metabolite over parent, at least: (numerator, denominator) -> (ratio, status)
RATIOS = {
    ("benzoylecgonine", "cocaine"): (0.05, "unverified"),
    ("norketamine", "ketamine"): (0.05, "verified"),  # S65
    ("6-acetylmorphine", "morphine"): (1.3, "unverified"),
}


@dataclass(frozen=True)
class Window:
    """Which months a segment speaks of: `weights[k]` is the share grown k months before it was collected."""

    from_cm: float
    to_cm: float
    weights: Floats
    mean_months: float
    low_months: float  # the middle 90 % of the growth
    high_months: float


@cache
def segment_window(from_cm: float, to_cm: float, draws: int = 20_000, seed: int = 1) -> Window:
    r"""Return the months in which a segment grew.

    .. math:: m = \frac{\text{lag}}{30.44} + \frac{x + e}{g}, \quad x \sim U(\text{from}, \text{to}),\;
       e \sim N(0, 0.4),\; g \sim N(1.06, 0.15) \text{ on } [0.6, 1.4]

    and a resting tenth or so of the strands stopped growing up to four months earlier, so that their piece is that much older.

    Parameters
    ----------
    from_cm, to_cm : float
        Ends of the segment, in cm from the scalp.
    draws, seed : int
        Of the Monte Carlo.

    Raises
    ------
    BadInput
        A segment without length, or starting below the skin.

    Examples
    --------
    >>> window = segment_window(0, 3)
    >>> round(window.mean_months, 1), round(float(window.weights.sum()), 6)
    (2.1, 1.0)

    References
    ----------
    .. [1] domain brief §3.1: growth 0.6 to 1.4 cm a month (seen); the other numbers are in use and unverified.
    """
    if not 0 <= from_cm < to_cm:
        raise BadInput(
            "segment", f"{from_cm} to {to_cm} cm", "a segment with a length, from 0 or more; a whole strand has both"
        )
    rng = np.random.default_rng(seed)
    place = np.maximum(rng.uniform(from_cm, to_cm, draws) + CUT_SD_CM * rng.standard_normal(draws), 0.0)
    growth = np.clip(GROWTH_CM + GROWTH_SD_CM * rng.standard_normal(draws), *GROWTH_SPAN_CM)
    months = rng.uniform(*EMERGENCE_DAYS, draws) / DAYS_IN_MONTH + place / growth
    resting = rng.random(draws) < rng.uniform(*RESTING_SHARE, draws)
    months = months + np.where(resting, rng.uniform(0, 4, draws), 0.0)
    weights = np.bincount(np.minimum(months.astype(int), LONGEST_MONTHS - 1)) / draws
    low, high = np.quantile(months, [0.05, 0.95])
    return Window(from_cm, to_cm, weights, float(months.mean()), float(low), float(high))


def ratio_standing(
    numerator: str, denominator: str, top: tuple[float, float], bottom: tuple[float, float]
) -> tuple[float, float, str]:
    """Return the ends of a metabolite ratio, and whether it reaches what use leaves.

    Parameters
    ----------
    numerator, denominator : str
        Analytes, a pair of `RATIOS`.
    top, bottom : (low, high)
        Ends of both concentrations, ng/mg; equal where measured.

    Returns
    -------
    low, high, standing
        `use` (surely at or above the ratio), `contamination possible` (surely below), `undecided` otherwise. A ratio is one
        sign among others: a metabolite can be a contaminant too.

    Raises
    ------
    BadInput
        No such pair, or ends out of order.

    Examples
    --------
    >>> ratio_standing("norketamine", "ketamine", (0.4, 0.4), (1.6, 1.6))
    (0.25, 0.25, 'use')
    >>> ratio_standing("norketamine", "ketamine", (0.0, 0.02), (5.0, 5.0))[2]
    'contamination possible'
    """
    if (numerator, denominator) not in RATIOS:
        raise BadInput("ratio", f"{numerator} over {denominator}", "one of " + ", ".join("/".join(pair) for pair in RATIOS))
    for name, ends in ((numerator, top), (denominator, bottom)):
        if not 0 <= ends[0] <= ends[1]:
            raise BadInput(name, f"{ends}", "0 <= low <= high")
    low = top[0] / bottom[1] if bottom[1] > 0 else 0.0
    high = top[1] / bottom[0] if bottom[0] > 0 else float("inf")
    least = RATIOS[numerator, denominator][0]
    return low, high, "use" if low >= least else "contamination possible" if high < least else "undecided"


def wash_standing(hair: tuple[float, float], last_wash: tuple[float, float], cutoff: float) -> str:
    """Return whether a result stands after what the last wash took off: `hair - 5 · last wash >= cut-off` (unverified rule).

    >>> wash_standing((3.0, 3.0), (0.1, 0.1), 0.2), wash_standing((0.5, 0.5), (0.1, 0.1), 0.2)
    ('stands', 'falls')
    """
    least, most = hair[0] - 5 * last_wash[1], hair[1] - 5 * last_wash[0]
    return "stands" if least >= cutoff else "falls" if most < cutoff else "undecided"


def left_after(treatments: Sequence[str]) -> tuple[float, float]:
    """Return which ratio of a concentration washing and dyeing left, and its standard deviation: a covariate, no correction.

    >>> ratio, sd = left_after(["dyeing"])
    >>> round(ratio, 3), round(sd, 3)
    (0.674, 0.048)
    """
    unknown = [one for one in treatments if one not in TREATMENTS]
    if unknown:
        raise BadInput("treatments", ", ".join(unknown), "some of " + ", ".join(TREATMENTS))
    ratio, relative = 1.0, 0.0
    for one in treatments:
        mean, sd = TREATMENTS[one]
        ratio, relative = ratio * mean, relative + (sd / mean) ** 2
    return ratio, ratio * float(np.sqrt(relative))
