"""A city with a known truth: what was used, excreted, sampled, measured and written down.

Two things people confuse: `truth.csv` is what happened; `results.csv`, `flow.csv` and `population.csv` are all that a
laboratory would ever see of it. Every number here is simulated; the parameters are close to the literature on purpose and
equal to it nowhere that matters, so that a model which only repeats its constants is found out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from labkit.errors import Refusal, Rule
from labkit.simulate.catchment import metered_flow, nth_site, rainfall, recorded_populations, true_flow, true_population
from labkit.simulate.holidays import FIRST_DAY, LAST_DAY
from labkit.simulate.laboratory import LABORATORIES, measurement_error, report, sampled_days, significant
from labkit.simulate.use import Operation, true_consumption

SIM_SIZE = Rule(
    "SIM-SIZE",
    en=("{name} is {value}", "a whole number from {low} to {high}", "choose a size in this range"),
    zh=("{name} 为 {value}", "须为 {low} 至 {high} 的整数", "请在此范围内选择"),
)
SIM_CALENDAR = Rule(
    "SIM-CALENDAR",
    en=("the simulated city would run from {first} to {last}", "days from {low} to {high}, whose holidays are known",
        "choose another start or fewer weeks"),
    zh=("模拟城市的日期为 {first} 至 {last}", "须在 {low} 至 {high} 之间（其节假日已知）", "请更改起始日期或减少周数"),
)  # fmt: skip
SIM_ANALYTE = Rule(
    "SIM-ANALYTE",
    en=("the simulated city has no {value}", "one or more of: {allowed}", "choose from this list"),
    zh=("模拟城市中没有 {value}", "须为以下之一或多项：{allowed}", "请从列表中选择"),
)

DECIMALS = {
    "true_consumption_mg_day_1000inh": 5,
    "true_load_mg_day": 4,
    "true_population": 0,
    "true_flow_m3_day": 1,
    "true_excretion": 4,
}


@dataclass(frozen=True)
class Truth:
    """What really happened in a simulated city, one row a sampled site, day and analyte, as in `truth.csv`."""

    seed: int
    start: date
    sites: tuple[str, ...]
    analytes: tuple[str, ...]
    table: pd.DataFrame


@cache
def city_analytes() -> pd.DataFrame:
    """Return the truth parameters of the simulated city, one row an analyte (`status` is `simulated` throughout)."""
    return pd.read_csv(Path(__file__).with_name("city_analytes.csv"), encoding="utf-8").set_index("analyte", drop=False)


def simulate_city(
    folder: Path,
    *,
    seed: int,
    sites: int = 6,
    weeks: int = 156,
    days_per_week: int = 1,
    start: date,
    analytes: Sequence[str] | None = None,
    operation: Operation | None = None,
    waves: float = 0.0,
) -> Truth:
    """Simulate a city day by day, sample it, and write the files that its laboratories would hand in.

    True load of the analyte, mg/day = consumption [mg/day/1000 people] · people/1000 · excreted molar fraction · molar mass of
    the analyte / molar mass of the drug. Measured concentration, µg/L = load [mg/day] / true flow [m3/day], times the errors of
    sampling and analysis. All errors have median 1 and are lognormal.

    Seed and start name the city; the sizes only say how much of it is looked at. Each stream of random numbers is keyed by
    what it is for (site, analyte, purpose), and days are simulated before any are picked: more sites, weeks, analytes or days
    a week leave every row that was there before as it was, in all four files.

    Days are sampled in blocks of seven weeks: a seeded Latin square gives each week of a block its order of weekdays, of which
    the first `days_per_week` are taken. So in a block each weekday is sampled equally often, at each site on other dates.

    Parameters
    ----------
    folder
        Where `results.csv`, `flow.csv`, `population.csv` and `truth.csv` are written; made if missing.
    seed
        Names the city, with `start`.
    sites
        Number of sites, `S1`, `S2`, …
    weeks
        Number of weeks of seven days from `start`.
    days_per_week
        Sampled days in each week at each site, 1-7.
    start
        First day of the first week. Trends and the new instrument count from here.
    analytes
        Keys of the analytes to report; all six if not given.
    operation
        A change of use of a known size; nothing else differs from the city without it.
    waves
        Size of the waves that each site has for itself (see `true_consumption`); 0 is a city without.

    Returns
    -------
    Truth
        The table of `truth.csv`, with equal numbers.

    Raises
    ------
    Refusal
        A size out of range (SIM-SIZE), a day whose holidays are not known (SIM-CALENDAR), an analyte the city does not have
        (SIM-ANALYTE). Nothing is written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     truth = simulate_city(Path(folder), seed=1, sites=2, weeks=4, start=date(2023, 1, 2))
    >>> truth.sites, len(truth.table)
    (('S1', 'S2'), 48)
    """
    _check_sizes(seed, sites, weeks, days_per_week)
    last = _check_calendar(start, weeks)
    parameters = _chosen_analytes(analytes)
    first = np.datetime64(start)
    days = np.arange(first, np.datetime64(last) + 1)
    rain = rainfall(seed, days)

    results, flows, populations = [], [], []
    truths: list[pd.DataFrame] = []
    for site in (nth_site(number, seed) for number in range(1, sites + 1)):
        people = true_population(site, seed, first, days)
        flow = true_flow(site, seed, days, people, rain)
        sampled = sampled_days(site, seed, weeks, days_per_week)
        dates = np.datetime_as_string(days[sampled]).tolist()
        shown = metered_flow(site, seed, flow)[sampled].tolist()
        flows += [(site.code, day, significant(value, 4), site.flow_unit) for day, value in zip(dates, shown, strict=True)]
        populations += [(site.code, kind, str(count), source, day)
                        for kind, count, source, day in recorded_populations(site, seed, first, days)]  # fmt: skip
        by_day: list[list[tuple[str, ...]]] = [[] for _ in dates]
        frames = []
        for one in parameters.to_dict("records"):
            analyte = one["analyte"]
            consumption = true_consumption(site, one, seed, days, waves)
            if operation is not None:
                consumption = consumption * operation.factor(site.code, analyte, days)
            mass_ratio = one["molar_mass_analyte"] / one["molar_mass_drug"]
            load = consumption * (people / 1000) * one["excretion_fraction"] * mass_ratio
            # a milligram in a cubic metre is a microgram in a litre
            measured = load / flow * measurement_error(site, analyte, seed, days.size)
            laboratory = LABORATORIES[site.laboratory]
            rows = report(laboratory, analyte, measured[sampled], sampled, (one["lod_ng_L"], one["loq_ng_L"]))
            for place, (day, row) in enumerate(zip(dates, rows, strict=True)):
                by_day[place].append((site.code, day, analyte, *row))
            frames.append(pd.DataFrame({
                "site": site.code, "date": dates, "analyte": analyte, "drug": one["drug"],
                "true_consumption_mg_day_1000inh": consumption[sampled], "true_load_mg_day": load[sampled],
                "true_population": people[sampled], "true_flow_m3_day": flow[sampled],
                "true_excretion": one["excretion_fraction"],
            }))  # fmt: skip
        results += [row for rows_of_day in by_day for row in rows_of_day]
        # days outermost, analytes in the order of the parameters: the order of results.csv
        truths.append(pd.concat(frames).sort_values("date", kind="stable"))

    table = pd.concat(truths, ignore_index=True).round(DECIMALS)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "results.csv", "site,date,analyte,concentration,unit,lod,loq", results)
    _write(folder / "flow.csv", "site,date,flow,unit", flows)
    _write(folder / "population.csv", "site,kind,population,source,date", populations)
    _write(folder / "truth.csv", ",".join(table.columns), _truth_rows(table))
    codes = tuple(f"S{number}" for number in range(1, sites + 1))
    return Truth(seed=seed, start=start, sites=codes, analytes=tuple(parameters["analyte"]), table=table)


def _check_sizes(seed: int, sites: int, weeks: int, days_per_week: int) -> None:
    """Refuse all sizes out of range at once."""
    ranges = {
        "seed": (seed, 0, 2**63 - 1),
        "sites": (sites, 1, 999),
        "weeks": (weeks, 1, 260),
        "days_per_week": (days_per_week, 1, 7),
    }
    problems = [
        SIM_SIZE.at(file="simulate", column=name, name=name, value=value, low=low, high=high)
        for name, (value, low, high) in ranges.items()
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high
    ]
    if problems:
        raise Refusal(problems)


def _check_calendar(start: date, weeks: int) -> date:
    """Return the last day, or refuse days whose holidays are not written down."""
    last = start + timedelta(days=7 * weeks - 1)
    if start < FIRST_DAY or last > LAST_DAY:
        raise Refusal(SIM_CALENDAR.at(file="simulate", column="start", first=start, last=last, low=FIRST_DAY, high=LAST_DAY))
    return last


def _chosen_analytes(analytes: Sequence[str] | None) -> pd.DataFrame:
    """Return the parameters of the chosen analytes, in the order of the table."""
    known = city_analytes()
    if analytes is None:
        return known
    unknown = [one for one in analytes if one not in known.index] or ([] if analytes else ["(empty)"])
    if unknown:
        allowed = ", ".join(known.index)
        raise Refusal(SIM_ANALYTE.at(file="simulate", column="analytes", value=one, allowed=allowed) for one in unknown)
    return known[known.index.isin(analytes)]


def _truth_rows(table: pd.DataFrame) -> Iterable[tuple[str, ...]]:
    """Write the numbers of the truth with a fixed number of decimals."""
    texts = [
        [f"{value:.{DECIMALS[name]}f}" for value in table[name].tolist()] if name in DECIMALS else table[name].tolist()
        for name in table.columns
    ]
    return zip(*texts, strict=True)


def _write(path: Path, header: str, rows: Iterable[tuple[str, ...]]) -> None:
    """Write one CSV: UTF-8, lines ended by a bare newline on every system, no field that needs quotes."""
    text = "\n".join([header, *map(",".join, rows)]) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
