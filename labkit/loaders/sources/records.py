"""One block of whole records made into arrays of texts: the quick way where it is safe, the careful way where it is not.

Two things people confuse: a *blank* row has nothing in any cell and is passed over; a row that is too *short* lacks cells and
is a problem. Both would be filled with missing values by a reader that does not ask.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from labkit.errors import Refusal, Rule
from labkit.loaders.sources.encodings import MARK
from labkit.loaders.sources.lines import LONG, LineEnds, count_lines, pieces
from labkit.loaders.sources.source import Batch

QUOTE = Rule(
    "QUOTE-PAIR",
    en=(
        "a quotation mark on this row is not one of a pair around a whole cell",
        "quotation marks around a whole cell, and doubled inside it",
        "close it, remove it or double it; no space may stand between it and the separator",
    ),
    zh=(
        "本行有引号未与另一引号成对包住整个单元格",
        "引号须成对包住整个单元格，单元格内的引号须双写",
        "请补全、删除或双写该引号；引号与分隔符之间不得有空格",
    ),
    example=('A,"B', 'A,"B"'),
)
LISTED = 2_000  # problems of one file that are kept one by one; the others are counted
PIECE = 1 << 20  # bytes of the smaller blocks into which one is cut when something in it needs care


@dataclass
class Wrong:
    """A row with another number of cells than the header; `cut` if it is the end of a file without a last line end."""

    row: int
    cells: int
    cut: bool = False


@dataclass(frozen=True)
class Looked:
    """A block of whole records, and what could be found out without knowing what stands before it."""

    block: bytes
    table: pa.Table | None  # if all rows are as long as the header and one line each
    ends: LineEnds
    paired: bool  # the quotation marks


@dataclass
class Reader:
    """Reads the blocks of one file in their order and keeps count of its lines."""

    file: str
    delimiter: str
    width: int
    line: int  # of the next record
    ends: LineEnds = field(default_factory=LineEnds)
    blank: list[int] = field(default_factory=list)  # rows passed over, the first few
    n_blank: int = 0
    wrong: list[Wrong] = field(default_factory=list)  # in the last block, the first 2,000
    n_wrong: int = 0  # in the last block

    def __post_init__(self) -> None:
        """Prepare the pattern of a cell in quotation marks."""
        sign = re.escape(self.delimiter.encode())
        around = rb"[^" + sign + rb"\r\n]"
        self._quoted_or_not = re.compile(rb'"(?<!' + around + rb'")(?:[^"]++|"")*+"(?!' + around + rb')|"')
        self._borders = np.isin(np.arange(256), list(self.delimiter.encode() + b'\r\n"'))

    def look(self, block: bytes) -> Looked:
        """Look at a block of whole records, wherever it stands in the file: nothing is kept count of."""
        ends = LineEnds()
        n = ends.count(block)
        paired = b'"' not in block or self._paired(block)
        table = self._quick(block) if paired else None
        return Looked(block, table if table is not None and _fits(table, block, n) else None, ends, paired)

    def read(self, looked: Looked) -> Iterator[Batch]:
        """Yield the rows of the next block; rows of the wrong length are left in `wrong`."""
        self.wrong, self.n_wrong = [], 0
        if not looked.paired:
            self.check_quotes(looked.block)
        self.ends.kinds |= looked.ends.kinds
        yield from self._read(looked.block, looked.table)

    def check_quotes(self, block: bytes) -> None:
        """Refuse a block, beginning on the current line, in which quotation marks are not pairs around whole cells."""
        if b'"' in block and not self._paired(block):
            at = next(found.start() for found in self._quoted_or_not.finditer(block) if found.end() - found.start() == 1)
            raise Refusal(QUOTE.at(self.file, self.line + count_lines(block[:at])))

    def _paired(self, block: bytes) -> bool:
        """Tell whether every first mark of a pair begins a cell and every second ends one, or touches another mark."""
        signs = np.frombuffer(b"\n" + block + b"\n", np.uint8)
        before = 0
        for start in range(0, len(signs), PIECE):  # in pieces, so that the positions of the marks stay few
            marks = start + np.flatnonzero(signs[start : start + PIECE] == ord('"'))
            first, second = marks[before % 2 :: 2], marks[1 - before % 2 :: 2]
            if not (self._borders[signs[first - 1]].all() and self._borders[signs[second + 1]].all()):
                return False
            before += len(marks)
        return before % 2 == 0

    def _read(self, block: bytes, table: pa.Table | None) -> Iterator[Batch]:
        if table is not None:
            for chunk in table.to_batches():
                rows = np.arange(self.line, self.line + chunk.num_rows, dtype=np.int64)
                self.line += chunk.num_rows
                yield from self._filled(Batch(rows, tuple(chunk.columns)))
        elif len(block) <= 2 * PIECE or len(parts := list(pieces(block, PIECE))) == 1:
            yield from self._filled(self._careful(block))
        else:
            for part in parts:
                yield from self._read(part, self.look(part).table)

    def _quick(self, block: bytes) -> pa.Table | None:
        """Return the block as a table, or None if some row is not as long as the header."""
        quoted = b'"' in block
        if block.startswith(MARK):  # the quick reader would leave it out
            return None
        if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
            if quoted:
                return None
            block = re.sub(rb"\r(?!\n)", b"\n", block)
        names = [str(index) for index in range(self.width)]
        try:
            return pyarrow.csv.read_csv(
                pa.py_buffer(block),
                read_options=pyarrow.csv.ReadOptions(column_names=names, block_size=len(block) + 1, use_threads=False),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=self.delimiter,
                    quote_char='"' if quoted else False,
                    newlines_in_values=quoted,
                    ignore_empty_lines=False,
                ),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=False,
                    quoted_strings_can_be_null=False,
                    check_utf8=False,  # done for the whole block, with its line
                ),
            )
        except pa.ArrowInvalid:
            return None

    def _careful(self, block: bytes) -> Batch:
        """Read record by record: the way that knows lines, and says which rows are wrong."""
        reader = csv.reader(io.StringIO(block.decode(), newline=""), delimiter=self.delimiter, strict=True)
        rows: list[int] = []
        records: list[list[str]] = []
        start, before, row = self.line, 0, 0
        try:
            for record in reader:
                row, before = start + before, reader.line_num
                if len(record) == self.width:
                    rows.append(row)
                    records.append(record)
                elif not any(cell.strip() for cell in record):
                    self._pass_over([row])
                else:
                    self.n_wrong += 1
                    if len(self.wrong) < LISTED:
                        self.wrong.append(Wrong(row, len(record)))
        except csv.Error:
            raise Refusal(LONG.at(self.file, start + before, limit=f"{csv.field_size_limit():,}")) from None
        self.line = start + before
        if self.wrong and not block.endswith((b"\n", b"\r")) and self.wrong[-1].row == row:
            self.wrong[-1].cut = self.wrong[-1].cells < self.width
        columns = zip(*records, strict=True) if records else ((),) * self.width
        return Batch(np.array(rows, np.int64), tuple(pa.array(column, pa.string()) for column in columns))

    def _filled(self, batch: Batch) -> Iterator[Batch]:
        """Leave out blank rows; in most files the first column already says that there are none."""
        if has_no_blanks(batch.cells[0]):
            if len(batch.rows):
                yield batch
            return
        blank = None
        for column in batch.cells:
            empty = pc.or_(pc.equal(pc.binary_length(column), 0), pc.utf8_is_space(column))
            blank = empty if blank is None else pc.and_(blank, empty)
            if not pc.any(blank).as_py():
                break
        else:
            assert blank is not None
            self._pass_over(batch.rows[blank.to_numpy(zero_copy_only=False)].tolist())
            kept = pc.invert(blank)
            rows = batch.rows[kept.to_numpy(zero_copy_only=False)]
            batch = Batch(rows, tuple(column.filter(kept) for column in batch.cells))
        if len(batch.rows):
            yield batch

    def _pass_over(self, rows: list[int]) -> None:
        self.n_blank += len(rows)
        self.blank += rows[: 10 - len(self.blank)]


def has_no_blanks(cells: pa.Array) -> bool:
    """Tell, quickly, that no cell is empty or of spaces alone; False means that one may be.

    >>> has_no_blanks(pa.array(["A", "B1"])), has_no_blanks(pa.array(["A", ""])), has_no_blanks(pa.array(["A", "B 1"]))
    (True, False, False)
    """
    _, ends, data = cells.buffers()
    offsets = np.frombuffer(ends or b"", np.int32)[cells.offset : cells.offset + len(cells) + 1]
    if data is None or not len(cells) or not (offsets[1:] > offsets[:-1]).all():
        return False
    signs = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]]
    return bool(signs.min() > ord(" ") and signs.max() < 0x80)  # what is not ASCII may be a space of its own


def _fits(table: pa.Table, block: bytes, ends: int) -> bool:
    return bool(table.num_rows == ends + (not block.endswith((b"\n", b"\r"))))
