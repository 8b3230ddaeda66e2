"""One CSV of the European release, cut into cells and read strictly, remembering every cell that is not as it should be.

Two things people confuse: a row number here is the publisher's (the header is row 1), not a position in a table; and a
problem is collected, not raised, so that all of a file are told at once.
"""

from __future__ import annotations

import csv
import io
from string import ascii_uppercase

import pandas as pd

from labkit.errors import Problem, Rule
from labkit.loaders.euda_rules import BLANK, COLUMN, ENCODING, NUMBER, QUOTES, ROW, YEAR

_NUMBER = r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?"


class Sheet:
    """The cells of one file as texts; `problems` grows as columns are asked for."""

    def __init__(self, file: str, content: bytes) -> None:
        """Cut `content` into rows and cells; `file` is its name in messages."""
        self.file = file
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        header, rows = self._cut(content)
        self.names = header
        self._cells = pd.DataFrame(list(rows.values()), index=list(rows), columns=range(len(header)), dtype=str)

    def column(self, name: str) -> pd.Series:
        """Return one column as text, indexed by row number; a column not there exactly once is a problem, its cells empty."""
        if self.names.count(name) != 1:
            unread = not self.names and self.problems  # nothing of the file could be read, and that has been said
            if not unread and not any(problem.rule is COLUMN and problem.column == name for problem in self.problems):
                self.problems.append(COLUMN.at(self.file, row=1, column=name))
            return pd.Series("", index=self._cells.index, dtype=str)
        return self._cells[self.names.index(name)].str.strip()

    def texts(self, columns: dict[str, str]) -> pd.DataFrame:
        """Return the columns asked for under our names (theirs -> ours); an empty cell is a problem."""
        found = {ours: self.column(theirs) for theirs, ours in columns.items()}
        for theirs, ours in columns.items():
            self.refuse(theirs, found[ours] == "", BLANK)
        return pd.DataFrame(found, index=self._cells.index)

    def numbers(self, name: str, blank: bool = False, above: float | None = None) -> pd.Series:
        """Return a column as numbers from 0 up (or above `above`); an empty cell is missing if `blank`, else a problem."""
        texts = self.column(name)
        empty = texts == ""
        shaped = texts.str.fullmatch(_NUMBER)
        values = pd.to_numeric(texts.where(shaped), errors="coerce")
        small = values < 0 if above is None else values <= above
        wrong = (~shaped | small) & ~(empty & blank)
        self.refuse(name, wrong, NUMBER, least="0" if above is None else f"1 (> {above:g})")
        return values.where(~wrong)

    def years(self, name: str, blank: bool = False) -> pd.Series:
        """Return a column as years; an empty cell is missing if `blank`, else a problem."""
        texts = self.column(name)
        shaped = texts.str.fullmatch(r"\d{4}")
        self.refuse(name, ~shaped & ~((texts == "") & blank), YEAR)
        years = pd.to_numeric(texts.where(shaped)).astype("Int64")
        return years if blank or years.isna().any() else years.astype("int64")

    def refuse(self, name: str, broken: pd.Series, rule: Rule, **fields: object) -> None:
        """Add one problem for every row where `broken`; `value` of the rule's sentence is the cell as written.

        A column that is missing has its one problem already: its rows add none.
        """
        if self.names.count(name) == 1:
            texts = self.column(name)
            rows = broken.index[broken.to_numpy(dtype=bool)]
            self.problems += [self._at(rule, int(row), name, value=texts[row], **fields) for row in rows]

    def refuse_repeated(self, name: str, keys: pd.DataFrame, rule: Rule) -> None:
        """Add a problem for each row whose key an earlier row has; `first` is that row."""
        if self.names.count(name) != 1:
            return
        first: dict[tuple[object, ...], int] = {}
        for row, *key in keys.itertuples(name=None):
            if tuple(key) in first:
                self.problems.append(self._at(rule, int(row), name, first=first[tuple(key)]))
            first.setdefault(tuple(key), int(row))

    def note(self, rule: Rule, column: str | None = None, **fields: object) -> None:
        """Remember something odd that does not refuse the file."""
        self.notes.append(Problem(rule=rule, file=self.file, column=column, fields=fields))

    def _at(self, rule: Rule, row: int, name: str, **fields: object) -> Problem:
        place = self.names.index(name)
        letter = ascii_uppercase[place] if place < len(ascii_uppercase) else None
        return Problem(rule=rule, file=self.file, row=row, column=name, letter=letter, fields=fields)

    def _cut(self, content: bytes) -> tuple[list[str], dict[int, list[str]]]:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            # offsets are counted after a byte order mark, which these files do not have
            line = content[: error.start].count(b"\n") + 1
            self.problems.append(ENCODING.at(self.file, row=line, byte=error.start))
            return [], {}
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        header: list[str] = []
        rows: dict[int, list[str]] = {}
        try:
            header = [name.strip() for name in next(lines, [])]
            for number, cells in enumerate(lines, start=2):
                if len(cells) == len(header):
                    rows[number] = cells
                else:
                    self.problems.append(ROW.at(self.file, row=number, cells=len(cells), columns=len(header)))
        except csv.Error as error:
            self.problems.append(QUOTES.at(self.file, row=lines.line_num, reason=error))
        return header, rows
