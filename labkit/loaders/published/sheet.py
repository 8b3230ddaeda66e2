"""One table that others published, opened as every foreign file is, and read column by column, strictly.

Two things people confuse: a row number here is the publisher's (the header is row 1), not a position in a table; and a
problem is collected, not raised, so that all of a file are told at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from labkit.errors import Note, Problem, Refusal, Rule, Shape
from labkit.loaders.published.sheet_rules import BLANK, COLUMN, NUMBER, TWICE, WORD, YEAR
from labkit.loaders.sources import open_source
from labkit.loaders.sources.encoding_rules import DECLARED, UNKNOWN
from labkit.loaders.texts.day import read_day
from labkit.params.profile import Profile

_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?"
_AS_PUBLISHED = Profile(encoding="utf-8")


class Sheet:
    """The cells of one file as texts; `problems`, `notes` and `taken` grow as columns are asked for."""

    def __init__(self, path: Path, file: str, *, missing: tuple[str, ...] = (), person_level: bool = False) -> None:
        """Cut the file at `path` into rows and cells.

        Parameters
        ----------
        path, file
            Where it lies, and its name in messages.
        missing
            Words that the publisher writes where there is nothing: such a cell counts as empty.
        person_level
            Whether rows are about persons: messages then show the shape of a value, never the value.
        """
        self.file, self.person_level = file, person_level
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.taken: list[Note] = []
        self.unlisted = 0  # problems of the rows that are counted only
        self.names: list[str] = []
        self._missing = missing
        self._letters: tuple[str, ...] = ()
        self._cells = pd.DataFrame(dtype=str)
        try:
            self._open(path)
        except Refusal as refusal:  # of this file nothing is read; the others still are
            self.problems += [replace(one, rule=UNKNOWN) if one.rule is DECLARED else one for one in refusal.problems]
            self.unlisted += refusal.total - len(refusal.problems)

    def column(self, name: str) -> pd.Series:
        """Return one column as text, indexed by row number; a column not there exactly once is a problem, its cells empty."""
        if self.names.count(name) != 1:
            unread = not self.names and self.problems  # nothing of the file could be read, and that has been said
            if not unread and not any(problem.rule is COLUMN and problem.column == name for problem in self.problems):
                self.problems.append(COLUMN.at(self.file, row=1, column=name))
            return pd.Series("", index=self._cells.index, dtype=str)
        texts = self._cells[self.names.index(name)].str.strip()
        return texts.mask(texts.isin(self._missing), "") if self._missing else texts

    def texts(self, columns: Mapping[str, str]) -> pd.DataFrame:
        """Return the columns asked for under our names (theirs -> ours); an empty cell is a problem."""
        found = {ours: self.column(theirs) for theirs, ours in columns.items()}
        for theirs, ours in columns.items():
            self.refuse(theirs, found[ours] == "", BLANK)
        return pd.DataFrame(found, index=self._cells.index)

    def words(self, name: str, known: Mapping[str, str]) -> pd.Series:
        """Return a column of a closed list of words under ours (theirs -> ours); any other word is a problem."""
        texts = self.column(name)
        self.refuse(name, ~texts.isin(list(known)), WORD, known=" | ".join(one or "–" for one in known))
        return texts.map(dict(known))

    def numbers(self, name: str, blank: bool = False, above: float | None = None, least: float = 0.0) -> pd.Series:
        """Return a column as numbers from `least` up (or above `above`); an empty cell is missing if `blank`, else a problem.

        Each number is the float64 nearest to its text.
        """
        texts = self.column(name)
        empty = texts == ""
        shaped = texts.str.fullmatch(_NUMBER)
        values = pd.Series(
            [float(text) if fits else np.nan for text, fits in zip(texts, shaped, strict=True)], texts.index, float
        )
        small = values < least if above is None else values <= above
        wrong = (~shaped | small | np.isinf(values)) & ~(empty & blank)
        self.refuse(name, wrong, NUMBER, least=f"{least:g}" if above is None else f"1 (> {above:g})")
        return values.where(~wrong)

    def years(self, name: str, blank: bool = False) -> pd.Series:
        """Return a column as years; an empty cell is missing if `blank`, else a problem."""
        texts = self.column(name)
        shaped = texts.str.fullmatch(r"[0-9]{4}")
        self.refuse(name, ~shaped & ~((texts == "") & blank), YEAR)
        years = pd.to_numeric(texts.where(shaped)).astype("Int64")
        return years if blank or years.isna().any() else years.astype("int64")

    def days(self, name: str, blank: bool = False) -> pd.Series:
        """Return a column as days (ISO texts), read as every day is; an empty cell is "" if `blank`, else a problem."""
        texts = self.column(name)
        if not blank:
            self.refuse(name, texts == "", BLANK)
        found = {text: read_day(text, _AS_PUBLISHED, date.today()) for text in texts.unique() if text}
        for text, outcome in found.items():
            if outcome.value is None and outcome.rule is not None:
                fields = {name: value for name, value in outcome.fields.items() if name != "value"}
                self.refuse(name, texts == text, outcome.rule, **fields)
        return texts.map({"": ""} | {text: outcome.value or "" for text, outcome in found.items()})

    def only(self, rows: pd.Series) -> None:
        """Forget all other rows: for files that hold a second table below the first."""
        self._cells = self._cells[rows.to_numpy(dtype=bool)]

    def refuse(self, name: str, broken: pd.Series, rule: Rule, **fields: object) -> None:
        """Add one problem for every row where `broken`; `value` of the rule's sentence is the cell as written.

        A column that is missing has its one problem already: its rows add none.
        """
        if self.names.count(name) == 1:
            texts = self.column(name)
            for row in broken.index[broken.to_numpy(dtype=bool)]:
                value = Shape(texts[row]) if self.person_level else texts[row]
                self.problems.append(self._at(rule, int(row), name, value=value, **fields))

    def refuse_repeated(self, name: str, keys: pd.DataFrame, rule: Rule = TWICE) -> None:
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

    def remark(self, rule: Rule, rows: pd.Series | None = None, column: str | None = None, **fields: object) -> None:
        """Say how a convention of the publisher was taken, with the first rows where `rows` holds and their number `n`."""
        found = [] if rows is None else rows.index[rows.to_numpy(dtype=bool)].tolist()
        if rows is None or found:
            self.taken.append(rule.note(self.file, found[:5], column, n=len(found), **fields))

    def _at(self, rule: Rule, row: int, name: str, **fields: object) -> Problem:
        return Problem(rule, self.file, row, name, self._letters[self.names.index(name)], fields)

    def _open(self, path: Path) -> None:
        source = open_source(str(path), self.file, _AS_PUBLISHED, self.person_level)
        batches = list(source.batches)
        rows = np.concatenate([batch.rows for batch in batches]) if batches else np.empty(0, np.int64)
        cells = {
            place: [text for batch in batches for text in batch.cells[place].to_pylist()] for place in range(len(source.header))
        }
        self._cells = pd.DataFrame(cells, index=pd.Index(rows), dtype=str)
        self.names, self._letters = [name.strip() for name in source.header], source.letters
        self.problems += source.problems
        self.taken += source.notes
        self.unlisted += source.unlisted


def refuse_all(sheets: list[Sheet]) -> None:
    """Raise the problems of all sheets together, if there are any."""
    problems = [problem for sheet in sheets for problem in sheet.problems]
    if problems:
        raise Refusal(problems, len(problems) + sum(sheet.unlisted for sheet in sheets))
