"""Several counts of the same people, each with a bias of its own, as one distribution.

Two things people confuse: a marker that scatters and a marker that is off. Scatter averages out over days; a bias does not,
and is only seen where markers disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from labkit.models.inputs import BadInput
from labkit.models.interval import Interval


@dataclass(frozen=True)
class Marker:
    """One marker: people by it on each day (one number where it has no days), its scatter between days and its bias, as cv."""

    name: str
    people: Sequence[float]
    day_cv: float
    bias_cv: float


@dataclass(frozen=True)
class CombinedPopulation:
    """People behind a point, from all markers; `bias` is how far each marker is thought to be off, as a factor."""

    people: float
    people_interval: Interval
    weight: dict[str, float]
    bias: dict[str, float]
    p_conflict: float  # probability of markers that differ so much if their biases are as declared
    n: int  # markers
    level: float
    n_censored: int = 0
    method: str = "lognormal biases"

    def __str__(self) -> str:
        """Return one line."""
        told = ", ".join(f"{name} {weight:.0%}" for name, weight in self.weight.items())
        return f"{self.people:,.0f} people ({self.people_interval}; {told}; p of conflict {self.p_conflict:.2g})"


def combine_markers(markers: Sequence[Marker], level: float = 0.95) -> CombinedPopulation:
    r"""Combine markers of the same people on the log scale.

    .. math:: \log \hat P_m = \log P + b_m + e_m,\quad b_m \sim N(0, \beta_m^2),\; e_m \sim N(0, \sigma_m^2 / n_m),\quad
       w_m \propto 1 / (\beta_m^2 + \sigma_m^2 / n_m)

    with :math:`\beta^2 = \ln(1 + cv^2)`; log P has a flat prior. Where the markers differ more than their declared biases
    allow, the interval is too narrow and `p_conflict` small: declare larger biases, or find out which marker is off.

    Parameters
    ----------
    markers : sequence of Marker
        One or more.
    level : float
        Probability of the interval.

    Raises
    ------
    BadInput
        No marker, a name twice, people not above zero (a day without people is a day without a count), a bias of zero twice.

    Examples
    --------
    >>> census, cotinine = Marker("census", [500_000], 0.0, 0.2), Marker("cotinine", [610_000, 650_000], 0.1, 0.3)
    >>> print(combine_markers([census, cotinine]))
    535,919 people (3.874e+05 to 7.414e+05 (95%, lognormal biases); census 70%, cotinine 30%; p of conflict 0.52)
    """
    if not markers:
        raise BadInput("markers", "none", "one or more")
    names = [one.name for one in markers]
    if len(set(names)) < len(names):
        raise BadInput("markers", "a name twice", "each marker once")
    logs, variances, bias = [], [], []
    for one in markers:
        people = np.asarray(one.people, dtype=float)
        if people.size == 0 or np.isnan(people).any() or not (people > 0).all():
            raise BadInput(
                f"markers[{one.name!r}]", "a count of zero, less, or missing", "counts above zero; leave other days out"
            )
        if one.day_cv < 0 or one.bias_cv < 0 or one.day_cv + one.bias_cv == 0:
            raise BadInput(f"markers[{one.name!r}]", "no error at all", "a scatter or a bias above zero")
        logs.append(float(np.log(people).mean()))
        bias.append(float(np.log1p(one.bias_cv**2)))
        variances.append(bias[-1] + float(np.log1p(one.day_cv**2)) / people.size)
    y, v, b = np.array(logs), np.array(variances), np.array(bias)
    weight = 1 / v / (1 / v).sum()
    middle = float(weight @ y)
    half = float(stats.norm.ppf((1 + level) / 2)) / float(np.sqrt((1 / v).sum()))
    spread = float(((y - middle) ** 2 / v).sum())
    return CombinedPopulation(
        people=float(np.exp(middle)),
        people_interval=Interval(float(np.exp(middle - half)), float(np.exp(middle + half)), level, "lognormal biases"),
        weight=dict(zip(names, weight.tolist(), strict=True)),
        bias=dict(zip(names, np.exp((y - middle) * b / v).tolist(), strict=True)),
        p_conflict=float(stats.chi2.sf(spread, len(names) - 1)) if len(names) > 1 else 1.0,
        n=len(names),
        level=level,
    )
