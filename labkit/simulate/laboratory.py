"""What a simulated laboratory takes, measures and writes on its report: a number, a limit, or a word.

Two things people confuse: below `lod` nothing was seen (ND, 未检出); between `lod` and `loq` it was seen and not measured
(<LOQ). One laboratory here does not tell the two apart and writes only `<` and its `loq`, as many do.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from labkit.simulate.catchment import Site, stream
from labkit.simulate.holidays import Floats

SAMPLING_LOG_SD = 0.10
ANALYSIS_LOG_SD = 0.10
NEW_INSTRUMENT_DAY = 78 * 7  # half-way through the default 156 weeks; a day of the study, so that longer studies agree
NEW_INSTRUMENT_FACTOR = 0.7
SMALLER_UNITS_IN_ONE = {"ng/L": 1, "µg/L": 1000}  # how many ng/L one of the unit is


@dataclass(frozen=True)
class Laboratory:
    """How one laboratory reports: its units, its words, and whether it bought a new instrument."""

    unit: str
    units: dict[str, str]  # for analytes that it reports otherwise
    below: str  # written below lod; `{loq}` stands for that limit
    between: str  # written from lod to loq
    renews: bool

    def unit_of(self, analyte: str) -> str:
        """Return the one unit in which this laboratory reports the analyte."""
        return self.units.get(analyte, self.unit)


LABORATORIES = {
    "north": Laboratory("ng/L", {}, below="ND", between="<LOQ", renews=True),
    "east": Laboratory("ng/L", {"cotinine": "µg/L"}, below="<{loq}", between="<{loq}", renews=True),
    "west": Laboratory("µg/L", {}, below="未检出", between="<LOQ", renews=False),
}


def sampled_days(site: Site, seed: int, weeks: int, days_per_week: int) -> NDArray[np.int64]:
    """Return the days of the study on which the site is sampled, in order.

    In each block of seven weeks a seeded Latin square orders the weekdays of each week; the first `days_per_week` are taken.
    More days a week keep the days of fewer.

    >>> from labkit.simulate.catchment import nth_site
    >>> sorted((sampled_days(nth_site(1, 5), seed=5, weeks=7, days_per_week=1) % 7).tolist())
    [0, 1, 2, 3, 4, 5, 6]
    """
    blocks = -(-weeks // 7)
    weekday_order, choice_order = np.argsort(stream(seed, site.code, "sampled days").random((blocks, 2, 7))).transpose(1, 0, 2)
    week = np.arange(7)[None, :, None]
    places = (week + choice_order[:, None, :]) % 7  # block, week, choice: no place twice in a week or in a choice
    weekdays = np.take_along_axis(np.broadcast_to(weekday_order[:, None, :], places.shape), places, axis=2)
    chosen = np.sort(weekdays.reshape(blocks * 7, 7)[:weeks, :days_per_week], axis=1)
    return (chosen + 7 * np.arange(weeks)[:, None]).ravel()


def measurement_error(site: Site, analyte: str, seed: int, n: int) -> Floats:
    """Return the factor by which the measured concentration misses the true one on each of `n` days."""
    sampling = stream(seed, site.code, analyte, "sampling").standard_normal(n)
    analysis = stream(seed, site.code, analyte, "analysis").standard_normal(n)
    return np.exp(SAMPLING_LOG_SD * sampling + ANALYSIS_LOG_SD * analysis)


def report(
    laboratory: Laboratory, analyte: str, measured: Floats, day: NDArray[np.int64], limits: tuple[float, float]
) -> list[tuple[str, str, str, str]]:
    """Return (concentration, unit, lod, loq) as the laboratory writes them, one for each measured value.

    Parameters
    ----------
    laboratory, analyte
        Who reports, and what.
    measured
        What the instrument would read if it had no limits, µg/L.
    day
        Day of the study on which each sample was taken; a renewed instrument has lower limits.
    limits
        `lod` and `loq` of the first instrument, ng/L.

    Examples
    --------
    >>> report(LABORATORIES["north"], "MDMA", np.array([1e-4, 3e-4, 0.01234]), np.array([0, 0, 600]), (0.2, 0.6))
    [('ND', 'ng/L', '0.2', '0.6'), ('<LOQ', 'ng/L', '0.2', '0.6'), ('12.3', 'ng/L', '0.14', '0.42')]
    """
    unit = laboratory.unit_of(analyte)
    size = SMALLER_UNITS_IN_ONE[unit]
    reading = measured * (SMALLER_UNITS_IN_ONE["µg/L"] / size)
    renewed = (np.asarray(day) >= NEW_INSTRUMENT_DAY) & laboratory.renews
    texts = {new: limit_texts(limits, new, size) for new in (False, True)}
    rows = []
    for value, new in zip(reading.tolist(), renewed.tolist(), strict=True):
        lod, loq = texts[new]
        if value < float(lod):
            written = laboratory.below.format(loq=loq)
        elif value < float(loq):
            written = laboratory.between.format(loq=loq)
        else:
            written = significant(value, 3)
        rows.append((written, unit, lod, loq))
    return rows


def limit_texts(limits: tuple[float, float], renewed: bool, size: int) -> tuple[str, str]:
    """Return `lod` and `loq` as written in a unit of `size` ng/L: two significant digits, no trailing zeros."""
    factor = NEW_INSTRUMENT_FACTOR if renewed else 1.0
    lod, loq = (significant(limit * factor / size, 2, trim=True) for limit in limits)
    return lod, loq


def significant(value: float, digits: int, trim: bool = False) -> str:
    """Write a positive number with so many significant digits and never with an exponent.

    >>> significant(1234.5, 3), significant(0.00499, 3), significant(12.0, 3), significant(0.70, 2, trim=True)
    ('1230', '0.00499', '12.0', '0.7')
    """
    text = f"{Decimal(f'{value:.{digits - 1}e}'):f}"
    return text.rstrip("0").rstrip(".") if trim and "." in text else text
