"""What is handed to the disk is on the disk, or the run says that it is not.

Two things people confuse: a file that was written and a file that is durable (a power cut keeps only the second); a disk that
failed once and a disk that is well at the second try (a failed sync has lost the bytes, so it is never asked again).
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labkit.errors import EnvironmentUnfit, Problem, Rule

OUT_FULL = Rule(
    "OUT-FULL",
    en=(
        "the disk is full: {free} MB are free",
        "at least {needed} MB are free",
        "make room and run again; earlier reports are as they were",
    ),
    zh=("磁盘已满：仅剩 {free} MB", "至少剩余 {needed} MB", "请腾出空间后重新运行；先前的报告未受影响"),
)
OUT_DISK = Rule(
    "OUT-DISK",
    en=(
        "the disk or the system said no: {reason}",
        "a folder that can be written and synced",
        "mend it and run again; earlier reports are as they were",
    ),
    zh=("磁盘或系统拒绝了操作：{reason}", "文件夹可写入并可同步", "请排除故障后重新运行；先前的报告未受影响"),
)
NEEDED_BYTES = 50_000_000
FULL = (errno.ENOSPC, errno.EDQUOT)
DISK = (*FULL, errno.EIO, errno.EROFS, errno.EFBIG)


@contextmanager
def disk_faults(where: Path, every: bool = False) -> Iterator[None]:
    """Turn what a disk does to a run into one sentence.

    Parameters
    ----------
    where : Path
        The folder to name, where the system names none.
    every : bool
        Take every error of the system as one of the disk; else only full (quota, inodes), failing and read-only disks,
        and let the others pass.

    Raises
    ------
    EnvironmentUnfit
        Its first argument is the `Problem`, so that the sentence can be had in Chinese too.
    """
    try:
        yield
    except OSError as error:
        if not every and error.errno not in DISK:
            raise
        raise EnvironmentUnfit(_problem(error, where)) from error


def _problem(error: OSError, where: Path) -> Problem:
    place = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes | os.PathLike) else str(where)
    if error.errno in FULL:
        return OUT_FULL.at(file=place, free=free_bytes(where) // 1_000_000, needed=NEEDED_BYTES // 1_000_000)
    return OUT_DISK.at(file=place, reason=error.strerror or type(error).__name__)


def free_bytes(folder: Path) -> int:
    """Bytes an ordinary user may still write at `folder`; 0 where no further file can be made or nothing can be known."""
    try:
        free = shutil.disk_usage(folder).free
        if hasattr(os, "statvfs"):
            state = os.statvfs(folder)
            if state.f_files and not state.f_favail:
                return 0
    except OSError:
        return 0
    return free


def sync_file(path: Path) -> None:
    """Make the bytes of one file durable. Raises OSError; a file whose sync failed must be written anew."""
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Make the names in one folder durable. Windows keeps them by itself and has no such call."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_durable(folder: Path) -> None:
    """Give everything below `folder` its modes (folders 0755, files 0644, whatever the umask) and sync it from the bottom up.

    The folder itself comes last, so that nothing in it can be named before it is there. Raises OSError.
    """
    for place, _, names in os.walk(folder, topdown=False, onerror=_raise):
        for name in sorted(names):
            path = Path(place, name)
            os.chmod(path, 0o644)
            sync_file(path)
        os.chmod(place, 0o755)
        sync_folder(Path(place))


def _raise(error: OSError) -> None:
    raise error
