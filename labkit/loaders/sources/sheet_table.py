"""The table of a sheet: which of its rows is the header, what its cells say, and everything in it that is no plain cell.

Two things people confuse: a *blank* row inside a table is passed over with a remark; a *hidden* row is not, since nobody can
tell whether it was meant to count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from labkit.errors import Note, Problem, Refusal, Rule, Shape
from labkit.loaders.sources.cell_texts import (
    day_text,
    looks_like_day,
    looks_like_number,
    moment_text,
    number_text,
    stored_number,
)
from labkit.loaders.sources.records import LISTED
from labkit.loaders.sources.sheet_scan import Cell, SheetScan, read_range
from labkit.loaders.sources.source import letter
from labkit.loaders.sources.text import BLANK, HEADER_ROW
from labkit.loaders.sources.workbook_parts import Book
from labkit.loaders.sources.workbook_rules import (
    BESIDE,
    COMMENT,
    COMMENT_LEFT,
    DAY_AS_TEXT,
    ERROR,
    FILTER,
    FORMULA,
    HIDDEN_COLUMN,
    HIDDEN_COLUMN_READ,
    HIDDEN_ROWS,
    MERGED,
    NUMBER_AS_TEXT,
    PICTURE,
    SERIAL,
    SINCE_1904,
)

_FIRST = 5  # rows that a note names
_KEPT = 20_000  # days whose text is remembered: a file has few, each many times
_ESCAPE = re.compile(r"_x(?!D[89A-F])([0-9A-F]{4})_", re.IGNORECASE)  # how a workbook writes a control character


@dataclass(frozen=True, slots=True)
class Record:
    """A row that says something: its number, and its texts by column from 0."""

    row: int
    cells: dict[int, str]


@dataclass
class SheetTable:
    """A sheet being read: `header`, `first` and `last` (columns) are known with the first record from the header on."""

    scan: SheetScan
    book: Book
    wanted_header: int | None
    person_level: bool
    header: dict[int, str] = field(default_factory=dict)
    header_row: int = 0
    first: int = 0
    last: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unlisted: int = 0  # problems beyond those listed
    _known: dict[tuple[str, str], str | None] = field(default_factory=dict)
    _as_text: dict[Rule, dict[int, list[int]]] = field(default_factory=lambda: {NUMBER_AS_TEXT: {}, DAY_AS_TEXT: {}})
    _numeric: set[int] = field(default_factory=set)  # columns in which a number, or a text such as 12.5, stands
    _days: list[int] = field(default_factory=list)

    @property
    def place(self) -> str:
        """The file and the sheet, as notes name them."""
        return f"{self.scan.package.file}[{self.scan.sheet}]"

    def records(self) -> Iterator[Record]:
        """Walk the rows that say something, titles above the header included; at the end the sheet as a whole is judged."""
        hidden: list[int] = []
        blank, blanks, last = 0, list[int](), 0
        for row, is_hidden, stored in self.scan.rows():
            judged = self.wanted_header is None or row >= self.wanted_header
            cells = {cell.column: text for cell in stored if (text := self._text(row, cell, judged))}
            if not any(map(str.strip, cells.values())):
                continue
            if judged and not self.header_row:
                self._take_header(row, cells)
            elif judged:
                self._judge_beside(row, cells)
                blank += row - last - 1
                blanks += range(last + 1, min(row, last + 1 + _FIRST)) if len(blanks) < _FIRST else ()
            if judged and is_hidden:
                hidden.append(row)
            last = row
            yield Record(row, cells)
        self._finish(last, hidden)
        if blank:
            self.notes.append(BLANK.note(self.place, blanks[:_FIRST], n=blank))

    def judge_comments(self, cells: Iterable[str]) -> None:
        """Write down the comments at these addresses."""
        places = sorted(self._area(cell)[:2] for cell in cells)
        if self.person_level:
            self.problems += [self._at(COMMENT, row, column) for row, column in places]
        elif places:
            self.notes.append(COMMENT_LEFT.note(self.place, [row for row, _ in places[:_FIRST]], n=len(places)))

    def judge_columns(self) -> None:
        """Write down the hidden columns of the table; those beyond it do not matter."""
        spans = self.scan.hidden_columns
        found = [at for at in range(self.first, self.last + 1) if any(low <= at <= high for low, high in spans)]
        if self.person_level:
            self.problems += [self._at(HIDDEN_COLUMN, self.header_row, at) for at in found]
        elif found:
            self.notes.append(HIDDEN_COLUMN_READ.note(self.place, [self.header_row], letters=_letters(found)))

    def _take_header(self, row: int, cells: dict[int, str]) -> None:
        if self.wanted_header not in (None, row):
            raise Refusal(self._at(HEADER_ROW, self.wanted_header or 1, None, line=self.wanted_header))
        named = [column for column, text in cells.items() if text.strip()] or list(cells)
        self.header, self.header_row = cells, row
        self.first, self.last = min(named, default=0), max(named, default=0)

    def _judge_beside(self, row: int, cells: dict[int, str]) -> None:
        for column, text in cells.items():
            if not self.first <= column <= self.last and text.strip():
                self._add(self._at(BESIDE, row, column))

    def _text(self, row: int, cell: Cell, judged: bool) -> str:
        text, kind = cell.text, cell.kind
        if cell.formula is not None or (kind == "e" and judged):
            if judged:
                rule, shown = (ERROR, text) if cell.formula is None else (FORMULA, f"={cell.formula or '…'}")
                value = Shape(shown) if self.person_level else shown
                self._add(self._at(rule, row, cell.column, error=value, formula=value))
            return text or "="  # the cell is not empty, whatever it comes to
        try:
            if kind == "n":
                return self._number(row, cell, judged)
            if kind == "s":
                text = self.book.shared[int(text) if text.isdecimal() else -1 - len(self.book.shared)]
            elif kind == "b":
                return {"0": "false", "1": "true", "false": "false", "true": "true"}[text]
            elif kind == "d":
                return moment_text(datetime.fromisoformat(text))
            elif kind not in ("inlineStr", "str", "e"):
                raise ValueError(kind)
        except (ValueError, LookupError):
            raise self.scan.package.damaged(f"{letter(cell.column)}{row}") from None
        if "_x" in text:
            text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        if judged and self.header_row:
            self._remark_text(row, cell.column, text)
        if judged and text.startswith("="):
            self._add(self._at(FORMULA, row, cell.column, formula=Shape(text) if self.person_level else text))
        return text

    def _number(self, row: int, cell: Cell, judged: bool) -> str:
        shows = self.book.kinds[cell.style] if 0 <= cell.style < len(self.book.kinds) else "number"
        if shows == "number":
            self._numeric.add(cell.column)
            return number_text(stored_number(cell.text))
        key = (shows, cell.text)
        if key not in self._known and len(self._known) < _KEPT:
            self._known[key] = day_text(stored_number(cell.text), shows, self.book.first)
        text = self._known[key] if key in self._known else day_text(stored_number(cell.text), shows, self.book.first)
        if text is None:
            if judged:
                value = number_text(stored_number(cell.text))
                self._add(self._at(SERIAL, row, cell.column, number=Shape(value) if self.person_level else value))
            return cell.text
        if len(self._days) < _FIRST:
            self._days.append(row)
        return text

    def _remark_text(self, row: int, column: int, text: str) -> None:
        if looks_like_number(text):
            self._as_text[NUMBER_AS_TEXT].setdefault(column, []).append(row)
            if not text.strip().isdecimal():
                self._numeric.add(column)
        elif looks_like_day(text):
            self._as_text[DAY_AS_TEXT].setdefault(column, []).append(row)

    def _finish(self, last_row: int, hidden: list[int]) -> None:
        if hidden:
            self.problems.append(self._at(HIDDEN_ROWS, hidden[0], None, n=len(hidden), rows=_spans(hidden)))
        for area in self.scan.filtered:
            self.problems.append(self._at(FILTER, self.header_row or 1, None, range=area))
        for area in self.scan.merged:
            top, left, bottom, right = self._area(area)
            if top <= last_row and bottom >= self.header_row and left <= self.last and right >= self.first:
                self._add(self._at(MERGED, max(top, self.header_row), max(left, self.first), range=area))
        for rule, columns in self._as_text.items():
            # whole numbers in a column of texts are codes, and text is the right form for them
            found = {at: rows for at, rows in columns.items() if rule is DAY_AS_TEXT or at in self._numeric}
            if found:
                rows = sorted({row for rows in found.values() for row in rows[:_FIRST]})[:_FIRST]
                self.notes.append(rule.note(self.place, rows, n=sum(map(len, found.values())), letters=_letters(sorted(found))))
        if self.book.first == 1904 and self._days:
            self.notes.append(SINCE_1904.note(self.place, self._days))
        if self.scan.pictures:
            self.notes.append(PICTURE.note(self.place))

    def _area(self, area: str) -> tuple[int, int, int, int]:
        try:
            return read_range(area)
        except ValueError:
            raise self.scan.package.damaged(self.scan.part) from None

    def _add(self, problem: Problem) -> None:
        if len(self.problems) < LISTED:
            self.problems.append(problem)
        else:
            self.unlisted += 1

    def _at(self, rule: Rule, row: int, column: int | None, **fields: object) -> Problem:
        name = (self.header.get(column, "") or None) if column is not None else None
        shown = None if column is None else letter(column)
        if shown and name is None:
            name, shown = shown, None
        return Problem(rule, self.scan.package.file, row, name, shown, fields, self.scan.sheet)


def _letters(columns: Iterable[int]) -> str:
    return ", ".join(letter(column) for column in columns)


def _spans(rows: list[int]) -> str:
    """Return rows as `5-9, 12`, the first ten spans of them.

    >>> _spans([5, 6, 7, 12])
    '5-7, 12'
    """
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    shown = [f"{low}-{high}" if high > low else f"{low}" for low, high in spans[:10]]
    return ", ".join(shown) + (", …" if len(spans) > 10 else "")
