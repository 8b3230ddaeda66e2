"""Cut-offs by matrix, analyte, jurisdiction and day: what a rule calls positive, kept apart from what a method can see.

Two things people confuse: a cut-off (a rule's, the same for all laboratories) and a limit of detection or quantification (a
method's). A result below the cut-off is still a number, and stays one.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("cutoffs.csv")


@dataclass(frozen=True)
class Cutoff:
    """One row: in force from the day `first` to the day `last` (empty: open), in `unit`."""

    matrix: str
    analyte: str
    cutoff: float
    unit: str
    jurisdiction: str
    first: str
    last: str
    status: str
    source: str
    place: str


@cache
def read_cutoffs() -> tuple[Cutoff, ...]:
    """Read the library of cut-offs, in the order of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Cutoff(
                row["matrix"], row["analyte"], float(row["cutoff"]), row["unit"], row["jurisdiction"], row["from"], row["to"],
                row["status"], row["source"], row["place"],
            )
            for row in csv.DictReader(file)
        )  # fmt: skip


def find_cutoff(matrix: str, analyte: str, jurisdiction: str, day: str) -> Cutoff | None:
    """Return the cut-off in force on a day (YYYY-MM-DD), or None: no other jurisdiction or day stands in for it.

    >>> find_cutoff("hair", "ketamine", "CN", "2024-05-01").cutoff
    0.2
    >>> find_cutoff("blood", "ketamine", "CN", "2025-08-31") is None
    True
    """
    asked = (matrix, analyte, jurisdiction)
    for row in read_cutoffs():
        in_force = (not row.first or row.first <= day) and (not row.last or day <= row.last)
        if (row.matrix, row.analyte, row.jurisdiction) == asked and in_force:
            return row
    return None
