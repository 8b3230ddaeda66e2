"""Files about persons that are no plain text: made here, not kept. All of it is simulated."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

HEADER = "subject,date,analyte,concentration,unit,lod,loq,cutoff".split(",")
ROW = ["S01", "2024-03-05", "methamphetamine", 1.5, "ng/mg", 0.05, 0.1, 0.2]


def name_in_sheet(folder: Path) -> tuple[bytes, bytes]:
    """Name the one sheet of a workbook after a person; the twin's is named after the matrix."""
    return _workbook("张三"), _workbook("hair")


def _workbook(sheet: str) -> bytes:
    book = Workbook()
    book.properties.creator = None  # who made it is another case
    assert book.active is not None
    book.active.title = sheet
    for row in (HEADER, ROW):
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
