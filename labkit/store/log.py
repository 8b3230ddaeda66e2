"""The log of a store: one line an entry, each holding the checksum of all before it; the head says how far it is true.

Two things people confuse: a line that is written and an entry that is committed (only what the head counts is committed; a
tail beyond it was left by a writer that died); when a file was stored (here) and when its samples were taken (in its rows).

`log.jsonl`: `<sha256 of the previous line's sha256 and this JSON> <JSON>`. `STORE`: the form, then entries, bytes and last
sha256 of the log, then the sha256 of these two lines. Replacing `STORE` is the one step that commits an entry.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from labkit.errors import Refusal
from labkit.store.layout import HEAD, LOG, NEW_HEAD, ROWS, HashedFile, open_plain, read_plain, sync_folder, write_all
from labkit.store.rules import CHANGED, MISSING, NO_MORE, STORE_DAMAGED, STORE_NEWER

FORM = 1
ADD, CORRECT, RESTORE = "add", "correct", "restore"
_FIRST = re.compile(rb"labkit store ([1-9][0-9]{0,5})\n")


@dataclass(frozen=True)
class StoredFile:
    """One Parquet file of an entry, as it was written."""

    name: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True)
class Supersedes:
    """The row a correction stands for: the entry, the source's row, and the place among the entry's rows from 0."""

    entry: int
    row: int
    position: int


@dataclass(frozen=True)
class Entry:
    """One line of the log: a file that was added, a row that was corrected, or a damaged file that was given again."""

    sequence: int
    when: datetime  # UTC
    action: str  # add, correct, restore
    kind: str
    file: str
    content_hash: str
    rows: int
    columns: Mapping[str, str]  # name -> type
    files: tuple[StoredFile, ...]
    author: str
    reason: str = ""
    source: Mapping[str, str] = field(default_factory=dict)
    person_level: bool = False
    supersedes: Supersedes | None = None
    restores: int | None = None
    again: bool = False  # it was in the store already; never in the log


@dataclass(frozen=True)
class Head:
    """How far the log is committed."""

    entries: int = 0
    bytes: int = 0
    sha256: str = "0" * 64


def read_head(folder: Path) -> Head:
    """Read `STORE`.

    Raises
    ------
    Refusal
        STORE-NEWER, STORE-DAMAGED, STORE-LINK.
    """
    content = read_plain(folder / HEAD)
    first = _FIRST.match(content)
    if first and int(first[1]) > FORM:
        raise Refusal(STORE_NEWER.at(str(folder / HEAD), version=int(first[1]), known=FORM))
    lines = content.split(b"\n")
    if not first or len(lines) != 4 or lines[3] or hashlib.sha256(b"\n".join(lines[:2])).hexdigest().encode() != lines[2]:
        raise _damaged(folder / HEAD)
    return Head(**json.loads(lines[1]))


def read_log(folder: Path) -> tuple[Head, tuple[Entry, ...]]:
    """Read the committed entries, the oldest first; a writer may be at work meanwhile.

    Raises
    ------
    Refusal
        STORE-NEWER, STORE-DAMAGED, STORE-LINK.
    """
    head = read_head(folder)
    content = read_plain(folder / LOG)[: head.bytes]
    lines = content.split(b"\n")
    if len(content) != head.bytes or len(lines) != head.entries + 1 or lines[-1]:
        raise _damaged(folder / LOG)
    chained = Head().sha256
    for line in lines[:-1]:
        chained = _chain(chained, line[65:])
        if line[:65] != chained.encode() + b" ":
            raise _damaged(folder / LOG)
    if chained != head.sha256:
        raise _damaged(folder / LOG)
    return head, tuple(_entry(json.loads(line[65:])) for line in lines[:-1])


def commit(folder: Path, head: Head, entry: Entry) -> Head:
    """Append one entry and make it true; to be called by the one writer, with the entry's files durable.

    Raises
    ------
    OSError
        Nothing was committed, unless the very last step failed: the folder could not be synced after `STORE` was replaced.
    """
    text = json.dumps(_facts(entry), ensure_ascii=True, separators=(",", ":")).encode()
    chained = _chain(head.sha256, text)
    line = f"{chained} ".encode() + text + b"\n"
    log = open_plain(folder / LOG, os.O_RDWR)
    try:
        os.ftruncate(log, head.bytes)
        os.lseek(log, head.bytes, os.SEEK_SET)
        write_all(log, line)
        os.fsync(log)
    finally:
        os.close(log)
    new = Head(head.entries + 1, head.bytes + len(line), chained)
    write_head(folder, new)
    return new


def write_head(folder: Path, head: Head) -> None:
    """Put `STORE` in its place in one step. Raises OSError."""
    text = f"labkit store {FORM}\n{json.dumps(asdict(head))}".encode()
    with suppress(FileNotFoundError):
        os.unlink(folder / NEW_HEAD)
    new = HashedFile(folder / NEW_HEAD)
    try:
        new.write(text + b"\n" + hashlib.sha256(text).hexdigest().encode() + b"\n")
        new.finish()
        os.replace(folder / NEW_HEAD, folder / HEAD)
    except BaseException:
        new.abandon()
        raise
    sync_folder(folder)


def make_log(folder: Path) -> None:
    """Make an empty log and its head, unless another writer has.

    Raises
    ------
    Refusal
        STORE-DAMAGED: rows or a log without `STORE` are no fresh store.
    """
    if os.path.lexists(folder / HEAD):
        return
    if os.listdir(folder / ROWS) or (os.path.lexists(folder / LOG) and os.lstat(folder / LOG).st_size):
        raise Refusal(STORE_DAMAGED.at(str(folder / HEAD), reason=MISSING, again=NO_MORE))
    with suppress(FileNotFoundError):
        os.unlink(folder / LOG)
    HashedFile(folder / LOG).finish()
    write_head(folder, Head())
    sync_folder(folder.parent)


def clear_leftovers(folder: Path, entries: Iterable[Entry]) -> None:
    """Delete files of rows that no entry names: a writer died before it could commit them."""
    named = {file.name for entry in entries for file in entry.files}
    for name in set(os.listdir(folder / ROWS)) - named:
        os.unlink(folder / ROWS / name)


def first_of(entries: Iterable[Entry], kind: str, content_hash: str) -> Entry | None:
    """Return the entry that a file was added with, if it was."""
    same = (entry for entry in entries if entry.action == ADD and (entry.kind, entry.content_hash) == (kind, content_hash))
    return next(same, None)


def moment(as_of: datetime | date | None) -> datetime:
    """Return the moment meant: a date means the end of that day in UTC, nothing means now and later.

    >>> moment(date(2024, 3, 5)).isoformat()
    '2024-03-05T23:59:59.999999+00:00'
    """
    if as_of is None:
        return datetime.max.replace(tzinfo=UTC)
    if not isinstance(as_of, datetime):
        return datetime.combine(as_of, time.max, UTC)
    if as_of.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return as_of.astimezone(UTC)


def _chain(previous: str, text: bytes) -> str:
    return hashlib.sha256(previous.encode() + text).hexdigest()


def _facts(entry: Entry) -> dict[str, Any]:
    facts = asdict(entry) | {"when": entry.when.isoformat(timespec="microseconds")}
    del facts["again"]
    return facts


def _entry(facts: dict[str, Any]) -> Entry:
    facts["when"] = datetime.fromisoformat(facts["when"])
    facts["files"] = tuple(StoredFile(**file) for file in facts["files"])
    facts["supersedes"] = facts["supersedes"] and Supersedes(**facts["supersedes"])
    return Entry(**facts)


def _damaged(path: Path) -> Refusal:
    return Refusal(STORE_DAMAGED.at(str(path), reason=CHANGED, again=NO_MORE))
