"""The doors of water, one file at a time: what they make of a good file, and each refusal with its literal sentence."""

from __future__ import annotations

import math

import pytest

from labkit.errors import Refusal
from labkit.loaders.check import check_file
from labkit.loaders.readers import read_flow, read_population
from labkit.loaders.results import read_results
from labkit.vocabulary import Stage

RESULTS = """\
site,date,analyte,concentration,unit,lod,loq
NA,2024-03-05,METH,250,ng/L,3,10
0012,2024-03-05,可待因,ND,ng/L,3,10
+1+1,2024-03-06,BE,5,ng/L,,10
"""
LOADS = """\
site,analyte,load,unit,population,published_consumption,note,lod
B-9,methamphetamine,<1.12,mg/day/1000inh,18700,<2.60,,1.12
B-1,MA,5.18,mg/d/1000inh,133336,12.0,seen,
"""
FLOW = "site,date,flow,unit\nNA,2024-03-05,2,万m³/天\nB,2024-03-05,100,L/s\n"
PEOPLE = "site,kind,population,source,date\nNA,census,10000,census 2020,\nNA,de_facto,9000,phones,2024-03-05\n"
ALLOWED_UNITS = "ng/L, pg/mL, ug/L, ng/mL, mg/L, ug/mL, pg/L"
ADD_REPLICATES = "remove one of the two, or add a column “replicate” with 1, 2, …"
SPELT = (
    "in.csv:2:analyte (C) KEY-ALIAS the name “METH” → taken as methamphetamine; write methamphetamine to be free of this note"
)
NOTED = [
    f"{SPELT} (2 cells, rows 2, 4)",
    "in.csv:3:concentration (D) VAL-NOT-DETECTED the mark “ND” → taken as an interval up to the limit of its row or profile, "
    "never as a number; nothing to do",
    "in.csv:4:concentration (D) VAL-BELOW-LOQ measured numbers below their loq → kept as measured; "
    "nothing to do: the number is worth more than the mark",
]


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
    read = door(read_results, RESULTS)
    frame = read.frame
    assert frame["site"].tolist() == ["NA", "0012", "+1+1"]
    assert frame["analyte"].tolist() == ["methamphetamine", "codeine", "benzoylecgonine"]
    assert frame["drug"].tolist() == ["methamphetamine", "codeine", "cocaine"]
    assert frame["censored"].tolist() == ["exact", "below", "exact"]
    assert frame[["low", "high"]].values.tolist() == [[250, 250], [0, 3], [5, 5]]
    assert frame["row"].tolist() == [2, 3, 4]
    assert math.isnan(frame["lod"].iloc[2])
    assert [note.en for note in read.notes] == NOTED
    assert [note.rows for note in read.notes] == [(2, 4), (3,), (4,)]
    assert (read.kind, read.letters["concentration"], read.headers["lod"]) == ("wastewater", "D", "lod")


def test_loads_that_others_published(door):
    """A published consumption has limits of its own: the lod beside it is that of the load."""
    frame = door(read_results, LOADS, stage=Stage.LOAD_PER_1000).frame
    assert frame["load_mg_day_1000inh"].tolist() == [1.12, 5.18]
    assert frame["reference_mg_day_1000inh"].tolist() == [2.60, 12.0]
    assert frame["reference_censored"].tolist() == ["below", "exact"]
    assert frame["population"].tolist() == [18700, 133336]
    assert frame["date"].tolist() == ["", ""]
    assert frame["note"].iloc[1] == "seen"
    frame = door(read_results, "site,analyte,load,unit,date\nA,COD,3,kg/d,2024-03-05\n", stage=Stage.LOAD).frame
    assert frame[["load_mg_day", "date"]].values.tolist() == [[3_000_000.0, "2024-03-05"]]


def test_flow_and_population(door):
    frame = door(read_flow, FLOW).frame
    assert frame[["row", "site", "date", "flow_m3_day"]].values.tolist() == [
        [2, "NA", "2024-03-05", 20_000.0],
        [3, "B", "2024-03-05", 100 * 86.4],
    ]
    assert list(frame) == ["row", "site", "date", "flow_m3_day"]
    frame = door(read_population, PEOPLE).frame
    assert frame[["site", "kind", "population", "source", "date"]].values.tolist() == [
        ["NA", "census", 10_000.0, "census 2020", ""],
        ["NA", "de_facto", 9_000.0, "phones", "2024-03-05"],
    ]


