"""Who holds a folder or a lock, and whether that process still lives.

Two things people confuse: a process and its number (the system gives the number of a dead process to a new one).
"""

from __future__ import annotations

import json
import os
import socket
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Owner:
    """The process a folder or a lock belongs to; `created` tells it from a later process with the same number."""

    pid: int
    created: float
    host: str
    since: str

    @classmethod
    def here(cls) -> Owner:
        """Name the process that asks."""
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        return cls(os.getpid(), psutil.Process().create_time(), socket.gethostname(), now)

    @classmethod
    def read(cls, path: Path) -> Owner | None:
        """Return the owner noted in a file; None if there is none, or it was killed while writing."""
        try:
            return cls(**json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, path: Path) -> None:
        """Note the owner; it is for this user's eyes only."""
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(self), file)

    def is_gone(self) -> bool:
        """Whether the process provably lives no more: another host's processes cannot be seen from here."""
        if self.host != socket.gethostname():
            return False
        try:
            process = psutil.Process(self.pid)
            # a zombie holds nothing any more, but where nobody collects it, it keeps its number
            return process.status() == psutil.STATUS_ZOMBIE or abs(process.create_time() - self.created) > 1
        except psutil.NoSuchProcess:
            return True
        except psutil.AccessDenied:
            return False
