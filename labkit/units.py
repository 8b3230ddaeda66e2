"""Units: the only file that multiplies by a power of ten.

Two things people confuse: a *load* is mass per day passing the sampling point (mg/day); a *load per 1,000* is that divided
by the people behind it (mg/day/1000inh).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TypeVar

import numpy as np
import pandas as pd

Numbers = TypeVar("Numbers", float, np.ndarray, pd.Series)

CONCENTRATION = "ng/L"
HAIR = "ng/mg"
BLOOD = "ng/mL"
SOLID = "ng/g"  # of dry sludge or sediment
FLOW = "m3/day"
LOAD = "mg/day"
LOAD_PER_1000 = "mg/day/1000inh"

_FACTORS: dict[str, dict[str, float]] = {
    CONCENTRATION: {"ng/L": 1.0, "pg/mL": 1.0, "ug/L": 1e3, "ng/mL": 1e3, "mg/L": 1e6, "ug/mL": 1e6, "pg/L": 1e-3},
    HAIR: {"ng/mg": 1.0, "pg/mg": 1e-3, "ug/g": 1.0, "ng/g": 1e-3, "ug/mg": 1e3, "mg/kg": 1.0},
    BLOOD: {"ng/mL": 1.0, "ug/L": 1.0, "pg/mL": 1e-3, "ng/L": 1e-3, "ug/mL": 1e3, "mg/L": 1e3, "ug/dL": 10.0, "ng/dL": 1e-2},
    SOLID: {"ng/g": 1.0, "ug/kg": 1.0, "pg/g": 1e-3, "ng/kg": 1e-3, "ug/g": 1e3, "mg/kg": 1e3, "pg/mg": 1.0, "ng/mg": 1e3},
    FLOW: {
        "m3/day": 1.0,
        "m3/d": 1.0,
        "m3/h": 24.0,
        "L/s": 86.4,
        "L/day": 1e-3,
        "L/d": 1e-3,
        "万m3/d": 1e4,
        "万m3/day": 1e4,
    },
    LOAD: {"mg/day": 1.0, "mg/d": 1.0, "g/day": 1e3, "g/d": 1e3, "kg/day": 1e6, "kg/d": 1e6},
    LOAD_PER_1000: {"mg/day/1000inh": 1.0, "mg/d/1000inh": 1.0, "mg/1000inh/day": 1.0, "mg/d/1000": 1.0, "g/day/1000inh": 1e3},
}
_SPELLED = (
    *(("μ", "u"), ("µ", "u"), ("毫升", "mL"), ("升", "L"), ("纳克", "ng"), ("微克", "ug"), ("毫克", "mg"), ("皮克", "pg")),
    *(("天", "d"), ("日", "d"), ("立方米", "m3"), ("千克", "kg"), ("克", "g")),
)
_PLAIN = {quantity: {unit.casefold(): unit for unit in units} for quantity, units in _FACTORS.items()}

LITRES_PER_M3 = 1e3
NG_PER_MG = 1e6
PER_1000 = 1e3
MG_PER_KG = 1e6
DAYS_A_YEAR = 365.0


def to_factor(unit: str, quantity: str) -> float | None:
    """Return the number that turns `unit` into the unit of `quantity`, or None if the unit is unknown there.

    `quantity` is one of `CONCENTRATION`, `HAIR`, `BLOOD`, `SOLID`, `FLOW`, `LOAD`, `LOAD_PER_1000`. The two micro signs, the
    cube sign and Chinese writing (万m³/天) are the same unit.

    >>> to_factor("µg/L", CONCENTRATION), to_factor("万m³/d", FLOW), to_factor("ppb", CONCENTRATION)
    (1000.0, 10000.0, None)
    """
    plain = plain_unit(unit, quantity)
    return None if plain is None else _FACTORS[quantity][plain]


def plain_unit(unit: str, quantity: str) -> str | None:
    """Return the plain way to write a unit of `quantity`, or None if it is none.

    >>> plain_unit("μg / L", CONCENTRATION), plain_unit("万m³/天", FLOW)
    ('ug/L', '万m3/d')
    """
    text = unicodedata.normalize("NFKC", unit).strip().replace(" ", "")
    for theirs, ours in _SPELLED:
        text = text.replace(theirs, ours)
    text = re.sub(r"[·.]?(m?L|day|d)-1$", r"/\1", text, flags=re.IGNORECASE)  # ng·L⁻¹
    return _PLAIN[quantity].get(text.casefold())


def quantities() -> list[str]:
    """Return the units of the project, one for each quantity."""
    return list(_FACTORS)


def known_units(quantity: str) -> list[str]:
    """Return the units a file may use for `quantity`, the project's own first."""
    return list(_FACTORS[quantity])


def daily_load(concentration: Numbers, flow: Numbers) -> Numbers:
    """Return the load in mg/day: `concentration [ng/L] · flow [m3/day] · 1000 [L/m3] / 1e6 [ng/mg]`.

    >>> daily_load(250.0, 200_000.0)
    50000.0
    """
    return concentration * flow * (LITRES_PER_M3 / NG_PER_MG)


def per_1000(amount: Numbers, population: Numbers) -> Numbers:
    """Return `amount` per 1,000 people.

    >>> per_1000(50_000.0, 500_000.0)
    100.0
    """
    return amount / (population / PER_1000)


def annual_mass(amount: Numbers, population: Numbers) -> Numbers:
    """Return kg/year: `amount [mg/day/1000inh] · population / 1000 · 365 / 1e6 [mg/kg]`."""
    return amount * population / PER_1000 * DAYS_A_YEAR / MG_PER_KG


def intake_per_user(mass: Numbers, users: Numbers) -> Numbers:
    """Return mg/day and user: `mass [kg/year] · 1e6 [mg/kg] / 365 / users`."""
    return mass * MG_PER_KG / DAYS_A_YEAR / users
