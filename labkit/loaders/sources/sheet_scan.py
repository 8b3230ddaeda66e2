"""One sheet of a workbook, walked as a stream: its rows as they are stored, and what lies over, under and beside them.

Two things people confuse: the *size* that a sheet says it has (its `dimension`, often wrong, never used here) and the cells it
has; and an *empty* cell with a border is no cell of the table, however far out it lies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from labkit.errors import Problem, Refusal, Rule
from labkit.loaders.sources.package import Package
from labkit.loaders.sources.source import letter
from labkit.loaders.sources.xml_part import DEPTH, feed, new_parser

ROWS, COLUMNS, CELLS = 200_000, 200, 2_000_000
_ELEMENTS = 5_000_000  # of all kinds; 64 MiB of sheet hold fewer, unless they hold no table
_ASIDE = 20_000  # merged ranges and spans of hidden columns: more than there can be columns
_TEXT = 32_767  # characters in a cell; no spreadsheet program takes more
_NAMESPACES = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
_TAGS = ("row", "c", "v", "t", "f", "rPh", "col", "mergeCell", "autoFilter", "filterColumn", "drawing", "picture")
_KNOWN = {f"{space} {tag}": tag for space in _NAMESPACES for tag in _TAGS}

LIMIT = Rule(
    "WB-LIMIT",
    en=(
        "the sheet reaches as far as cell {cell}",
        "at most {rows} rows × {columns} columns (as far as {last}), and {cells} cells with the empty ones",
        "delete what lies beyond the table (Ctrl+End shows it), or export the table as CSV, which has no such limit",
    ),
    zh=(
        "工作表延伸至单元格 {cell}",
        "至多 {rows} 行 × {columns} 列（到 {last} 为止），连同空单元格至多 {cells} 个",
        "请删除表格以外的内容（按 Ctrl+End 可见），或将表格导出为 CSV（不受此限）",
    ),
    example=("XFD1048576", "H201"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that holds something: its column from 0, its type and style as stored, its text, and its formula if it has one."""

    column: int
    kind: str
    style: int
    text: str
    formula: str | None


