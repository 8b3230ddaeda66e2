"""The readers: a file of one kind in, a checked table out.

Two things people confuse: `read_file` holds the whole table in memory, for a study; `open_file` hands it out batch by batch,
for the store, where a hundred million rows must not be held at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa

from labkit.errors import Note, Refusal, Rule
from labkit.loaders.door import Door
from labkit.loaders.header import columns_of, fits
from labkit.loaders.kinds import KINDS
from labkit.loaders.people.folder import check_folder
from labkit.loaders.people.names import check_names
from labkit.loaders.sources import open_source
from labkit.loaders.sources.source import Source
from labkit.params.profile import Profile
from labkit.vocabulary import FileKind

WHICH_KIND = Rule(
    "KND-UNKNOWN",
    en=("a header that fits {found}", "a file whose kind can be told from its columns", "say which it is: --as one of {known}"),
    zh=("表头符合 {found}", "须能由列名判断文件类型", "请说明类型：--as 后接 {known} 之一"),
    example=("date,flow", "site,date,flow,unit"),
)


@dataclass(frozen=True)
class Read:
    """A file that was taken: its rows, how odd things were taken, and where each of our columns stands in it."""

    file: str
    kind: str
    frame: pd.DataFrame
    notes: tuple[Note, ...]
    letters: dict[str, str]
    headers: dict[str, str]


def open_file(
    path: Path | str, file: str, kind: str | None = None, profile: Profile | None = None, *, today: date | None = None,
    sites: Collection[str] | None = None, sites_file: str = "", pseudonyms: Callable[[Sequence[str]], list[str]] | None = None,
) -> Door:  # fmt: skip
    """Open a laboratory file at its door.

    Parameters
    ----------
    path, file : Path or str, str
        Where it lies (or the URL of a database with `#table`), and its name for messages.
    kind : str, optional
        One of `KINDS`; without it, the profile's, or the one its header fits.
    profile : Profile, optional
        How the laboratory writes; without it nothing is taken for granted.
    today : date, optional
        The day after which no sample can have been taken.
    sites, sites_file : collection of str, str
        The sites that the sites table knows, and its name; without them sites are not checked.
    pseudonyms : callable, optional
        What turns the subjects of a person-level file into pseudonyms; without it they are numbered.

    Raises
    ------
    Refusal
        If the file cannot be read or its header is not understood.
    """
    profile = profile or Profile()
    chosen = kind or profile.kind
    person_level = bool(chosen and KINDS[str(chosen)].person_level)
    if person_level:
        _check_surroundings(path, file)
    source = open_source(str(path), file, profile, person_level)
    named = KINDS[str(chosen)] if chosen else KINDS[recognise(source, profile)]
    if named.person_level and not person_level:
        _check_surroundings(path, file)
        source = open_source(str(path), file, profile, True)  # what no person-level file may hold was not looked for before
    if named.person_level and (problems := check_names(file, source.sheets)):
        raise Refusal(problems)
    return Door(source, named, profile, today=today, sites=sites, sites_file=sites_file, pseudonyms=pseudonyms)


def read_file(path: Path | str, file: str, kind: str | None = None, profile: Profile | None = None, **options: object) -> Read:
    """Read a laboratory file whole; parameters and refusals as of `open_file`.

    Returns
    -------
    Read
        `frame` has the column `row` and those of the kind; a measured value in the project's unit (`concentration_ng_L`, …; the
        limit, unless `censored` is exact), the interval `low` to `high` it lies in, and its limits. Unknown numbers are NaN,
        unknown texts empty.
    """
    door = open_file(path, file, kind, profile, **options)  # type: ignore[arg-type]
    batches = [_plain(batch) for batch in door.batches()]
    frame = pa.concat_tables(batches, promote_options="default").to_pandas()
    texts = [name for name in frame if frame[name].dtype == "str"]
    frame[texts] = frame[texts].fillna("")
    if door.heading.wide:
        frame = frame.sort_values("row", kind="stable").reset_index(drop=True)
    letters = {name: door.source.letters[place] for name, place in door.heading.places.items()}
    headers = {name: door.source.header[place].strip() for name, place in door.heading.places.items()}
    return Read(file, door.kind.name, frame, tuple(door.notes), letters, headers)


def recognise(source: Source, profile: Profile) -> str:
    """Return the one kind of file whose required columns the header has.

    Hair and blood look alike: there the unit of the first rows decides.

    Raises
    ------
    Refusal
        If none fits, or several do.
    """
    fitting = [kind for kind in FileKind if fits(source.header, KINDS[kind], profile)]
    if len(fitting) > 1:
        named = {kind: len({one for one in columns_of(source.header, KINDS[kind], profile) if one}) for kind in fitting}
        fitting = [kind for kind in fitting if named[kind] == max(named.values())]
    if len(fitting) > 1:
        cells = [cell for row, one in source.preview if row > source.header_row for cell in one]
        fitting = [kind for kind in fitting if any(cell.strip() == KINDS[kind].quantity for cell in cells)]
    if len(fitting) != 1:
        found = ", ".join(fitting) or "–"
        raise Refusal(WHICH_KIND.at(source.file, source.header_row, found=found, known=", ".join(FileKind)))
    return fitting[0]


def _check_surroundings(path: Path | str, file: str) -> None:
    """Refuse a person-level file whose name points at a person, or that lies beside the key of its pseudonyms."""
    problems = check_names(file)
    if "://" not in str(path):
        problems += check_folder(problems[0].file if problems else file, Path(path))
    if problems:
        raise Refusal(problems)


def _plain(batch: pa.RecordBatch) -> pa.Table:
    """Return a batch with its coded texts written out."""
    table = pa.Table.from_batches([batch])
    for index, column in enumerate(table.schema):
        if pa.types.is_dictionary(column.type):
            table = table.set_column(index, column.name, table.column(index).cast(pa.string()))
    return table
