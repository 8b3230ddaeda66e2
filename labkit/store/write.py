"""One entry on its way into the store: rows, then checks, then the one step that makes it true.

Two things people confuse: an entry that failed (nothing of it is left) and a disk that failed at the last step (the entry may
be there, whole; giving the file again tells).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from labkit.errors import LabkitError, Refusal
from labkit.store.ingest import RowsWriter
from labkit.store.layout import ENTRY_DIGITS, ROWS, sync_folder
from labkit.store.log import Entry, Head, clear_leftovers, commit, moment, read_head
from labkit.store.rules import DIFFERENT, NO_MORE, STORE_DAMAGED
from labkit.store.state import parts_of


def write_entry(
    folder: Path,
    head: Head,
    entries: Sequence[Entry],
    facts: Entry,
    batches: Iterable[pa.RecordBatch],
    damaged: Entry | None = None,
) -> Entry:
    """Write the rows of an entry and commit it, or leave nothing; to be called by the one writer.

    Parameters
    ----------
    folder, head, entries
        The store and its log.
    facts : Entry
        All of the entry but its rows, columns and files.
    batches : iterable of RecordBatch
        The rows.
    damaged : Entry, optional
        The entry whose files these rows are to replace.

    Raises
    ------
    Refusal
        STORE-DAMAGED where the rows are not those of the damaged entry; whatever `batches` raises goes on too.
    OSError
        The disk said no; nothing is left, or at the very last step the entry is there, whole.
    ValueError
        Columns of a type the store does not keep, or of another type than the kind's earlier files have.
    """
    clear_leftovers(folder, entries)
    origin = facts.restores or facts.sequence
    writer = RowsWriter(folder / ROWS, f"{origin:0{ENTRY_DIGITS}d}.{facts.sequence:0{ENTRY_DIGITS}d}")
    written = writer.write(batches)
    entry = replace(facts, files=written.files, rows=written.rows, columns=written.columns)
    try:
        if damaged and (damaged.rows, damaged.columns) != (entry.rows, entry.columns):
            files = parts_of(entries, damaged)
            raise Refusal(
                STORE_DAMAGED.at(str(folder / ROWS / one.file.name), reason=DIFFERENT, again=NO_MORE) for one in files
            )
        _check_types(entries, entry)
        sync_folder(folder / ROWS)
        commit(folder, head, entry)
    except BaseException:
        if not _is_committed(folder, entry.sequence):
            writer.abandon()
        raise
    return entry


def next_moment(entries: Sequence[Entry], now: datetime | None = None) -> datetime:
    """Return the moment of the next entry in UTC: the log never goes back, whatever the clock does."""
    when = moment(now or datetime.now(UTC))
    return max(when, entries[-1].when) if entries else when


def _is_committed(folder: Path, sequence: int) -> bool:
    try:
        return read_head(folder).entries >= sequence
    except (LabkitError, OSError):
        return True  # not known: the files stay, and the next writer clears them if they are nobody's


def _check_types(entries: Sequence[Entry], entry: Entry) -> None:
    for other in entries:
        if other.kind == entry.kind:
            for name, word in entry.columns.items():
                if (before := other.columns.get(name, word)) != word:
                    raise ValueError(f"{entry.kind}: the column {name} is {before} in entry {other.sequence}, not {word}")
