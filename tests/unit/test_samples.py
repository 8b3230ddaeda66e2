"""The files of a study joined: what finds no partner is refused with its row, and what is left out is noted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labkit.errors import Refusal
from labkit.loaders.samples import Samples, read_samples
from labkit.params import Choices

FILES = {
    "results.csv": "site,date,analyte,concentration,unit,lod\nA,2024-01-01,METH,250,ng/L,5\nA,2024-01-02,METH,ND,ng/L,5\n"
    "B,2024-01-01,METH,40,ng/L,5\nB,2024-01-01,COD,60,ng/L,5\n",
    "flow.csv": "site,date,flow,unit\nA,2024-01-01,1000,m3/day\nA,2024-01-02,2000,m3/day\nB,2024-01-01,3000,m3/day\n",
    "people.csv": "site,kind,population,source\nA,census,10000,register\nB,census,20000,register\nB,served,5000,operator\n",
}
STUDY: dict[str, Any] = {
    "title": {"en": "A study"},
    "languages": ["en"],
    "notebooks": ["load"],
    "enters_at": "concentration",
    "results": {"observe": "results.csv"},
    "flow": {"observe": "flow.csv"},
    "population": {"observe": "people.csv", "kind": "census"},
    "correction_factor": {"assume": "constants"},
    "errors": {"none": True},
}
Study = Callable[..., Samples]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Return the function that reads the study, with other choices or other texts in its files."""

    def read(files: dict[str, str] | None = None, without: tuple[str, ...] = (), **changes: Any) -> Samples:
        for name, text in (FILES | (files or {})).items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        plain = {key: value for key, value in (STUDY | changes).items() if key not in without}
        return read_samples(Choices.from_plain(plain), tmp_path)

    return read


def said(study: Study, *arguments: Any, **changes: Any) -> list[str]:
    with pytest.raises(Refusal) as refused:
        study(*arguments, **changes)
    return str(refused.value).splitlines()


def swap(name: str, old: str, new: str) -> dict[str, str]:
    assert old in FILES[name]
    return {name: FILES[name].replace(old, new)}


def test_concentrations_find_their_flow_and_their_people(study, tmp_path):
    samples = study()
    frame = samples.frame
    assert frame["flow_m3_day"].tolist() == [1000, 2000, 3000, 3000]
    assert frame["population"].tolist() == [10_000, 10_000, 20_000, 20_000]
    assert frame["line"].tolist() == [2, 3, 4, 5]
    assert samples.files == tuple((name, tmp_path / name) for name in FILES)
    assert samples.notes == ()


def test_assumed_for_all_sites_or_for_each(study):
    frame = study(
        flow={"assume": 500, "source": "design"},
        population={"assume": {"A": 1000, "B": 2000}, "kind": "served", "source": "operator"},
    ).frame
    assert frame["flow_m3_day"].tolist() == [500] * 4
    assert frame["population"].tolist() == [1000, 1000, 2000, 2000]


def test_loads_per_1000_need_nothing_more(study):
    text = "site,analyte,load,unit\nA,METH,5,mg/day/1000inh\n"
    samples = study({"results.csv": text}, without=("flow", "population"), enters_at="load_per_1000")
    assert samples.frame["load_mg_day_1000inh"].tolist() == [5]
    assert [name for name, _ in samples.files] == ["results.csv"]


@pytest.mark.parametrize(
    ("files", "sentences"),
    [
        (
            swap("flow.csv", "A,2024-01-02", "A,2024-01-03"),
            ["results.csv:3:date (B) KEY-FLOW no flow for site A on 2024-01-02 in flow.csv → a flow for each sampled day; "
             "add the day's flow, or take the sample out"],
        ),
        (
            swap("flow.csv", "B,", "b,"),
            ["results.csv:4:date (B) KEY-FLOW no flow for site B on 2024-01-01 in flow.csv → a flow for each sampled day; "
             "add the day's flow, or take the sample out"],
        ),
        (
            swap("people.csv", "A,", "a,"),
            ["results.csv:2:site (A) KEY-SITE-UNKNOWN the site “A” is in no row of people.csv (kind census) → "
             "sites that the population file knows; add the site there, or correct its code; capitals count"],
        ),
        (
            {"people.csv": "site,kind,population,source,date\nA,census,1,r,2024-01-02\nB,census,1,r,\n"},
            ["results.csv:2:date (B) KEY-POPULATION-DATE no population of kind census holds for site A on 2024-01-01 "
             "in people.csv → a figure from that day or earlier; add an earlier figure, or an undated one"],
        ),
    ],
)  # fmt: skip
def test_what_finds_no_partner_is_refused_with_its_row(study, files, sentences):
    assert said(study, files) == sentences


def test_a_site_missing_among_the_assumed(study):
    lines = said(study, flow={"assume": {"A": 500}, "source": "design"})
    assert [line.split(" ")[0] for line in lines] == ["results.csv:4:date"]
    assert "no flow for site B on 2024-01-01 in the params file" in lines[0]


def test_all_missing_partners_come_at_once(study):
    lines = said(study, swap("flow.csv", "A,2024-01-02", "A,2024-01-03") | swap("people.csv", "B,census", "C,census"))
    assert [line.split(" ")[:3] for line in lines] == [
        ["results.csv:3:date", "(B)", "KEY-FLOW"],
        ["results.csv:4:site", "(A)", "KEY-SITE-UNKNOWN"],
    ]


def test_problems_of_all_files_come_at_once(study):
    lines = said(study, swap("results.csv", "250", "-250") | swap("flow.csv", "3000", "0") | swap("people.csv", "20000", "x"))
    assert [line.split(" ")[0] for line in lines] == [
        "results.csv:2:concentration",
        "flow.csv:4:flow",
        "people.csv:3:population",
    ]


def test_a_missing_file_is_refused_by_name(study, tmp_path):
    lines = said(study, flow={"observe": "none.csv"}, results={"observe": "neither.csv"})
    assert [line.split(" ")[0] for line in lines] == ["neither.csv", "none.csv"]
    assert all("PAR-FILE" in line for line in lines)


def test_what_lies_outside_of_the_period_is_left_out_and_counted(study):
    samples = study(period={"from": "2024-01-02", "to": "2024-12-31"})
    assert samples.frame["line"].tolist() == [3]
    assert [(note.en, note.zh) for note in samples.notes] == [
        (
            "results.csv: 3 results outside of the period of the study, or without a day, are left out",
            "results.csv：研究时段以外或没有日期的 3 个结果未采用",
        )
    ]
    assert said(study, period={"from": "2025-01-01", "to": "2025-12-31"}) == [
        "results.csv KEY-PERIOD no row lies in the period of the study → at least one sample in the period; "
        "check period.from and period.to"
    ]


def test_the_sentences_in_chinese(study):
    with pytest.raises(Refusal) as refused:
        study(swap("flow.csv", "A,2024-01-02", "A,2024-01-03"))
    assert refused.value.report("zh").endswith(
        "KEY-FLOW flow.csv 中没有采样点 A 在 2024-01-02 的流量 → 每个采样日须有流量; 请补充当日流量，或移除该样品"
    )


def test_notes_of_every_door_are_kept(study):
    samples = study(swap("flow.csv", "date,flow,unit\n", "date,flow,unit\n\n") | swap("people.csv", "10000", "１0000"))
    assert [note.en.split(":")[0] for note in samples.notes] == ["flow.csv", "people.csv"]
