"""The doors of water, one file at a time: what they make of a good file, and each refusal with its literal sentence."""

from __future__ import annotations

import math

import pytest

from labkit.errors import Refusal
from labkit.loaders.check import check_file
from labkit.loaders.flow import read_flow
from labkit.loaders.population import read_population
from labkit.loaders.results import read_results
from labkit.vocabulary import Stage

RESULTS = """\
site,date,analyte,concentration,unit,lod,loq
NA,2024-03-05,METH,250,ng/L,3,10
0012,2024-03-05,可待因,ND,ng/L,3,10
=1+1,2024-03-06,BE,5,ng/L,,10
"""
LOADS = """\
site,analyte,load,unit,population,published_consumption,note,lod
B-9,methamphetamine,<1.12,mg/day/1000inh,18700,<2.60,,1.12
B-1,MA,5.18,mg/d/1000inh,133336,12.0,seen,
"""
FLOW = "site,date,flow,unit\nNA,2024-03-05,2,万m³/天\nB,2024-03-05,100,L/s\n"
PEOPLE = "site,kind,population,source,date\nNA,census,10000,census 2020,\nNA,de_facto,9000,phones,2024-03-05\n"
ALLOWED_UNITS = "ng/l, pg/ml, ug/l, ng/ml, mg/l, ug/ml, pg/l"


@pytest.fixture
def door(tmp_path):
    """Return the function that hands a text in at the door of its kind."""

    def hand_in(reader, text, **options):
        path = tmp_path / "in.csv"
        path.write_text(text, encoding="utf-8", newline="")
        return reader(path, "in.csv", **options)

    return hand_in


def said(door, reader, text, language="en", **options) -> list[str]:
    with pytest.raises(Refusal) as refused:
        door(reader, text, **options)
    return refused.value.report(language).splitlines()


def test_results(door):
    """Codes stay texts; spellings become one name; a number below its loq is kept, and noted."""
    frame, sheet = door(read_results, RESULTS)
    assert frame["site"].tolist() == ["NA", "0012", "=1+1"]
    assert frame["analyte"].tolist() == ["methamphetamine", "codeine", "benzoylecgonine"]
    assert frame["drug"].tolist() == ["methamphetamine", "codeine", "cocaine"]
    assert frame["censored"].tolist() == ["exact", "below", "exact"]
    assert frame[["low", "high"]].values.tolist() == [[250, 250], [0, 3], [5, 5]]
    assert frame["line"].tolist() == [2, 3, 4]
    assert math.isnan(frame["lod"].iloc[2])
    assert [note.en for note in sheet.notes] == ["in.csv: 1 measured numbers lie below their loq; they are kept as measured"]


def test_loads_that_others_published(door):
    """A published consumption has limits of its own: the lod beside it is that of the load."""
    frame, _ = door(read_results, LOADS, stage=Stage.LOAD_PER_1000)
    assert frame["load_mg_day_1000inh"].tolist() == [1.12, 5.18]
    assert frame["reference_mg_day_1000inh"].tolist() == [2.60, 12.0]
    assert frame["reference_censored"].tolist() == ["below", "exact"]
    assert frame["population"].tolist() == [18700, 133336]
    assert frame["date"].tolist() == ["", ""]
    assert frame["note"].iloc[1] == "seen"
    frame, _ = door(read_results, "site,analyte,load,unit,date\nA,COD,3,kg/d,2024-03-05\n", stage=Stage.LOAD)
    assert frame[["load_mg_day", "date"]].values.tolist() == [[3_000_000.0, "2024-03-05"]]


def test_flow_and_population(door):
    frame, _ = door(read_flow, FLOW)
    assert frame.values.tolist() == [["NA", "2024-03-05", 20_000.0], ["B", "2024-03-05", 100 * 86.4]]
    frame, _ = door(read_population, PEOPLE)
    assert frame.values.tolist() == [
        ["NA", "census", 10_000.0, "census 2020", ""],
        ["NA", "de_facto", 9_000.0, "phones", "2024-03-05"],
    ]