@dataclass
class SheetScan:
    """A sheet of a package; what stands behind the rows is known when `rows` has been walked to its end."""

    package: Package
    part: str
    sheet: str | None
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  # first and last, from 0
    merged: list[str] = field(default_factory=list)
    filter: str = ""  # the range that can be filtered
    filtered: list[str] = field(default_factory=list)  # the same, if the filter of a column is switched on
    pictures: bool = False

    def rows(self) -> Iterator[tuple[int, bool, list[Cell]]]:
        """Walk the rows that hold something: their number, whether they are hidden, and their cells from left to right.

        Raises
        ------
        Refusal
            A cell beyond the limits, a declaration, or a sheet that is damaged: rows and cells not in their order, text where
            XML should be.
        """
        ready: list[tuple[int, bool, list[Cell]]] = []
        parser = new_parser(self.package, self.part)
        self._handle(parser, ready)
        for _ in feed(self.package, self.part, parser):
            yield from ready
            ready.clear()

    def _handle(self, parser: object, ready: list[tuple[int, bool, list[Cell]]]) -> None:
        places: dict[str, int] = {}
        known, damaged, refuse = _KNOWN, self.package.damaged(self.part), self._beyond
        row = count = length = elements = depth = 0
        column, column_letters, kind, style = -1, "", "n", 0
        hidden, in_cell, in_phonetic = False, False, False
        cells: list[Cell] = []
        value: list[str] | None = None
        pieces: list[str] = []
        formula: str | None = None

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal row, count, column, column_letters, kind, style, hidden, in_cell, in_phonetic, value, formula, length
            nonlocal elements, depth
            elements += 1
            depth += 1
            if elements > _ELEMENTS or depth > DEPTH:
                raise damaged
            tag = known.get(name)
            if tag == "c":
                count += 1
                if count > CELLS:
                    raise refuse(row, column)
                place = attributes.get("r")
                before = column
                if place is None:
                    column += 1
                else:
                    column_letters = place.rstrip("0123456789")
                    found = places.get(column_letters)
                    if found is None:
                        found = places[column_letters] = _column(column_letters)
                    column = found
                    if place[len(column_letters) :] != str(row):
                        raise damaged
                if column <= before:
                    raise damaged
                kind, style = attributes.get("t", "n"), int(attributes.get("s", 0))
                pieces.clear()
                formula, length, in_cell = None, 0, True
            elif tag in ("v", "t", "f"):
                value = [] if in_cell and not in_phonetic else None
            elif tag == "row":
                before = row
                row = int(attributes["r"]) if "r" in attributes else row + 1
                if not before < row <= 1_048_576:
                    raise damaged
                column, hidden = -1, attributes.get("hidden") in ("1", "true")
            elif tag == "rPh":
                in_phonetic = True
            elif tag is not None:
                self._aside(tag, attributes)

        def end(name: str) -> None:
            nonlocal value, formula, in_cell, in_phonetic, cells, depth
            depth -= 1
            tag = known.get(name)
            if tag in ("v", "t"):
                if value is not None:
                    pieces.extend(value)
                value = None
            elif tag == "c":
                if pieces or formula is not None:
                    if row > ROWS or column >= COLUMNS:
                        raise refuse(row, column)
                    cells.append(Cell(column, kind, style, "".join(pieces), formula))
                in_cell = False
            elif tag == "row":
                if cells:
                    ready.append((row, hidden, cells))
                    cells = []
            elif tag == "f":
                formula, value = "".join(value or ()), None
            elif tag == "rPh":
                in_phonetic = False

        def text(data: str) -> None:
            nonlocal length
            if value is not None:
                length += len(data)
                if length > _TEXT:
                    raise damaged
                value.append(data)

        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text  # type: ignore[attr-defined]

    def _aside(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "col":
            if attributes.get("hidden") in ("1", "true") or float(attributes.get("width", 1)) == 0:
                self.hidden_columns.append((int(attributes["min"]) - 1, int(attributes["max"]) - 1))
                if len(self.hidden_columns) > _ASIDE:
                    raise self.package.damaged(self.part)
        elif tag == "mergeCell":
            if len(self.merged) < _ASIDE:
                self.merged.append(attributes["ref"])
        elif tag == "autoFilter":
            self.filter = attributes.get("ref", "")
        elif tag == "filterColumn":
            self.filtered[:1] = [self.filter]
        else:
            self.pictures = True

    def _beyond(self, row: int, column: int) -> Refusal:
        fields = {"rows": f"{ROWS:,}", "columns": COLUMNS, "last": f"{letter(COLUMNS - 1)}{ROWS}", "cells": f"{CELLS:,}"}
        problem = Problem(
            LIMIT, self.package.file, row, None, fields={"cell": f"{letter(column)}{row}"} | fields, sheet=self.sheet
        )
        return Refusal(problem)


def read_range(text: str) -> tuple[int, int, int, int]:
    """Return first row, first column, last row and last column (from 0) of a range such as `A1:H9`.

    >>> read_range("B3:D4"), read_range("A1")
    ((3, 1, 4, 3), (1, 0, 1, 0))
    """
    corners = [re.fullmatch(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})", one) for one in text.split(":")]
    if len(corners) > 2 or not all(corners):
        raise ValueError(f"not a range: {text!r}")
    first, last = corners[0], corners[-1]
    assert first and last
    return int(first[2]), _column(first[1]), int(last[2]), _column(last[1])


def _column(letters: str) -> int:
    if not re.fullmatch("[A-Z]{1,3}", letters):
        raise ValueError(f"not a column: {letters!r}")
    number = 0
    for one in letters:
        number = number * 26 + ord(one) - 64
    return number - 1
