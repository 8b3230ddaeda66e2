"""A CSV file read strictly: every structural doubt is a problem with its place, and each bad file has a good twin."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import Refusal
from labkit.loaders.delimited import Sheet, letter, read_sheet
from labkit.loaders.results import read_results

GOOD = "site,date,flow,unit\nA,2024-01-01,100,m3/day\nB,2024-01-01,200,m3/day\n"


def read(folder: Path, content: str | bytes) -> Sheet:
    path = folder / "flow.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    sheet = read_sheet(path, "flow.csv", ("site", "date", "flow"), ("unit",))
    sheet.raise_problems()  # as each door does after it has looked at the cells
    return sheet


def refusal(folder: Path, content: str | bytes) -> list[str]:
    with pytest.raises(Refusal) as refused:
        read(folder, content)
    return str(refused.value).splitlines()


def test_good(tmp_path):
    sheet = read(tmp_path, GOOD)
    assert [row.cells for row in sheet.rows] == [
        {"site": "A", "date": "2024-01-01", "flow": "100", "unit": "m3/day"},
        {"site": "B", "date": "2024-01-01", "flow": "200", "unit": "m3/day"},
    ]
    assert [row.line for row in sheet.rows] == [2, 3]
    assert (sheet.letters, sheet.notes) == ({"site": "A", "date": "B", "flow": "C", "unit": "D"}, [])


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode("utf-8-sig"),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD.rstrip("\n"),
        GOOD.replace("site,date,flow,unit", " Site , DATE,ｆｌｏｗ,Unit"),
        GOOD.replace("A,2024", ' A ,"2024').replace("01,100", '01",100'),
    ],
    ids=["byte order mark", "Windows", "old Mac", "no last line end", "header in other letters", "quoted and spaced"],
)
def test_the_same_table_in_another_dress(tmp_path, content):
    assert [row.cells for row in read(tmp_path, content).rows] == [row.cells for row in read(tmp_path, GOOD).rows]


def test_order_does_not_matter_and_what_is_not_used_is_noted(tmp_path):
    sheet = read(tmp_path, "unit,remark,flow,date,site\nm3/day,rain,100,2024-01-01,A\n\n,,,,\n")
    assert sheet.rows[0].cells["flow"] == "100"
    assert [(note.en, note.zh) for note in sheet.notes] == [
        ("flow.csv: columns not used: remark", "flow.csv：未使用的列：remark"),
        ("flow.csv: 2 blank rows passed over", "flow.csv：跳过 2 个空行"),
    ]


def test_a_cell_with_a_line_break_keeps_the_lines_counted(tmp_path):
    sheet = read(tmp_path, 'site,date,flow\n"A\nold",2024-01-01,100\nB,2024-01-01,x\n')
    assert [(row.line, row.cells["site"]) for row in sheet.rows] == [(2, "A\nold"), (4, "B")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            GOOD.encode().replace(b"B,", b"B\xb5,"),
            "flow.csv:3 CSV-ENCODING byte 45 on line 3 is not UTF-8 (0xb5) → UTF-8 text; save the file as “CSV UTF-8”",
        ),
        (
            b"\xef\xbb\xbf" + GOOD.encode().replace(b"B,", b"B\xb5,"),
            "flow.csv:3 CSV-ENCODING byte 48 on line 3 is not UTF-8 (0xb5) → UTF-8 text; save the file as “CSV UTF-8”",
        ),
        (
            GOOD.encode("utf-16"),
            "flow.csv:1 CSV-ENCODING byte 0 on line 1 is not UTF-8 (0xff) → UTF-8 text; save the file as “CSV UTF-8”",
        ),
        (
            GOOD.replace("B,", "B\0,"),
            "flow.csv:3 CSV-NUL a NUL byte → text; the file is damaged or binary: export it again",
        ),
        (
            GOOD[:-11],
            "flow.csv:3 CSV-TRUNCATED the last row breaks off after 3 of 4 fields → a whole last row; "
            "the file was cut: copy or export it again",
        ),
        (
            GOOD.replace("100,m3/day", "100"),
            "flow.csv:2 CSV-FIELDS 3 fields where the header has 4 → as many fields as the header; "
            "look for a missing or extra comma",
        ),
        (
            GOOD.replace("100,", "100,,"),
            "flow.csv:2 CSV-FIELDS 5 fields where the header has 4 → as many fields as the header; "
            "look for a missing or extra comma",
        ),
        (
            GOOD.replace("B,", '"B,') + "C,2024-01-01,1,m3/day\n",
            "flow.csv:3 CSV-QUOTE a quotation mark that opens here is never closed, or text follows a closed one → "
            "paired quotation marks; close it",
        ),
        (
            GOOD.replace("site,date,flow,unit", "site,date,flow,Site"),
            "flow.csv:1:site CSV-HEADER-TWICE the column name “site” stands in columns A + D → each name once; "
            "rename or remove one of the two",
        ),
        (
            GOOD.replace("flow", "flwo"),
            "flow.csv:1 CSV-COLUMN no column “flow” (“flwo”?) → the columns site, date, flow; "
            "add the column, or correct its name",
        ),
        (
            "site,date\nA,2024-01-01\n",
            "flow.csv:1 CSV-COLUMN no column “flow” → the columns site, date, flow; add the column, or correct its name",
        ),
        *(
            (empty, "flow.csv CSV-EMPTY 0 data rows → a header row and at least one row of data; "
             "check that the export finished")
            for empty in ("", "\n\n \n", "\ufeff", "site,date,flow,unit\n", "site,date,flow,unit\n\n,,,\n")
        ),
        *(
            (start, f"flow.csv CSV-TYPE the content is {kind}, whatever its name says → a CSV file; "
             "export the table as CSV (UTF-8) and hand that in")
            for start, kind in (
                (b"%PDF-1.7\n", "PDF"),
                (b"PK\x03\x04rest", "a zip archive or workbook"),
                (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel file"),
                (b"\x1f\x8b\x08\x00", "gzip"),
                (b"PAR1\x15", "Parquet"),
                (b"\n<!doctype html><html>", "HTML"),
                (b"\xef\xbb\xbf<HTML>", "HTML"),
            )
        ),
    ],
)  # fmt: skip
def test_refused_with_this_sentence(tmp_path, content, sentence):
    assert refusal(tmp_path, content) == [sentence]


def test_the_sentence_in_chinese(tmp_path):
    with pytest.raises(Refusal) as refused:
        read(tmp_path, GOOD.encode().replace(b"B,", b"B\xb5,"))
    assert refused.value.report("zh") == (
        "flow.csv:3 CSV-ENCODING 第 3 行、第 45 字节不是 UTF-8（0xb5） → 须为 UTF-8 文本; 请另存为“CSV UTF-8”"
    )


def test_a_file_that_is_not_there_and_a_folder_in_its_place(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Refusal, match=r"x.csv CSV-MISSING the file is not there → a file that exists; correct the name"):
            read_sheet(path, "x.csv", ("site",))


def test_all_problems_come_at_once(tmp_path):
    """Of the header together; of the rows together, those of their cells among them (see the doors)."""
    header, rows = refusal(tmp_path, "Site,site,dat\nA,B,C\n"), refusal(tmp_path, GOOD + "C\nD,1,2,3,4\n")
    assert [line.partition(" →")[0] for line in header] == [
        "flow.csv:1:site CSV-HEADER-TWICE the column name “site” stands in columns A + B",
        "flow.csv:1 CSV-COLUMN no column “date” (“dat”?)",
        "flow.csv:1 CSV-COLUMN no column “flow”",
    ]
    assert [line.partition(" →")[0] for line in rows] == [
        "flow.csv:4 CSV-FIELDS 1 fields where the header has 4",
        "flow.csv:5 CSV-FIELDS 5 fields where the header has 4",
    ]


def test_letters_are_those_of_a_spreadsheet():
    assert [letter(index) for index in (0, 25, 26, 51, 52, 701, 702, 16383)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff"), max_size=8)


@given(rows=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
def test_whatever_a_csv_writer_writes_is_read_back(rows, tmp_path_factory):
    """Any texts but blank rows: quotes, commas, codes such as NA and 0012."""
    out = io.StringIO()
    csv.writer(out).writerows([("site", "date", "flow"), *(("NA", one, two) for one, two in rows), ("0012", "=1+1", '"')])
    sheet = read(tmp_path_factory.mktemp("any"), out.getvalue())
    expected = [*(("NA", one.strip(), two.strip()) for one, two in rows), ("0012", "=1+1", '"')]
    assert [tuple(row.cells.values()) for row in sheet.rows] == expected


@pytest.mark.parametrize(("mark", "code"), [("\u202e", "202E"), ("\u200b", "200B"), ("\x07", "0007"), ("\ufeff", "FEFF")])
def test_a_character_nobody_sees_is_refused_where_it_stands(tmp_path, mark, code):
    """Two sites that look alike would be two sites; in a column that is not used it does no harm."""
    assert refusal(tmp_path, GOOD.replace("B,", f"B{mark}x,")) == [
        f"flow.csv:3:site (A) CSV-CHARACTER the character U+{code} is invisible, breaks the line or turns the writing "
        "direction → visible characters; delete it and type the text again"
    ]
    remark = GOOD.replace("unit\n", "unit,remark\n").replace("m3/day\n", f"m3/day,a{mark}b\n")
    assert len(read(tmp_path, remark).rows) == 2


def test_time_to_say_no(tmp_path, monkeypatch):
    """A wrong name is compared with the vocabulary when its message is read, and no header is compared with itself."""
    asked = []
    monkeypatch.setattr("labkit.loaders.delimited.nearest", lambda word, words: asked.append(word) or "")
    rows = "".join(f"S{row},2024-01-01,sugar{row},1,ng/L\n" for row in range(1000))
    path = tmp_path / "results.csv"
    path.write_text("site,date,analyte,concentration,unit\n" + rows, encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        read_results(path, "results.csv")
    assert (len(refused.value.problems), len(asked)) == (1000, 200)
    wide = ",".join(f"c{column}" for column in range(20_000))
    begin = time.monotonic()
    assert len(refusal(tmp_path, f"{wide}\n{wide}\n")) == 3
    assert time.monotonic() - begin < 3
