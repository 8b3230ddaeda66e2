"""Laboratory results for wastewater: long CSV in, concentrations or loads with their censoring out.

Two things people confuse: a study enters the chain with what its file *holds*. A file of concentrations has the column
`concentration`; a file of published loads has the column `load`, with a population-normalised unit or without.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from labkit.errors import Note
from labkit.loaders.cells import read_analyte, read_day, read_factor, read_site, refuse_twice
from labkit.loaders.delimited import Row, Sheet, read_sheet
from labkit.loaders.values import Reading, read_limit, read_value
from labkit.units import CONCENTRATION, LOAD, LOAD_PER_1000
from labkit.vocabulary import ANALYTES, Censored, Stage

_QUANTITY = {
    Stage.CONCENTRATION: ("concentration", CONCENTRATION, "concentration_ng_L"),
    Stage.LOAD: ("load", LOAD, "load_mg_day"),
    Stage.LOAD_PER_1000: ("load", LOAD_PER_1000, "load_mg_day_1000inh"),
}


def read_results(path: Path, file: str, stage: Stage = Stage.CONCENTRATION) -> tuple[pd.DataFrame, Sheet]:
    """Read laboratory results or published loads.

    Parameters
    ----------
    path, file : Path, str
        Where the file lies, and its name for messages. Columns `site,date,analyte,concentration,unit` and optional
        `lod,loq`; for loads `site,analyte,load,unit` and optional `date,population,published_consumption,source,note`.
    stage : Stage
        What the file holds.

    Returns
    -------
    frame : DataFrame
        `line, site, date, analyte, drug, censored`, the quantity in the project's unit (`concentration_ng_L`,
        `load_mg_day` or `load_mg_day_1000inh`; the limit where the value is not exact), `low` and `high` of the same
        (the interval the value lies in), `lod`, `loq`, and for loads `population`, `reference_mg_day_1000inh`,
        `reference_censored`, `note` as far as given.
    sheet : Sheet
        The file's rows and notes.

    Raises
    ------
    Refusal
        With every problem of the file.
    """
    column, quantity, derived = _QUANTITY[stage]
    at_concentration = stage is Stage.CONCENTRATION
    required = ("site", *(("date",) if at_concentration else ()), "analyte", column, "unit")
    optional = ("lod", "loq", *(() if at_concentration else ("date", "population", "published_consumption", "source", "note")))
    sheet = read_sheet(path, file, required, optional)
    seen: dict[tuple[str, ...], int] = {}
    rows = []
    for row in sheet.rows:
        entry = _read_row(sheet, row, column, quantity, derived)
        if entry is not None:
            if entry.get("note"):
                said = f"{file}:{row.line}, {entry['site']}, {entry['analyte']}: {entry['note']}"
                sheet.notes.append(Note(said, said))
            refuse_twice(sheet, row, seen, (entry["site"], entry["date"], entry["analyte"]))
            rows.append(entry)
    sheet.raise_problems()
    frame = pd.DataFrame(rows)
    known = frame[derived].notna() & frame["loq"].notna()
    under = int((known & (frame["censored"] == Censored.EXACT) & (frame[derived] < frame["loq"])).sum())
    if under:
        sheet.notes.append(
            Note(
                f"{file}: {under} measured numbers lie below their loq; they are kept as measured",
                f"{file}：{under} 个实测值低于其 loq，按实测值保留",
            )
        )
    return frame, sheet


def _read_row(sheet: Sheet, row: Row, column: str, quantity: str, derived: str) -> dict[str, Any] | None:
    site, analyte = read_site(sheet, row), read_analyte(sheet, row)
    at_concentration = column == "concentration"
    day = read_day(sheet, row) if row.cells.get("date") or at_concentration else ""
    reading, factor = read_value(sheet, row, column), read_factor(sheet, row, quantity)
    reference = None
    if row.cells.get("published_consumption"):
        reference = read_value(sheet, row, "published_consumption", limits=False)  # lod and loq are limits of the load
    people = None if at_concentration else read_limit(sheet, row, "population")
    if site is None or analyte is None or day is None or reading is None or factor is None:
        return None
    low, high = _interval(reading)
    entry = {
        "line": row.line, "site": site, "date": day, "analyte": analyte, "drug": ANALYTES[analyte].drug,
        derived: reading.value * factor, "low": low * factor, "high": high * factor,
        "censored": str(reading.censored), "lod": _times(reading.lod, factor), "loq": _times(reading.loq, factor),
    }  # fmt: skip
    if at_concentration:
        return entry
    if "published_consumption" in row.cells:
        entry["reference_mg_day_1000inh"] = float("nan") if reference is None else reference.value
        entry["reference_censored"] = "" if reference is None else str(reference.censored)
    if row.cells.get("note"):
        entry["note"] = row.cells["note"]
    if "population" in row.cells:
        entry["population"] = float("nan") if people is None else people
    return entry


def _interval(reading: Reading) -> tuple[float, float]:
    if reading.censored is Censored.BELOW:
        return 0.0, reading.value
    if reading.censored is Censored.BETWEEN and reading.lod is not None:
        return reading.lod, reading.value
    if reading.censored is Censored.ABOVE:
        return reading.value, float("inf")
    return reading.value, reading.value


def _times(limit: float | None, factor: float) -> float:
    return float("nan") if limit is None else limit * factor
