"""A study's sources of one drug laid side by side by area and quarter, and how many people they tell of.

Two things people confuse: the people of a catchment and those of an area. Here an area has the people of the site that most
of it drains to, which is said, since no file gives the other.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from labkit.compare import to_areas
from labkit.compare.sides import KNOWN_WITHIN
from labkit.models.inputs import BadInput
from labkit.params import Choices
from labkit.params.choices import Prevalence
from labkit.prevalence import Positives, PrevalenceStudy, Priors, Sources, refused_study, study_prevalence
from labkit.vocabulary import ANALYTES
from labkit.wastewater.consumption import find_correction_factor
from labkit.zone import Zone

# Of methamphetamine: milligrams a user and day that published loads and numbers of users imply (domain brief §2:
# Guangdong 2023-24, Dalian 2015, China 2018), and excretion fractions in use, of which .227 and .39 are unverified.
INTAKES = (24.5, 43.0, 54.0)
EXCRETIONS = (0.227, 0.39, 0.43)
CHEMICAL_OVER_CENSUS = 1.32  # people by chemical markers over census, Lai 2015


def count_users(
    zone: Zone, loads: pd.DataFrame, choices: Choices, jurisdiction: str, truth: Path | None = None
) -> PrevalenceStudy | None:
    """Ask how many people use the study's drug; None if it names none, or no areas are declared."""
    asked = choices.prevalence
    if asked is None or zone.areas.empty:
        return None
    try:
        sources = lay_out(zone, loads, choices, jurisdiction)
    except BadInput as reason:
        return refused_study(str(reason))
    priors = Priors(
        intake_mg_user_day=asked.intake_mg_user_day,
        intake_log_sd=asked.intake_log_sd,
        selection=asked.selection,
        selection_sd=asked.selection_sd,
    )
    return study_prevalence(
        sources,
        priors,
        sampler=asked.method == "sampler",
        level=choices.level,
        drift_log_sd=asked.drift_log_sd,
        choices=_choices(asked, _excretion(asked.drug, loads, jurisdiction)),
        truth=_truth(truth, asked.drug, sources) if truth is not None else None,
    )


def lay_out(zone: Zone, loads: pd.DataFrame, choices: Choices, jurisdiction: str = "") -> Sources:
    """Return the sources of the study's drug by area and quarter.

    Water is the log of the mean consumption of the quarter with the scatter of its days; persons are counted a month and added
    up, so that somebody tested in two months counts twice. Areas whose people are not known are left out.

    Raises
    ------
    BadInput
        The people behind the sites are not known.
    """
    asked = choices.prevalence
    assert asked is not None
    people = _people(loads, zone.areas)
    areas = list(people.index)
    water = None
    analyte = _analyte(asked.drug, loads)
    factor = find_correction_factor(analyte, asked.drug, jurisdiction) if analyte else None
    if factor is not None:
        mine = to_areas(loads[loads["analyte"] == analyte], zone.areas[zone.areas["area"].isin(areas)])
        water = mine.assign(
            low=mine["low"] * factor.value / asked.age_share, high=mine["high"] * factor.value / asked.age_share
        )
    counts = {one.counts["matrix"].iloc[0]: one.counts for one in zone.counted}
    months = [*([] if water is None else water["date"].str[:7]), *(m for one in counts.values() for m in one["month"])]
    quarters = sorted({_quarter(month) for month in months})
    shape = (len(areas), len(quarters))
    at_area, at_quarter = ({name: k for k, name in enumerate(names)} for names in (areas, quarters))
    told: dict[str, object] = {}
    if water is not None:
        told = _water(water.assign(quarter=water["date"].map(_quarter)), at_area, at_quarter, shape)
    for matrix, table in counts.items():
        n, k = np.zeros(shape), np.zeros(shape)
        for row in table[(table["drug"] == asked.drug) & table["area"].isin(areas)].itertuples():
            place = at_area[row.area], at_quarter[_quarter(row.month)]
            n[place] += row.tested
            k[place] += row.positive
        if n.sum():
            told[str(matrix)] = Positives(n, k)
    return Sources(
        asked.drug, tuple(areas), tuple(quarters), people.to_numpy(float) * asked.age_share,
        age_range=asked.age_range, window=asked.window, water_as=asked.water_as, **told,  # type: ignore[arg-type]
    )  # fmt: skip


