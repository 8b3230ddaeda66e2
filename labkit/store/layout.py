"""The folder of a store on the disk: private, without links, with one writer at a time, and what it holds is durable.

Two things people confuse: a file that is in the folder and a file that is in the store (only what the log names is; the rest
was left by a writer that died); waiting for the writer's turn (writers do) and reading (readers never wait).
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from labkit.errors import EnvironmentUnfit, Refusal
from labkit.store.rules import MISSING, NO_MORE, STORE_BUSY, STORE_DAMAGED, STORE_DISK, STORE_FOREIGN, STORE_LINK

ROWS, LOG, HEAD, NEW_HEAD, LOCK = "rows", "log.jsonl", "STORE", "STORE.new", ".lock"
ENTRY_DIGITS = 8  # the name of a file of rows begins with the number of its entry
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class HashedFile:
    """A new private file that hashes what it is given; it takes what a Parquet writer asks of a file.

    The hash is of the bytes as they were meant, so that a disk that keeps others is found out.
    """

    closed = False

    def __init__(self, path: Path) -> None:
        """Make the file (0600 whatever the umask); it must not exist."""
        self.path, self.size, self._sha256 = path, 0, hashlib.sha256()
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NOFOLLOW, 0o600)
        _set_mode(self._descriptor, 0o600)

    def write(self, data: bytes) -> int:
        """Write and hash all of `data`; after `abandon` nothing."""
        view = memoryview(data).cast("B")
        if not self.closed:
            self._sha256.update(view)
            write_all(self._descriptor, view)
            self.size += len(view)
        return len(view)

    def finish(self) -> str:
        """Make the bytes durable and return their sha256."""
        os.fsync(self._descriptor)
        self.close()
        return self._sha256.hexdigest()

    def abandon(self) -> None:
        """Close and delete the file."""
        self.close()
        with suppress(OSError):
            os.unlink(self.path)

    def tell(self) -> int:
        """Bytes written so far."""
        return self.size

    def flush(self) -> None:
        """Nothing waits here: the system has every byte."""

    def close(self) -> None:
        """Let go of the file."""
        if not self.closed:
            self.closed = True
            os.close(self._descriptor)


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write all of `data`: the system may take less at a time."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def open_plain(path: Path, flags: int = os.O_RDONLY) -> int:
    """Open a file of the store for reading or appending; a link or a device in its place is refused.

    Raises
    ------
    Refusal
        STORE-LINK, or STORE-DAMAGED where the file is missing.
    """
    try:
        descriptor = os.open(path, flags | NOFOLLOW | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        raise Refusal(STORE_DAMAGED.at(str(path), reason=MISSING, again=NO_MORE)) from None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK, errno.ENXIO):
            raise Refusal(STORE_LINK.at(str(path))) from None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Refusal(STORE_LINK.at(str(path)))
    return descriptor


def read_plain(path: Path) -> bytes:
    """Return the bytes of a small file of the store. Raises as `open_plain`."""
    with open(open_plain(path), "rb") as file:
        return file.read()


def check_folders(folder: Path) -> None:
    """Refuse a store whose folder of rows is a link or missing."""
    try:
        mode = os.lstat(folder / ROWS).st_mode
    except FileNotFoundError:
        raise Refusal(STORE_DAMAGED.at(str(folder / ROWS), reason=MISSING, again=NO_MORE)) from None
    if not stat.S_ISDIR(mode):
        raise Refusal(STORE_LINK.at(str(folder / ROWS)))


def make_folders(folder: Path) -> None:
    """Make the folder of a store and its folder of rows, 0700 whatever the umask.

    Raises
    ------
    Refusal
        STORE-FOREIGN where the folder holds what is not of a store.
    """
    for place in [*reversed([one for one in folder.parents if not one.exists()]), folder]:
        if not place.exists():
            with suppress(FileExistsError):  # another writer was quicker
                os.mkdir(place, 0o700)
            os.chmod(place, 0o700)
    others = sorted(set(os.listdir(folder)) - {ROWS, LOG, HEAD, NEW_HEAD, LOCK})
    if others:
        raise Refusal(STORE_FOREIGN.at(str(folder), name=others[0]))
    os.chmod(folder, 0o700)
    with suppress(FileExistsError):
        os.mkdir(folder / ROWS, 0o700)
        os.chmod(folder / ROWS, 0o700)
    check_folders(folder)


def sync_folder(folder: Path) -> None:
    """Make the names in one folder durable; Windows keeps them by itself and has no such call."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def writing(folder: Path, wait: float) -> Iterator[None]:
    """Be the one writer of the store; the system frees the lock when its owner dies.

    Raises
    ------
    EnvironmentUnfit
        STORE-BUSY after `wait` seconds. Its first argument is the `Problem`, so that the sentence can be had in Chinese too.
    """
    lock = FileLock(folder / LOCK, timeout=wait, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise EnvironmentUnfit(STORE_BUSY.at(str(folder), seconds=f"{wait:g}")) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def disk_faults(folder: Path) -> Iterator[None]:
    """Turn an error of the disk into one sentence: EnvironmentUnfit with STORE-DISK."""
    try:
        yield
    except OSError as error:
        named = error.filename if isinstance(error.filename, str | bytes | os.PathLike) else folder
        raise EnvironmentUnfit(STORE_DISK.at(os.fsdecode(named), reason=error.strerror or type(error).__name__)) from error


def _set_mode(descriptor: int, mode: int) -> None:
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, mode)
