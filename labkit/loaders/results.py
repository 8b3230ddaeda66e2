"""Results that a study enters its chain with: concentrations of a laboratory, or loads that somebody published.

Two things people confuse: a study enters the chain with what its file *holds*. A file of concentrations has the column
`concentration`; a file of published loads has the column `load`, with a population-normalised unit or without.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from labkit.errors import Note
from labkit.loaders.read import Read, read_file
from labkit.params.profile import Profile
from labkit.vocabulary import Stage

_KINDS = {Stage.CONCENTRATION: "wastewater", Stage.LOAD: "load", Stage.LOAD_PER_1000: "load_per_1000"}


def read_results(path: Path, file: str, stage: Stage = Stage.CONCENTRATION, profile: Profile | None = None) -> Read:
    """Read wastewater results or published loads.

    Parameters
    ----------
    path, file : Path, str
        Where the file lies, and its name for messages. Columns `site,date,analyte,concentration,unit` and optional
        `lod,loq`; for loads `site,analyte,load,unit` and optional `date,population,published_consumption,source,note`.
    stage : Stage
        What the file holds.
    profile : Profile, optional
        How the laboratory writes.

    Returns
    -------
    Read
        `frame` has `row, site, date, analyte, drug, censored`, the quantity in the project's unit (`concentration_ng_L`,
        `load_mg_day` or `load_mg_day_1000inh`; the limit where the value is not exact), `low` and `high` of the same
        (the interval the value lies in), `lod`, `loq`, and for loads `population`, `reference_mg_day_1000inh`,
        `reference_censored`, `note` as far as given.

    Raises
    ------
    Refusal
        With every problem of the file.
    """
    read = read_file(path, file, _KINDS[stage], profile)
    frame = read.frame
    notes = list(read.notes)
    if "date" not in frame:
        frame.insert(2, "date", "")
    if "note" in frame:
        for row in frame[frame["note"] != ""].itertuples():
            said = f"{file}:{row.row}, {row.site}, {row.analyte}: {row.note}"
            notes.append(Note(said, said))
    return replace(read, frame=frame, notes=tuple(notes))