def _quarter(day: str) -> str:
    return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"


def _water(
    water: pd.DataFrame, at_area: dict[str, int], at_quarter: dict[str, int], shape: tuple[int, int]
) -> dict[str, object]:
    low, high, n = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape)
    squares, free = 0.0, 0
    for (area, quarter), part in water.groupby(["area", "quarter"], sort=False):
        place = at_area[area], at_quarter[quarter]
        with np.errstate(divide="ignore"):
            low[place], high[place] = np.log(part["low"].mean()), np.log(part["high"].mean())
        n[place] = len(part)
        exact = np.log(part.loc[(part["low"] == part["high"]) & (part["low"] > 0), "low"].to_numpy(float))
        if exact.size > 1:
            squares, free = squares + float(((exact - exact.mean()) ** 2).sum()), free + exact.size - 1
    near = high - low <= KNOWN_WITHIN
    low = np.where(near, (low + high) / 2, low)
    high = np.where(near, low, high)
    if not free:
        return {}  # no two measured days of a quarter: how exact a quarter is cannot be told, so water is left out
    scatter = squares / free
    error = np.where(n > 0, np.sqrt(scatter / np.maximum(n, 1)), np.nan)
    return {"water_low": low, "water_high": high, "water_error": error}


def _people(loads: pd.DataFrame, areas: pd.DataFrame) -> pd.Series:
    """Return the people of each area, in natural order: those of the sampled site that most of it drains to."""
    if "population" not in loads or loads["population"].isna().all():
        raise BadInput("population", "not known behind any site", "a population in the study")
    of_site = loads.groupby("site")["population"].median().dropna()
    known = areas[(areas["area"] != "") & areas["site"].isin(of_site.index)]
    main = known.sort_values("area_share", kind="stable").drop_duplicates("area", keep="last").set_index("area")["site"]
    return main.map(of_site).loc[sorted(main.index, key=lambda name: (len(name), name))]


def _analyte(drug: str, loads: pd.DataFrame) -> str | None:
    return next((key for key, one in ANALYTES.items() if one.drug == drug and (loads["analyte"] == key).any()), None)


def _excretion(drug: str, loads: pd.DataFrame, jurisdiction: str) -> float | None:
    analyte = _analyte(drug, loads)
    factor = find_correction_factor(analyte, drug, jurisdiction) if analyte else None
    return factor.excretion.value if factor else None


def _choices(asked: Prevalence, excretion: float | None) -> dict[str, dict[str, float]]:
    """Return what else could be defended, as factors on the number of users per mg of consumption."""
    spread = np.exp(asked.intake_log_sd)
    own = (asked.intake_mg_user_day / spread, asked.intake_mg_user_day, asked.intake_mg_user_day * spread)
    intakes = INTAKES if asked.drug == "methamphetamine" else own
    found = {
        "intake": {f"{one:.3g} mg a user and day": 1 / one for one in intakes},
        "people": {"as recorded": 1.0, "32 % more (chemical)": 1 / CHEMICAL_OVER_CENSUS},
    }
    if asked.drug == "methamphetamine" and excretion is not None:
        found["excretion"] = {f"{one:g} excreted": excretion / one for one in EXCRETIONS}
    if asked.age_share < 1:
        found["ages"] = {"all": asked.age_share, "the age range": 1.0}
    return found


def _truth(path: Path, drug: str, sources: Sources) -> float | None:
    rows = pd.read_csv(path)
    mine = rows[rows["analyte"].map({key: one.drug for key, one in ANALYTES.items()}) == drug]
    mean = mine.groupby("area")["true_share_users"].mean().reindex(list(sources.areas))
    if mean.isna().any():
        return None
    return float(np.average(mean, weights=sources.people))
