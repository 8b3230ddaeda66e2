"""All files of one study read through their doors and joined: one row a site, day and analyte.

Two things people confuse: a result without a flow is not a result with the average flow. A missing flow, or a site that no
population knows, is refused with the row that asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from labkit.errors import Note, Problem, Refusal, Rule
from labkit.loaders.delimited import Sheet
from labkit.loaders.flow import read_flow
from labkit.loaders.population import read_population
from labkit.loaders.results import read_results
from labkit.params import Choices, resolve_input
from labkit.params.inputs import AssumedFlow, AssumedPopulation, Observed, ObservedPopulation
from labkit.vocabulary import Stage

NO_FLOW = Rule(
    "KEY-FLOW",
    en=(
        "no flow for site {site} on {date} in {other}",
        "a flow for each sampled day",
        "add the day's flow, or take the sample out",
    ),
    zh=("{other} 中没有采样点 {site} 在 {date} 的流量", "每个采样日须有流量", "请补充当日流量，或移除该样品"),
)
UNKNOWN_SITE = Rule(
    "KEY-SITE-UNKNOWN",
    en=(
        "the site “{site}” is in no row of {other} (kind {kind})",
        "sites that the population file knows",
        "add the site there, or correct its code; capitals count",
    ),
    zh=("{other} 中没有采样点“{site}”（类型 {kind}）", "采样点须在人口文件中", "请在该文件中添加，或更正代码（区分大小写）"),
)
NO_POPULATION = Rule(
    "KEY-POPULATION-DATE",
    en=(
        "no population of kind {kind} holds for site {site} on {date} in {other}",
        "a figure from that day or earlier",
        "add an earlier figure, or an undated one",
    ),
    zh=(
        "{other} 中采样点 {site} 在 {date} 没有有效的 {kind} 人口数",
        "须有该日或更早的数字",
        "请添加更早的数字，或不注日期的数字",
    ),
)
NOTHING_LEFT = Rule(
    "KEY-PERIOD",
    en=("no row lies in the period of the study", "at least one sample in the period", "check period.from and period.to"),
    zh=("研究时段内没有数据行", "时段内至少须有一个样品", "请核对 period.from 与 period.to"),
)


@dataclass(frozen=True)
class Samples:
    """What came in: the joined frame, the files it came from, and what was taken with a remark."""

    frame: pd.DataFrame
    stage: Stage
    files: tuple[tuple[str, Path], ...]
    notes: tuple[Note, ...]


def read_samples(choices: Choices, base: Path, simulated: Path | None = None) -> Samples:
    """Read results, flow and population of a study and join them.

    Parameters
    ----------
    choices : Choices
        The study; `choices.enters_at` says what its results file holds.
    base, simulated : Path, Path or None
        The folder of the params file, and the folder that the run's simulation wrote to.

    Returns
    -------
    Samples
        The frame has the columns of `read_results` and, as far as the chain needs them, `flow_m3_day`, `population`
        (people) and, for a simulated city, `reference_mg_day_1000inh` (the true consumption).

    Raises
    ------
    Refusal
        With all problems of all files; if there are none, with all rows that find no flow or no population.
    """
    stage, file = choices.enters_at, choices.results.observe
    flow, people = choices.flow, choices.population
    doors = _Doors(base, simulated)
    frame = doors.read(partial(read_results, stage=stage), file)
    flows = doors.read(read_flow, flow.observe) if isinstance(flow, Observed) else None
    populations = doors.read(read_population, people.observe) if isinstance(people, ObservedPopulation) else None
    doors.raise_problems()
    frame = _in_period(frame, choices, file, doors.notes)
    problems: list[Problem] = []
    results = doors.sheets[file]
    if flows is not None:
        frame = frame.merge(flows, on=["site", "date"], how="left")
    elif isinstance(flow, AssumedFlow):
        frame["flow_m3_day"] = _assumed(frame["site"], flow.assume)
    if flow is not None:
        problems += _without(frame, "flow_m3_day", NO_FLOW, results, _source(flow))
    if people is not None:
        where, kind = _source(people), str(people.kind)
        known = frame
        if populations is not None:
            populations = populations[populations["kind"] == kind]
            known = frame[frame["site"].isin(populations["site"])]
            strangers = frame.drop(known.index).drop_duplicates("site")
            problems += [
                UNKNOWN_SITE.at(file, row.line, "site", results.letters["site"], site=row.site, other=where, kind=kind)
                for row in strangers.itertuples()
            ]
            frame["population"] = _population_on(frame, populations)
        elif isinstance(people, AssumedPopulation):
            frame["population"] = _assumed(frame["site"], people.assume)
        problems += _without(frame.loc[known.index], "population", NO_POPULATION, results, where, kind=kind)
    if problems:
        raise Refusal(sorted(problems, key=lambda problem: problem.row or 0))
    if simulated is not None:
        frame = _with_truth(frame, doors.find("simulated/truth.csv"))
    return Samples(frame, stage, tuple(doors.files), tuple(doors.notes))


class _Doors:
    """All files of a study sent through their doors; what is refused is gathered, so that every file is told at once."""

    def __init__(self, base: Path, simulated: Path | None) -> None:
        self.base, self.simulated = base, simulated
        self.files: list[tuple[str, Path]] = []
        self.notes: list[Note] = []
        self.problems: list[Problem] = []
        self.sheets: dict[str, Sheet] = {}

    def find(self, name: str) -> Path:
        path = resolve_input(name, self.base, self.simulated)
        self.files.append((name, path))
        return path

    def read(self, door: Callable[[Path, str], tuple[pd.DataFrame, Sheet]], name: str) -> pd.DataFrame:
        try:
            frame, sheet = door(self.find(name), name)
        except Refusal as refusal:
            self.problems += refusal.problems
            return pd.DataFrame()
        self.notes += sheet.notes
        self.sheets[name] = sheet
        return frame

    def raise_problems(self) -> None:
        if self.problems:
            raise Refusal(self.problems)


def _in_period(frame: pd.DataFrame, choices: Choices, file: str, notes: list[Note]) -> pd.DataFrame:
    if choices.period is None:
        return frame
    inside = (frame["date"] >= choices.period.first.isoformat()) & (frame["date"] <= choices.period.last.isoformat())
    if not inside.any():
        raise Refusal(NOTHING_LEFT.at(file))
    if left_out := int((~inside).sum()):
        notes.append(
            Note(
                f"{file}: {left_out} results outside of the period of the study, or without a day, are left out",
                f"{file}：研究时段以外或没有日期的 {left_out} 个结果未采用",
            )
        )
    return frame[inside].reset_index(drop=True)


def _assumed(sites: pd.Series, assume: float | Mapping[str, float]) -> pd.Series:
    return sites.map(assume) if isinstance(assume, Mapping) else pd.Series(float(assume), index=sites.index)


def _source(known: object) -> str:
    return str(getattr(known, "observe", "the params file"))


def _without(frame: pd.DataFrame, column: str, rule: Rule, sheet: Sheet, other: str, **fields: str) -> list[Problem]:
    rows = frame[frame[column].isna()].drop_duplicates(["site", "date"])
    where = "date" if "date" in sheet.letters else "site"
    return [
        rule.at(sheet.file, row.line, where, sheet.letters[where], site=row.site, date=row.date or "–", other=other, **fields)
        for row in rows.itertuples()
    ]


def _population_on(frame: pd.DataFrame, known: pd.DataFrame) -> np.ndarray:
    """Return for each row the last dated figure of its site on or before its day, else the undated one.

    A result without a day can only have the undated figure.
    """
    undated = known[known["date"] == ""].set_index("site")["population"]
    found = frame["site"].map(undated).astype(float)
    dated = known[known["date"] != ""].assign(day=lambda rows: _days(rows["date"])).sort_values("day")
    rows = frame.loc[frame["date"] != "", ["site"]].assign(day=lambda rows: _days(frame["date"].loc[rows.index]))
    if not dated.empty and not rows.empty:
        rows = rows.reset_index(names="order").sort_values("day")
        joined = pd.merge_asof(rows, dated[["site", "day", "population"]], on="day", by="site").set_index("order")
        found = joined["population"].reindex(found.index).fillna(found)
    return found.to_numpy()


def _days(dates: pd.Series) -> pd.Series:
    return pd.to_datetime(dates).astype("datetime64[us]")  # one resolution: a table without a single date would get another


def _with_truth(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    truth = pd.read_csv(path, dtype={"site": str, "date": str, "analyte": str}, keep_default_na=False, na_values=[""])
    truth = truth.rename(columns={"true_consumption_mg_day_1000inh": "reference_mg_day_1000inh"})
    columns = ["site", "date", "analyte", "reference_mg_day_1000inh"]
    return frame.merge(truth[columns], on=columns[:3], how="left").assign(reference_censored="exact")
