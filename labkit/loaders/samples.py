"""All files of one study read through their doors and joined: one row a site, day and analyte.

Two things people confuse: a result without a flow is not a result with the average flow. A missing flow, or a site that no
population knows, is refused with the row that asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from labkit.errors import Note, Problem, Refusal, Rule
from labkit.loaders.read import Read, read_file
from labkit.loaders.results import read_results
from labkit.params import Choices, resolve_input
from labkit.params.inputs import AssumedFlow, AssumedPopulation, Observed, ObservedPopulation
from labkit.params.names import SIMULATED
from labkit.params.profile import Profile
from labkit.params.read_profile import find_profile, read_profile
from labkit.vocabulary import Stage

NO_FLOW = Rule(
    "KEY-FLOW",
    en=(
        "no flow for site {site} on {date} in {other}",
        "a flow for each sampled day",
        "add the day's flow, or take the sample out",
    ),
    zh=("{other} 中没有采样点 {site} 在 {date} 的流量", "每个采样日须有流量", "请补充当日流量，或移除该样品"),
    example=("results on 2024-03-05, no flow of that day", "a row 2024-03-05 in the flow file"),
)
UNKNOWN_SITE = Rule(
    "KEY-SITE-UNKNOWN",
    en=(
        "the site “{site}” is in no row of {other} (kind {kind})",
        "sites that the population file knows",
        "add the site there, or correct its code; capitals count",
    ),
    zh=("{other} 中没有采样点“{site}”（类型 {kind}）", "采样点须在人口文件中", "请在该文件中添加，或更正代码（区分大小写）"),
    example=("site A2, population of A", "site A"),
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
    example=("sampled 2024-01-01, population from 2024-03-01", "population from 2023-01-01"),
)
REPEATED = Rule(
    "KEY-FILES",
    en=("the same result as {other}", "each result in one file", "remove it from one of the two files"),
    zh=("与 {other} 为同一结果", "每个结果只在一个文件中", "请从其中一个文件删除"),
    example=("the same result in a.csv and b.csv", "in a.csv"),
)
NOTHING_LEFT = Rule(
    "KEY-PERIOD",
    en=("no row lies in the period of the study", "at least one sample in the period", "check period.from and period.to"),
    zh=("研究时段内没有数据行", "时段内至少须有一个样品", "请核对 period.from 与 period.to"),
    example=("period 2024, results of 2023", "period 2023"),
)


@dataclass(frozen=True)
class Samples:
    """What came in: the joined frame, the files it came from, and what was taken with a remark."""

    frame: pd.DataFrame
    stage: Stage
    files: tuple[tuple[str, Path], ...]
    notes: tuple[Note, ...]
    rows: Mapping[str, int]  # results, flows or figures read from each file


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
    stage = choices.enters_at
    flow, people = choices.flow, choices.population
    doors = Doors(base, simulated)
    frame = doors.read_results(choices, stage)
    flows = doors.read(partial(read_file, kind="flow"), flow.observe) if isinstance(flow, Observed) else None
    populations = None
    if isinstance(people, ObservedPopulation):
        populations = doors.read(partial(read_file, kind="population"), people.observe)
    doors.raise_problems()
    frame = _in_period(frame, choices, ", ".join(name for name, _ in choices.results.each), doors.notes)
    problems: list[Problem] = []
    results = doors.taken
    if flows is not None:
        frame = frame.merge(flows[["site", "date", "flow_m3_day"]], on=["site", "date"], how="left")
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
                _at(UNKNOWN_SITE, results[row.file], row.row, "site", site=row.site, other=where, kind=kind)
                for row in strangers.itertuples()
            ]
            frame["population"] = _population_on(frame, populations)
        elif isinstance(people, AssumedPopulation):
            frame["population"] = _assumed(frame["site"], people.assume)
        problems += _without(frame.loc[known.index], "population", NO_POPULATION, results, where, kind=kind)
    if problems:
        order = {name: place for place, name in enumerate(results)}
        raise Refusal(sorted(problems, key=lambda problem: (order[problem.file], problem.row or 0)))
    if simulated is not None:
        frame = _with_truth(frame, doors.find("simulated/truth.csv"))
    return Samples(
        frame, stage, tuple(doors.files), tuple(doors.notes), {name: len(read.frame) for name, read in doors.taken.items()}
    )


class Doors:
    """All files of a study sent through their doors; what is refused is gathered, so that every file is told at once."""

    def __init__(self, base: Path, simulated: Path | None) -> None:
        self.base, self.simulated = base, simulated
        self.files: list[tuple[str, Path]] = []
        self.notes: list[Note] = []
        self.problems: list[Problem] = []
        self.more = 0
        self.taken: dict[str, Read] = {}

    def find(self, name: str) -> Path:
        """Return where an input lies, and remember it."""
        path = resolve_input(name, self.base, self.simulated)
        self.files.append((name, path))
        return path

    def read(self, door: Callable[[Path, str], Read], name: str) -> pd.DataFrame:
        """Return a file's rows through its door, with its name; an empty frame where it is refused."""
        try:
            read = door(self.find(name), name)
        except Refusal as refusal:
            self.problems += refusal.problems
            self.more += refusal.total - len(refusal.problems)
            return pd.DataFrame()
        self.notes += read.notes
        self.taken[name] = read
        return read.frame.assign(file=name)

    def read_results(self, choices: Choices, stage: Stage) -> pd.DataFrame:
        """Read the results of every laboratory of the study, each by its own profile."""
        frames = []
        told: dict[str | None, Profile | None] = {None: None}
        for name, profile in choices.results.each:
            if profile not in told:
                told[profile] = self.read_profile(str(profile))
            if profile is None or told[profile] is not None:
                frames.append(self.read(partial(read_results, stage=stage, profile=told[profile]), name))
        if self.problems or len(frames) == 1:
            return frames[0] if frames else pd.DataFrame()
        frame = pd.concat(frames, ignore_index=True)
        texts = [name for name in frame if any(name in one and one[name].dtype == "str" for one in frames)]
        frame[texts] = frame[texts].fillna("")  # a column that one laboratory has and another has not
        frame[["lod", "loq"]] = frame[["lod", "loq"]].astype(float)
        self._refuse_repeated(frame, frames)
        return frame.sort_values(["site", "date"], kind="stable", ignore_index=True)

    def read_profile(self, name: str) -> Profile | None:
        """Return how a laboratory writes; a simulated one's comes with its files, as its limits depend on their dates."""
        own = None if self.simulated is None else self.simulated / f"{name}.yml"
        try:
            path = own if own is not None and own.is_file() else find_profile(name, self.base, "results.profile")
            self.files.append((f"{SIMULATED if path is own else 'labs/'}{path.name}", path))
            return read_profile(path)
        except Refusal as refusal:
            self.problems += refusal.problems
            return None

    def _refuse_repeated(self, frame: pd.DataFrame, frames: Sequence[pd.DataFrame]) -> None:
        """Refuse what two files both report: it would be counted twice. Only what all files say tells results apart."""
        key = [name for name in ("site", "date", "analyte", "sample", "replicate") if all(name in one for one in frames)]
        first = frame.drop_duplicates(key)
        again = frame[frame.duplicated(key)].merge(first[[*key, "file", "row"]], on=key, suffixes=("", "_first"))
        self.problems += [
            _at(REPEATED, self.taken[row.file], row.row, "site", other=f"{row.file_first}:{row.row_first}")
            for row in again[again["file"] != again["file_first"]].itertuples()
        ]

    def raise_problems(self) -> None:
        """Refuse with everything that was gathered."""
        if self.problems:
            raise Refusal(self.problems, len(self.problems) + self.more)


def _at(rule: Rule, read: Read, row: int, column: str, **fields: object) -> Problem:
    return rule.at(read.file, row, read.headers.get(column, column), read.letters.get(column), **fields)


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


def _without(
    frame: pd.DataFrame, column: str, rule: Rule, taken: Mapping[str, Read], other: str, **fields: str
) -> list[Problem]:
    rows = frame[frame[column].isna()].drop_duplicates(["site", "date"])
    return [
        _at(
            rule, taken[row.file], row.row, "date" if "date" in taken[row.file].letters else "site",
            site=row.site, date=row.date or "–", other=other, **fields,
        )
        for row in rows.itertuples()
    ]  # fmt: skip


def _population_on(frame: pd.DataFrame, known: pd.DataFrame) -> np.ndarray:
    """Return for each row the last dated figure of its site on or before its day, else the undated one.

    A result without a day can only have the undated figure.
    """
    known = known if "date" in known else known.assign(date="")
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
