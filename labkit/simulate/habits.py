"""What simulated persons take and what is left of it: the same use that fills the water of their area.

Two things people confuse: how many of the *tested* are positive, and how many of the people take something. Who is tested is
chosen (a suspect, a driver, a patient), and what is found depends on the window: half a year of hair, two days of blood.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from labkit.simulate.catchment import nth_site, stream
from labkit.simulate.city import city_analytes
from labkit.simulate.holidays import Floats
from labkit.simulate.use import Operation, true_consumption

DAYS_IN_MONTH = 30.44
GROWTH_CM, GROWTH_SD_CM, SLOWEST_CM, FASTEST_CM = 1.06, 0.15, 0.6, 1.4  # a month
EMERGENCE_DAYS = 12
HEAVY_SHARE = 0.35  # of those who take a drug
USES_A_DAY = {"heavy": 0.5, "occasional": 0.07}
HALF_LIFE_HOURS = {"methamphetamine": 10, "ketamine": 3, "MDMA": 7, "morphine": 3, "benzoylecgonine": 7}
CHOSEN = {"treatment": 0.9, "referral": 0.5, "survey": -1.0, "driving": -0.3}  # log odds added by why somebody was tested
SELECTION = 6.5  # log odds by which those tested for no special reason still exceed the people
USERS_TESTED = {
    "methamphetamine": 0.40,
    "ketamine": 0.28,
    "MDMA": 0.12,
    "benzoylecgonine": 0.10,
}  # as person_analytes.csv, hair
RESPONSE = 1.0  # log odds of taking a drug for a log unit of use per head in the area: more mass is more users, not more a user


@dataclass(frozen=True)
class AreaUse:
    """Use per head in each area relative to the usual of the whole city, day by day: areas × days, by city analyte."""

    start: date
    relative: dict[str, Floats]

    def mean_before(self, follows: str, area: int, first: int, last: int) -> float:
        """Return the mean of the days `first` to `last` (days of the study; before its start, the first day's)."""
        if follows not in self.relative:
            return 1.0
        series = self.relative[follows][area]
        days = np.clip(np.arange(first, last + 1), 0, series.size - 1)
        return float(series[days].mean())


def use_of_areas(
    *, seed: int, start: date, weeks: int, areas: int, operation: Operation | None = None, waves: float = 0.0
) -> AreaUse:
    """Return what is taken in the areas `D1` …: that of the site whose catchment each area mostly is."""
    first = np.datetime64(start)
    days = np.arange(first, first + 7 * weeks)
    relative = {}
    for one in city_analytes().to_dict("records"):
        series = []
        for number in range(1, areas + 1):
            site = nth_site(number, seed)
            taken = true_consumption(site, one, seed, days, waves)
            if operation is not None:
                taken = taken * operation.factor(site.code, one["analyte"], days)
            series.append(taken / one["consumption_mg_day_1000inh"])
        relative[one["analyte"]] = np.array(series)
    return AreaUse(start, relative)


def share_of_people(analyte: str, index: Floats) -> Floats:
    """Return the share of people who take what an analyte follows: that of the tested, freed of how they were chosen."""
    share = USERS_TESTED.get(analyte, np.nan)
    odds = np.log(share / (1 - share)) - SELECTION + RESPONSE * np.log(index)
    found: Floats = 1 / (1 + np.exp(-odds))
    return found


def use_table(use: AreaUse) -> pd.DataFrame:
    """Return the truth behind all matrices: one row an area, month and city analyte, relative use and share of users."""
    rows = []
    for analyte, series in use.relative.items():
        days = np.datetime64(use.start) + np.arange(series.shape[1])
        months = days.astype("datetime64[M]")
        for month in np.unique(months):
            inside = months == month
            rows += [
                (
                    f"D{area + 1}",
                    str(month),
                    analyte,
                    round(float(values[inside].mean()), 5),
                    round(float(share_of_people(analyte, values[inside]).mean()), 7),
                )
                for area, values in enumerate(series)
            ]
    return pd.DataFrame(rows, columns=["area", "month", "analyte", "true_relative_use", "true_share_users"])


def takes(share: float, index: float, reason: str, chance: float) -> bool:
    """Tell whether a tested person takes a drug, from the area's use, why they were tested, and their own chance."""
    odds = np.log(share / (1 - share)) + CHOSEN[reason] + RESPONSE * np.log(max(index, 1e-6))
    return chance < 1 / (1 + np.exp(-odds))


def hair_days(draws: tuple[float, float], to_cm: float) -> tuple[int, int]:
    """Return how many days ago the hair of a segment from the scalp to `to_cm` began and ended to grow.

    >>> hair_days((0.0, 0.0), 3.0)
    (98, 12)
    """
    growth = float(np.clip(GROWTH_CM + GROWTH_SD_CM * draws[0], SLOWEST_CM, FASTEST_CM))
    length = max(to_cm + 0.3 * draws[1], 1.0)  # nobody cuts to the millimetre
    return EMERGENCE_DAYS + round(DAYS_IN_MONTH * length / growth), EMERGENCE_DAYS


def left_in_hair(median: float, log_sd: float, heavy: bool, days: int, noise: float, rng: np.random.Generator) -> float:
    """Return a concentration in hair, in the unit of `median`, which is that of somebody who takes it every second day."""
    uses = rng.poisson(USES_A_DAY["heavy" if heavy else "occasional"] * days)
    return float(median * uses / (USES_A_DAY["heavy"] * days) * np.exp(log_sd * noise))


def left_in_blood(median: float, log_sd: float, heavy: bool, analyte: str, noise: float, rng: np.random.Generator) -> float:
    """Return a concentration in blood, in the unit of `median`, from the hours since the last use."""
    hours = rng.exponential(24 / USES_A_DAY["heavy" if heavy else "occasional"])
    return float(median * np.exp(log_sd * noise) * 0.5 ** (hours / HALF_LIFE_HOURS[analyte]))


def chances(seed: int, laboratory: str, n: int, followed: list[str]) -> dict[str, Floats]:
    """Return each person's own chance of taking each drug: the same person in hair and in blood."""
    return {one: stream(seed, laboratory, "takes", one).random((n, 2)) for one in followed}
