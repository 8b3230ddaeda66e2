"""What is to be run, what is heard while it runs, and what comes back.

Two things people confuse: a *chapter* is one notebook in one language with its parameters; a notebook told in two languages
is two chapters. What a chapter *expects* is what the run must produce to count as complete, not what it may produce.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DEFAULT_TIMEOUT = 600  # seconds a single cell may take


@dataclass(frozen=True)
class Chapter:
    """One notebook in one language, with its parameters and what it must produce.

    `parameters` hold JSON types only. The kernel writes each table to `<tables_dir>/<name>.csv`; figures are shown in the
    notebook under their names. `timeout` is in seconds, for each cell.
    """

    notebook: Path
    id: str
    language: str
    parameters: Mapping[str, Any]
    tables_dir: Path
    tables: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    may_show: tuple[str, ...] = ()  # figures that only some studies have
    timeout: int = DEFAULT_TIMEOUT

    @property
    def name(self) -> str:
        """How messages call it: the notebook's file name and the language."""
        return f"{self.notebook.name} ({self.language})"


@dataclass(frozen=True)
class Progress:
    """A chapter begins its code cell `cell` of `cells` (counted from 1, as in the notebook as written)."""

    chapter: Chapter
    cell: int
    cells: int


@dataclass(frozen=True)
class Executed:
    """A chapter that proved it ran whole: the notebook as it is published, its figures, and what it said on the side."""

    chapter: Chapter
    notebook: Any  # nbformat's NotebookNode, normalised
    figures: Mapping[str, bytes]
    log: tuple[str, ...] = field(default=())
    seconds: float = 0.0
