"""Amounts that follow from a consumption by multiplication alone: mass a year, milligrams a user, change per head.

Two things people confuse: mass and persons. A mass divided by persons is an intake per person, and the three hang together:
two of them give the third, and none can be had from one alone.
"""

from __future__ import annotations

from labkit.models.inputs import BadInput
from labkit.units import annual_mass, intake_per_user


def _positive(**numbers: float) -> None:
    for name, number in numbers.items():
        if not number > 0:
            raise BadInput(name, f"{number}", "above zero")


def annual_mass_kg(consumption_mg_day_1000inh: float, population: float) -> float:
    """Return kilograms of pure drug a year: ``consumption · population / 1000 · 365 / 10⁶``.

    >>> round(annual_mass_kg(157.0, 1_000_000), 1)
    57.3
    """
    _positive(consumption_mg_day_1000inh=consumption_mg_day_1000inh, population=population)
    return annual_mass(consumption_mg_day_1000inh, population)


def intake_mg_user_day(mass_kg_year: float, users: float) -> float:
    """Return the milligrams a user and day that a mass a year and a number of users imply.

    >>> round(intake_mg_user_day(1310, 86_000), 1)
    41.7
    """
    _positive(mass_kg_year=mass_kg_year, users=users)
    return intake_per_user(mass_kg_year, users)


def per_head_ratio(load_ratio: float, population_ratio: float) -> float:
    """Return how use per head changed when the load changed by one ratio and the people by another.

    >>> round(per_head_ratio(0.25, 0.55) - 1, 3)
    -0.545
    """
    _positive(load_ratio=load_ratio, population_ratio=population_ratio)
    return load_ratio / population_ratio
