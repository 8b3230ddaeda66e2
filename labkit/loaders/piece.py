"""Some rows of a file, read column by column, on their way to be measured.

Two things people confuse: a *batch* is what the file gives at once; a *piece* is the rows of one batch that hold one value
each: of a wide batch there is one for each analyte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labkit.loaders.findings import Findings
from labkit.loaders.header import Heading
from labkit.loaders.kinds import Kind
from labkit.loaders.sources.source import Source
from labkit.loaders.spread import Column, Spread
from labkit.loaders.watch import Watch
from labkit.params.profile import Profile

Floats = NDArray[np.float64]
Factor = float | Floats  # one for all rows, or one for each


@dataclass
class Piece:
    """The value column of some rows, and what is needed to understand it."""

    kind: Kind
    profile: Profile
    heading: Heading
    source: Source
    findings: Findings
    watch: Watch
    columns: dict[str, Column]
    units: dict[str, Column]  # the column of units, read as each of the kind's quantities
    spreads: Mapping[str, Spread]
    codes: Mapping[str, NDArray[np.int32]]
    rows: NDArray[np.int64]
    place: int | None  # of the value column of a wide file
