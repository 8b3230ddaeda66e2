"""One column through all batches of a file: each distinct text is read once, and what it means is spread over its rows.

Two things people confuse: a *text* is what stands in a cell; its *code* is the number of what it was read as, the same in every
batch, so that ` A1` and `A1` share one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labkit.loaders.distinct import Texts, firsts, groups
from labkit.loaders.findings import Findings
from labkit.loaders.texts.plain import PlainNumbers
from labkit.loaders.texts.value import Kind as Mark
from labkit.loaders.texts.value import Written
from labkit.loaders.texts.written import Outcome

MANY = 1_000  # new texts from which plain numbers are read all at once
WORDS = 1 << 16  # words up to which a batch is given all of them
NOTHING, UNSETTLED = -1, -2  # codes: nothing could be read; no row has needed it yet


@dataclass(frozen=True)
class Table:
    """What the texts of a column were read as, by the number of the text."""

    outcomes: list[Outcome[Any] | None]  # None: a plain number
    numbers: NDArray[np.float64]  # NaN where the text is none
    marks: NDArray[np.int8]
    told: NDArray[np.bool_]  # whether there is a refusal or a remark
    codes: NDArray[np.int32]  # of what was read


@dataclass(frozen=True)
class Spread:
    """A column of one batch: for each row the number of its text, and what each text was read as."""

    at: NDArray[np.int32]
    column: Column
    texts: list[str]
    table: Table
    fresh: int = 0  # texts from this number on are new in this batch

    def __getitem__(self, rows: NDArray[Any]) -> Spread:
        """Return some of the rows."""
        return Spread(self.at[rows], self.column, self.texts, self.table, self.fresh)

    def repeated(self, n: int) -> Spread:
        """Return the first row `n` times."""
        return Spread(np.full(n, self.at[0]), self.column, self.texts, self.table, self.fresh)

    def value(self, number: int) -> Any:
        """Return what a text was read as, None if it could not be."""
        outcome = self.table.outcomes[number]
        return float(self.table.numbers[number]) if outcome is None else outcome.value

    def numbers(self) -> NDArray[np.float64]:
        """Return the number of each row, NaN where nothing could be read."""
        return self.table.numbers.take(self.at, mode="clip")  # clip: quicker, and no number is out of range

    def marks(self) -> NDArray[np.int8]:
        """Return the mark of each row, that of a number where there is none."""
        return self.table.marks.take(self.at, mode="clip")

    def flag(self, name: str, test: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Return for every text whether `test`, known by its name, holds; each text is asked once."""
        return self.column.texts.flag(name, test)

    def first(self, wanted: NDArray[np.bool_]) -> int | None:
        """Return the first row that has one of the wanted texts."""
        if not wanted.any():
            return None
        where = wanted.take(self.at, mode="clip")
        first = int(np.argmax(where))
        return first if where[first] else None

    def groups(self, wanted: NDArray[np.bool_]) -> list[tuple[int, NDArray[np.intp]]]:
        """Return each of the wanted texts that is here with its rows, in the order in which they come."""
        return groups(self.at, wanted)


class Column:
    """A column of the file, and the reader of its texts."""

    def __init__(
        self, name: str, header: str | None, letter: str | None, read: Callable[[str], Outcome[Any]],
        plain: PlainNumbers | None = None, placed: bool = False,
    ) -> None:  # fmt: skip
        """Name it as ours and as the file does.

        `read` tells what one text means, `plain` many plain numbers at once; of a `placed` column it is remembered in which row
        each word came first.
        """
        self.name, self.header, self.letter, self.read, self.plain = name, header, letter, read, plain
        self.texts = Texts()
        self.words: list[Any] = []  # what was read, by code
        self.first: list[int] = []  # of a placed column: the row where each came first
        self.placed = placed
        self._codes: dict[Hashable, int] = {}
        self._strings = pa.array([], pa.string())  # of the words
        self._table = _EMPTY

    def spread(self, cells: pa.Array) -> Spread:
        """Read the texts of one batch, those that are new."""
        at, fresh = self.texts.number(cells)
        before = self._table if fresh else _EMPTY
        if fresh < len(self.texts.texts):
            before = self._table = _joined(before, self._read_new(self.texts.texts[fresh:]))
        return Spread(at, self, self.texts.texts, before, fresh)

    def coded(self, spread: Spread, rows: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the code of what each row holds, -1 where nothing could be read."""
        codes = spread.table.codes
        unsettled = codes == UNSETTLED
        some = firsts(spread.at, unsettled) if self.placed else ((number, 0) for number in np.flatnonzero(unsettled).tolist())
        for number, place in some:
            value = spread.value(number)
            code = self._codes.get(value)
            if code is None:
                code = self._codes[value] = len(self.words)
                self.words.append(value)
                self.first.append(int(rows[place]))
            codes[number] = code
        return codes.take(spread.at, mode="clip")

    def tell(self, spread: Spread, rows: NDArray[np.int64], findings: Findings) -> None:
        """Write down what was refused and what was taken with a remark."""
        for number, where in spread.groups(spread.table.told):
            outcome = spread.table.outcomes[number]
            assert outcome is not None
            assert outcome.rule is not None
            put = findings.note if outcome.rule.noted and outcome.value is not None else findings.refuse
            put(outcome.rule, rows[where], self.header, self.letter, **outcome.fields)

    def texts_of(self, codes: NDArray[np.int32]) -> pa.DictionaryArray:
        """Return codes as the texts they stand for; -1 is null."""
        if len(self._strings) < len(self.words):
            more = pa.array([str(one) for one in self.words[len(self._strings) :]], pa.string())
            self._strings = pa.concat_arrays([self._strings, more])
        numbers = pa.array(codes, mask=codes < 0 if codes.size and codes.min() < 0 else None)
        if len(self._strings) > WORDS:
            return self._strings.take(numbers).dictionary_encode()
        return pa.DictionaryArray.from_arrays(numbers, self._strings, safe=False)

    def _read_new(self, texts: list[str]) -> Table:
        numbers = np.full(len(texts), np.nan) if self.plain is None or len(texts) < MANY else self.plain.read(texts)
        outcomes = [None if known else self.read(text) for text, known in zip(texts, ~np.isnan(numbers), strict=True)]
        marks, told = np.zeros(len(texts), np.int8), np.zeros(len(texts), bool)
        codes = np.full(len(texts), UNSETTLED, np.int32)
        for number, outcome in enumerate(outcomes):
            if outcome is None:
                continue
            value = outcome.value
            if isinstance(value, Written):
                numbers[number], marks[number] = value.number, value.kind
            elif isinstance(value, int | float):
                numbers[number] = value
            elif value is None:
                codes[number] = NOTHING
            told[number] = outcome.rule is not None
        return Table(outcomes, numbers, marks, told, codes)


def _joined(one: Table, other: Table) -> Table:
    return Table(
        one.outcomes + other.outcomes,
        *(np.concatenate([getattr(one, name), getattr(other, name)]) for name in ("numbers", "marks", "told", "codes")),
    )


assert Mark.NUMBER == 0  # the mark of what has none
_EMPTY = Table([], np.empty(0), np.empty(0, np.int8), np.empty(0, bool), np.empty(0, np.int32))
