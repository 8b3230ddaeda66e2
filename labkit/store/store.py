"""The store: every file that came in, in one folder, with who brought it and when; nothing in it is ever changed.

Two things people confuse: *adding again* (the same file: nothing happens) and *correcting* (one row gets new values beside the
old ones); what is in force now and what was in force on a day, which stays readable.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from labkit.errors import Refusal
from labkit.store import sql
from labkit.store.correct import Version, changed, check_why, no_such_row, versions
from labkit.store.layout import HEAD, LOG, ROWS, check_folders, disk_faults, make_folders, writing
from labkit.store.log import ADD, CORRECT, RESTORE, Entry, Head, Supersedes, first_of, make_log, moment, read_head, read_log
from labkit.store.rules import MISSING, NO_MORE, STORE_DAMAGED, STORE_NONE
from labkit.store.state import check, is_whole, parts_of, read_state, state_of
from labkit.store.write import next_moment, write_entry
from labkit.vocabulary import FileKind

WAIT = 60.0  # seconds a writer waits for its turn


def open_store(folder: Path, create: bool = False, wait: float = WAIT) -> Store:
    """Open the store in `folder`, or make one there.

    Raises
    ------
    Refusal
        STORE-NONE, STORE-FOREIGN, STORE-NEWER, STORE-DAMAGED, STORE-LINK; nothing was written.
    EnvironmentUnfit
        STORE-DISK, STORE-BUSY.
    """
    folder = Path(os.path.abspath(folder))
    with disk_faults(folder):
        if not os.path.lexists(folder / HEAD):
            used = any(os.path.lexists(folder / name) for name in (LOG, ROWS))
            if not create:
                raise Refusal(
                    STORE_DAMAGED.at(str(folder / HEAD), reason=MISSING, again=NO_MORE) if used else STORE_NONE.at(str(folder))
                )
            make_folders(folder)
            with writing(folder, wait):
                make_log(folder)
        read_head(folder)
        check_folders(folder)
    return Store(folder, wait)


class Store:
    """A store that is there; see `open_store`. Readers never wait; writers take turns."""

    def __init__(self, folder: Path, wait: float = WAIT) -> None:
        """Take the folder of a store; `wait` is how many seconds a writer waits for its turn."""
        self.folder, self._wait = folder, wait

    def list(self, as_of: datetime | date | None = None) -> tuple[Entry, ...]:
        """Return what was added and corrected, the oldest first; as of a moment, what had been by then.

        Raises
        ------
        Refusal
            STORE-DAMAGED, STORE-NEWER, STORE-LINK.
        """
        until = moment(as_of)
        return tuple(entry for entry in self._log()[1] if entry.when <= until)

    def find(self, kind: str, content_hash: str) -> Entry | None:
        """Return the entry of a file that is in the store already, marked `again`."""
        first = first_of(self._log()[1], kind, content_hash)
        return replace(first, again=True) if first else None

    def add(
        self,
        kind: str,
        batches: Iterable[pa.RecordBatch],
        *,
        content_hash: str,
        file: str,
        author: str,
        source: Mapping[str, str] | None = None,
        person_level: bool = False,
        now: datetime | None = None,
    ) -> Entry:
        """Store a file's rows, all or none; a file that is there already is left as it is.

        Parameters
        ----------
        kind : str
            A word of `FileKind`.
        batches : iterable of RecordBatch
            The rows, with `row` (int64, the source's row); texts best by dictionary; `date` as days or ISO texts. Walked once,
            one batch at a time, and not at all if the file is there. What it raises goes on, and nothing was stored.
        content_hash : str
            The sha256 of all that decides the rows: the file's bytes, the kind, the profile.
        file, author : str
            The file's name and who brings it.
        source : mapping, optional
            Further facts for the log: the profile's hash, notes.
        person_level : bool
            The rows are of persons: messages never echo them.
        now : datetime, optional
            The moment, with its zone. The log never goes back: not earlier than the last entry.

        Returns
        -------
        Entry
            `again` if it was there; action `restore` if it was there, but damaged, and is whole again now.

        Raises
        ------
        Refusal
            STORE-DAMAGED, STORE-NEWER, STORE-LINK.
        EnvironmentUnfit
            STORE-BUSY, STORE-DISK.
        ValueError
            Columns of a type the store does not keep, or of another type than the kind's earlier files have.
        """
        if not re.fullmatch("[0-9a-f]{64}", content_hash):
            raise ValueError("the content hash is a sha256 in 64 hexadecimal digits")
        with disk_faults(self.folder), writing(self.folder, self._wait):
            head, entries = self._log()
            first = first_of(entries, kind, content_hash)
            if first and is_whole(self.folder, parts_of(entries, first)):
                return replace(first, again=True)
            facts = Entry(
                sequence=head.entries + 1,
                when=next_moment(entries, now),
                action=RESTORE if first else ADD,
                kind=FileKind(kind).value,
                file=file,
                content_hash=content_hash,
                rows=0,
                columns={},
                files=(),
                author=author,
                source=dict(source or {}),
                person_level=person_level,
                restores=first.sequence if first else None,
            )
            return write_entry(self.folder, head, entries, facts, batches, first)

    def correct(
        self,
        entry: int,
        row: int,
        changes: Mapping[str, object],
        *,
        reason: str,
        author: str,
        where: Mapping[str, str] | None = None,
        now: datetime | None = None,
    ) -> Entry:
        """Give one row new values; what it was stays readable by date and in its history.

        Parameters
        ----------
        entry, row : int
            The file's entry and the source's row.
        changes : mapping
            Column to new value, see `labkit.store.correct.changed`. Other columns stay: who changes a concentration changes
            `low`, `high` and `censored` with it.
        reason, author : str
            Why and who; not empty.
        where : mapping, optional
            Which of several stored rows of that source row is meant (a wide file): column to present value.
        now : datetime, optional
            As for `add`.

        Raises
        ------
        Refusal
            STORE-WHY, STORE-ROW, STORE-COLUMN, STORE-VALUE, and as `add`.
        EnvironmentUnfit
            STORE-BUSY, STORE-DISK.
        """
        check_why(str(self.folder), reason, author)
        with disk_faults(self.folder), writing(self.folder, self._wait):
            head, entries = self._log()
            found = versions(self.folder, entries, entry, row, where)
            if len(found) != 1:
                raise Refusal(no_such_row(str(self.folder), entry, row, where, len(found)))
            origin, now_in_force = found[0][0].entry, found[0][-1]
            table = changed(now_in_force, origin, changes)
            facts = replace(
                origin,
                sequence=head.entries + 1,
                when=next_moment(entries, now),
                action=CORRECT,
                content_hash="",
                author=author,
                reason=reason,
                source={},
                supersedes=Supersedes(entry, row, now_in_force.position),
            )
            return write_entry(self.folder, head, entries, facts, table.to_batches())

    def history(self, entry: int, row: int, where: Mapping[str, str] | None = None) -> Sequence[Sequence[Version]]:
        """Return, for each stored row of a source's row, all it has been, the oldest first; STORE-ROW if there is none."""
        with disk_faults(self.folder):
            found = versions(self.folder, self._log()[1], entry, row, where)
        if not found:
            raise Refusal(no_such_row(str(self.folder), entry, row, where, 0))
        return found

    def read(self, kind: str, *, as_of: datetime | date | None = None, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the rows of a kind that are, or were, in force; texts by dictionary, with `entry` and `corrected_by`.

        Raises
        ------
        Refusal
            STORE-DAMAGED with all damaged files of the kind, STORE-NEWER, STORE-LINK.
        ValueError
            An unknown column.
        """
        with disk_faults(self.folder):
            return read_state(self.folder, state_of(self._log()[1], FileKind(kind), as_of), columns)

    def connect(self, kinds: Iterable[str], as_of: datetime | date | None = None) -> duckdb.DuckDBPyConnection:
        """Open a DuckDB connection with a view for each kind that has rows, named so; use it in a `with`. Raises as `read`."""
        with disk_faults(self.folder):
            entries = self._log()[1]
            return sql.connect(self.folder, [state_of(entries, FileKind(kind), as_of) for kind in kinds])

    def check(self) -> None:
        """Hash every file of the store, also those no longer in force. Raises Refusal with all that are damaged."""
        with disk_faults(self.folder):
            entries = self._log()[1]
            check(self.folder, [part for entry in entries if entry.restores is None for part in parts_of(entries, entry)])

    def _log(self) -> tuple[Head, tuple[Entry, ...]]:
        check_folders(self.folder)
        return read_log(self.folder)
