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
    "results.csv": "site,date,analyte,concentration,unit,lod\n"
    "A,2024-01-01,methamphetamine,250,ng/L,5\nA,2024-01-02,methamphetamine,ND,ng/L,5\n"
    "B,2024-01-01,methamphetamine,40,ng/L,5\nB,2024-01-01,codeine,60,ng/L,5\n",
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
    assert frame["row"].tolist() == [2, 3, 4, 5]
    assert samples.files == tuple((name, tmp_path / name) for name in FILES)
    assert [(note.rule, note.rows) for note in samples.notes] == [("VAL-NOT-DETECTED", (3,))]
    assert samples.rows == {"results.csv": 4, "flow.csv": 3, "people.csv": 3}


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
    assert samples.frame["row"].tolist() == [3]
    assert [(note.en, note.zh) for note in samples.notes if not note.rule] == [
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
    files = swap("flow.csv", "2000,m3/day", "83.5,m3/h") | swap("people.csv", "10000", "１0000")
    notes = study(files | swap("results.csv", ",ND,", ",5,")).notes
    assert [(note.en.split(":")[0], note.rule) for note in notes] == [
        ("flow.csv", "UNI-CONVERTED"),
        ("people.csv", "VAL-FULL-WIDTH"),
    ]


NORTH = """\
columns: {site: Station, date: Tag, concentration: Wert, analyte: Stoff}
unit: {concentration: ng/L}
decimal: ","
delimiter: ";"
"""
WEST = "date_order: dmy\n"
BY_NORTH = "Station;Tag;Stoff;Wert;lod\nA;2024-01-01;methamphetamine;250,5;5\nA;2024-01-02;methamphetamine;ND;5\n"
BY_WEST = "site,date,analyte,concentration,unit\nB,01/01/2024,methamphetamine,0.04,ug/L\nB,01/01/2024,codeine,0.06,ug/L\n"


@pytest.fixture
def houses(study: Study, tmp_path: Path) -> Study:
    """Return the function that reads a study of two laboratories, each with its profile."""
    for name in ("labkit", "notebooks", "params/labs"):
        (tmp_path / name).mkdir(parents=True)
    for name, text in (("north", NORTH), ("west", WEST)):
        (tmp_path / "params" / "labs" / f"{name}.yml").write_text(text, encoding="utf-8")

    def read(north: str = BY_NORTH, west: str = BY_WEST, profile: Any = ("north", "west"), **changes: Any) -> Samples:
        results = {"observe": ["north.csv", "west.csv"], "profile": list(profile) if isinstance(profile, tuple) else profile}
        return study({"north.csv": north, "west.csv": west}, results=results, **changes)

    return read


def test_each_file_is_read_by_the_profile_of_its_laboratory(houses):
    """Commas here, day first there, one has limits and one has none: joined to one frame that remembers which file it was."""
    samples = houses()
    frame = samples.frame
    columns = ["file", "row", "site", "date", "analyte"]
    assert frame[columns].values.tolist() == [
        ["north.csv", 2, "A", "2024-01-01", "methamphetamine"],
        ["north.csv", 3, "A", "2024-01-02", "methamphetamine"],
        ["west.csv", 2, "B", "2024-01-01", "methamphetamine"],
        ["west.csv", 3, "B", "2024-01-01", "codeine"],
    ]
    assert frame["concentration_ng_L"].tolist() == pytest.approx([250.5, 5, 40, 60])
    assert frame["lod"].isna().tolist() == [False, False, True, True]
    assert frame["flow_m3_day"].tolist() == [1000, 2000, 3000, 3000]
    assert [name for name, _ in samples.files] == [
        "labs/north.yml", "north.csv", "labs/west.yml", "west.csv", "flow.csv", "people.csv",
    ]  # fmt: skip
    assert samples.rows == {"north.csv": 2, "west.csv": 2, "flow.csv": 3, "people.csv": 3}


def test_one_profile_holds_for_all_files(houses):
    english = BY_WEST.replace("01/01/2024", "02/01/2024").replace("B,", "A,")
    files = {"west": english, "north": BY_WEST, "profile": "west"}
    samples = houses(**files, flow={"assume": 5, "source": "design"})
    frame = samples.frame
    assert [name for name, _ in samples.files] == ["labs/west.yml", "north.csv", "west.csv", "people.csv"]
    assert frame["date"].tolist() == ["2024-01-02", "2024-01-02", "2024-01-01", "2024-01-01"]


def test_a_result_of_two_files_is_refused(houses):
    """Also where only one of the two files names its sample; two replicates in one file are no such thing."""
    once = "site,date,analyte,concentration,unit\nA,01/01/2024,methamphetamine,0.25,ug/L\n"
    with pytest.raises(Refusal) as refused:
        houses(west=once)
    assert str(refused.value) == (
        "west.csv:2:site (A) KEY-FILES the same result as north.csv:2 → each result in one file; "
        "remove it from one of the two files"
    )
    assert refused.value.report("zh").startswith("west.csv:2:site (A) KEY-FILES 与 north.csv:2 为同一结果 → ")
    named = BY_NORTH.replace("lod\n", "lod;sample\n").replace(";5\n", ";5;S-1\n")
    with pytest.raises(Refusal, match=r"^west\.csv:2:site \(A\) KEY-FILES the same result as north\.csv:2 "):
        houses(north=named, west=once)
    twice = "Station;Tag;Stoff;Wert;replicate\nA;2024-01-01;methamphetamine;250;1\nA;2024-01-01;methamphetamine;251;2\n"
    assert len(houses(north=twice).frame) == 4
    with pytest.raises(Refusal) as refused:
        houses(north=twice, west=once)
    assert [problem.row for problem in refused.value.problems] == [2]


def test_problems_of_both_laboratories_come_at_once(houses):
    with pytest.raises(Refusal) as refused:
        houses(north=BY_NORTH.replace("250,5", "-1"), west=BY_WEST.replace("0.06", "x"))
    assert [line.split(" ")[0] for line in str(refused.value).splitlines()] == ["north.csv:2:Wert", "west.csv:3:concentration"]


def test_rows_without_a_partner_are_told_file_by_file(houses):
    with pytest.raises(Refusal) as refused:
        houses(flow={"assume": {"C": 5}, "source": "design"})
    places = [line.split(" ")[0] for line in str(refused.value).splitlines()]
    assert places == ["north.csv:2:Tag", "north.csv:3:Tag", "west.csv:2:date"]


def test_an_unknown_profile_names_the_nearest_beside_all_else_that_is_wrong(houses):
    lines = said(houses, north=BY_NORTH.replace("250,5", "-1"), profile=("north", "wets"))
    assert [line.split(" ")[0] for line in lines] == ["north.csv:2:Wert", "results.profile"]
    assert lines[1] == (
        "results.profile PAR-LAB-NAME no profile is called “wets” (west?) → north · west; "
        "choose one of these, or give the path of a profile (.yml)"
    )
    assert len(said(houses, profile="wets")) == 1, "once, though both files are to be read by it"
