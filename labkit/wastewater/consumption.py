"""Load per 1,000 to consumption and doses, with the interval that the declared errors and the excretion fraction give.

Two things people confuse: the *bounds* of a censored value (zero and its limit) say what the laboratory knows; the
*interval* says how far the declared errors reach. The interval published here holds both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from labkit.constants import Constant, equally_likely, find_constant
from labkit.models.relative_interval import relative_interval
from labkit.units import LOAD_PER_1000
from labkit.vocabulary import Censored

ERRORS = ("analysis", "sampling", "flow", "population")


@dataclass(frozen=True)
class CorrectionFactor:
    """Milligrams of drug taken per milligram of analyte excreted, and the library rows it came from.

    `value = (molar mass of drug / molar mass of analyte) / excretion fraction`; where analyte and drug are the same
    substance the molar masses cancel and no molar mass is used.
    """

    analyte: str
    value: float
    excretion: Constant
    rows: tuple[Constant, ...]

    @property
    def status(self) -> str:
        """`unverified` as soon as one of the rows is."""
        return "unverified" if any(row.status == "unverified" for row in self.rows) else "verified"


def find_correction_factor(analyte: str, drug: str, jurisdiction: str = "") -> CorrectionFactor | None:
    """Return the correction factor of an analyte from the parameter library, or None where it has no row.

    >>> round(find_correction_factor("methamphetamine", "methamphetamine").value, 4)
    2.3256
    """
    excretion = find_constant("excretion_fraction", drug, analyte, jurisdiction)
    if excretion is None:
        return None
    rows: tuple[Constant, ...] = (excretion,)
    ratio = 1.0
    if drug != analyte:
        masses = tuple(find_constant("molar_mass", substance) for substance in (drug, analyte))
        if masses[0] is None or masses[1] is None:
            return None
        ratio = masses[0].value / masses[1].value
        rows += (masses[0], masses[1])
    return CorrectionFactor(analyte, ratio / excretion.value, excretion, rows)


def with_consumption(samples: pd.DataFrame, jurisdiction: str | None = "") -> pd.DataFrame:
    """Return the samples with `consumption_mg_day_1000inh = load_mg_day_1000inh · correction factor`.

    `low` and `high`, the bounds of the value, become those of consumption. The drug is counted pure; street amounts are
    larger.

    Parameters
    ----------
    samples : DataFrame
        `analyte`, `drug`, `load_mg_day_1000inh`, `low`, `high`.
    jurisdiction : str or None
        Which rows of the parameter library to use; None ends the study at the load (no correction factor is used).

    Returns
    -------
    DataFrame
        A copy with `consumption_mg_day_1000inh`, `low`, `high`, `source_status` and `unit`; analytes without a correction
        factor have consumption, low and high missing and the status `not used`. The bounds of the load stay beside it as
        `load_low` and `load_high`.
    """
    factors = {
        analyte: find_correction_factor(analyte, drug, jurisdiction) if jurisdiction is not None else None
        for analyte, drug in dict.fromkeys(zip(samples["analyte"], samples["drug"], strict=True))
    }
    value = samples["analyte"].map({key: factor.value if factor else np.nan for key, factor in factors.items()})
    return samples.assign(
        load_low=samples["low"],
        load_high=samples["high"],
        consumption_mg_day_1000inh=samples["load_mg_day_1000inh"] * value,
        low=samples["low"] * value,
        high=samples["high"] * value,
        source_status=samples["analyte"].map({key: factor.status if factor else "not used" for key, factor in factors.items()}),
        unit=LOAD_PER_1000,
    )


def with_interval(
    samples: pd.DataFrame, errors: Mapping[str, float], level: float = 0.95, jurisdiction: str | None = ""
) -> pd.DataFrame:
    """Return the samples with `low` and `high` widened by the declared errors and the excretion fraction.

    For one sample: lognormal errors with the coefficients of variation given, and the excretion fraction with the
    distribution of its library row; `low` of a value below a limit stays 0 and `high` is reached from the limit. Where
    the study declares no error at all, an exact value has no interval: both ends are missing, for a point is not one.

    All errors apply wherever the study enters the chain: a load per 1,000 that others computed contains the errors of their
    flow and their population. Where flow has cancelled (a load normalised by a population marker) the study declares none for
    it. An excretion fraction without a range in the library adds nothing, so that the interval is then too narrow.

    Parameters
    ----------
    samples : DataFrame
        From `with_consumption`.
    errors : mapping of str to float
        Coefficients of variation of `analysis`, `sampling`, `flow`, `population`; those not named are zero.
    level : float
        Probability of the interval.
    jurisdiction : str or None
        As in `with_consumption`.
    """
    relative = {
        analyte: interval_of_factor(analyte, drug, errors, level, jurisdiction)
        for analyte, drug in set(zip(samples["analyte"], samples["drug"], strict=True))
    }
    ends = samples["analyte"].map(relative)
    unknown = ends.map(lambda pair: pair[0] == pair[1]) & (samples["censored"] == Censored.EXACT)
    return samples.assign(
        low=(samples["low"] * ends.map(lambda pair: pair[0])).mask(unknown),
        high=(samples["high"] * ends.map(lambda pair: pair[1])).mask(unknown),
    )


def interval_of_factor(
    analyte: str, drug: str, errors: Mapping[str, float], level: float, jurisdiction: str | None, n: int = 1
) -> tuple[float, float]:
    """Return the ends, relative to the point value, of the mean consumption over `n` samples.

    The sampling error shrinks with the square root of `n`; analysis, flow, population and excretion are taken as lasting
    errors that do not (the wider and safer reading; which errors are shared by whom is for the study to declare).
    """
    factor = find_correction_factor(analyte, drug, jurisdiction) if jurisdiction is not None else None
    shrunk = [errors.get(name, 0.0) / (np.sqrt(n) if name == "sampling" else 1.0) for name in ERRORS]
    divisor = equally_likely(factor.excretion) / factor.excretion.value if factor else np.ones(1)
    return relative_interval(np.array(shrunk), divisor, level)
