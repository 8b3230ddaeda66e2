"""A finished report takes the place of the earlier one in a single step, on the disk before anybody can see it.

Two things people confuse: an exchange (the reader has the old report or the new one, always) and a move aside (for a moment
there is none, and a run killed in that moment leaves the putting back to the next start). The second is for systems that
lack the first.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from labkit.errors import EnvironmentUnfit, Refusal, Rule
from labkit.report.disk import disk_faults, make_durable, sync_folder
from labkit.report.preflight import STAGING, check_study_name, study_problem
from labkit.report.staging import OLD
from labkit.report.verify import verify_report

OUT_DOUBT = Rule(
    "OUT-DOUBT",
    en=(
        "the disk failed at the moment of publishing: {reason}",
        "a disk that keeps what it is given",
        "run `labkit verify` on this report; the next run mends it",
    ),
    zh=("发布的瞬间磁盘出错：{reason}", "磁盘须能保存写入的内容", "请对此报告运行 `labkit verify`；下一次运行会修复它"),
)
# a system or a filesystem without the call; EPERM is what a sandbox says to a call it does not know
NO_EXCHANGE = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EPERM)
AT_FDCWD, RENAME_EXCHANGE, RENAME_SWAP = -100, 2, 2


def publish(stage: Path, reports: Path, study: str) -> Path:
    """Make a staged report durable and put it at `reports/<study>/`; the earlier one is deleted afterwards.

    To be called with the study's lock in hand. If anything fails, the earlier report is back in its place, byte for byte.

    Parameters
    ----------
    stage : Path
        A complete report, its manifest included, in a staging folder of the same reports folder.
    reports : Path
        The folder of all reports.
    study : str
        The params file's stem.

    Returns
    -------
    Path
        `reports/<study>`.

    Raises
    ------
    Refusal
        OUT-NAME, OUT-CASE, OUT-FOLDER, OUT-LINK: the place cannot be taken.
    Damaged
        The staged report does not match its own manifest.
    EnvironmentUnfit
        OUT-FULL, OUT-DISK, OUT-DOUBT.
    """
    check_study_name(study)
    if stage.absolute().parent.parent != (reports / STAGING).absolute():
        raise ValueError(f"{stage} is not in a staging folder of {reports}")
    target = reports / study
    with disk_faults(reports, every=True):
        if problem := study_problem(reports, study):
            raise Refusal(problem)
        verify_report(stage)
        make_durable(stage)
        take_back = _put(stage, target)
        try:
            sync_folder(reports)
            sync_folder(stage.parent)
        except BaseException as error:
            _undo(take_back, target, error)
            raise
    # whatever cannot be deleted now is cleared away at the next start
    shutil.rmtree(stage, ignore_errors=True)
    shutil.rmtree(stage.parent / OLD, ignore_errors=True)
    return target


def exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one indivisible step; False where the system or the filesystem cannot, and nothing was done.

    Sources: renameat2(2), RENAME_EXCHANGE (Linux 3.15); renamex_np(2), RENAME_SWAP (macOS 10.12).
    """
    call = _exchange_call()
    if call is None:
        return False
    if call(os.fsencode(one), os.fsencode(other)) == 0:
        return True
    number = ctypes.get_errno()
    if number in NO_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))


@cache
def _exchange_call() -> Callable[[bytes, bytes], int] | None:
    """Find the system's call in the C library this Python already runs in."""
    if sys.platform not in ("linux", "darwin"):
        return None
    library = ctypes.CDLL(None, use_errno=True)
    try:
        if sys.platform == "darwin":
            swap = library.renamex_np
            swap.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_uint)
            return lambda one, other: int(swap(one, other, RENAME_SWAP))
        renameat2 = library.renameat2
    except AttributeError:  # an old C library
        return None
    renameat2.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    return lambda one, other: int(renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE))


def _put(stage: Path, target: Path) -> Callable[[], object]:
    """Put the stage in the target's place and return what takes it back."""
    if not os.path.lexists(target):
        try:
            os.rename(stage, target)
            return partial(os.rename, target, stage)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):  # else another run was first
                raise
    if exchange(stage, target):
        return partial(exchange, stage, target)
    return _move_aside(stage, target)


def _move_aside(stage: Path, target: Path) -> Callable[[], object]:
    """Old report aside, new one in: for systems without an exchange. A kill in between is mended by `recover`."""
    aside = stage.parent / OLD / target.name
    aside.parent.mkdir(exist_ok=True)
    os.rename(target, aside)
    try:
        os.rename(stage, target)
    except BaseException as error:
        _undo(partial(os.rename, aside, target), target, error)
        raise

    def take_back() -> None:
        os.rename(target, stage)
        os.rename(aside, target)

    return take_back


def _undo(take_back: Callable[[], object], target: Path, error: BaseException) -> None:
    try:
        take_back()
    except OSError as second:
        raise EnvironmentUnfit(OUT_DOUBT.at(file=str(target), reason=second.strerror)) from error
