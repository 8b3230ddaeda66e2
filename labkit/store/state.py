"""What of a kind was in force at a moment, read back byte for byte as it was written or not at all.

Two things people confuse: the entry a row came with (`entry`, it never changes) and the correction that gave the row its
present values (`corrected_by`, empty for a row as the laboratory sent it).

Every file is hashed on every read, also a second time in the same process: a disk can change a byte without changing the
file's time. What becomes an Arrow table is decoded from the very bytes that were hashed, page checksums verified once more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from labkit.errors import Problem, Refusal
from labkit.store.ingest import PLAIN, TEXT, TEXTS
from labkit.store.layout import ROWS, open_plain
from labkit.store.log import ADD, CORRECT, Entry, StoredFile, moment
from labkit.store.rules import CHANGED, NO_MORE, STORE_DAMAGED, add_again

ADDED = {"entry": pa.int32(), "corrected_by": pa.int32()}
TYPES = {TEXT: TEXTS} | {word: kept for kept, word in PLAIN.items()}


@dataclass(frozen=True)
class Part:
    """A file of rows, and the places of its rows (from 0) that a correction stands for."""

    file: StoredFile
    entry: Entry
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True)
class State:
    """What of one kind is in force: files, and the newest correction of each corrected row."""

    kind: str
    parts: tuple[Part, ...]
    corrections: tuple[Part, ...]

    @property
    def columns(self) -> dict[str, pa.DataType]:
        """All columns of the kind's files by name, then `entry` and `corrected_by`."""
        words = {name: word for part in (*self.parts, *self.corrections) for name, word in part.entry.columns.items()}
        return {name: TYPES[word] for name, word in words.items()} | ADDED


def state_of(entries: Sequence[Entry], kind: str, as_of: datetime | date | None = None) -> State:
    """Return what was in force at a moment; a date means the end of that day in UTC."""
    until = moment(as_of)
    past = [entry for entry in entries if entry.kind == kind and entry.when <= until]
    newest: dict[int, dict[int, Entry]] = {}
    for entry in past:
        if entry.action == CORRECT and entry.supersedes:
            newest.setdefault(entry.supersedes.entry, {})[entry.supersedes.position] = entry
    parts = [part for entry in past if entry.action == ADD for part in parts_of(entries, entry, newest.get(entry.sequence, {}))]
    corrections = [part for found in newest.values() for entry in found.values() for part in parts_of(entries, entry)]
    return State(kind, tuple(parts), tuple(corrections))


def parts_of(entries: Sequence[Entry], entry: Entry, corrected: Iterable[int] = ()) -> list[Part]:
    """Return the files of an entry, or those that were given again for it; `corrected` are places among its rows."""
    parts, start = [], 0
    given = [one for one in entries if one.restores == entry.sequence]
    places = sorted(corrected)
    for file in (given or [entry])[-1].files:
        parts.append(Part(file, entry, tuple(one - start for one in places if start <= one < start + file.rows)))
        start += file.rows
    return parts


def check(folder: Path, parts: Iterable[Part]) -> None:
    """Hash every file, two at a time.

    Raises
    ------
    Refusal
        STORE-DAMAGED or STORE-LINK, with all files that are not as they were written.
    """
    with ThreadPoolExecutor(2) as two:
        problems = [one for found in two.map(lambda part: _problems(folder, part), parts) for one in found]
    if problems:
        raise Refusal(problems)


def is_whole(folder: Path, parts: Iterable[Part]) -> bool:
    """Say whether every file is as it was written."""
    try:
        check(folder, parts)
    except Refusal:
        return False
    return True


def whole(folder: Path, part: Part) -> pq.ParquetFile:
    """Open a file from bytes in memory that are known to be as written. Raises as `check`."""
    path = folder / ROWS / part.file.name
    with open(open_plain(path), "rb") as file:
        content = file.read(part.file.size + 1)
    if hashlib.sha256(content).hexdigest() != part.file.sha256:
        raise Refusal(_damaged(path, part))
    return pq.ParquetFile(
        pa.BufferReader(content),
        read_dictionary=[name for name, word in part.entry.columns.items() if word == TEXT],
        page_checksum_verification=True,
    )


def read_state(folder: Path, state: State, columns: Sequence[str] | None = None) -> pa.Table:
    """Read what is in force as a table, corrected rows at the end. Raises as `check`; ValueError for an unknown column."""
    types = state.columns
    names = list(types) if columns is None else list(columns)
    if unknown := [name for name in names if name not in types and state.parts]:
        raise ValueError(f"no such column: {unknown}; there are {list(types)}")
    schema = pa.schema([(name, types.get(name, pa.null())) for name in names])
    tables = [schema.empty_table()]
    problems: list[Problem] = []
    for part in (*state.parts, *state.corrections):
        try:
            tables.append(_read_part(folder, part, schema))
        except Refusal as refusal:
            problems += refusal.problems
    if problems:
        raise Refusal(problems)
    return pa.concat_tables(tables).unify_dictionaries()


def _read_part(folder: Path, part: Part, schema: pa.Schema) -> pa.Table:
    file = whole(folder, part)
    found = file.read(columns=[name for name in schema.names if name in part.entry.columns])
    number, corrected_by = part.entry.sequence, None
    if part.entry.supersedes:
        number, corrected_by = part.entry.supersedes.entry, part.entry.sequence
    rows = file.metadata.num_rows
    own = {"entry": number, "corrected_by": corrected_by}
    table = pa.table(
        [found[one.name] if one.name in found.column_names else _constant(own.get(one.name), one.type, rows) for one in schema],
        schema=schema,
    )
    if part.left_out:
        keep = np.ones(rows, dtype=bool)
        keep[list(part.left_out)] = False
        table = table.filter(pa.array(keep))
    return table


def _constant(value: int | None, kept: pa.DataType, rows: int) -> pa.Array:
    return pa.nulls(rows, kept) if value is None else pa.repeat(pa.scalar(value, kept), rows)


def _problems(folder: Path, part: Part) -> list[Problem]:
    path = folder / ROWS / part.file.name
    try:
        with open(open_plain(path), "rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == part.file.sha256
    except Refusal as refusal:
        return list(refusal.problems)
    return [] if same else [_damaged(path, part)]


def _damaged(path: Path, part: Part) -> Problem:
    again = NO_MORE if part.entry.supersedes else add_again(part.entry.file)
    return STORE_DAMAGED.at(str(path), reason=CHANGED, again=again)
