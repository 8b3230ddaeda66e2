"""People behind a sampling point: long CSV in, one figure a site, kind and (where given) first day out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from labkit.errors import Rule
from labkit.loaders.cells import read_day, read_site, refuse_twice
from labkit.loaders.delimited import Sheet, read_sheet
from labkit.loaders.values import read_number
from labkit.vocabulary import PopulationKind

UNKNOWN_KIND = Rule(
    "KEY-KIND",
    en=("the kind “{value}”", "one of {known}", "say which people the figure counts"),
    zh=("人口类型“{value}”", "须为 {known} 之一", "请说明该数字统计的人群"),
)
NO_SOURCE = Rule(
    "KEY-SOURCE",
    en=("a population without a source", "where the figure comes from", "fill the cell, for example “census 2020”"),
    zh=("人口数没有来源", "须注明来源", "请填写，例如“2020 年人口普查”"),
)


def read_population(path: Path, file: str) -> tuple[pd.DataFrame, Sheet]:
    """Read a population file with the columns `site,kind,population,source` and optional `date`.

    A dated figure holds from its day until the next dated figure of the same site and kind; an undated one always.

    Returns
    -------
    frame : DataFrame
        `site`, `kind`, `population` (people), `source`, `date` (ISO text, or empty).
    sheet : Sheet
        The file's rows and notes.

    Raises
    ------
    Refusal
        With every problem of the file.
    """
    sheet = read_sheet(path, file, ("site", "kind", "population", "source"), ("date",))
    seen: dict[tuple[str, ...], int] = {}
    rows = []
    for row in sheet.rows:
        site, population = read_site(sheet, row), read_number(sheet, row, "population")
        day = read_day(sheet, row) if row.cells.get("date") else ""
        kind = row.cells["kind"]
        if kind not in set(PopulationKind):
            sheet.refuse(UNKNOWN_KIND, row, "kind", value=kind, known=", ".join(PopulationKind))
        if not row.cells["source"]:
            sheet.refuse(NO_SOURCE, row, "source")
        if site is not None and population is not None and day is not None:
            refuse_twice(sheet, row, seen, (site, kind, day))
            rows.append({"site": site, "kind": kind, "population": population, "source": row.cells["source"], "date": day})
    sheet.raise_problems()
    return pd.DataFrame(rows), sheet
