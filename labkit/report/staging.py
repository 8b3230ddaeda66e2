"""Where a report is prepared out of sight: one private folder a run, one lock a study, and the clearing up after the dead.

Two things people confuse: a staging folder belongs to one process and goes with it; a study's lock says who may publish under
a name.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from labkit.errors import EnvironmentUnfit, Rule
from labkit.report.disk import disk_faults, sync_folder
from labkit.report.owner import Owner
from labkit.report.preflight import RUNS, STAGING, check_study_name

OUT_BUSY = Rule(
    "OUT-BUSY",
    en=(
        "{study} is being made by process {pid} on {host} since {since}",
        "one run of a study at a time",
        "wait for it, or end that process",
    ),
    zh=("{study} 正由 {host} 上的进程 {pid} 生成（始于 {since}）", "同一研究一次只能运行一个", "请等待其完成，或结束该进程"),
)
OLD, OWNER, ALIVE, REPORT = "old", "owner.json", "alive.lock", "report"
GATE = ".staging.lock"  # no study can have this name: it starts with a dot
GATE_SECONDS = 10.0


@dataclass(frozen=True)
class Staging:
    """The private folder of a run (0700); what lies in `report` is what will be published."""

    run_id: str
    folder: Path

    @property
    def report(self) -> Path:
        """The folder to be published."""
        return self.folder / REPORT


@dataclass(frozen=True)
class Recovery:
    """What was found at the start: studies put back, run ids cleared away, run ids left alone because they may live."""

    put_back: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def runs_folder(reports: Path) -> Path:
    """`reports/.runs/` (0700), for logs, timings and locks: everything with a who and a when. Made if it is not there."""
    return _private_folder(reports, RUNS)


@contextmanager
def staging(reports: Path) -> Iterator[Staging]:
    """Give a run its own folder `reports/.staging/<run-id>/` and take it away afterwards, come what may.

    The run id is random and must never stand in a published byte. A disk that fills up or fails meanwhile ends in one sentence.

    Raises
    ------
    EnvironmentUnfit
        OUT-FULL or OUT-DISK.
    """
    with ExitStack() as stack:
        stack.enter_context(disk_faults(reports))
        with disk_faults(reports, every=True), _gate(reports):
            # behind the gate nobody can take the folder for a dead one before it has its owner
            folder = _private_folder(reports, STAGING) / secrets.token_hex(8)
            folder.mkdir()
            stack.callback(_discard, folder, reports)
            os.chmod(folder, 0o700)
            alive = _lock(folder / ALIVE)
            alive.acquire(timeout=0)
            stack.callback(alive.release)
            Owner.here().write(folder / OWNER)
            (folder / REPORT).mkdir()
            os.chmod(folder / REPORT, 0o700)
        yield Staging(folder.name, folder)


def recover(reports: Path) -> Recovery:
    """Clear up after runs that were killed: put back a report that was moved aside, remove their staging folders.

    A folder is touched only when its owner is provably gone: the system has let go of its lock, and its process, if it was
    on this host, exists no more. To be called at the start of a run, with the study's lock in hand.

    Raises
    ------
    EnvironmentUnfit
        OUT-DISK or OUT-FULL.
    """
    if not (reports / STAGING).is_dir():
        return Recovery()
    put_back: list[str] = []
    removed: list[str] = []
    kept: list[str] = []
    with disk_faults(reports, every=True), _gate(reports):
        for folder in sorted((reports / STAGING).iterdir()):
            if folder.is_symlink() or not folder.is_dir() or not _is_dead(folder):
                kept.append(folder.name)
                continue
            put_back += _discard(folder, reports)
            removed.append(folder.name)
    return Recovery(tuple(put_back), tuple(removed), tuple(kept))


@contextmanager
def study_lock(reports: Path, study: str, wait: float = 5.0) -> Iterator[None]:
    """Let one run of a study at a time go on; the system frees the lock when its owner dies.

    Parameters
    ----------
    reports : Path
        The folder of all reports.
    study : str
        The params file's stem.
    wait : float
        Seconds to wait for a run that is about to end.

    Raises
    ------
    EnvironmentUnfit
        OUT-BUSY, naming the process that holds it and since when; OUT-DISK.
    Refusal
        OUT-NAME.
    """
    check_study_name(study)
    with disk_faults(reports, every=True):
        runs = runs_folder(reports)
        note = runs / f"{study}.owner.json"
        lock = _acquired(runs / f"{study}.lock", wait, study, note)
    try:
        with disk_faults(reports, every=True):
            Owner.here().write(note)
        yield
    finally:
        # the note goes first: once the lock is free it may be another's
        with suppress(OSError):
            note.unlink()
        lock.release()


@contextmanager
def _gate(reports: Path) -> Iterator[None]:
    """One process at a time makes or clears staging folders."""
    lock = _acquired(runs_folder(reports) / GATE, GATE_SECONDS, STAGING, None)
    try:
        yield
    finally:
        lock.release()


def _lock(path: Path) -> FileLock:
    return FileLock(path, mode=0o600, thread_local=False)


def _acquired(path: Path, wait: float, study: str, note: Path | None) -> FileLock:
    lock = _lock(path)
    try:
        lock.acquire(timeout=wait)
    except Timeout:
        holder = Owner.read(note) if note else None
        if holder is None or holder.is_gone():  # the note of one that was killed; the new holder has not signed yet
            holder = Owner(0, 0, "?", "?")
        named = OUT_BUSY.at(file=str(path), study=study, pid=holder.pid or "?", host=holder.host, since=holder.since)
        raise EnvironmentUnfit(named) from None
    return lock


def _private_folder(reports: Path, name: str) -> Path:
    reports.mkdir(exist_ok=True)
    folder = reports / name
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        os.chmod(folder, 0o700)
    return folder


def _is_dead(folder: Path) -> bool:
    lock = _lock(folder / ALIVE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    lock.release()
    # behind the gate, a folder without a readable owner is one whose maker was killed while making it
    owner = Owner.read(folder / OWNER)
    return owner is None or owner.is_gone()


def _discard(folder: Path, reports: Path) -> list[str]:
    """Remove a staging folder, but never the only copy of a published report that lies moved aside in it."""
    put_back = []
    try:
        for report in sorted((folder / OLD).iterdir()) if (folder / OLD).is_dir() else []:
            if not os.path.lexists(reports / report.name):
                os.rename(report, reports / report.name)
                put_back.append(report.name)
        if put_back:
            sync_folder(reports)
    except OSError:
        return put_back  # it stays, for the next start to put back
    shutil.rmtree(folder, ignore_errors=True)
    return put_back
