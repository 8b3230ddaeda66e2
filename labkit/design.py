"""Which samples to take for the change one wants to see: days a week against weeks, at the laboratory's own variances.

Two things people confuse: scatter from day to day, which more days average out, and a level that wanders from week to week,
which they do not: past some number of days only more weeks help, and past some number of weeks the level has wandered off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from labkit.models.inputs import BadInput
from labkit.wastewater.trend import take_apart, to_series

DAYS = (1, 2, 3, 4, 5, 7)
POWER = 0.8
MOST_WEEKS = 52


@dataclass(frozen=True)
class Scatter:
    """Of one analyte, medians over its sites: log-SD of a day around the trend, and of the step of the level in a week."""

    analyte: str
    day_log_sd: float
    week_step_log_sd: float
    n: int
    n_censored: int
    sites: int
    refused: int  # sites whose series carry no fit


def scatter_of(loads: pd.DataFrame) -> tuple[Scatter, ...]:
    """Return what a laboratory's own series say of their scatter, values below limits as intervals.

    Parameters
    ----------
    loads : DataFrame
        As for `labkit.wastewater.trend.to_series`.

    Raises
    ------
    BadInput
        No series carries a fit.
    """
    parts = [take_apart(one) for one in to_series(loads)]
    found = []
    for analyte in dict.fromkeys(part.series.analyte for part in parts):
        mine = [part for part in parts if part.series.analyte == analyte]
        fits = [part.fit for part in mine if part.fit is not None]
        if not fits:
            continue
        day, step = (float(np.median([np.sqrt(fit.variances.get(name, 0.0)) for fit in fits])) for name in ("noise", "level"))
        n, censored = sum(part.series.n for part in mine), sum(part.series.n_censored for part in mine)
        found.append(Scatter(analyte, day, step, n, censored, len(mine), len(mine) - len(fits)))
    if not found:
        raise BadInput("loads", "no series that carries a trend", "one series with a dozen results or more")
    return tuple(found)


def detectable_change(
    day_log_sd: float,
    week_step_log_sd: float,
    days: int,
    weeks: int,
    *,
    sites: int = 1,
    level: float = 0.95,
    power: float = POWER,
) -> float:
    r"""Return the smallest relative rise that a design finds with the power asked for.

    .. math:: \exp\Big\{(z_{(1 + level)/2} + z_{power}) \sqrt{\tfrac1k \Big(\frac{2 s^2}{m n} +
       q^2\, \frac{2 m^2 + 1}{3 m}\Big)}\Big\} - 1

    between the means of two stretches of m weeks that follow one another, n days in each week, averaged over k sites that
    wander on their own; the second term is the variance of the difference of two neighbouring means of a random walk.

    Parameters
    ----------
    day_log_sd, week_step_log_sd : float
        s and q, from `scatter_of`.
    days, weeks, sites : int
        n, m and k.
    level, power : float
        Of the two-sided test.

    Raises
    ------
    BadInput
        Scatter not above zero, days outside 1 to 7, fewer than one week or site.

    Examples
    --------
    >>> [round(detectable_change(0.25, 0.02, days, 13), 2) for days in (2, 4, 7)]
    [0.29, 0.24, 0.22]
    """
    if not day_log_sd > 0 or not week_step_log_sd >= 0:
        raise BadInput("scatter", f"{day_log_sd} and {week_step_log_sd}", "above zero, and zero or more")
    if not 1 <= days <= 7 or weeks < 1 or sites < 1:
        raise BadInput("design", f"{sites} sites, {days} days, {weeks} weeks", "a site or more, 1 to 7 days, a week or more")
    wander = week_step_log_sd**2 * (2 * weeks**2 + 1) / (3 * weeks)
    variance = (2 * day_log_sd**2 / (weeks * days) + wander) / sites
    return float(np.expm1((stats.norm.ppf((1 + level) / 2) + stats.norm.ppf(power)) * np.sqrt(variance)))


def designs(
    scatter: Sequence[Scatter],
    samples: int,
    sites: int,
    *,
    level: float = 0.95,
    power: float = POWER,
    most_weeks: int = MOST_WEEKS,
) -> pd.DataFrame:
    """Return every design of days and weeks that the budget pays at all sites, and the change each finds.

    Parameters
    ----------
    scatter : sequence of Scatter
        From `scatter_of`; one sample serves every analyte.
    samples : int
        Both stretches together, over all sites.
    sites : int
        Sites sampled alike.
    level, power : float
        As in `detectable_change`.
    most_weeks : int
        Longest stretch; a longer wait answers another question.

    Returns
    -------
    DataFrame
        `analyte`, `days`, `weeks` (of each stretch), `samples` used, `one_site`, `all_sites` (relative rise), `best`
        (the smallest of its analyte at one site).

    Raises
    ------
    BadInput
        A budget below two samples a site.
    """
    rows = [
        {
            "analyte": one.analyte,
            "days": days,
            "weeks": weeks,
            "samples": 2 * sites * days * weeks,
            "one_site": detectable_change(one.day_log_sd, one.week_step_log_sd, days, weeks, level=level, power=power),
            "all_sites": detectable_change(
                one.day_log_sd, one.week_step_log_sd, days, weeks, sites=sites, level=level, power=power
            ),
        }
        for one in scatter
        for days in DAYS
        for weeks in range(1, min(most_weeks, samples // (2 * sites * days)) + 1)
    ]
    if not rows:
        raise BadInput("samples", f"{samples} at {sites} sites", f"{2 * sites} or more: one a site before and one after")
    found = pd.DataFrame(rows)
    return found.assign(best=found.index.isin(found.groupby("analyte", sort=False)["one_site"].idxmin()))
