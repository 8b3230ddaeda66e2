"""Workbooks as sources: what was written comes back, what is not a plain cell is named, and no bytes end in a traceback."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from labkit.errors import Refusal
from labkit.loaders.sources.cell_texts import number_text
from labkit.loaders.sources.package import DAMAGED, LOCKED, OUTSIDE, SIZE, TOO_DENSE
from labkit.loaders.sources.sheet_scan import LIMIT
from labkit.loaders.sources.source import Source
from labkit.loaders.sources.text import BLANK, EMPTY, HEADER_ROW
from labkit.loaders.sources.workbook import open_workbook
from labkit.loaders.sources.workbook_rules import (
    BESIDE,
    COMMENT_LEFT,
    ERROR,
    FORMULA,
    HIDDEN_SHEET,
    MERGED,
    NUMBER_AS_TEXT,
    SERIAL,
    SINCE_1904,
    WHICH_SHEET,
)
from labkit.loaders.sources.xml_part import ENTITIES
from labkit.params.profile import Profile

SHEET1 = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
QUICK = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])

ZIP_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), max_size=30).filter(
    lambda text: not text.startswith("=") and "_x" not in text and "\ufffe" not in text and "\uffff" not in text
)


def book_of(*rows: list[object], edit: Callable[[Worksheet], object] = lambda sheet: None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    edit(book.active)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], bytes], **add: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, data in add.items():
            new.writestr(name, data)
    return stream.getvalue()


def sheet_of(content: bytes, old: bytes, new: bytes) -> bytes:
    return repacked(content, lambda name, data: data.replace(old, new, 1) if name == SHEET1 else data)


def opened(folder: Path, content: bytes, profile: Profile | None = None, person_level: bool = False) -> Source:
    path = folder / "results.xlsx"
    path.write_bytes(content)
    return open_workbook(path, "results.xlsx", profile or Profile(), person_level)


def walked(source: Source) -> list[tuple[int, tuple[str, ...]]]:
    return [
        (int(row), cells)
        for batch in source.batches
        for row, cells in zip(batch.rows, zip(*(column.to_pylist() for column in batch.cells), strict=True), strict=True)
    ]


def refused(folder: Path, content: bytes, profile: Profile | None = None, person_level: bool = False) -> Refusal:
    with pytest.raises(Refusal) as caught:
        walked(opened(folder, content, profile, person_level))
    return caught.value


def test_cells_come_back_as_text(tmp_path: Path) -> None:
    moment = datetime(2024, 3, 5, 8, 30)
    source = opened(
        tmp_path, book_of(["site", "date", "n", "closed"], ["A", date(2024, 3, 5), 12.0, True], ["0012", moment, 0.1, None])
    )
    assert (source.header, source.header_row, source.letters) == (("site", "date", "n", "closed"), 1, ("A", "B", "C", "D"))
    assert source.sheet == "Sheet"
    assert walked(source) == [(2, ("A", "2024-03-05", "12", "true")), (3, ("0012", "2024-03-05 08:30:00", "0.1", ""))]
    assert source.preview[1] == (2, ("A", "2024-03-05", "12", "true"))
    assert not source.problems and not source.notes


def test_a_table_that_begins_at_b3_keeps_its_letters_and_rows(tmp_path: Path) -> None:
    content = book_of([], [], [None, "site", "n"], [None, "A", 1], [], [None, "B", 2], [], [None, "   "])
    source = opened(tmp_path, content)
    assert (source.header_row, source.letters) == (3, ("B", "C"))
    assert walked(source) == [(4, ("A", "1")), (6, ("B", "2"))]
    [note] = source.notes
    assert (note.rule, note.rows) == (BLANK.id, (5,))


def test_the_profile_says_where_the_header_is(tmp_path: Path) -> None:
    content = book_of(["results of March", None, None], ["site", "n"], ["A", 1])
    source = opened(tmp_path, content, Profile(header_row=2))
    assert (source.header, source.header_row) == (("site", "n"), 2)
    assert source.preview[0] == (1, ("results of March", ""))
    assert walked(source) == [(3, ("A", "1"))]
    assert refused(tmp_path, content, Profile(header_row=9)).problems[0].rule is HEADER_ROW
    assert refused(tmp_path, book_of(["site"], [], ["A"]), Profile(header_row=2)).problems[0].rule is HEADER_ROW


def test_a_header_alone_is_no_data(tmp_path: Path) -> None:
    assert refused(tmp_path, book_of(["site", "n"])).problems[0].rule is EMPTY
    assert refused(tmp_path, book_of()).problems[0].rule is EMPTY


def test_all_that_is_wrong_comes_in_one_pass(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["B2"] = "=1+1"
        sheet["B3"] = "#DIV/0!"
        sheet["E3"] = "a remark"
        sheet.merge_cells("A4:B4")

    source = opened(tmp_path, book_of(["site", "n"], ["A", 1], ["A", 1], ["A", 1], edit=edit))
    walked(source)
    assert [(one.rule, one.row, one.column, one.letter) for one in source.problems] == [
        (FORMULA, 2, "n", "B"),
        (ERROR, 3, "n", "B"),
        (BESIDE, 3, "E", None),
        (MERGED, 4, "site", "A"),
    ]
    assert {one.sheet for one in source.problems} == {"Sheet"}
    assert source.problems[0].place == "results.xlsx[Sheet]:2:n (B)"


def test_problems_past_two_thousand_are_counted(tmp_path: Path) -> None:
    source = opened(tmp_path, book_of(["n"], *(["=1+1"] for _ in range(2100))))
    assert len(walked(source)) == 2100
    assert (len(source.problems), source.unlisted) == (2000, 100)


def test_a_merged_title_above_the_header_is_no_problem(tmp_path: Path) -> None:
    content = book_of(["title"], ["site", "n"], ["A", 1], edit=lambda sheet: sheet.merge_cells("A1:B1"))
    source = opened(tmp_path, content, Profile(header_row=2))
    walked(source)
    assert not source.problems


def test_columns_hidden_beyond_the_table_do_not_matter(tmp_path: Path) -> None:
    columns = b'<cols><col min="3" max="16384" hidden="1"/></cols><sheetData>'
    source = opened(tmp_path, sheet_of(book_of(["site", "n"], ["A", 1]), b"<sheetData>", columns), person_level=True)
    walked(source)
    assert not source.problems


def test_numbers_as_text_are_noted_where_they_are_numbers(tmp_path: Path) -> None:
    content = book_of(["code", "id", "n"], ["101", "0012", "12.5"], ["102", "1234567890123456789", 3])
    source = opened(tmp_path, content)
    assert walked(source)[0] == (2, ("101", "0012", "12.5"))
    [note] = source.notes
    assert (note.rule, note.rows) == (NUMBER_AS_TEXT.id, (2,))
    assert "(column C)" in note.en


def test_days_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    book = Workbook()
    book.epoch = datetime(1904, 1, 1)
    book.active.append(["date"])
    book.active.append([date(2024, 3, 5)])
    stream = io.BytesIO()
    book.save(stream)
    source = opened(tmp_path, stream.getvalue())
    assert walked(source) == [(2, ("2024-03-05",))]
    assert [note.rule for note in source.notes] == [SINCE_1904.id]


@pytest.mark.parametrize("code", range(27, 32))
def test_the_day_formats_of_chinese_programs_are_days(tmp_path: Path, code: int) -> None:
    content = book_of(["date"], [date(2024, 3, 5)])
    styled = repacked(content, lambda name, data: data.replace(b'numFmtId="164" fontId', b'numFmtId="%d" fontId' % code))
    assert styled != content
    assert walked(opened(tmp_path, styled)) == [(2, ("2024-03-05",))]


@pytest.mark.parametrize("serial", [0, 1, 59, 59.9, -3, 2958466, 1e300])
def test_day_numbers_without_a_plain_meaning_are_refused(tmp_path: Path, serial: float) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet["A2"] = serial
        sheet["A2"].number_format = "yyyy-mm-dd"

    source = opened(tmp_path, book_of(["date"], [1], edit=edit))
    walked(source)
    assert [(one.rule, one.row, one.column) for one in source.problems] == [(SERIAL, 2, "date")]


def test_a_text_keeps_its_runs_and_loses_its_pronunciation(tmp_path: Path) -> None:
    cell = f'<worksheet {MAIN}><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>站</t></is></c></row><row r="2">' + (
        '<c r="A2" t="inlineStr"><is><r><t>东</t></r><r><t xml:space="preserve"> 湖</t></r>'
        '<rPh sb="0" eb="1"><t>dong</t></rPh></is></c>'
        '</row><row r="3"><c r="A3" t="inlineStr"><is><t>a_x0009_b_x005F_</t></is></c></row></sheetData></worksheet>'
    )
    content = repacked(book_of(["x"]), lambda name, data: cell.encode() if name == SHEET1 else data)
    assert walked(opened(tmp_path, content)) == [(2, ("东 湖",)), (3, ("a\tb_",))]


def test_prefixed_and_strict_names_are_read(tmp_path: Path) -> None:
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    sheet = f'<x:worksheet xmlns:x="{strict}"><x:sheetData>' + "".join(
        f'<x:row r="{row}"><x:c r="A{row}" t="str"><x:v>{text}</x:v></x:c></x:row>' for row, text in ((1, "site"), (2, "A"))
    )
    sheet += "</x:sheetData></x:worksheet>"
    content = repacked(book_of(["x"]), lambda name, data: sheet.encode() if name == SHEET1 else data)
    assert walked(opened(tmp_path, content)) == [(2, ("A",))]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>',
        '<row r="2"><c r="A3"><v>1</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>-1</v></c></row>',
        '<row r="2"><c r="A2" t="b"><v>2</v></c></row>',
        '<row r="2"><c r="A2" t="q"><v>2</v></c></row>',
        '<row r="2"><c r="A2"><v>1_000</v></c></row>',
        '<row r="2"><c r="A2" s="x"><v>1</v></c></row>',
        f'<row r="2"><c r="A2" t="str"><v>{"x" * 32_768}</v></c></row>',
        f'<row r="2">{"<z>" * 100}{"</z>" * 100}</row>',
    ],
)
def test_a_sheet_that_no_program_writes_is_damaged(tmp_path: Path, rows: str) -> None:
    content = sheet_of(book_of(["n"]), b"</sheetData>", rows.encode() + b"</sheetData>")
    assert refused(tmp_path, content).problems[0].rule is DAMAGED


def test_rows_past_the_declared_size_are_read(tmp_path: Path) -> None:
    content = repacked(book_of(["n"], [1], [2]), lambda name, data: data.replace(b'ref="A1:A3"', b'ref="A1:A2"'))
    assert len(walked(opened(tmp_path, content))) == 2


def test_empty_cells_with_a_format_are_no_cells(tmp_path: Path) -> None:
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    assert len(walked(opened(tmp_path, sheet_of(book_of(["n"], [1]), b"</sheetData>", far)))) == 1


def test_person_level_messages_say_no_sheet_and_no_value(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "张三"
    book.active.append(["subject", "n"])
    book.active.append(["P-7F3K", '=IF(A1="李四",1,2)'])
    stream = io.BytesIO()
    book.save(stream)
    source = opened(tmp_path, stream.getvalue(), person_level=True)
    walked(source)
    for language in ("en", "zh"):
        said = "\n".join(problem.sentence(language) for problem in source.problems)
        assert "WB-FORMULA" in said and "[#1]" in said
        assert "张三" not in said and "李四" not in said
    book.create_sheet("王五").append(["x"])
    stream = io.BytesIO()
    book.save(stream)
    refusal = refused(tmp_path, stream.getvalue(), person_level=True)
    assert refusal.problems[0].rule is WHICH_SHEET and "王五" not in refusal.report("en") + refusal.report("zh")
    refusal = refused(tmp_path, stream.getvalue())
    assert "“张三”, “王五”" in refusal.report("zh")


def test_very_hidden_sheets_are_hidden(tmp_path: Path) -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.parent.create_sheet("key").sheet_state = "veryHidden"

    assert refused(tmp_path, book_of(["n"], [1], edit=edit)).problems[0].rule is HIDDEN_SHEET


def test_threaded_comments_are_found(tmp_path: Path) -> None:
    related = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{related}" Target="../threadedComments/threadedComment1.xml"/></Relationships>'
    )
    thread = '<ThreadedComments><threadedComment ref="A2"><text>measured twice</text></threadedComment></ThreadedComments>'
    parts = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations.encode(),
        "xl/threadedComments/threadedComment1.xml": thread.encode(),
    }
    content = repacked(book_of(["n"], [1]), lambda name, data: data, **parts)
    assert [note.rule for note in opened(tmp_path, content).notes] == [COMMENT_LEFT.id]
    assert [(one.rule.id, one.row) for one in opened(tmp_path, content, person_level=True).problems] == [("WB-COMMENT", 2)]


@pytest.mark.parametrize("name", ["/etc/x", "..\\x", "xl/../../x", "C:x"])
def test_members_that_leave_the_package(tmp_path: Path, name: str) -> None:
    content = repacked(book_of(["n"], [1]), lambda one, data: data, **{name: b"x"})
    assert refused(tmp_path, content).problems[0].rule is OUTSIDE


@pytest.mark.parametrize(
    "part", ["[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml", SHEET1, "xl/_rels/workbook.xml.rels"]
)
def test_a_declaration_is_refused_in_every_part(tmp_path: Path, part: str) -> None:
    declared = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///dev/null">]>'
    content = repacked(book_of(["n"], [1]), lambda name, data: declared + data if name == part else data)
    assert refused(tmp_path, content).problems[0].rule is ENTITIES


BOMBS = {
    "zip_bomb": TOO_DENSE,
    "sheet_of_100_megabytes": SIZE,
    "far_cell": LIMIT,
    "entities": ENTITIES,
    "empty_cells": LIMIT,
    "one_long_text": DAMAGED,
    "one_long_tag": DAMAGED,
    "deep": DAMAGED,
    "shared_texts": DAMAGED,
    "many_members": SIZE,
}
# The peak is that of this program alone: what getrusage says on Linux includes the process that it was started from.
MEASURE = """
import json, re, resource, sys, time
from pathlib import Path
from labkit.errors import Refusal
from labkit.loaders.sources.workbook import open_workbook
from labkit.params.profile import Profile
started, rules = time.process_time(), []
try:
    for batch in open_workbook(Path(sys.argv[1]), "input.xlsx", Profile()).batches:
        pass
