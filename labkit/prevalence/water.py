"""From water to persons: days of use first, which need only a dose, then users, which need how often they use.

Two things people confuse: a day of use and a user. A thousand milligrams are the same days of use whoever took them; how many
people that is depends on a few who take most of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.models.inputs import BadInput
from labkit.models.interval import Interval


@dataclass(frozen=True)
class UsersFromWater:
    """Users per 1,000 people in a period, and the assumptions that the number stands on, the most important first."""

    users_per_1000: float
    interval: Interval
    days_of_use_per_1000: float
    assumptions: tuple[tuple[str, float], ...]  # name, share of the variance of the log


def days_of_use(consumption_mg_day_1000inh: float, dose_mg: float, doses_a_day: float = 1.0) -> float:
    """Return days of use per 1,000 people and day: ``consumption / (dose · doses a day of use)``.

    >>> round(days_of_use(232.558, 30.0), 3)
    7.752
    """
    if not (consumption_mg_day_1000inh >= 0 and dose_mg > 0 and doses_a_day > 0):
        raise BadInput(
            "consumption, dose, doses", f"{consumption_mg_day_1000inh}, {dose_mg}, {doses_a_day}", "zero or more, above zero"
        )
    return consumption_mg_day_1000inh / (dose_mg * doses_a_day)


def users_from_water(
    consumption_mg_day_1000inh: float,
    *,
    consumption_cv: float,
    dose_mg: tuple[float, float],
    doses_a_day: tuple[float, float],
    days_a_month: tuple[float, float],
    heavy_spread: float = 1.0,
    level: float = 0.95,
    draws: int = 100_000,
    seed: int = 1,
) -> UsersFromWater:
    r"""Return how many people per 1,000 used in a month.

    .. math:: N = \frac{C}{d\, k\, \bar f / 30.44}, \qquad f_i \sim \text{lognormal}(\mu, \sigma) \text{ cut at every day}

    with d mg a dose, k doses on a day of use, and f the days of use a month, which differ between users: a few use daily and
    take most. All inputs are lognormal with the given median and log standard deviation.

    Parameters
    ----------
    consumption_mg_day_1000inh, consumption_cv : float
        Consumption and its relative error, all of it.
    dose_mg, doses_a_day, days_a_month : (median, log_sd)
        Of a user's dose, doses on a day of use, and the *median* user's days of use a month; log_sd is how uncertain that is.
    heavy_spread : float
        Log standard deviation of days of use between users.
    level, draws, seed
        Of the interval.

    Raises
    ------
    BadInput
        A number that is not above zero.

    Examples
    --------
    >>> inputs = {"dose_mg": (30, 0.3), "doses_a_day": (1.4, 0.2), "days_a_month": (10, 0.4)}
    >>> found = users_from_water(232.6, consumption_cv=0.25, **inputs)
    >>> found.assumptions[0][0], round(found.days_of_use_per_1000, 2)
    ('dose', 5.54)
    """
    inputs = {"dose": dose_mg, "doses on a day of use": doses_a_day, "days of use a month": days_a_month}
    numbers = [consumption_mg_day_1000inh, consumption_cv, heavy_spread, *(one for pair in inputs.values() for one in pair)]
    if not min(numbers) > 0:
        raise BadInput("inputs", f"{min(numbers)}", "numbers above zero")
    rng = np.random.default_rng(seed)
    sd_c = float(np.sqrt(np.log1p(consumption_cv**2)))
    log_n = np.log(consumption_mg_day_1000inh) + sd_c * rng.standard_normal(draws)
    parts = {"consumption": sd_c**2}
    between = np.exp(heavy_spread * rng.standard_normal(2000))
    for name, (median, log_sd) in inputs.items():
        drawn = median * np.exp(log_sd * rng.standard_normal(draws))
        if name == "days of use a month":
            grid = np.linspace(np.log(0.05), np.log(60), 200)
            mean = np.array([np.minimum(np.exp(at) * between, 30.44).mean() for at in grid])
            drawn = np.interp(np.log(drawn), grid, mean) / 30.44
        log_n = log_n - np.log(drawn)
        parts[name] = float(np.log(drawn).var())
    low, middle, high = np.quantile(np.exp(log_n), [(1 - level) / 2, 0.5, (1 + level) / 2])
    total = sum(parts.values())
    ranked = sorted(((name, value / total) for name, value in parts.items()), key=lambda pair: -pair[1])
    told = days_of_use(consumption_mg_day_1000inh, dose_mg[0], doses_a_day[0])
    return UsersFromWater(
        float(middle), Interval(float(low), float(high), level, "Monte Carlo, lognormal"), told, tuple(ranked)
    )
