"""What a door finds wrong or odd in one file, gathered column by column and told row by row.

Two things people confuse: a *problem* refuses the file; a *note* says how something odd was taken. Both keep the rows as the
laboratory sees them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from labkit.errors import Note, Problem, Refusal, Rule, Shape

LISTED = 2_000  # problems that a refusal carries; of the others it knows how many
ROWS_OF_A_NOTE = 5


@dataclass
class _Remark:
    rule: Rule
    header: str | None
    letter: str | None
    fields: Mapping[str, object]
    n: int = 0
    rows: list[int] = field(default_factory=list)


class Findings:
    """The problems and notes of one file."""

    def __init__(self, file: str, sheet: str | None = None, person_level: bool = False) -> None:
        """Start with nothing; in a person-level file no value is ever repeated, only its shape."""
        self.file, self.sheet, self.person_level = file, sheet, person_level
        self.total = 0
        self._groups: list[tuple[Rule, NDArray[np.int64], str | None, str | None, Mapping[str, object]]] = []
        self._remarks: dict[tuple[str, str | None], _Remark] = {}
        self._whole: list[Problem] = []
        self._other: list[Note] = []

    def refuse(
        self, rule: Rule, rows: Iterable[int] | NDArray[np.int64], header: str | None = None, letter: str | None = None,
        **fields: object,
    ) -> None:  # fmt: skip
        """Write down that `rule` is broken in each of `rows`."""
        where = np.asarray(rows if isinstance(rows, np.ndarray) else list(rows), dtype=np.int64)
        if where.size:
            self.total += where.size
            self._groups.append((rule, where, header, letter, self._shaped(fields)))

    def note(
        self, rule: Rule, rows: Iterable[int] | NDArray[np.int64], header: str | None = None, letter: str | None = None,
        **fields: object,
    ) -> None:  # fmt: skip
        """Write down how something odd was taken; the remarks of one rule on one column become one note."""
        where = rows if isinstance(rows, np.ndarray) else np.asarray(list(rows), dtype=np.int64)
        remark = self._remarks.setdefault((rule.id, header), _Remark(rule, header, letter, self._shaped(fields)))
        remark.n += int(where.size)
        remark.rows = sorted({*remark.rows, *where[:ROWS_OF_A_NOTE].tolist()})[:ROWS_OF_A_NOTE]

    def take(self, problems: Iterable[Problem], notes: Iterable[Note], unlisted: int = 0) -> None:
        """Take over what the source of the file has found."""
        self._whole += problems
        self._other += notes
        self.total += unlisted

    @property
    def broken(self) -> bool:
        """Whether anything was written down that refuses the file."""
        return bool(self._groups or self._whole or self.total)

    def raise_problems(self) -> None:
        """Refuse the file if anything was written down."""
        if self.broken:
            problems = [*self._whole, *self._first()]
            problems.sort(key=lambda problem: problem.row or 0)
            raise Refusal(problems[:LISTED], self.total + len(self._whole))

    @property
    def notes(self) -> list[Note]:
        """All remarks, each with the number of cells it concerns and the first of their rows."""
        return [*self._other, *(self._say(remark) for remark in self._remarks.values())]

    def _first(self) -> list[Problem]:
        """Return the problems that stand first in the file; of millions only few are ever made."""
        if not self._groups:
            return []
        rows = np.concatenate([group[1] for group in self._groups])
        owner = np.repeat(np.arange(len(self._groups)), [group[1].size for group in self._groups])
        first = np.argsort(rows, kind="stable")[:LISTED]
        return [self._problem(int(rows[index]), *self._groups[owner[index]]) for index in first]

    def _problem(
        self, row: int, rule: Rule, _: object, header: str | None, letter: str | None, fields: Mapping[str, object]
    ) -> Problem:
        return Problem(rule, self.file, row, header, letter, fields, self.sheet)

    def _shaped(self, fields: Mapping[str, object]) -> Mapping[str, object]:
        if not self.person_level:
            return fields
        return {
            name: Shape(value) if name in ("value", "found") and isinstance(value, str) else value
            for name, value in fields.items()
        }

    def _say(self, remark: _Remark) -> Note:
        rows = remark.rows
        problem = Problem(
            remark.rule, self.file, rows[0] if rows else None, remark.header, remark.letter, remark.fields, self.sheet
        )
        en, zh = problem.sentence("en"), problem.sentence("zh")
        if remark.n > 1:
            shown = ", ".join(map(str, rows)) + (", …" if remark.n > len(rows) else "")
            en, zh = f"{en} ({remark.n} cells, rows {shown})", f"{zh}（共 {remark.n} 格，第 {shown} 行）"
        return Note(en, zh, remark.rule.id, tuple(rows))
