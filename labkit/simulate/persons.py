"""Hair and blood of simulated subjects, who take what the people of their area take, more or less.

Two things people confuse: a person who takes a drug and one who is found to. A rare use leaves nothing in blood a day later,
and little in hair.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

import pandas as pd

from labkit.simulate.catchment import stream
from labkit.simulate.habits import HEAVY_SHARE, AreaUse, chances, hair_days, left_in_blood, left_in_hair, takes
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

    `share_users` of those tested for no special reason in an area of usual use take the drug; `follows` is the city's analyte
    whose use their area's is. `median` (in `unit`) is left by frequent use. The cut-offs are those in force for hair (ng/mg)
    and for drivers' blood (ng/mL) in China.
    """
    path = Path(__file__).with_name("person_analytes.csv")
    return pd.read_csv(path, encoding="utf-8", dtype={"lod": str, "loq": str, "cutoff": str})


def draw_persons(
    matrix: str, laboratory: str, use: AreaUse, *, seed: int, subjects: int, weeks: int, areas: int
) -> list[dict[str, str]]:
    """Draw the results of one laboratory in hair or blood, one row a subject and analyte, numbers with three digits.

    Half of the subjects of a laboratory's blood are among those of its hair, under the same code, and take the same drugs.
    More subjects leave the results of fewer as they were, in hair.

    Parameters
    ----------
    matrix, laboratory
        `hair` or `blood`; `north`, `east` or `west`.
    use
        What is taken in the areas, from `use_of_areas`.
    seed, subjects, weeks
        The city, how many persons were tested, and the weeks in which that may have been.
    areas
        They live in `D1` … `D<areas>`.
    """
    drawn = person_analytes().loc[lambda table: table["matrix"] == matrix].to_dict("records")
    first = 1 + (subjects // 2 if matrix == "blood" else 0)
    followed = list(dict.fromkeys(person_analytes()["follows"]))
    who = stream(seed, laboratory, "persons").random((first - 1 + subjects, 3))[first - 1 :]
    own = {name: part[first - 1 :] for name, part in chances(seed, laboratory, first - 1 + subjects, followed).items()}
    when = stream(seed, laboratory, matrix, "tested").random((subjects, 2))
    noise = stream(seed, laboratory, matrix, "concentration").standard_normal((subjects, len(drawn)))
    strand = stream(seed, laboratory, "strand").standard_normal((subjects, 2))
    rows = []
    for index in range(subjects):
        sex, birth, area = who[index].tolist()
        day, reason = when[index].tolist()
        code = f"{first + index:04d}"
        tested, lives = int(day * 7 * weeks), int(area * areas)
        person = {
            "subject": f"{PREFIXES[laboratory]}-{code}",
            "date": (use.start + timedelta(days=tested)).isoformat(),
            "sample": f"{PREFIXES[laboratory]}{matrix[0].upper()}{code}",
            "segment_from_cm": SEGMENT[0],
            "segment_to_cm": SEGMENT[1],
            "sex": "male" if sex < 0.7 else "female",
            "birth_year": str(OLDEST + int(birth * (YOUNGEST - OLDEST + 1))),
            "area": f"D{1 + lives}",
            "reason": REASONS[matrix][int(reason * len(REASONS[matrix]))],
        }
        begun, ended = hair_days((strand[index, 0], strand[index, 1]), float(SEGMENT[1])) if matrix == "hair" else (1, 0)
        for place, one in enumerate(drawn):
            chance, habit = own[one["follows"]][index].tolist()
            index_of_area = use.mean_before(one["follows"], lives, tested - begun, tested - ended)
            value = 0.0
            if takes(one["share_users"], index_of_area, person["reason"], chance):
                rng = stream(seed, laboratory, matrix, one["follows"], code)
                heavy, noisy = habit < HEAVY_SHARE, float(noise[index, place])
                if matrix == "hair":
                    value = left_in_hair(one["median"], one["log_sd"], heavy, begun - ended, noisy, rng)
                else:
                    value = left_in_blood(one["median"], one["log_sd"], heavy, one["analyte"], noisy, rng)
            limits = {name: one[name] for name in ("unit", "lod", "loq", "cutoff")}
            rows.append(
                {**person, "analyte": one["analyte"], "concentration": _written(value, one["lod"], one["loq"]), **limits}
            )
    return rows


def _written(value: float, lod: str, loq: str) -> str:
    """Write a concentration, or the mark for what lies below a limit."""
    return "ND" if value < float(lod) else "<LOQ" if value < float(loq) else significant(value, 3)
