"""What the people of a simulated city take, per head and day: level, trend, season, weekday, holiday and chance.

Two things people confuse: the *slow* wandering lasts for weeks and is part of the level; the *day* variation is gone
tomorrow. What is eliminated on a day is counted as taken on that day: the lag of excretion is not simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from labkit.simulate.catchment import Site, stream
from labkit.simulate.holidays import Days, Floats, on_holiday

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Where a site stands among the sites for an analyte, in standard scores: the sites are spread, not drawn, so that every city
# has its high and its low ones. Each analyte orders them differently (`site_stride`).
SITE_SCORES = (0.0, -1.2, -0.7, -0.25, 0.25, 0.7, 1.2)
SITE_LOG_SD = 0.05  # what the seed adds to the level of a site
WAVING, WAVE_MEMORY = ("methamphetamine", "ketamine"), 0.6  # from one month to the next
SLOW_MEMORY = 0.985  # of the slow wandering, from one day to the next
# (site, analyte): first week of the change, and the log change per year from there on
TRENDS = {
    ("S2", "methamphetamine"): (0, 0.18),
    ("S5", "methamphetamine"): (90, -0.45),
    ("S3", "ketamine"): (0, -0.15),
    ("S4", "ketamine"): (90, 0.30),
    ("S6", "cotinine"): (0, -0.03),
}


@dataclass(frozen=True)
class Operation:
    """A change of use with a known size: at these sites, of this analyte, from a day on, for some weeks."""

    sites: tuple[str, ...]
    analyte: str
    start: date
    weeks: int
    change: float

    def factor(self, site: str, analyte: str, days: Days) -> Floats:
        """Return what use is multiplied by on each day."""
        if site not in self.sites or analyte != self.analyte:
            return np.ones(days.size)
        first = np.datetime64(self.start)
        inside = (days >= first) & (days < first + 7 * self.weeks)
        return np.where(inside, 1 + self.change, 1.0)


def true_consumption(site: Site, parameters: Mapping[str, Any], seed: int, days: Days, waves: float = 0.0) -> Floats:
    """Return the drug taken on each day, mg/day/1000 people in the catchment.

    The logarithm is a sum: typical level + standing of the site + trend + slow wandering + season + weekday + holiday + day.

    Parameters
    ----------
    site
        The site; its trends are in `TRENDS`.
    parameters
        One row of `city_analytes.csv`.
    seed, days
        The city, and its days from the first one on without a gap.
    waves
        Log standard deviation of waves of some months that each site has for itself, for the drugs in `WAVING`.
    """
    analyte = parameters["analyte"]
    score = SITE_SCORES[(site.number * int(parameters["site_stride"])) % len(SITE_SCORES)]
    draw = stream(seed, site.code, analyte, "level").standard_normal()
    level = np.log(parameters["consumption_mg_day_1000inh"]) + parameters["site_log_sd"] * score + SITE_LOG_SD * draw

    from_week, per_year = TRENDS.get((site.code, analyte), (0, 0.0))
    trend = per_year * np.maximum(np.arange(days.size) - 7 * from_week, 0) / 365.25

    day_of_year = (days - days.astype("datetime64[Y]")).astype(np.float64)
    season = parameters["season_log"] * np.cos(2 * np.pi * (day_of_year - parameters["season_peak"]) / 365.25)
    weekday = np.log([parameters[name] for name in WEEKDAYS])[(days.astype(np.int64) + 3) % 7]  # 1 January 1970: a Thursday
    holiday = np.where(on_holiday(days), np.log(parameters["holiday_factor"]), 0.0)
    day = parameters["day_log_sd"] * stream(seed, site.code, analyte, "day").standard_normal(days.size)
    slow = parameters["slow_log_sd"] * _slow(stream(seed, site.code, analyte, "slow").standard_normal(days.size))
    wave = waves * _wave(stream(seed, site.code, analyte, "wave"), days.size) if waves and analyte in WAVING else 0.0
    return np.exp(level + trend + slow + season + weekday + holiday + day + wave)


def _wave(rng: np.random.Generator, days: int) -> Floats:
    """Return a wave with unit variance: a value a month that remembers most of the last one, straight lines between."""
    months = days // 30 + 3
    values = rng.standard_normal(months)
    for month in range(1, months):
        values[month] = WAVE_MEMORY * values[month - 1] + np.sqrt(1 - WAVE_MEMORY**2) * values[month]
    wave: Floats = np.interp(np.arange(days) / 30.0, np.arange(months), values)
    return wave


def _slow(shocks: Floats) -> Floats:
    """Return a wandering with unit variance that forgets slowly: x[t] = memory · x[t-1] + sqrt(1 - memory²) · shock[t]."""
    step = float(np.sqrt(1.0 - SLOW_MEMORY**2))
    value, values = float(shocks[0]), [float(shocks[0])]
    for shock in shocks[1:].tolist():
        value = SLOW_MEMORY * value + step * shock
        values.append(value)
    return np.array(values)