except Refusal as refusal:
    rules = [problem.rule.id for problem in refusal.problems]
seconds, status = time.process_time() - started, Path("/proc/self/status")
peak = re.search("VmHWM:\\s*([0-9]+)", status.read_text()) if status.exists() else None
kibibytes = int(peak[1]) if peak else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([rules, seconds, kibibytes / 1024]))
"""


def bomb(name: str) -> bytes:
    good, mebibyte = book_of(["n"], [1]), 1 << 20
    noise = {"xl/media/noise.png": random.Random(1).randbytes(700_000)}  # so that the ratio stays below 100

    def rows(data: bytes) -> bytes:
        return repacked(
            good, lambda part, old: old.replace(b"</sheetData>", data + b"</sheetData>") if part == SHEET1 else old, **noise
        )

    if name == "many_members":
        return repacked(good, lambda part, old: old, **{f"xl/{number}": b"" for number in range(20_000)})
    if name == "shared_texts":
        texts = f"<sst {MAIN}>".encode() + b"<si><t>ab</t></si>" * (50 * mebibyte // 18) + b"</sst>"
        link = b'<Relationship Type="x/sharedStrings" Target="sharedStrings.xml" Id="rId9"/></Relationships>'
        linked = repacked(
            good, lambda part, old: old.replace(b"</Relationships>", link) if part.startswith("xl/_rels") else old
        )
        return repacked(linked, lambda part, old: old, **noise, **{"xl/sharedStrings.xml": texts})
    return {
        "zip_bomb": lambda: repacked(good, lambda part, old: old, **{"xl/media/image.xml": b" " * (60 * mebibyte)}),
        "sheet_of_100_megabytes": lambda: rows(b"<row/>" * (100 * mebibyte // 6)),
        "far_cell": lambda: rows(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "entities": lambda: sheet_of(good, b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet'),
        "empty_cells": lambda: rows(b"<row>" + b"<c/>" * (60 * mebibyte // 4) + b"</row>"),
        "one_long_text": lambda: rows(b"<row><c><v>" + b"1" * (60 * mebibyte) + b"</v></c></row>"),
        "one_long_tag": lambda: rows(b'<row x="' + b"a" * (60 * mebibyte) + b'"/>'),
        "deep": lambda: rows(b"<z>" * (60 * mebibyte // 3)),
    }[name]()


@pytest.mark.parametrize("name", list(BOMBS))
def test_bombs_are_refused_within_seconds_and_200_mebibytes(tmp_path: Path, name: str) -> None:
    path = tmp_path / "input.xlsx"
    path.write_bytes(bomb(name))
    done = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True)
    rules, seconds, mebibytes = json.loads(done.stdout)
    assert rules[:1] == [BOMBS[name].id]
    assert seconds < (2 if name in ("zip_bomb", "sheet_of_100_megabytes", "far_cell", "entities") else 4)
    assert mebibytes < 200


@QUICK
@given(
    numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15), min_size=1, max_size=20)
)
def test_every_number_comes_back_equal(tmp_path: Path, numbers: list[float]) -> None:
    source = opened(tmp_path, book_of(["n"], *([number] for number in numbers)))
    written = [float(f"{number:.16g}") for number in numbers]  # as openpyxl writes them
    read = [cells[0] for _, cells in walked(source)]
    assert [float(text) for text in read] == written
    assert [text for text in read if text.lstrip("-").isdecimal() and len(text.lstrip("-")) > 15] == []


@QUICK
@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_written_the_shortest_way(number: float) -> None:
    text = number_text(number)
    assert float(text) == number
    assert len(text) <= len(repr(number)) + 5  # the sign and digits of an exponent
    assert not text.endswith(".0")


@QUICK
@given(texts=st.lists(ZIP_TEXTS.filter(str.strip), min_size=1, max_size=20))
def test_every_text_comes_back_equal(tmp_path: Path, texts: list[str]) -> None:
    source = opened(tmp_path, book_of(["text"], *([text] for text in texts)))
    errors = {one.row for one in source.problems}
    assert [cells[0] for row, cells in walked(source) if row not in errors] == texts


@QUICK
@given(
    moments=st.lists(
        st.datetimes(datetime(1900, 3, 1), datetime(2200, 1, 1)).map(lambda one: one.replace(microsecond=0)), min_size=1
    ),
    since_1904=st.booleans(),
    shown=st.sampled_from(
        ["yyyy-mm-dd", "d/m/yy", 'yyyy"年"m"月"d"日"', "mmm-yy", "[$-804]yyyy/m/d h:mm", "dd.mm.yyyy hh:mm:ss"]
    ),
)
def test_every_moment_comes_back_equal_whatever_its_format(
    tmp_path: Path, moments: list[datetime], since_1904: bool, shown: str
) -> None:
    book = Workbook()
    if since_1904:
        book.epoch = datetime(1904, 1, 1)
        moments = [max(one, datetime(1904, 1, 2)) for one in moments]
    book.active.append(["date"])
    for row, moment in enumerate(moments, start=2):
        book.active.cell(row, 1, moment).number_format = shown
    stream = io.BytesIO()
    book.save(stream)
    source = opened(tmp_path, stream.getvalue())
    assert [datetime.fromisoformat(cells[0]) for _, cells in walked(source)] == moments
    assert all(len(cells[0]) in (10, 19) for _, cells in walked(opened(tmp_path, stream.getvalue())))


def survives(folder: Path, content: bytes) -> None:
    started = time.monotonic()
    try:
        source = opened(folder, content)
        walked(source)
    except Refusal as refusal:
        assert refusal.report("zh")
    assert time.monotonic() - started < 5


SAMPLE = book_of(
    ["site", "date", "n"],
    ["A", date(2024, 3, 5), 12.5],
    ["B", date(2024, 3, 6), "ND"],
    edit=lambda sheet: sheet.merge_cells("A9:B9"),
)


@QUICK
@given(changes=st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_no_changed_package_ends_in_a_traceback(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    content = bytearray(SAMPLE)
    for at, byte in changes:
        content[at] = byte
    survives(tmp_path, bytes(content))


@settings(QUICK, max_examples=150)
@given(
    part=st.sampled_from([SHEET1, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"]),
    at=st.floats(0, 1, exclude_max=True),
    piece=st.sampled_from([b"", b"<", b'"', b"9", b"-", b"&#0;", b"\xff", b"<c/>", b"<row/>", b' r="A0"', b"A", b"\0"]),
    drop=st.integers(0, 12),
)
def test_no_changed_part_ends_in_a_traceback(tmp_path: Path, part: str, at: float, piece: bytes, drop: int) -> None:
    def change(name: str, data: bytes) -> bytes:
        place = int(at * len(data))
        return data[:place] + piece + data[place + drop :] if name == part else data

    survives(tmp_path, repacked(SAMPLE, change))


def test_an_encrypted_member_and_a_file_that_is_no_zip(tmp_path: Path) -> None:
    locked = bytearray(SAMPLE)
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        locked[locked.index(mark) + at] |= 1
    assert refused(tmp_path, bytes(locked)).problems[0].rule is LOCKED
    assert refused(tmp_path, b"site,date\nA,2024-03-05\n").problems[0].rule is DAMAGED


def test_50_000_rows_in_three_seconds(tmp_path: Path) -> None:
    day = date(2024, 1, 1)
    rows = (["A", day + timedelta(i % 300), "ketamine", i / 8, "ng/L", 0.5, 1, f"S{i}"] for i in range(50_000))
    content = book_of(["site", "date", "analyte", "concentration", "unit", "lod", "loq", "sample"], *rows)
    started = time.process_time()
    assert len(walked(opened(tmp_path, content))) == 50_000
    assert time.process_time() - started < 3
