"""Hair and blood of simulated subjects: plain seeded draws, with no science in them.

Two things people confuse: here a result is *drawn* (a share of subjects is positive, their concentrations are lognormal); it is
not yet the consequence of anybody's use, and says nothing about the water of the same city.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from labkit.simulate.catchment import stream
from labkit.simulate.laboratory import significant

PREFIXES = {"north": "N", "east": "E", "west": "W"}
REASONS = {"hair": ("treatment", "referral", "survey"), "blood": ("driving", "driving", "referral")}
OLDEST, YOUNGEST = 1960, 2005  # years of birth
SEGMENT = ("0", "3")  # cm from the scalp
PERSON_COLUMNS = (
    *("subject", "date", "sample", "sex", "birth_year", "area", "reason", "analyte", "concentration", "unit"),
    *("lod", "loq", "cutoff"),
)
HAIR_COLUMNS = (*PERSON_COLUMNS[:3], "segment_from_cm", "segment_to_cm", *PERSON_COLUMNS[3:])


@cache
def person_analytes() -> pd.DataFrame:
    """Return what is drawn for hair and blood, one row a matrix and analyte (`status` is `simulated` throughout).

    `share_positive` of the subjects have a lognormal concentration (`median` in `unit`, `log_sd`), the others none. The
    cut-offs are those in force for hair (ng/mg) and for drivers' blood (ng/mL) in China.
    """
    path = Path(__file__).with_name("person_analytes.csv")
    return pd.read_csv(path, encoding="utf-8", dtype={"lod": str, "loq": str, "cutoff": str})


def draw_persons(
    matrix: str, laboratory: str, *, seed: int, subjects: int, start: date, weeks: int, areas: int
) -> list[dict[str, str]]:
    """Draw the results of one laboratory in hair or blood, one row a subject and analyte, numbers with three digits.

    Half of the subjects of a laboratory's blood are among those of its hair, under the same code. More subjects leave the
    results of fewer as they were, in hair.

    Parameters
    ----------
    matrix, laboratory
        `hair` or `blood`; `north`, `east` or `west`.
    seed, subjects, start, weeks
        The city, how many persons were tested, and the days on which that may have been.
    areas
        They live in `D1` … `D<areas>`.
    """
    drawn = person_analytes().loc[lambda table: table["matrix"] == matrix].to_dict("records")
    first = 1 + (subjects // 2 if matrix == "blood" else 0)
    who = stream(seed, laboratory, "persons").random((first - 1 + subjects, 3))[first - 1 :]
    when = stream(seed, laboratory, matrix, "tested").random((subjects, 2))
    users = stream(seed, laboratory, matrix, "positive").random((subjects, len(drawn)))
    noise = stream(seed, laboratory, matrix, "concentration").standard_normal((subjects, len(drawn)))
    rows = []
    for index in range(subjects):
        sex, birth, area = who[index].tolist()
        day, reason = when[index].tolist()
        code = f"{first + index:04d}"
        person = {
            "subject": f"{PREFIXES[laboratory]}-{code}",
            "date": (start + timedelta(days=int(day * 7 * weeks))).isoformat(),
            "sample": f"{PREFIXES[laboratory]}{matrix[0].upper()}{code}",
            "segment_from_cm": SEGMENT[0],
            "segment_to_cm": SEGMENT[1],
            "sex": "male" if sex < 0.7 else "female",
            "birth_year": str(OLDEST + int(birth * (YOUNGEST - OLDEST + 1))),
            "area": f"D{1 + int(area * areas)}",
            "reason": REASONS[matrix][int(reason * len(REASONS[matrix]))],
        }
        for place, one in enumerate(drawn):
            value = one["median"] * float(np.exp(one["log_sd"] * noise[index, place]))
            limits = {name: one[name] for name in ("unit", "lod", "loq", "cutoff")}
            written = _written(value if users[index, place] < one["share_positive"] else 0.0, limits["lod"], limits["loq"])
            rows.append({**person, "analyte": one["analyte"], "concentration": written, **limits})
    return rows


def _written(value: float, lod: str, loq: str) -> str:
    """Write a concentration, or the mark for what lies below a limit."""
    return "ND" if value < float(lod) else "<LOQ" if value < float(loq) else significant(value, 3)
