"""Which commit of the project a report was made with, and whether the sources have been changed since.

Two things people confuse: a change in what makes the numbers (labkit, notebooks, params, the lock) and a change anywhere
else, which does not count; and no commit known ("unknown") with no change made.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

SOURCES = ("labkit", "notebooks", "params", "requirements.lock")
LENGTH = 12  # git's own abbreviation grows with the repository and would differ between clones
SECONDS = 5.0
UNKNOWN = "unknown"
# a report must not depend on another user's ownership of the folder, nor start what the repository's settings name
GIT = ("git", "-c", "safe.directory=*", "-c", "core.fsmonitor=false")


def commit_of(project: Path) -> str:
    """Name the commit of a project folder, for the manifest and the footer.

    Parameters
    ----------
    project : Path
        The folder that holds `labkit/`, `notebooks/` and `params/`.

    Returns
    -------
    str
        "a1b2c3d4e5f6", or "a1b2c3d4e5f6+changes" if a tracked source differs from it; "unknown" where there is no repository.
        Without the git command the commit is read from the repository's files, and changes cannot be seen.
    """
    if not (project / ".git").exists():  # the repository of a folder further up says nothing about this one
        return UNKNOWN
    commit = _git(project, "rev-parse", "--verify", "HEAD")
    if commit is None:
        return _head(project / ".git")[:LENGTH] or UNKNOWN
    changes = _git(project, "status", "--porcelain", "--untracked-files=no", "--", *SOURCES)
    if changes is None:
        return UNKNOWN
    return commit[:LENGTH] + ("+changes" if changes else "")


def _git(project: Path, *words: str) -> str | None:
    """Return what git answers, or None if it is not there, fails or takes too long."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        answer = subprocess.run(
            [*GIT, *words], cwd=project, env=environment, timeout=SECONDS,
            capture_output=True, text=True, encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def _head(repository: Path) -> str:
    """Return the commit that HEAD names, read without git; empty if it cannot be."""
    try:
        head = (repository / "HEAD").read_text("utf-8").strip()
        if head.startswith("ref: "):
            head = _reference(repository, head.removeprefix("ref: "))
    except (OSError, ValueError):
        return ""
    return head if re.fullmatch(r"[0-9a-f]{40,64}", head) else ""


def _reference(repository: Path, name: str) -> str:
    loose = repository / name
    if loose.is_file():
        return loose.read_text("utf-8").strip()
    for line in (repository / "packed-refs").read_text("utf-8").splitlines():
        commit, _, packed = line.partition(" ")
        if packed == name:
            return commit
    return ""
