"""The doors' first step: a foreign file of any kind opened as one kind of thing, a `Source`.

Two things people confuse: the *name* of a file (its ending promises something) and its *content*. Content decides which reader
opens it; the name only says which separator a text file promises.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.loaders.sources.source import Source
    from labkit.params.profile import Profile

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def open_source(name: str, file: str, profile: Profile, person_level: bool = False) -> Source:
    """Open a laboratory file, or a table of a database, whatever its form.

    Parameters
    ----------
    name
        Path of a file, or an SQLAlchemy URL.
    file
        What messages call it.
    profile
        How the laboratory writes.
    person_level
        Whether rows are about persons: the readers of workbooks and Parquet then look for what must not come along.

    Raises
    ------
    Refusal
        If the content is of no kind that is read here, or the whole file cannot be read. What is wrong in single rows is
        written down in the source's `problems` during the walk.
    """
    if _URL.match(name):
        from labkit.loaders.sources.database import open_database

        return open_database(name, file, profile)
    from labkit.loaders.sources.content import Content, content_of

    path = Path(name)
    content = content_of(path, file)
    if content is Content.WORKBOOK:
        from labkit.loaders.sources.workbook import open_workbook

        return open_workbook(path, file, profile, person_level)
    if content is Content.PARQUET:
        from labkit.loaders.sources.parquet import open_parquet

        return open_parquet(path, file, profile, person_level)
    from labkit.loaders.sources.text import open_text

    return open_text(path, file, profile)
