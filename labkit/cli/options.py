"""Options that several commands share, and what they mean."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

KINDS = ("wastewater", "environment", "hair", "blood", "flow", "population", "sites", "quality")
AS_KIND = click.option("--as", "kind", type=click.Choice(KINDS), help="What the file holds [default: told from its columns].")
PROFILE = click.option("--profile", help="How the laboratory writes: a name of params/labs/, or a file.")
SITES = click.option("--sites", metavar="FILE", help="Sites table that the sites are held against.")
STORE = click.option("--store", "folder", type=click.Path(path_type=Path), help="Folder of the store.")
AS_OF = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="The state at the end of that day, or at that time (UTC).",
)


def to_profile(name: str | None) -> Any:
    """Return the profile that a name or a path means; a project is looked for here and above."""
    from labkit.params.profile import Profile
    from labkit.params.read_profile import find_profile, read_profile

    return read_profile(find_profile(name, Path.cwd())) if name else Profile()


def to_moment(day: datetime | None) -> Any:
    """Return a day without a time as that whole day."""
    return None if day is None else day.date() if (day.hour, day.minute, day.second) == (0, 0, 0) else day.replace(tzinfo=UTC)
