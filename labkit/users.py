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
from labkit.params import Choices
from labkit.prevalence import Positives, PrevalenceStudy, Priors, Sources, study_prevalence
from labkit.vocabulary import ANALYTES
from labkit.wastewater.consumption import find_correction_factor
from labkit.zone import Zone

# factors on the number of users that can each be defended; a range of excretion stands in constants
INTAKES = (24.5, 43.0, 54.0)  # mg a user and day, as published loads and shares imply
EXCRETIONS = (0.227, 0.39, 0.43)  # methamphetamine, as in use


def count_users(
    zone: Zone, loads: pd.DataFrame, choices: Choices, jurisdiction: str, truth: Path | None = None
) -> PrevalenceStudy | None:
    """Ask how many people use the study's drug; None if it names none, or no areas are declared."""
    asked = choices.prevalence
    if asked is None or zone.areas.empty:
        return None
    sources = lay_out(zone, loads, choices, jurisdiction)
    priors = Priors(
        intake_mg_user_day=asked.intake_mg_user_day,
        intake_log_sd=asked.intake_log_sd,
        selection=asked.selection,
        selection_sd=asked.selection_sd,
        level=float(np.log(40 / asked.intake_mg_user_day) - 6),
    )
    return study_prevalence(
        sources,
        priors,
        sampler=asked.method == "sampler",
        level=choices.level,
        choices=_choices(asked.drug, asked.age_share),
        truth=_truth(truth, asked.drug, sources) if truth is not None else None,
    )


def lay_out(zone: Zone, loads: pd.DataFrame, choices: Choices, jurisdiction: str = "") -> Sources:
    """Return the sources of the study's drug by area and quarter.

    Water is the log of the mean consumption of the quarter with the scatter of its days; persons are counted a month and added
    up, so that somebody tested in two months counts twice.
    """
    asked = choices.prevalence
    assert asked is not None
    analytes = [key for key, one in ANALYTES.items() if one.drug == asked.drug and (loads["analyte"] == key).any()]
    water = None
    if analytes and (factor := find_correction_factor(analytes[0], asked.drug, jurisdiction)) is not None:
        mine = to_areas(loads[loads["analyte"] == analytes[0]], zone.areas)
        water = mine.assign(
            low=mine["low"] * factor.value / asked.age_share, high=mine["high"] * factor.value / asked.age_share
        )
    counts = {one.counts["matrix"].iloc[0]: one.counts for one in zone.counted}
    months = [*([] if water is None else water["date"].str[:7]), *(m for one in counts.values() for m in one["month"])]
    quarters = sorted({_quarter(month) for month in months})
    areas = sorted(set(zone.areas["area"]) - {""}, key=lambda name: (len(name), name))
    shape = (len(areas), len(quarters))
    at_area, at_quarter = ({name: k for k, name in enumerate(names)} for names in (areas, quarters))
    told: dict[str, object] = {}
    if water is not None:
        told = _water(water.assign(quarter=water["date"].map(_quarter)), at_area, at_quarter, shape)
    for matrix, table in counts.items():
        n, k = np.zeros(shape), np.zeros(shape)
        for row in table[table["drug"] == asked.drug].itertuples():
            place = at_area[row.area], at_quarter[_quarter(row.month)]
            n[place] += row.tested
            k[place] += row.positive
        if n.sum():
            told[str(matrix)] = Positives(n, k)
    return Sources(
        asked.drug, tuple(areas), tuple(quarters), _people(loads, zone.areas, areas) * asked.age_share,
        age_range=asked.age_range, window=asked.window, **told,  # type: ignore[arg-type]
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
    scatter = squares / free if free else 0.25
    error = np.where(n > 0, np.sqrt(scatter / np.maximum(n, 1)), np.nan)
    return {"water_low": low, "water_high": high, "water_error": error}


def _people(loads: pd.DataFrame, areas: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Return the people of each area: those of the sampled site that most of it drains to; alike where none are known."""
    if "population" not in loads or loads["population"].isna().all():
        return np.ones(len(names)) * 1e5
    of_site = loads.groupby("site")["population"].median()
    main = (
        areas[areas["site"].isin(of_site.index)].sort_values("area_share", kind="stable").drop_duplicates("area", keep="last")
    )
    found = main.set_index("area")["site"].map(of_site)
    return found.reindex(names).fillna(of_site.median()).to_numpy(float)


def _choices(drug: str, age_share: float) -> dict[str, dict[str, float]]:
    """Return what else could be defended, as factors on the number of users per mg of consumption with the excretion used."""
    intake = {f"{one:g} mg a user and day": 1 / one for one in INTAKES}
    found = {"intake": intake, "people": {"as recorded": 1.0, "32 % more (chemical)": 1 / 1.32}}
    if drug == "methamphetamine":
        found["excretion"] = {f"{one:g} excreted": EXCRETIONS[-1] / one for one in EXCRETIONS}
    found["ages"] = {"all": age_share, "the age range": 1.0} if age_share < 1 else {"all": 1.0}
    return found


def _truth(path: Path, drug: str, sources: Sources) -> float | None:
    rows = pd.read_csv(path)
    mine = rows[rows["analyte"].map({key: one.drug for key, one in ANALYTES.items()}) == drug]
    mean = mine.groupby("area")["true_share_users"].mean().reindex(list(sources.areas))
    if mean.isna().any():
        return None
    return float(np.average(mean, weights=sources.people))
