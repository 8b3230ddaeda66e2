"""The widest range of each quantity that a laboratory file is taken to hold; outside of it, a unit slipped.

Two things people confuse: *plausible* (nothing measured lies beyond) and *usual* (a high value is a finding, not a mistake).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Plausible:
    """A range, both ends included, in `unit`."""

    low: float
    high: float
    unit: str
    status: str
    source: str


@cache
def plausible_range(kind: str) -> Plausible | None:
    """Return the range of a kind of file in the project's unit, None where the kind has no measured value.

    >>> plausible_range("hair").high
    2000.0
    """
    with Path(__file__).with_name("plausible.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["matrix"] == kind:
                return Plausible(float(row["low"]), float(row["high"]), row["unit"], row["status"], row["source"])
    return None
