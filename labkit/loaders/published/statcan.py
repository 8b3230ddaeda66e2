"""The Canadian Wastewater Survey (Statistics Canada, table 13-10-0871-01): monthly loads of cities with their intervals.

Two things people confuse: a *month* here is the mean of seven consecutive days in it, not of all its days; and the survey's
"Cocaine (Benzoylecgonine)" is a load of the analyte in brackets, without any correction for excretion.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from labkit.errors import Note
from labkit.loaders.published import statcan_rules as rules
from labkit.loaders.published.sheet import Sheet, refuse_all
from labkit.loaders.published.sheet_rules import DIFFERS, WORD

FILE = "wastewater.csv"
AVERAGE = "Weighted average, cities measured"
LEVEL = 0.95
UNIT = "Milligrams per one thousand people per day (mg/1000 people/day)"
# the survey's word: analyte, drug
MEASURES = {
    "Amphetamine": ("amphetamine", "amphetamine"),
    "Cannabis (THC-COOH)": ("THC-COOH", "cannabis"),
    "Cocaine (Benzoylecgonine)": ("benzoylecgonine", "cocaine"),
    "Codeine": ("codeine", "codeine"),
    "Ecstasy (MDMA)": ("MDMA", "MDMA"),
    "Fentanyl (Norfentanyl)": ("norfentanyl", "fentanyl"),
    "Methadone": ("methadone", "methadone"),
    "Methamphetamine": ("methamphetamine", "methamphetamine"),
    "Morphine": ("morphine", "morphine"),
    "Oxycodone": ("oxycodone", "oxycodone"),
}
CHARACTERISTICS = {
    "Load per capita (milligrams per one thousand people per day)": "load_mg_day_1000inh",
    "Low 95% confidence interval, load per capita": "low",
    "High 95% confidence interval, load per capita": "high",
    "Standard error, load per capita": "standard_error",
    "Imputation rate, load per capita": "imputed_percent",
}
_CONSTANT = {"UOM": UNIT, "SCALAR_FACTOR": "units", "DGUID": "", "SYMBOL": "", "TERMINATED": "", "DECIMALS": "2"}
_KEY = ["month", "site", "analyte"]


@dataclass(frozen=True)
class StatCan:
    """The survey as published; loads in mg/day/1000inh.

    Attributes
    ----------
    cells : DataFrame
        One row a row of the file: `row, month, site, average, analyte, drug, what, value, caution, vector, coordinate`, where
        `what` is one of `load_mg_day_1000inh`, `low`, `high`, `standard_error` and `imputed_percent`.
    loads : DataFrame
        The same, one row a month, site and analyte: `row` (of the load), `month` (YYYY-MM), `site`, `average` (not a city),
        `analyte`, `drug`, `load_mg_day_1000inh`, its interval `low` to `high` (level 0.95), `standard_error`,
        `imputed_percent`, and `caution`: whether any of the five has the status E.
    notes : tuple of Note
        The conventions, and in how many cells each was met.
    """

    cells: pd.DataFrame
    loads: pd.DataFrame
    notes: tuple[Note, ...]


def read_statcan(folder: Path) -> StatCan:
    """Read the survey's long table; what it holds beside numbers is held to be what it is today, so that nothing is lost.

    Without imputed days the interval is `load ± t(0.975; 6) · standard error`, of seven days; with them it is wider, and cut
    off at 0. The months are every one of 2022 and every second of 2023, and not all cities have all of them.

    Raises
    ------
    Refusal
        With every row that is not as described here: another word, unit or status, no number, a key twice, or a month of a
        city that lacks one of its five numbers.

    References
    ----------
    .. [1] Statistics Canada, Canadian Wastewater Survey, https://doi.org/10.25318/1310087101-eng; Open Licence.
    """
    sheet = Sheet(folder / FILE, FILE)
    cells = _read_cells(sheet)
    refuse_all([sheet])
    _say(cells, sheet)
    wide = cells.pivot_table("value", _KEY, "what", "first")[list(CHARACTERISTICS.values())]
    first = cells.loc[cells["what"] == "load_mg_day_1000inh", ["row", *_KEY, "average", "drug"]]
    loads = first.merge(wide.reset_index(), on=_KEY, validate="one_to_one")
    loads = loads.merge(cells.groupby(_KEY)["caution"].any().reset_index(), on=_KEY, validate="one_to_one")
    order = ["row", "month", "site", "average", "analyte", "drug", *CHARACTERISTICS.values(), "caution"]
    return StatCan(cells.reset_index(drop=True), loads[order], tuple(sheet.taken))


def _read_cells(sheet: Sheet) -> pd.DataFrame:
    cells = sheet.texts({"REF_DATE": "month", "GEO": "site", "VECTOR": "vector", "COORDINATE": "coordinate"})
    cells.insert(0, "row", cells.index)
    month = cells["month"].str.fullmatch("20[0-9]{2}-(?:0[1-9]|1[0-2])")
    sheet.refuse("REF_DATE", ~month & (cells["month"] != ""), WORD, known="YYYY-MM")
    cells["average"] = cells["site"] == AVERAGE
    cells["analyte"] = sheet.words("Measure", {word: analyte for word, (analyte, _) in MEASURES.items()})
    cells["drug"] = cells["analyte"].map(dict(MEASURES.values()))
    cells["what"] = sheet.words("Characteristics", CHARACTERISTICS)
    cells["value"] = sheet.numbers("VALUE")
    cells["caution"] = sheet.words("STATUS", {"": "", "E": "E"}) == "E"
    for name, word in _CONSTANT.items():
        sheet.words(name, {word: word})
    cells["key"] = cells["month"] + " · " + cells["site"] + " · " + cells["analyte"].fillna("")
    sheet.refuse_repeated("Characteristics", cells[["key", "what"]])
    if not sheet.problems:
        whole = cells.groupby("key")["what"].transform("size") == len(CHARACTERISTICS)
        sheet.refuse("Characteristics", ~whole, DIFFERS, other=" + ".join(CHARACTERISTICS.values()))
    order = ["row", *_KEY[:2], "average", "analyte", "drug", "what", "value", "caution", "vector", "coordinate"]
    return cells[order]


def _say(cells: pd.DataFrame, sheet: Sheet) -> None:
    zero = cells["value"] == 0
    if ((cells["value"] * 100).round() % 2 == 0).all():
        sheet.remark(rules.STEPS, cells["value"] > 0, "VALUE")
    sheet.remark(rules.AVERAGE, cells["average"], "GEO")
    sheet.remark(rules.CAUTION, cells["caution"], "STATUS")
    sheet.remark(rules.PERCENT, cells["what"] == "imputed_percent", "UOM")
    sheet.remark(rules.AT_ZERO, zero & (cells["what"] == "low"), "VALUE")
    sheet.remark(rules.NO_ERROR, zero & (cells["what"] == "standard_error"), "VALUE")