def test_other_writings_of_a_number_are_taken_with_a_note(door):
    """Each way of writing is one note with its place, beside those on the units of the file."""
    read = door(read_flow, FLOW.replace(",2,", ",２,").replace(",100,", ",10\u00a0000,"))
    assert read.frame["flow_m3_day"].tolist() == [20_000.0, 10_000 * 86.4]
    notes = {note.rule: note for note in read.notes}
    assert sorted(notes) == ["UNI-CONVERTED", "UNI-WRITTEN", "VAL-FULL-WIDTH", "VAL-SPACE"]
    assert (notes["VAL-FULL-WIDTH"].en, notes["VAL-FULL-WIDTH"].zh) == (
        "in.csv:2:flow (C) VAL-FULL-WIDTH “２” in full-width characters → read as the same half-width digits; "
        "switch the input method to half-width",
        "in.csv:2:flow (C) VAL-FULL-WIDTH “２”为全角字符 → 已按相应的半角数字读入; 请将输入法切换为半角",
    )
    assert notes["VAL-SPACE"].en.startswith("in.csv:3:flow (C) VAL-SPACE ")


def test_a_file_of_a_chinese_spreadsheet_is_taken_with_a_note(tmp_path):
    path = tmp_path / "in.csv"
    path.write_bytes(PEOPLE.replace("phones", "手机信令").encode("gb18030"))
    read = read_population(path, "in.csv")
    assert read.frame["source"].tolist() == ["census 2020", "手机信令"]
    assert [note.en.split(" → ")[0] for note in read.notes] == ["in.csv ENC-GB18030 the text is not UTF-8"]


@pytest.mark.parametrize(
    ("reader", "good", "change", "sentence"),
    [
        (read_results, RESULTS, ("NA,", ","), "in.csv:2:site (A) KEY-EMPTY an empty cell → a site in each row; "
         "fill the cell: a row without it belongs nowhere"),
        (read_results, RESULTS, ("NA,", '"N\nA",'), "in.csv:2:site (A) CSV-CHARACTER the character U+000A is invisible, "
         "breaks the line or turns the writing direction → visible characters; delete it and type the text again"),
        (read_results, RESULTS, ("2024-03-06", "06/03/2024"), "in.csv:4:date (B) DAT-AMBIGUOUS “06/03/2024” does not say which "
         "number is the month → the year first, as in 2024-03-05, or an order that the profile declares; write the year first; "
         "if the laboratory always writes so, declare date_order: dmy or mdy in its profile"),
        (read_results, RESULTS, ("2024-03-06", "2024-02-30"), "in.csv:4:date (B) DAT-NO-SUCH-DAY “2024-02-30” is no day of the "
         "calendar → a month from 1 to 12 and a day that this month has; look up the day in the sampling record; month and day "
         "may be exchanged"),
        (read_results, RESULTS, ("250,ng/L", "250,ppb"), f"in.csv:2:unit (E) UNI-UNKNOWN the unit “ppb” → "
         f"one of {ALLOWED_UNITS}; say which of these it is (ppb may be per litre or per kilogram), or convert the column "
         "before handing it in"),
        (read_results, RESULTS, ("250,ng/L", "250,"), "in.csv:2:unit (E) UNI-MISSING no unit → "
         f"one of {ALLOWED_UNITS}; fill the cell: a number without a unit is no measurement"),
        (read_results, RESULTS, ("250", "-250"), "in.csv:2:concentration (D) VAL-NEGATIVE the negative number -250 → "
         "a positive number; check the sign; a result below its limit is written “<limit” or ND"),
        (read_flow, FLOW, (",2,", ",0,"), "in.csv:2:flow (C) VAL-ABOVE-ZERO 0 → a number above zero; "
         "enter the number; if it is not known, leave the row out rather than writing 0"),
        (read_flow, FLOW, ("100,", ","), "in.csv:3:flow (C) KEY-EMPTY an empty cell → a flow in each row; "
         "fill the cell: a row without it belongs nowhere"),
        (read_population, PEOPLE, ("de_facto", "residents"), "in.csv:3:kind (B) KEY-WORD “residents” → "
         "one of census, de_facto, served; correct the word"),
        (read_population, PEOPLE, ("phones", ""), "in.csv:3:source (D) KEY-EMPTY an empty cell → a source in each row; "
         "fill the cell: a row without it belongs nowhere"),
        (read_population, PEOPLE, ("2024-03-05", "2024"), "in.csv:3:date (E) DAT-DAY “2024” is not a day → "
         "a calendar day written 2024-03-05; write year, month and day with hyphens"),
        (read_population, PEOPLE, ("9000", "0"), "in.csv:3:population (C) VAL-ABOVE-ZERO 0 → a number above zero; "
         "enter the number; if it is not known, leave the row out rather than writing 0"),
    ],
)  # fmt: skip
def test_refused_with_this_sentence(door, reader, good, change, sentence):
    assert change[0] in good
    assert said(door, reader, good.replace(*change, 1)) == [sentence]


