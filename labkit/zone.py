"""The secure zone of a study: person-level files are read here, counted here, and never handed on.

Two things people confuse: a pseudonym and nobody. A row of a person stays a row of a person, whatever the subject is called;
what leaves this room are counts by area and month, and results that hold no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from labkit.compare import Counted, MatrixStudy, count_persons, study_matrices
from labkit.errors import Note
from labkit.loaders.read import read_file
from labkit.loaders.samples import Doors
from labkit.params import Choices
from labkit.vocabulary import ANALYTES


@dataclass(frozen=True)
class Zone:
    """What was read, as files, notes and row counts for the manifest; quality samples and the sites are no persons' data."""

    counted: tuple[Counted, ...]
    areas: pd.DataFrame
    quality: pd.DataFrame
    files: tuple[tuple[str, Path], ...]
    notes: tuple[Note, ...]
    rows: Mapping[str, int]


def read_zone(choices: Choices, base: Path, simulated: Path | None) -> Zone:
    """Read hair, blood, areas and quality-control files of a study, and count persons.

    Raises
    ------
    Refusal
        With all problems of all files.
    """
    doors = Doors(base, simulated)
    areas = pd.DataFrame()
    if choices.areas is not None:
        areas = doors.read(partial(read_file, kind="sites"), choices.areas.observe)
    frames = {name: _read(doors, choices, name) for name in ("hair", "blood", "quality")}
    doors.raise_problems()
    known = set(areas["area"]) - {""} if len(areas) else None
    counted = tuple(count_persons(frames[name], name, areas=known) for name in ("hair", "blood") if len(frames[name]))
    rows = {name: len(read.frame) for name, read in doors.taken.items()}
    return Zone(counted, areas, frames["quality"], tuple(doors.files), tuple(doors.notes), rows)


def _read(doors: Doors, choices: Choices, kind: str) -> pd.DataFrame:
    declared = getattr(choices, kind)
    if declared is None:
        return pd.DataFrame()
    frames = []
    for name, written in declared.each:
        profile = doors.read_profile(written) if written else None
        frames.append(doors.read(partial(read_file, kind=kind, profile=profile), name))
    return pd.concat(frames, ignore_index=True)


def compare_matrices(zone: Zone, loads: pd.DataFrame, *, level: float = 0.95, draws: int = 999) -> MatrixStudy | None:
    """Compare water, hair and blood of a study; None if it declares no persons or no areas."""
    if not zone.counted or zone.areas.empty:
        return None
    return study_matrices(
        loads, zone.areas, zone.counted, {key: one.drug for key, one in ANALYTES.items()}, level=level, draws=draws
    )
