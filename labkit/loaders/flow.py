"""Flow of a plant on the sampled day: long CSV in, m3/day out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from labkit.loaders.cells import read_day, read_factor, read_site, refuse_twice
from labkit.loaders.delimited import Sheet, read_sheet
from labkit.loaders.values import read_number
from labkit.units import FLOW


def read_flow(path: Path, file: str) -> tuple[pd.DataFrame, Sheet]:
    """Read a flow file with the columns `site,date,flow,unit`.

    Returns
    -------
    frame : DataFrame
        `site`, `date` (ISO text), `flow_m3_day`.
    sheet : Sheet
        The file's rows and notes.

    Raises
    ------
    Refusal
        With every problem of the file: a negative or missing flow, an unknown unit, a day written twice.
    """
    sheet = read_sheet(path, file, ("site", "date", "flow", "unit"))
    seen: dict[tuple[str, ...], int] = {}
    rows = []
    for row in sheet.rows:
        site, day = read_site(sheet, row), read_day(sheet, row)
        flow, factor = read_number(sheet, row, "flow"), read_factor(sheet, row, FLOW)
        if site is not None and day is not None and flow is not None and factor is not None:
            refuse_twice(sheet, row, seen, (site, day))
            rows.append({"site": site, "date": day, "flow_m3_day": flow * factor})
    sheet.raise_problems()
    return pd.DataFrame(rows), sheet
