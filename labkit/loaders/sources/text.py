"""Delimited text opened as a `Source`: encoding, separator and header settled at once, the rows read as they are asked for.

Two things people confuse: what is wrong with a *row* (too long, too short) is written down and the walk goes on; what is
wrong with the *file* (an open quotation mark, a second encoding) makes everything after it a guess, and ends the walk
with a refusal.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from labkit.errors import Problem, Refusal, Rule
from labkit.loaders.sources.ahead import ahead
from labkit.loaders.sources.content import MISSING
from labkit.loaders.sources.delimiters import settle_delimiter
from labkit.loaders.sources.encodings import utf8_blocks
from labkit.loaders.sources.lines import LONG, LONGEST, count_lines, whole_records
from labkit.loaders.sources.mojibake import MOJIBAKE, mojibake
from labkit.loaders.sources.records import LISTED, Reader
from labkit.loaders.sources.source import PREVIEW, Batch, Source, letter

if TYPE_CHECKING:
    from labkit.params.profile import Profile

BLOCK = 8 << 20  # bytes read at a time; larger ones were slower, since each asks the system for new memory

EMPTY = Rule(
    "TEXT-EMPTY",
    en=("0 data rows", "a header row and at least one row of data", "check that the export finished"),
    zh=("没有数据行", "须有表头及至少一行数据", "请确认导出已完成"),
    example=("site,date,…", "site,date,… + A,2024-01-01,…"),
)
HEADER_ROW = Rule(
    "TEXT-HEADER-ROW",
    en=("no row begins on line {line}, or it is blank", "the header, where the profile declares it", "correct `header_row:`"),
    zh=("第 {line} 行不是一行的开头，或为空行", "须为配置所声明的表头", "请更正 `header_row:`"),
    example=("header_row: 9", "header_row: 3"),
)
FIELDS = Rule(
    "ROW-FIELDS",
    en=("{n} cells where the header has {wanted}", "as many cells as the header", "look for a separator missing or too many"),
    zh=("有 {n} 个单元格，表头为 {wanted} 个", "单元格数须与表头一致", "请检查是否缺少或多出分隔符"),
    example=("A,2024-01-01", "A,2024-01-01,ketamine"),
)
CUT = Rule(
    "ROW-CUT",
    en=("the last row breaks off after {n} of {wanted} cells", "a whole last row", "the file was cut: copy or export it again"),
    zh=("最后一行在第 {n}/{wanted} 个单元格处中断", "最后一行须完整", "文件被截断：请重新复制或导出"),
    example=("A,2024-0", "A,2024-01-01,ketamine"),
)
BLANK = Rule(
    "ROW-BLANK",
    en=("blank rows: {n}", "passed over", "delete them if you want row numbers without gaps"),
    zh=("空行 {n} 行", "已跳过", "如需连续的行号，请删除空行"),
    example=(",,,", "A,2024-01-01,…"),
    noted=True,
)


@dataclass
class _Begin:
    """The first records of a file: the header, what stands above it, and where the data begin."""

    header: tuple[str, ...] = ()
    row: int = 0
    end: int = 0  # bytes of the block up to the first record of data
    line: int = 1  # on which that record begins
    broken: bool = False  # a record, the one after the last of these, cannot be read
    records: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)


def open_text(path: Path, file: str, profile: Profile, block_size: int = BLOCK) -> Source:
    """Open a CSV or other delimited text file, strictly.

    Every cell is given as it is written, never null; rows carry the number of the line on which they begin. Rows with more
    or fewer cells than the header are left out and written down in `problems`.

    Parameters
    ----------
    path, file
        Where the file lies, and what messages call it.
    profile
        How the laboratory writes: `encoding`, `delimiter` and `header_row` are used here.
    block_size
        Bytes read at a time.

    Raises
    ------
    Refusal
        At once, or during the walk as soon as the place is reached, if the file is not in one known encoding, has no data,
        is separated by something that is not declared, or leaves a quotation mark open.
    """
    if not path.is_file():
        raise Refusal(MISSING.at(file))
    source = Source(file, (), 1, (), iter(()))
    blocks = whole_records(utf8_blocks(path, file, profile.encoding, block_size, source.notes))
    skipped, first = 0, b""
    for first in blocks:
        if first.strip():
            break
        skipped += count_lines(first)
    if not first.strip():
        raise Refusal(EMPTY.at(file, 1))
    wanted = None if profile.header_row is None else profile.header_row - skipped
    delimiter, notes = settle_delimiter(_first_lines(first, wanted), path, file, profile.delimiter, wanted)
    source.notes += notes
    begin = _read_begin(first, delimiter, wanted, skipped)
    reader = Reader(file, delimiter, len(begin.header), skipped + 1)
    reader.check_quotes(first[: begin.end] if begin.header else first)
    if not begin.header:
        raise Refusal(_no_header(begin, file, profile.header_row))
    source.header, source.header_row = begin.header, begin.row
    source.letters = tuple(letter(index) for index in range(len(begin.header)))
    source.preview = tuple(begin.records[:PREVIEW])
    for row, cells in begin.records:
        for index, cell in enumerate(cells):
            if row <= begin.row and mojibake(cell.encode()):
                raise Refusal(MOJIBAKE.at(file, row, cell, letter(index)))
    reader.line = begin.line
    reader.ends.count(first[: begin.end])
    source.batches = _walk(chain([first[begin.end :]], blocks), reader, source)
    return source


def _no_header(begin: _Begin, file: str, header_row: int | None) -> Problem:
    if begin.broken:
        return LONG.at(file, begin.line, limit=f"{csv.field_size_limit():,}")
    return EMPTY.at(file, 1) if header_row is None else HEADER_ROW.at(file, header_row, line=header_row)


def _walk(blocks: Iterator[bytes], reader: Reader, source: Source) -> Iterator[Batch]:
    walked = 0
    for looked, broken in ahead(filter(None, blocks), lambda block: (reader.look(block), mojibake(block))):
        for batch in reader.read(looked):
            if broken:
                _refuse_mojibake(batch, broken, source)
            walked += len(batch.rows)
            yield batch
        room = max(0, LISTED - len(source.problems))
        for wrong in reader.wrong[:room]:
            rule = CUT if wrong.cut else FIELDS
            source.problems.append(rule.at(source.file, wrong.row, n=wrong.cells, wanted=reader.width))
        source.unlisted += reader.n_wrong - min(room, len(reader.wrong))
    if not walked and not source.problems:
        raise Refusal(EMPTY.at(source.file, source.header_row))
    source.notes += reader.ends.notes(source.file)
    if reader.n_blank:
        source.notes.append(BLANK.note(source.file, reader.blank, n=reader.n_blank))


def _refuse_mojibake(batch: Batch, broken: str, source: Source) -> None:
    """Name the first cell that holds the broken text; the text itself stays unsaid."""
    found = [
        (int(batch.rows[at]), index)
        for index, column in enumerate(batch.cells)
        if (at := pc.index(pc.greater_equal(pc.find_substring(column, broken), 0), True).as_py()) >= 0
    ]
    if found:
        row, index = min(found)
        raise Refusal(MOJIBAKE.at(source.file, row, source.header[index], source.letters[index]))


def _first_lines(block: bytes, header_row: int | None) -> bytes:
    """Return the first lines of a block, as far as is needed to see the header and what follows it."""
    found = re.compile(rb"(?:[^\r\n]*+(?:\r\n|\r|\n)){0,%d}" % (PREVIEW + (header_row or 1))).match(block)
    return (found[0] if found else b"") or block


def _read_begin(block: bytes, delimiter: str, header_row: int | None, skipped: int) -> _Begin:
    """Read the records up to the header, and a few more to show; stop where one cannot be read."""
    begin, offset, started = _Begin(), 0, 0

    def lines() -> Iterator[str]:
        nonlocal offset
        for found in re.compile(rb"[^\r\n]*+(?:\r\n|\r|\n|\Z)").finditer(block):
            if offset - started > LONGEST:
                raise csv.Error
            if found[0]:
                offset = found.end()
                yield found[0].decode()

    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    row = 1
    try:
        for record in reader:
            filled = any(cell.strip() for cell in record)
            if not begin.header and filled and header_row in (None, row):
                begin.header, begin.row = tuple(record), skipped + row
                begin.end, begin.line = offset, skipped + reader.line_num + 1
            if filled and len(begin.records) < PREVIEW:
                begin.records.append((skipped + row, tuple(record)))
            row, started = reader.line_num + 1, offset
            if len(begin.records) >= PREVIEW if begin.header else header_row and row > header_row:
                break
    except csv.Error:
        begin.broken = True
        if not begin.header:
            begin.line = skipped + row
    return begin
