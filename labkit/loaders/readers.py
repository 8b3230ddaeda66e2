"""The readers by name, one for each kind of laboratory file.

Two things people confuse: a *value* is kept as the interval it is known to lie in (`low`, `high`), beside the number or limit
that was written and the word for how it is known (`censored`); nothing below a limit is ever a number of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from labkit.loaders.read import Read, read_file
from labkit.params.profile import Profile

Pseudonyms = Callable[[Sequence[str]], list[str]]


@dataclass(frozen=True)
class Sites:
    """The sampling points, and how the areas are shared out among their catchments.

    `crosswalk` has `area`, `site` and `area_share`: the share (0-1) of the people of an area who live in the catchment of that
    site. The shares of an area add up to at most 1; what is missing lives in no catchment that is sampled.
    """

    read: Read
    sites: pd.DataFrame
    crosswalk: pd.DataFrame


def read_wastewater(path: Path | str, file: str, profile: Profile | None = None) -> Read:
    """Read wastewater results: `site, date, analyte, concentration_ng_L, low, high, censored, lod, loq`, … (ng/L)."""
    return read_file(path, file, "wastewater", profile)


def read_environment(path: Path | str, file: str, profile: Profile | None = None) -> Read:
    """Read results of surface water, manholes (ng/L) and sludge (ng/g of dry matter); the column `unit` says which."""
    return read_file(path, file, "environment", profile)


def read_hair(path: Path | str, file: str, profile: Profile | None = None, pseudonyms: Pseudonyms | None = None) -> Read:
    """Read hair results (ng/mg), one row a subject, segment and analyte.

    Subjects come out under the pseudonyms that `pseudonyms` makes (see `labkit.loaders.people.pseudonyms`); without it they are
    numbered in the order of the file, so that nothing can be joined by them.
    """
    return read_file(path, file, "hair", profile, pseudonyms=pseudonyms)


def read_blood(path: Path | str, file: str, profile: Profile | None = None, pseudonyms: Pseudonyms | None = None) -> Read:
    """Read blood results (ng/mL), one row a subject, sample and analyte; subjects as in `read_hair`."""
    return read_file(path, file, "blood", profile, pseudonyms=pseudonyms)


def read_flow(path: Path | str, file: str, profile: Profile | None = None) -> Read:
    """Read the flow of the sampled days: `site, date, flow_m3_day`."""
    return read_file(path, file, "flow", profile)


def read_population(path: Path | str, file: str, profile: Profile | None = None) -> Read:
    """Read the people behind each site: `site, kind, population, source, date`.

    A dated figure holds from its day until the next dated figure of the same site and kind; an undated one always.
    """
    return read_file(path, file, "population", profile)


def read_quality(path: Path | str, file: str, profile: Profile | None = None) -> Read:
    """Read quality-control samples: `type` (blank, spike, duplicate, control), what was found and what was expected (ng/L)."""
    return read_file(path, file, "quality", profile)


def read_sites(path: Path | str, file: str, profile: Profile | None = None) -> Sites:
    """Read the sites with their areas; a site stands in as many rows as it has areas."""
    read = read_file(path, file, "sites", profile)
    frame = read.frame
    about = [name for name in ("site", "name", "type", "closed") if name in frame]
    shared = [name for name in ("area", "site", "area_share") if name in frame]
    crosswalk = (
        frame.loc[frame["area"] != "", shared] if "area" in frame else pd.DataFrame(columns=["area", "site", "area_share"])
    )
    return Sites(read, frame[about].drop_duplicates("site").reset_index(drop=True), crosswalk.reset_index(drop=True))
