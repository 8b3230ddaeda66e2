"""A foreign file as its doors see it: a header, batches of texts, and the row where each text stands.

Two things people confuse: a *row* is what the laboratory sees in the margin of its spreadsheet or editor (the first line is
row 1, the header counts, blank lines count); it is not a position in a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labkit.errors import Note, Problem

PREVIEW = 30  # records shown before the header is settled


@dataclass(frozen=True)
class Batch:
    """Some rows of a file: `rows` are their numbers, `cells` one text array a column; an empty cell is ``, never null."""

    rows: NDArray[np.int64]
    cells: tuple[pa.Array, ...]


@dataclass
class Source:
    """An open file: what can be known before it is walked, and its batches, to be walked once.

    `problems` (rows of the wrong length, cells that cannot be read) and `notes` grow during the walk; what makes the file
    unreadable as a whole is raised as a `Refusal`. Texts come as written, without stripping.
    """

    file: str
    header: tuple[str, ...]
    header_row: int
    letters: tuple[str, ...]
    batches: Iterator[Batch]
    sheet: str | None = None  # as messages call it
    preview: tuple[tuple[int, tuple[str, ...]], ...] = ()  # the first records as they stand, title rows included
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unlisted: int = 0  # problems beyond those in `problems`, counted only
    sheets: tuple[str, ...] = ()  # names of all sheets of a workbook, for what looks at names


def letter(index: int) -> str:
    """Return the spreadsheet letter of a column counted from 0.

    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
