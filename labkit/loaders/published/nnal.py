"""NNAL in urine and tobacco smoke (NHANES 2007-2012): one row a person, four in ten of them below a limit that is not given.

Two things people confuse: the *fill-in value* ln(0.0004) that the file writes below the limit, and a measurement; here it is
never a number but the interval from 0 to a limit that nobody has said.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from labkit.errors import Note, Rule
from labkit.loaders.known import ORDER, how_known
from labkit.loaders.published.sheet import Sheet, refuse_all
from labkit.loaders.published.sheet_rules import DIFFERS
from labkit.loaders.texts.value import Kind as Mark

FILE = "nhanes_SI3.csv"
FILL_IN = 0.0004  # ng/mL, which the file writes as its logarithm where the result was below the limit
CYCLES = {"5": "2007-2008", "6": "2009-2010", "7": "2011-2012"}
EXPOSURES = {"0": "none", "1": "second-hand", "2": "smoker"}
_WORDS = {"Non-Exposed": "none", "ETS-Exposed": "second-hand", "Combusted tobacco, Exclusive": "smoker"}
_ROUNDING = 1e-8  # the logarithms have up to nine decimals

NOTED_FILL_IN = Rule(
    "PUB-NOTED-FILL-IN",
    en=(
        "{n} of {of} values are the fill-in value ln({fill}), which stands for “below the limit”",
        "below a limit that the file does not give: low 0, high unknown",
        "the smallest number measured is {least} ng/mL; a limit has to come from the laboratory's documentation, not from here",
    ),
    zh=(
        "{of} 个数值中有 {n} 个为填充值 ln({fill})，表示“低于限值”",
        "按低于文件未给出的限值处理：下限 0，上限未知",
        "最小的实测值为 {least} ng/mL；限值须取自实验室文件，不能由此推定",
    ),
    example=("-7.824046011", "<LOD"),
    noted=True,
)
NOTED_LOGARITHM = Rule(
    "PUB-NOTED-LOGARITHM",
    en=(
        "{n} numbers are natural logarithms of ng/mL",
        "kept as they are, with their exponentials beside them",
        "nothing to do",
    ),
    zh=("{n} 个数值为 ng/mL 的自然对数", "按原样保留，并附其指数值", "无须处理"),
    example=("-1.210661792", "0.298"),
    noted=True,
)


@dataclass(frozen=True)
class Nnal:
    """The persons, their result and what they said of themselves.

    Attributes
    ----------
    persons : DataFrame
        `row, subject, cycle` (years of the survey), `exposure` (none, second-hand, smoker: self-reported); `ln_ng_mL` as in the
        file and `concentration_ng_mL`, its exponential, both NaN where below the limit; `low_ng_mL`, `high_ng_mL`, `censored`.
        Below the limit, low is 0 and high is NaN: not infinite, but unknown.
    notes : tuple of Note
        The conventions, and in how many rows each was met.
    """

    persons: pd.DataFrame
    notes: tuple[Note, ...]


def read_nnal(folder: Path, pseudonyms: Callable[[Sequence[str]], list[str]] | None = None) -> Nnal:
    """Read the published file of 4-(methylnitrosamino)-1-(3-pyridyl)-1-butanol in urine.

    Parameters
    ----------
    folder
        Where the file lies.
    pseudonyms
        What makes pseudonyms of the survey's numbers of persons, as in `labkit.loaders.readers.read_hair`; without it, persons
        are numbered in the order of the file, so that nothing can be joined by them.

    Raises
    ------
    Refusal
        With every row that is not as described here; values are never repeated in it.

    References
    ----------
    .. [1] Rey de Castro B., cumulative ROC curves, supporting information SI3; NHANES 2007-2012, public use; CC BY 4.0.
    """
    sheet = Sheet(folder / FILE, FILE, person_level=True)
    persons = sheet.texts({"SEQN": "subject"})
    persons.insert(0, "row", persons.index)
    sheet.refuse_repeated("SEQN", persons[["subject"]])
    persons["cycle"] = sheet.words("SDDSRVYR", CYCLES)
    persons["exposure"] = sheet.words("shsX3", EXPOSURES)
    said = sheet.words("shsX3_C", _WORDS)
    differs = said.notna() & persons["exposure"].notna() & (said != persons["exposure"])
    sheet.refuse("shsX3_C", differs, DIFFERS, other="shsX3")
    number = sheet.numbers("URXNALln", least=math.log(FILL_IN) - _ROUNDING)
    refuse_all([sheet])
    filled = number <= math.log(FILL_IN) + _ROUNDING
    persons["ln_ng_mL"] = number.mask(filled)
    persons = _with_intervals(persons)
    least = f"{persons['concentration_ng_mL'].min():.4g}"
    sheet.remark(NOTED_LOGARITHM, ~filled, "URXNALln")
    sheet.remark(NOTED_FILL_IN, filled, "URXNALln", of=len(persons), fill=f"{FILL_IN:g}", least=least)
    names = persons["subject"].tolist()
    persons["subject"] = pseudonyms(names) if pseudonyms else [f"#{index}" for index in range(1, len(names) + 1)]
    return Nnal(persons.reset_index(drop=True), tuple(sheet.taken))


def _with_intervals(persons: pd.DataFrame) -> pd.DataFrame:
    """Add how each value is known; that the limit is lacking is not refused here, since nobody can add it to this file."""
    number = np.exp(persons["ln_ng_mL"].to_numpy(np.float64))
    unknown = np.full(number.size, np.nan)
    mark = np.where(np.isnan(number), Mark.NOT_DETECTED, Mark.NUMBER).astype(np.int8)
    known = how_known(mark, number, unknown, unknown, unknown)
    words = np.array([str(one) for one in ORDER], dtype=object)[known.censored]
    return persons.assign(concentration_ng_mL=known.value, low_ng_mL=known.low, high_ng_mL=known.high, censored=words)