@pytest.mark.parametrize(
    ("reader", "good", "change", "what"),
    [
        (read_results, RESULTS, ("0012,2024-03-05,可待因", "NA,2024-03-05,MAMP"), "site · date · analyte"),
        (read_flow, FLOW, ("B,", "NA,"), "site · date"),
        (read_population, PEOPLE, ("de_facto,9000,phones,2024-03-05", "census,9000,phones,"), "site · kind · date"),
    ],
)
def test_two_rows_about_the_same_are_told_with_each_other(door, reader, good, change, what):
    """Both rows, each naming the other; two values are another matter than one row written twice."""
    assert change[0] in good
    lines = said(door, reader, good.replace(*change, 1))
    rule, more = ("KEY-REPLICATE", " and no replicate number") if reader is read_results else ("KEY-AGAIN", "")
    assert [line.split(" → ")[0] for line in lines] == [
        f"in.csv:{row}:site (A) {rule} the same {what} as row {other} with another value{more}"
        for row, other in ((2, 3), (3, 2))
    ]
    if reader is read_results:
        assert all(line.endswith(f" → one row each, or numbered replicates; {ADD_REPLICATES}") for line in lines)
    header, first, _ = good.splitlines()[:3]
    assert said(door, reader, f"{header}\n{first}\n{first}\n") == [
        f"in.csv:{row}:site (A) KEY-TWICE the same row as row {other} → one row each; remove one of the two"
        for row, other in ((2, 3), (3, 2))
    ]


def test_two_spellings_of_one_unit_are_one_unit_and_two_sizes_are_not(door):
    """A unit of another size is told with both rows; one that nobody knows does not make the others wrong."""
    text = "site,analyte,load,unit\nA,METH,5,mg/day\nB,METH,5,{unit}\nC,METH,5,{unit}\n"
    assert door(read_results, text.format(unit="mg/d"), stage=Stage.LOAD).frame["load_mg_day"].tolist() == [5.0, 5.0, 5.0]
    lines = said(door, read_results, text.format(unit="g/d"), stage=Stage.LOAD)
    assert [line.split(" → ")[0] for line in lines] == [
        "in.csv:2:unit (D) UNI-MIXED methamphetamine in mg/day here and in g/d in row 3",
        "in.csv:3:unit (D) UNI-MIXED methamphetamine in g/d here and in mg/day in row 2",
        "in.csv:4:unit (D) UNI-MIXED methamphetamine in g/d here and in mg/day in row 2",
    ]
    (line,) = said(door, read_results, text.format(unit="mg/d").replace("mg/day", "buckets"), stage=Stage.LOAD)
    assert line.startswith("in.csv:2:unit (D) UNI-UNKNOWN ")


def test_an_unknown_analyte_names_the_nearest_and_all_that_are_known(door):
    (sentence,) = said(door, read_results, RESULTS.replace("METH,", "codein,"))
    assert sentence.startswith(
        "in.csv:2:analyte (C) KEY-ANALYTE the analyte “codein” (“codeine”?) → an analyte of the vocabulary:"
    )
    assert sentence.endswith("cotinine, ethyl sulfate; correct the name, or name it in the laboratory's profile")


def test_the_sentences_in_chinese(door):
    first, second, third = said(door, read_flow, FLOW.replace("2024", "24").replace("L/s", "斗"), "zh")
    assert first == "in.csv:2:date (B) DAT-YEAR “24-03-05”的年份只有两位 → 年份须为四位，如 2024-03-05; 请写全年份"
    assert second == first.replace(":2:", ":3:")
    assert third.startswith(
        "in.csv:3:unit (D) UNI-UNKNOWN 单位“斗” → 须为 m3/day, m3/d, m3/h, L/s, L/day, L/d, 万m3/d, 万m3/day 之一; "
    )


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
        (2, "site", "KEY-EMPTY"),
        (2, "unit", "UNI-UNKNOWN"),
        (3, "", "ROW-FIELDS"),
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
    checked = check_file(str(path), "wastewater")
    assert (checked.kind, checked.rows, checked.outcome) == ("wastewater", 3, "noted")
    assert checked.summary.en == (
        f"{path}: wastewater, 3 rows understood, 3 sites, 3 analytes, 2024-03-05 – 2024-03-06, 1 below a limit; "
        "sites were not checked: no sites table was given (--sites FILE)"
    )
    assert checked.summary.zh == (
        f"{path}：wastewater，已读入 3 行，3 个采样点，3 种检测物，2024-03-05 – 2024-03-06，1 个低于限值；"
        "未核对采样点：没有给出站点表（--sites 文件）"
    )
    assert [note.rule for note in checked.notes] == ["KEY-ALIAS", "VAL-ABOVE", "VAL-NOT-DETECTED", "VAL-BELOW-LOQ"]
    path.write_text(FLOW, encoding="utf-8")
    assert check_file(str(path), "flow").summary.en.startswith(f"{path}: flow, 2 rows understood, 2 sites, 2024-03-05 – ")
    path.write_text(PEOPLE, encoding="utf-8")
    checked = check_file(str(path), "population")
    assert (checked.outcome, checked.notes) == ("accepted", ())
    assert checked.summary.zh.startswith(f"{path}：population，已读入 2 行，1 个采样点，")