def test_other_writings_of_a_number_are_taken_with_a_note(door):
    _, sheet = door(read_flow, FLOW.replace(",2,", ",２,").replace(",100,", ",10\u00a0000,"))
    assert [(note.en, note.zh) for note in sheet.notes] == [
        (
            "in.csv: 2 cells in full-width characters or with spaces in a number were read as plain ones",
            "in.csv：2 个含全角字符或数字内空格的单元格按半角读入",
        )
    ]


@pytest.mark.parametrize(
    ("reader", "good", "change", "sentence"),
    [
        (read_results, RESULTS, ("NA,", ","), "in.csv:2:site (A) KEY-SITE no site → the code of the sampling point; "
         "fill the cell: a row without a site belongs nowhere"),
        (read_results, RESULTS, ("NA,", '"N\nA",'), "in.csv:2:site (A) CSV-CHARACTER the character U+000A is invisible, "
         "breaks the line or turns the writing direction → visible characters; delete it and type the text again"),
        (read_results, RESULTS, ("2024-03-06", "06/03/2024"), "in.csv:4:date (B) DAT-DAY “06/03/2024” is not a day → "
         "a calendar day written 2024-03-05; write year, month and day with hyphens"),
        (read_results, RESULTS, ("2024-03-06", "2024-02-30"), "in.csv:4:date (B) DAT-DAY “2024-02-30” is not a day → "
         "a calendar day written 2024-03-05; write year, month and day with hyphens"),
        (read_results, RESULTS, ("250,ng/L", "250,ppb"), f"in.csv:2:unit (E) UNI-UNKNOWN the unit “ppb” → "
         f"one of {ALLOWED_UNITS}; correct the unit, or convert the column before handing it in"),
        (read_results, RESULTS, ("250,ng/L", "250,"), f"in.csv:2:unit (E) UNI-UNKNOWN the unit “” → "
         f"one of {ALLOWED_UNITS}; correct the unit, or convert the column before handing it in"),
        (read_results, RESULTS, ("0012,2024-03-05,可待因", "NA,2024-03-05,MAMP"), "in.csv:3:site (A) KEY-TWICE "
         "the same NA · 2024-03-05 · methamphetamine as row 2 → one row each; remove one of the two, or say which is right"),
        (read_results, RESULTS, ("250", "-250"), "in.csv:2:concentration (D) VAL-NEGATIVE the negative number -250 → "
         "a positive number; check the sign; a result below its limit is written “<limit” or ND"),
        (read_flow, FLOW, (",2,", ",0,"), "in.csv:2:flow (C) VAL-ZERO 0 → a positive number, or a mark such as ND with its "
         "limit; zero is not a measurement: write ND or “<limit”"),
        (read_flow, FLOW, ("B,", "NA,"), "in.csv:3:site (A) KEY-TWICE the same NA · 2024-03-05 as row 2 → one row each; "
         "remove one of the two, or say which is right"),
        (read_flow, FLOW, ("100,", ","), "in.csv:3:flow (C) VAL-NUMBER “” is not a number → a plain decimal such as 12.5; "
         "correct the cell; units and remarks have columns of their own"),
        (read_population, PEOPLE, ("de_facto", "residents"), "in.csv:3:kind (B) KEY-KIND the kind “residents” → "
         "one of census, served, de_facto; say which people the figure counts"),
        (read_population, PEOPLE, ("phones", ""), "in.csv:3:source (D) KEY-SOURCE a population without a source → "
         "where the figure comes from; fill the cell, for example “census 2020”"),
        (read_population, PEOPLE, ("2024-03-05", "2024"), "in.csv:3:date (E) DAT-DAY “2024” is not a day → "
         "a calendar day written 2024-03-05; write year, month and day with hyphens"),
        (read_population, PEOPLE, ("de_facto,9000,phones,2024-03-05", "census,9000,phones,"), "in.csv:3:site (A) KEY-TWICE "
         "the same NA · census as row 2 → one row each; remove one of the two, or say which is right"),
        (read_population, PEOPLE, ("9000", "0"), "in.csv:3:population (C) VAL-ZERO 0 → a positive number, or a mark such as "
         "ND with its limit; zero is not a measurement: write ND or “<limit”"),
    ],
)  # fmt: skip
def test_refused_with_this_sentence(door, reader, good, change, sentence):
    assert change[0] in good
    assert said(door, reader, good.replace(*change, 1)) == [sentence]


