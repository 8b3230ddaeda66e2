"""A workbook as a source: one visible sheet of plain cells, each as text, with the rows and letters that the laboratory sees.

Two things people confuse: a *row* of the sheet is counted from the top of the window, with titles, blank and hidden rows; and a
sheet that begins at B3 keeps its letters: its first column is B.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa

from labkit.errors import Problem, Refusal
from labkit.loaders.sources.package import Package, open_package
from labkit.loaders.sources.sheet_scan import SheetScan
from labkit.loaders.sources.sheet_table import Record, SheetTable
from labkit.loaders.sources.source import PREVIEW, Batch, Source, letter
from labkit.loaders.sources.text import EMPTY, HEADER_ROW
from labkit.loaders.sources.workbook_parts import Book, Tab, comments_of, content_problems, names_a_person, read_book
from labkit.loaders.sources.workbook_rules import AUTHOR, HIDDEN_SHEET, NO_SUCH_SHEET, OTHER_SHEETS, WHICH_SHEET
from labkit.params.profile import Profile

_BATCH = 10_000


def open_workbook(path: Path, file: str, profile: Profile, person_level: bool = False) -> Source:
    """Open an .xlsx workbook, whatever its name.

    Parameters
    ----------
    path, file
        Where it lies, and its name for messages.
    profile
        Of the laboratory: `sheet` names the sheet, `header_row` the row of the column names (else the first row that holds
        something).
    person_level
        Hair and blood: nothing of the file is repeated in messages, not even the name of a sheet; comments with text and
        hidden columns are refused instead of noted.

    Returns
    -------
    Source
        Numbers as the shortest text that reads back as the same number (16 digits and more with an exponent), days as
        `2024-03-05`, with a time `2024-03-05 08:30:00`, by the system (1900 or 1904) of the workbook and whatever their
        format shows; truth values as `true` and `false`. Formulas, error values, merged cells, hidden rows and cells beside
        the table are among its `problems` once it has been walked.

    Raises
    ------
    Refusal
        At once, or during the walk: what is beyond the limits, damaged, hidden, a program or linked to elsewhere; several
        sheets that hold something; no data rows.

    Notes
    -----
    The cells are read by our own streaming parser: openpyxl takes 2.9 s for 50,000 × 8 cells, says nothing of 29 February
    1900, and does not know the day formats 27-36 and 50-58 of Chinese programs, so that it returns such days as numbers.
    """
    package = open_package(path, file)
    problems = content_problems(package)
    book = read_book(package)
    if hidden := [tab.name for tab in book.tabs if tab.hidden]:
        problems.append(HIDDEN_SHEET.at(file, 1, n=len(hidden), names=_names(hidden, person_level)))
    if problems:
        raise Refusal(problems)
    tab, others = _choose(package, book, profile.sheet, person_level)
    shown = _shown(book, tab, person_level)
    table = SheetTable(SheetScan(package, tab.part, shown), book, profile.header_row, person_level)
    records = table.records()
    ahead = list(islice(records, PREVIEW))
    while ahead and not table.header:  # the profile's header row lies further down
        if (one := next(records, None)) is None:
            break
        ahead.append(one)
    data = [one for one in ahead if one.row > table.header_row]
    if not table.header or not data:
        row = table.header_row or profile.header_row or 1
        rule = HEADER_ROW if profile.header_row and not table.header else EMPTY
        raise Refusal([*table.problems, Problem(rule, file, row, fields={"line": row}, sheet=shown)])
    first, last = table.first, table.last
    source = Source(
        file,
        tuple(table.header.get(column, "") for column in range(first, last + 1)),
        table.header_row,
        tuple(letter(column) for column in range(first, last + 1)),
        iter(()),
        shown,
        tuple((one.row, _aligned(one, first, max(last, *one.cells))) for one in ahead[:PREVIEW]),
        table.problems,
        table.notes,
        sheets=tuple(tab.name for tab in book.tabs),
    )
    if others:
        source.notes.append(OTHER_SHEETS.note(table.place, n=others))
    if person_level and names_a_person(package):
        source.notes.append(AUTHOR.note(file))
    table.judge_comments(comments_of(package, tab.part))
    table.judge_columns()
    source.batches = _batches(data, records, source, table)
    return source


def _choose(package: Package, book: Book, wanted: str | None, person_level: bool) -> tuple[Tab, int]:
    """Return the sheet to read, and how many others hold something."""
    scans = [(tab, SheetScan(package, tab.part, _shown(book, tab, person_level))) for tab in book.tabs]
    filled = [tab for tab, scan in scans if next(scan.rows(), None) is not None]
    if wanted is not None:
        tab = next((tab for tab in book.tabs if tab.name == wanted), None)
        if tab is None:
            names = _names([tab.name for tab in book.tabs], person_level)
            raise Refusal(NO_SUCH_SHEET.at(package.file, 1, sheet=wanted, names=names))
        return tab, sum(one is not tab for one in filled)
    if not filled:
        raise Refusal(EMPTY.at(package.file, 1))
    if len(filled) > 1:
        names = _names([tab.name for tab in filled], person_level)
        raise Refusal(WHICH_SHEET.at(package.file, 1, n=len(filled), names=names))
    return filled[0], 0


def _shown(book: Book, tab: Tab, person_level: bool) -> str:
    """Return how messages call a sheet: of a person-level file by its place, since its name may be a person's."""
    return f"#{book.tabs.index(tab) + 1}" if person_level else tab.name


def _names(names: list[str], person_level: bool) -> str:
    return "" if person_level else f" ({', '.join(f'“{name}”' for name in names)})"


def _aligned(record: Record, first: int, last: int) -> tuple[str, ...]:
    return tuple(record.cells.get(column, "") for column in range(first, last + 1))


def _batches(ahead: list[Record], records: Iterator[Record], source: Source, table: SheetTable) -> Iterator[Batch]:
    columns = range(table.first, table.last + 1)
    while ahead := ahead + list(islice(records, _BATCH - len(ahead))):
        rows = np.array([one.row for one in ahead], dtype=np.int64)
        yield Batch(rows, tuple(pa.array([one.cells.get(column, "") for one in ahead], pa.string()) for column in columns))
        ahead = []
    source.unlisted = table.unlisted
