"""End a kernel with everything it started.

Two things people confuse: a kernel's *children* can be listed only while it lives; what it started and left behind is known
by its session and by a mark in the environment that every descendant inherits.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import psutil

MARK = "LABKIT_KERNEL"
ROUNDS = 5  # a process may start another while it is being ended
PATIENCE = 2.0  # seconds for what was killed to be gone

_live: dict[str, int | None] = {}  # mark -> session of the kernel, once it is known
_lock = threading.Lock()


def register(mark: str, session: int | None = None) -> None:
    """Enter a kernel's mark, before the kernel is started; its session as soon as it is known."""
    with _lock:
        _live[mark] = session


def end_kernel(mark: str) -> None:
    """Kill all processes of one kernel and forget its mark."""
    with _lock:
        session = _live.get(mark)
    _end({mark: session})
    with _lock:
        _live.pop(mark, None)


def kill_children() -> None:
    """Kill all processes of all kernels this process has started and not yet ended."""
    with _lock:
        marks = dict(_live)
    if marks:
        _end(marks)


def _end(marks: dict[str, int | None]) -> None:
    for _ in range(ROUNDS):
        found = list(_belonging(marks))
        if not found:
            return
        for process in found:
            try:
                process.kill()
            except psutil.Error:
                continue  # it has ended by itself
        deadline = time.monotonic() + PATIENCE
        while any(map(_runs, found)) and time.monotonic() < deadline:
            time.sleep(0.01)


def _belonging(marks: dict[str, int | None]) -> Iterator[psutil.Process]:
    sessions = {session for session in marks.values() if session is not None}
    seen: set[int] = {os.getpid()}
    for process in psutil.process_iter():
        try:
            ours = process.pid not in seen and (_session(process.pid) in sessions or process.environ().get(MARK) in marks)
            if not ours or not _runs(process):
                continue
            family = [process, *process.children(recursive=True)]
        except (psutil.Error, OSError):
            continue  # not ours to read, or gone
        for one in family:
            if one.pid not in seen:
                seen.add(one.pid)
                yield one


def _runs(process: psutil.Process) -> bool:
    """Tell a process that runs from one that has ended, also where nobody has taken note of its end."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except (OSError, AttributeError):  # gone, or a system without sessions
        return None