def test_an_unknown_analyte_names_the_nearest_and_all_that_are_known(door):
    (sentence,) = said(door, read_results, RESULTS.replace("METH,", "codein,"))
    assert sentence.startswith(
        "in.csv:2:analyte (C) KEY-ANALYTE the analyte “codein” (“codeine”?) → an analyte of the vocabulary:"
    )
    assert sentence.endswith("cotinine, ethyl sulfate; correct the name")


def test_the_sentences_in_chinese(door):
    assert said(door, read_flow, FLOW.replace("2024", "24").replace("L/s", "斗"), "zh") == [
        "in.csv:2:date (B) DAT-DAY “24-03-05”不是日期 → 须写作 2024-03-05 形式的日期; 请按“年-月-日”书写",
        "in.csv:3:date (B) DAT-DAY “24-03-05”不是日期 → 须写作 2024-03-05 形式的日期; 请按“年-月-日”书写",
        "in.csv:3:unit (D) UNI-UNKNOWN 单位“斗” → 须为 m3/day, m3/d, m3/h, l/s, l/day, l/d, 万m3/d, 万m3/day 之一; "
        "请更正单位，或换算后再提交",
    ]


def test_all_problems_of_a_file_come_in_one_pass_in_the_order_of_its_rows(door):
    """Also those of the structure of a row, and several of one row, each once."""
    bad = "site,date,analyte,concentration,unit,lod\n,x,sugar,-1,ppb,-2\nA,2024-03-05,COD,5\nB,2024-03-05,COD,0,ng/L,\n"
    with pytest.raises(Refusal) as refused:
        door(read_results, bad)
    found = [(problem.row, problem.column or "", problem.rule.id) for problem in refused.value.problems]
    assert [row for row, *_ in found] == [2, 2, 2, 2, 2, 2, 3, 4]
    assert sorted(found) == [
        (2, "analyte", "KEY-ANALYTE"),
        (2, "concentration", "VAL-NEGATIVE"),
        (2, "date", "DAT-DAY"),
        (2, "lod", "VAL-NEGATIVE"),
        (2, "site", "KEY-SITE"),
        (2, "unit", "UNI-UNKNOWN"),
        (3, "", "CSV-FIELDS"),
        (4, "concentration", "VAL-ZERO"),
    ]


def test_every_cell_of_a_published_row_is_looked_at(door):
    bad = "site,analyte,load,unit,lod,population,published_consumption\nA,METH,-1,mg/d/1000inh,-2,-3,-4\n"
    lines = said(door, read_results, bad, stage=Stage.LOAD_PER_1000)
    assert {line.split(" ")[0] for line in lines} == {"in.csv:2:load", "in.csv:2:lod", "in.csv:2:population",
                                                      "in.csv:2:published_consumption"}  # fmt: skip
    assert len(lines) == 4


def test_the_door_alone_says_what_it_read(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text(RESULTS.replace("250", ">250"), encoding="utf-8")
    assert check_file(path, "wastewater") == [
        f"{path}: 3 rows understood, 3 sites, 3 analytes, 2024-03-05 – 2024-03-06, 1 below a limit",
        f"{path}: 1 measured numbers lie below their loq; they are kept as measured",
    ]
    assert check_file(path, "wastewater", "zh")[0].endswith("3 个采样点，3 种检测物，2024-03-05 – 2024-03-06，1 个低于限值")
    path.write_text(FLOW, encoding="utf-8")
    assert check_file(path, "flow") == [f"{path}: 2 rows understood"]
    path.write_text(PEOPLE, encoding="utf-8")
    assert check_file(path, "population", "zh") == [f"{path}：已读入 2 行"]
