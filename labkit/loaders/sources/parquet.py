"""A Parquet file as a source: its columns as text, its pages held against their checksums while they are read.

Two things people confuse: a *checksum* finds what changed on the way or on the disk, not what was wrong when it was written;
and an *index* that pandas stored is a column like any other, though no one sees it in the notebook it came from.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from labkit.errors import Problem, Refusal, Rule
from labkit.loaders.sources.page_checksums import has_page_checksums
from labkit.loaders.sources.parquet_texts import is_plain, same_family, to_texts
from labkit.loaders.sources.source import PREVIEW, Batch, Source, letter
from labkit.loaders.sources.text import BLANK, EMPTY
from labkit.params.profile import Profile

_BATCH = 65_536
_FIRST = 5  # rows that a note names
_LIBRARY = (pa.ArrowException, OSError, ValueError, KeyError, TypeError, RuntimeError, MemoryError, OverflowError)

DAMAGED = Rule(
    "PQ-DAMAGED",
    en=("the file cannot be read as Parquet: it is cut off or changed", "a whole Parquet file", "copy or export it again"),
    zh=("无法按 Parquet 读取：文件被截断或改动", "须为完整的 Parquet 文件", "请重新复制或导出"),
    example=("PAR1…", "PAR1…PAR1"),
)
CHECKSUM = Rule(
    "PQ-CHECKSUM",
    en=(
        "a page of the file does not match its checksum",
        "every byte as it was written",
        "copy it again; if that fails, export it again",
    ),
    zh=("文件中有一页与其校验和不符", "每个字节须与写入时一致", "请重新复制；仍不行则重新导出"),
    example=("0x41", "0x40"),
)
COLUMN_TYPE = Rule(
    "PQ-TYPE",
    en=(
        "a column of type {type}",
        "texts, numbers, truth values, days and times",
        "write it out as plain columns, or leave it out",
    ),
    zh=("该列类型为 {type}", "须为文字、数字、是否、日期或时间", "请改写为普通列，或将其去掉"),
    example=("binary", "string"),
)
INDEX = Rule(
    "PQ-INDEX",
    en=(
        "an index that pandas stored without showing it, which may hold persons or samples",
        "columns with a name",
        "give it a name with reset_index(), or write the file with index=False",
    ),
    zh=(
        "pandas 存入的隐藏索引，其中可能有人员或样品",
        "须为有名称的列",
        "请用 reset_index() 使其成为有名称的列，或写出时用 index=False",
    ),
    example=("__index_level_0__", "sample"),
)
UNCHECKED = Rule(
    "PQ-UNCHECKED",
    en=(
        "the pages of the file carry no checksums",
        "read, but a changed byte could pass unseen",
        "write it with page checksums (pyarrow: write_page_checksum=True)",
    ),
    zh=("文件各页没有校验和", "已读取，但字节若有改动可能无法发现", "写出时请加页校验和（pyarrow：write_page_checksum=True）"),
    example=("…", "… + CRC"),
    noted=True,
)


def open_parquet(path: Path, file: str, profile: Profile, person_level: bool = False) -> Source:
    """Open a Parquet file.

    Rows are counted as a spreadsheet would show them: the header is row 1, so that the record at position p (from 0) is row
    p + 2. Letters are those of the columns in that order. What is held at a time is a few batches, however large the file.

    Parameters
    ----------
    path, file
        Where it lies, and its name for messages.
    profile
        Of the laboratory; nothing in it bears on how Parquet is read.
    person_level
        Messages repeat no value of a Parquet file in either case.

    Raises
    ------
    Refusal
        At once: no Parquet, columns that are no plain values (binary, lists, maps, structures, durations), an index without a
        name, no data rows. During the walk: a page that does not match its checksum, or cannot be read.
    """
    try:
        table = pq.ParquetFile(path, page_checksum_verification=True, pre_buffer=False, buffer_size=1 << 20)
        schema, total = table.schema_arrow, table.metadata.num_rows
        index = _index_names(schema.metadata or {})
        agrees = _says_twice_the_same(schema, (table.metadata.metadata or {}).get(b"ARROW:schema"))
    except _LIBRARY as error:
        raise _refusal(file, error) from None
    if not agrees:
        raise Refusal(DAMAGED.at(file, 1))
    letters = tuple(letter(place) for place in range(len(schema.names)))
    problems = [
        Problem(rule, file, 1, column.name or letters[place], letters[place] if column.name else None, {"type": column.type})
        for place, column in enumerate(schema)
        for rule, wrong in ((COLUMN_TYPE, not is_plain(column.type)), (INDEX, column.name in index or _is_index(column.name)))
        if wrong
    ]
    if problems:
        table.close()
        raise Refusal(problems)
    source = Source(file, tuple(schema.names), 1, letters, iter(()))
    batches = _batches(table, total, source, path)
    first = next(batches, None)
    if first is None:
        raise Refusal(EMPTY.at(file, 1))
    head = [column.slice(0, PREVIEW - 1).to_pylist() for column in first.cells]
    source.preview = ((1, source.header), *zip(first.rows[: PREVIEW - 1].tolist(), zip(*head, strict=True), strict=True))
    source.batches = chain([first], batches)
    return source


def _batches(table: pq.ParquetFile, total: int, source: Source, path: Path) -> Iterator[Batch]:
    row, blank, blanks = 2, 0, list[int]()
    stored = table.iter_batches(_BATCH, use_threads=False)
    try:
        while True:
            try:
                one = next(stored, None)
                if one is None:
                    break
                one.validate(full=True)
                cells = tuple(to_texts(column) for column in one.columns)
            except _LIBRARY as error:
                raise _refusal(source.file, error) from None
            rows = np.arange(row, row + one.num_rows, dtype=np.int64)
            row += one.num_rows
            empty = _blank(cells)
            if empty is not None:
                blank += int(empty.sum())
                blanks += rows[empty][: _FIRST - len(blanks)].tolist()
                rows, cells = rows[~empty], tuple(column.filter(pa.array(~empty)) for column in cells)
            if len(rows):
                yield Batch(rows, cells)
        if row - 2 != total:
            raise Refusal(DAMAGED.at(source.file, 1))
        if not _has_checksums(path, table.metadata, source.file):
            source.notes.append(UNCHECKED.note(source.file))
    finally:
        table.close()
    if blank:
        source.notes.append(BLANK.note(source.file, blanks, n=blank))


def _has_checksums(path: Path, metadata: pq.FileMetaData, file: str) -> bool:
    try:
        return has_page_checksums(path, metadata)
    except _LIBRARY as error:
        raise _refusal(file, error) from None


def _blank(cells: tuple[pa.Array, ...]) -> np.ndarray | None:
    """Return which rows hold nothing but spaces, or None if there are no such rows."""
    empty: np.ndarray | None = None
    for column in cells:
        here = pc.equal(pc.utf8_trim_whitespace(column), "").to_numpy(zero_copy_only=False)
        empty = here if empty is None else empty & here
        if not empty.any():
            return None
    return empty


def _says_twice_the_same(schema: pa.Schema, written: bytes | None) -> bool:
    """Compare the columns with their second description, which Arrow writes: no checksum covers the end of the file."""
    if written is None:
        return True
    second = pa.ipc.read_schema(pa.BufferReader(base64.b64decode(written, validate=True)))
    pairs = zip(schema.types, second.types, strict=True) if schema.names == second.names else ()
    return schema.names == second.names and all(same_family(one, other) for one, other in pairs)


def _index_names(metadata: dict[bytes, bytes]) -> set[str]:
    """Return the columns that pandas wrote as an index without a name."""
    said = json.loads(metadata.get(b"pandas", b"{}"))
    columns = {one.get("field_name"): one.get("name") for one in said.get("columns", []) if isinstance(one, dict)}
    return {one for one in said.get("index_columns", []) if isinstance(one, str) and columns.get(one) is None}


def _is_index(name: str) -> bool:
    return name.startswith("__index_level_")


def _refusal(file: str, error: BaseException) -> Refusal:
    return Refusal((CHECKSUM if "CRC checksum" in str(error) else DAMAGED).at(file, 1))
