"""Figures of the European press, carried over by hand, each tied to a week of the release.

Two things people confuse: what the press printed (rounded, and sometimes of one day), and the publisher's loads it came from.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from labkit.loaders.euda import EudaRelease
from labkit.loaders.euda_files import open_list
from labkit.loaders.euda_rules import MEASURE, UNIT, WEEK
from labkit.loaders.published.sheet import refuse_all
from labkit.units import LOAD_PER_1000

MEASURES = ("daily mean", "weekday mean", "saturday")


def read_press(path: Path, release: EudaRelease) -> pd.DataFrame:
    """Read press figures carried over by hand; each must point at a week that the release has.

    Returns `city, country, site, drug, year, measure, unit, published, source`; `measure` is one of "daily mean", "weekday
    mean" (Tuesday to Thursday) and "saturday"; `published` in mg/day/1000inh. Raises Refusal with every broken row.
    """
    sheet = open_list(path)
    texts = ["city", "country", "site", "drug", "measure", "unit", "source"]
    press = sheet.texts({name: name for name in texts})
    press["year"], press["published"] = sheet.years("year"), sheet.numbers("published")
    sheet.refuse("measure", ~press["measure"].isin(MEASURES), MEASURE, measures=", ".join(MEASURES))
    sheet.refuse("unit", press["unit"] != LOAD_PER_1000, UNIT, unit=LOAD_PER_1000)
    weeks = set(release.weeks[["site", "drug", "year"]].itertuples(index=False, name=None))
    keys = list(press[["site", "drug", "year"]].itertuples(index=False, name=None))
    sheet.refuse("site", pd.Series([key not in weeks for key in keys], index=press.index), WEEK)
    refuse_all([sheet])
    return press[["city", "country", "site", "drug", "year", "measure", "unit", "published", "source"]].reset_index(drop=True)
