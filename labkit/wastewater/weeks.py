"""Weekly means under two conventions of the weekend, and a mean of an incomplete week that knows which days are missing.

Two things people confuse: the calendar's weekend (Saturday and Sunday) and the field's (Friday to Monday, since what is taken
on Saturday is in the sewer until Monday); and the mean of the days sampled with the mean of the week.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from labkit.models.inputs import BadInput, NotEstimable
from labkit.models.interval import Interval
from labkit.models.regression import fit_tobit
from labkit.wastewater.trend.series import WEEKDAYS

CONVENTIONS = {
    "field": ({"tuesday", "wednesday", "thursday"}, {"friday", "saturday", "sunday", "monday"}),
    "calendar": ({"monday", "tuesday", "wednesday", "thursday", "friday"}, {"saturday", "sunday"}),
}


def weekly_means(loads: pd.DataFrame, convention: str = "field") -> pd.DataFrame:
    """Return one row a site, analyte and week (Monday to Sunday): bounds of the means of weekdays, weekend and all days.

    A value below a limit counts at both of its ends, so that each mean has two bounds; they agree where all days are exact. A
    week with a day missing has means of what is there, and says how many days that is.

    Parameters
    ----------
    loads : DataFrame
        `site`, `analyte`, `date`, `low`, `high`.
    convention : {"field", "calendar"}
        "field": weekdays Tuesday to Thursday, weekend Friday to Monday; "calendar": Monday to Friday, Saturday and Sunday.

    Returns
    -------
    DataFrame
        `site, analyte, week, n_days` and, for each of `weekday`, `weekend`, `all`, its two bounds.
    """
    if convention not in CONVENTIONS:
        raise BadInput("convention", repr(convention), ", ".join(CONVENTIONS))
    days = pd.to_datetime(loads["date"])
    number = days.dt.day_of_week.to_numpy()
    names = np.array(WEEKDAYS)[number]
    frame = loads[["site", "analyte"]].assign(
        week=(days - pd.to_timedelta(number, unit="D")).dt.strftime("%Y-%m-%d"), day=names, low=loads["low"], high=loads["high"]
    )
    keys = ["site", "analyte", "week"]
    by_day = frame.groupby([*keys, "day"], sort=False)[["low", "high"]].mean().reset_index()
    weekday, weekend = CONVENTIONS[convention]
    found = by_day.groupby(keys, sort=True).size().rename("n_days").reset_index()
    for part, wanted in (("weekday", weekday), ("weekend", weekend), ("all", weekday | weekend)):
        means = by_day[by_day["day"].isin(wanted)].groupby(keys)[["low", "high"]].mean()
        means.columns = [f"{part}_low_mg_day_1000inh", f"{part}_high_mg_day_1000inh"]
        found = found.merge(means.reset_index(), on=keys, how="left")
    return found


@dataclass(frozen=True)
class AdjustedWeek:
    """The geometric mean of a whole week, days missing or below limits allowed for."""

    mean: float
    mean_interval: Interval
    factors: dict[str, float]  # of each weekday against the mean day
    n: int
    n_censored: int
    level: float
    method: str = "weekdays by censored regression, days of the week weighted alike"

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.mean:.4g} ({self.mean_interval}), n = {self.n}, {self.n_censored} not exact ({self.method})"


def adjusted_mean(loads: pd.DataFrame, level: float = 0.95) -> AdjustedWeek:
    r"""Return the mean of a week from unequal numbers of its days.

    :math:`\log y = \mu + w_{day} + \varepsilon` with :math:`\sum_{day} w = 0`, values below limits as intervals.

    Parameters
    ----------
    loads : DataFrame
        One site and analyte: `date`, `low`, `high`.
    level : float
        Probability of the interval.

    Raises
    ------
    NotEstimable
        A weekday that was never sampled, or only below its limits: its share of the week is not known.
    """
    number = pd.to_datetime(loads["date"]).dt.day_of_week.to_numpy()
    missing = [WEEKDAYS[k] for k in range(7) if not (number == k).any()]
    if missing:
        raise NotEstimable("the mean of a week", f"no {missing[0]} was sampled", "the mean of the days sampled, called so")
    contrasts = {WEEKDAYS[k]: (number == k).astype(float) - (number == 6) for k in range(6)}
    fit = fit_tobit(None, contrasts, low=loads["low"].to_numpy(float), high=loads["high"].to_numpy(float), level=level)
    one = fit.coefficients["intercept"]
    steps = [fit.coefficients[name].estimate for name in WEEKDAYS[:6]]
    factors = dict(zip(WEEKDAYS, np.exp([*steps, -sum(steps)]).tolist(), strict=True))
    ends = one.interval
    interval = Interval(float(np.exp(ends.low)), float(np.exp(ends.high)), level, ends.method)
    return AdjustedWeek(float(np.exp(one.estimate)), interval, factors, fit.n, fit.n_censored, level)
