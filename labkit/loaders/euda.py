"""The door of the European release of EUDA and SCORE: four foreign files in, one checked release out.

Two things people confuse: the release names a metabolite after the drug (its "cocaine" is benzoylecgonine); and its 0 is no
measurement but a value below a limit that the release does not give. A 0 stays a 0 here, as published: what it is worth is
decided in `labkit.wastewater`. All loads are mg/day/1000inh, without any correction for excretion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from labkit.errors import Note, Problem
from labkit.loaders.euda_files import FILES, read_wanted_bytes, shown
from labkit.loaders.euda_rules import (
    LABEL,
    METABOLITE,
    NO_PREVIOUS,
    NOTE_COUNTRY,
    NOTE_MEANS,
    NOTE_POPULATION,
    NOTE_ZEROS,
    SITE,
    WEEK,
)
from labkit.loaders.published.sheet import Sheet, refuse_all
from labkit.vocabulary import nearest, to_analyte

DAYS = ("wednesday", "thursday", "friday", "saturday", "sunday", "monday", "tuesday")
MEANS = ("weekday_mean", "weekend_mean", "daily_mean")
LABELS = ("increase", "stable", "decrease")
NO_LABEL = "no previous data"
ROUNDING = 0.011  # a mean printed to two decimals, of days printed to two decimals

# the release's word: analyte, drug
METABOLITES = {
    "MDMA": ("MDMA", "MDMA"),
    "amphetamine": ("amphetamine", "amphetamine"),
    "cannabis": ("THC-COOH", "cannabis"),
    "cocaine": ("benzoylecgonine", "cocaine"),
    "ketamine": ("ketamine", "ketamine"),
    "methamphetamine": ("methamphetamine", "methamphetamine"),
}
COUNTRIES = {"H": "HU"}  # Debrecen 2023; every other Hungarian row says HU


@dataclass(frozen=True)
class EudaRelease:
    """One release as published, column names ours, loads in mg/day/1000inh.

    Attributes
    ----------
    weeks : DataFrame
        One row per year, analyte and site: `year, analyte, drug, site, country, city`, the seven days `wednesday` to
        `tuesday` in the order sampled (NaN: not sampled; 0: below a limit not given), and the publisher's own
        `weekday_mean` (Tuesday to Thursday), `weekend_mean` (Friday to Monday) and `daily_mean`.
    sites : DataFrame
        `site, country, city, location, population, institution`. Which kind of population is not said.
    changes : DataFrame
        `site, country, city, analyte, drug, previous_year, current_year, previous, current, label`: the publisher's loads
        and label; without a previous year the label is "no previous data".
    trend : DataFrame
        `year, analyte, drug, load_mg_day_1000inh`: the publisher's aggregated series.
    notes : tuple of Problem
        What was found odd, and how it was read; nothing here refuses the file.
    taken : tuple of Note
        What was odd about the files themselves (a mark before the first name, blank rows), and how it was taken.
    """

    weeks: pd.DataFrame
    sites: pd.DataFrame
    changes: pd.DataFrame
    trend: pd.DataFrame
    notes: tuple[Problem, ...] = ()
    taken: tuple[Note, ...] = ()


def read_euda(folder: Path, wanted: Path | None) -> EudaRelease:
    """Read the four files of the release, each checked against its sha256 and then cell by cell.

    Parameters
    ----------
    folder : Path
        Where the files are; inside `$LABKIT_DATA` it is named so in messages.
    wanted : Path or None
        CSV `file,sha256,bytes,rows,page` of the files wanted. None reads whatever has the right names and columns: the
        numbers then need not be those of the 2025 release.

    Raises
    ------
    Refusal
        With all problems: a file missing or not the one wanted (`EUDA-MISSING`, `EUDA-DIFFERS`), else every cell that is
        not as described in `labkit.loaders.euda_rules` and `labkit.loaders.published.sheet_rules`.

    References
    ----------
    .. [1] EUDA and SCORE, Wastewater analysis and drugs: a European multi-city study, release of 2025 (2011 to 2024),
       https://www.euda.europa.eu/publications/html/pods/waste-water-analysis_en
    """
    contents = read_wanted_bytes(folder, wanted)
    where = shown(folder)
    with TemporaryDirectory() as copies:  # what was hashed is what is read, whatever happens to the files meanwhile
        sheets = {part: _open_copy(Path(copies) / name, f"{where}/{name}", contents[name]) for part, name in FILES.items()}
    readers: dict[str, Callable[[Sheet], pd.DataFrame]] = {
        "sites": _read_sites,
        "weeks": _read_weeks,
        "changes": _read_changes,
        "trend": _read_trend,
    }
    parts = {part: read(sheets[part]) for part, read in readers.items()}
    if not any(sheet.problems for sheet in sheets.values()):
        _check_references(parts, sheets)
    refuse_all([sheets[part] for part in FILES])
    notes = tuple(note for part in FILES for note in sheets[part].notes)
    taken = tuple(note for part in FILES for note in sheets[part].taken)
    return EudaRelease(**{part: table.reset_index(drop=True) for part, table in parts.items()}, notes=notes, taken=taken)


def _open_copy(path: Path, file: str, content: bytes) -> Sheet:
    path.write_bytes(content)
    return Sheet(path, file)


def _read_weeks(sheet: Sheet) -> pd.DataFrame:
    weeks = sheet.texts({"Site ID": "site", "Country": "country", "City": "city", "Metabolite": "metabolite"})
    weeks.insert(0, "year", sheet.years("Year"))
    _name_substances(weeks, sheet, "Metabolite")
    for name in DAYS:
        weeks[name] = sheet.numbers(name.capitalize(), blank=True)
    for name in MEANS:
        weeks[name] = sheet.numbers(name.capitalize().replace("_", " "), blank=name != "daily_mean")
    sheet.refuse_repeated("Site ID", weeks[["year", "metabolite", "site"]])
    odd = weeks["country"].isin(COUNTRIES)
    if odd.any():
        places = ", ".join(sorted(set(weeks.loc[odd, "city"])))
        sheet.note(NOTE_COUNTRY, column="Country", count=int(odd.sum()), places=places)
    weeks["country"] = weeks["country"].replace(COUNTRIES)
    zeros = (weeks[list(DAYS)] == 0).any(axis="columns")
    sheet.note(NOTE_ZEROS, count=int(zeros.sum()), rows=len(weeks))
    gap = (weeks[list(DAYS)].mean(axis="columns") - weeks["daily_mean"]).abs() > ROUNDING
    sheet.note(NOTE_MEANS, column="Daily mean", count=int(gap.sum()), rows=len(weeks))
    return weeks[["year", "analyte", "drug", "site", "country", "city", *DAYS, *MEANS]]


def _read_sites(sheet: Sheet) -> pd.DataFrame:
    # Latitude and longitude are texts of mixed precision; no study here needs them, so they are not read.
    names = {"SiteID": "site", "Country": "country", "City": "city", "Location": "location", "Institution": "institution"}
    sites = sheet.texts(names)
    sites["country"] = sites["country"].replace(COUNTRIES)
    people = sheet.numbers("Population", above=0.0)
    sites["population"] = people.astype("int64") if (people % 1 == 0).all() else people
    sheet.refuse_repeated("SiteID", sites[["site"]])
    powers = int(sheet.column("Population").str.contains("e", case=False).sum())
    if powers:
        sheet.note(NOTE_POPULATION, column="Population", count=powers)
    return sites[["site", "country", "city", "location", "population", "institution"]]


def _read_changes(sheet: Sheet) -> pd.DataFrame:
    # change_percent is not read: it follows from the two loads, and holds "Inf" where the previous one is 0.
    changes = sheet.texts({"SiteID": "site", "country": "country", "city": "city", "metabolite": "metabolite"})
    _name_substances(changes, sheet, "metabolite")
    changes["label"] = sheet.column("change_percent2")
    sheet.refuse("change_percent2", ~changes["label"].isin([*LABELS, NO_LABEL]), LABEL, labels=", ".join((*LABELS, NO_LABEL)))
    changes["current_year"], changes["current"] = sheet.years("year_current"), sheet.numbers("value_current")
    changes["previous_year"] = sheet.years("year_previous", blank=True)
    changes["previous"] = sheet.numbers("value_previous", blank=True)
    lost = changes["label"].isin(LABELS) & (changes["previous"].isna() | changes["previous_year"].isna())
    sheet.refuse("value_previous", lost, NO_PREVIOUS)
    sheet.refuse_repeated("SiteID", changes[["site", "metabolite"]])
    changes["country"] = changes["country"].replace(COUNTRIES)
    order = ["site", "country", "city", "analyte", "drug", "previous_year", "current_year", "previous", "current", "label"]
    return changes[order]


def _read_trend(sheet: Sheet) -> pd.DataFrame:
    wide = sheet.texts({"metabolite": "metabolite"})
    analyte = wide["metabolite"].map(to_analyte)
    known = ", ".join(one for one, _ in METABOLITES.values())
    sheet.refuse("metabolite", analyte.isna(), METABOLITE, known=known, nearest="-")
    drugs = dict(METABOLITES.values())
    years = [name for name in sheet.names if name.isdecimal()]
    names = pd.DataFrame({"analyte": analyte, "drug": analyte.map(drugs)})
    parts = [names.assign(year=int(year), load_mg_day_1000inh=sheet.numbers(year)) for year in years]
    return pd.concat([names.iloc[:0], *parts]).reindex(columns=["year", "analyte", "drug", "load_mg_day_1000inh"])


def _name_substances(table: pd.DataFrame, sheet: Sheet, column: str) -> None:
    words = sheet.column(column)
    for word in sorted(set(words) - set(METABOLITES)):
        known = {"known": ", ".join(METABOLITES), "nearest": nearest(word, list(METABOLITES)) or "-"}
        sheet.refuse(column, words == word, METABOLITE, **known)
    table["analyte"] = words.map({word: analyte for word, (analyte, _) in METABOLITES.items()})
    table["drug"] = words.map({word: drug for word, (_, drug) in METABOLITES.items()})


def _check_references(parts: dict[str, pd.DataFrame], sheets: dict[str, Sheet]) -> None:
    known = set(parts["sites"]["site"])
    for part, column in (("weeks", "Site ID"), ("changes", "SiteID")):
        sheets[part].refuse(column, ~parts[part]["site"].isin(known), SITE)
    weeks = set(parts["weeks"][["site", "drug", "year"]].itertuples(index=False, name=None))
    labelled = parts["changes"][parts["changes"]["label"].isin(LABELS)]
    for year in ("previous_year", "current_year"):
        keys = labelled[["site", "drug", year]].itertuples(index=False, name=None)
        lost = pd.Series([key not in weeks for key in keys], index=labelled.index, dtype=bool)
        sheets["changes"].refuse("SiteID", lost, WEEK)
