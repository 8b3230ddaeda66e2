"""SARS-CoV-2 in Scotland's wastewater: samples with two-level limits, replicates and flow; sites; the weekly series.

Two things people confuse: the *reported number* is what the publisher printed, also below its limits; the *interval* is what
number and limits together say. From here on a result is the interval, and the printed number stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from labkit.errors import Note
from labkit.loaders.known import ORDER, how_known
from labkit.loaders.published import scotland_rules as rules
from labkit.loaders.published.sheet import Sheet, refuse_all
from labkit.loaders.published.sheet_rules import DIFFERS, WORD
from labkit.loaders.texts.value import Kind as Mark

FILES = {
    "samples": "SARS-Cov2_RNA_monitoring_ww_scotland_full.csv",
    "limits": "classification_thresholds.csv",
    "sites": "sampling_sites.csv",
    "weeks": "weekly_norm_prevalence_timeseries.csv",
}
FAILED = "Analysis Failed"
CLASSES = ("Negative", "Weak Positive", "Positive (DNQ)", "Positive")  # from below
ANY_OTHER = "ANY OTHER"  # the laboratory that stands for all that have no limits of their own
LEGEND = {  # below the limits, spelled as it is there
    "Classification": "RNA levels",
    "Nagative": "0",
    "Week positive": ">0 & < LOD",
    "Postive DNQ": ">=LOD & < LOQ",
    "Positve": ">= LOQ",
}
_NUMBERS = {
    "N1_Reported_value-gc_per_L": "reported_gc_L",
    "N1_Repl_1-gc_per_L": "replicate_1_gc_L",
    "N1_Repl_2-gc_per_L": "replicate_2_gc_L",
    "N1_Repl_3-gc_per_L": "replicate_3_gc_L",
    "Calculated_mean": "mean_gc_L",
    "Standard_Deviation": "sd_gc_L",
    "Flow-L_per_day": "measured_flow_L_day",
    "Modelled_flow-L_per_day": "modelled_flow_L_day",
    "Ammonia-mg_per_L": "ammonia_mg_L",
    "pH_value": "pH",
    "Million_gene_copies_per_person_per_day": "published_load_million_gc_person_day",
}
_PLACE = {"Site": "site", "Health_Board": "health_board", "Population_band": "population_band"}


@dataclass(frozen=True)
class Scotland:
    """The four published files; concentrations in gene copies/L (`gc_L`), flows in L/day, NaN where nothing was published.

    Attributes
    ----------
    samples : DataFrame
        One row an analysis, none left out: `row, site, date, analysed, sample, laboratory`; `published_class`; the numbers as
        published (`reported_gc_L`, three replicates, their mean and SD, `measured_flow_L_day`, `modelled_flow_L_day`,
        ammonia, pH, `published_load_million_gc_person_day`); `lod_gc_L, loq_gc_L` of the laboratory; and how the value is
        known by them: `class_by_limits`, `censored` (empty: the analysis failed), `concentration_gc_L` (the limit unless
        exact), `low_gc_L`, `high_gc_L`. `flow_L_day` is the measured flow, else the modelled one, as `flow_kind` says. A
        sample may have been analysed twice: the key is site, date, sample and analysed.
    limits : DataFrame
        `laboratory, lod_gc_L, loq_gc_L`; "ANY OTHER" holds for every laboratory that has no row.
    sites : DataFrame
        `row, site, health_board, population_band, latitude, longitude, population`.
    weeks : DataFrame
        `row, site, week, published_load_million_gc_person_day`, one row a site and week; NaN where nothing was sampled.
    notes : tuple of Note
        The conventions, and in how many rows each was met.
    """

    samples: pd.DataFrame
    limits: pd.DataFrame
    sites: pd.DataFrame
    weeks: pd.DataFrame
    notes: tuple[Note, ...]


def read_scotland(folder: Path) -> Scotland:
    """Read the Scottish data as published in 2022.

    ==========================  ==================================================================
    number, by the limits       known as
    ==========================  ==================================================================
    0 ("Negative")              below: 0 to LOD
    0 < x < LOD                 below: 0 to LOD ("Weak Positive"; the number is kept beside)
    LOD ≤ x < LOQ               between: LOD to LOQ ("DNQ": detected, not quantified)
    x ≥ LOQ ("Positive")        exact
    none, "Positive (DNQ)"      between: LOD to LOQ, by the class alone
    none, "Analysis Failed"     nothing
    ==========================  ==================================================================

    The limits follow the laboratory, and changed when the protocol did. The loads were published as
    `reported value · flow / population / 10⁶`, with the measured flow where there is one, else the modelled one.

    Raises
    ------
    Refusal
        With every cell of the four files that is not as described here, and every sample whose site the sites table does not
        know, or knows otherwise.

    References
    ----------
    .. [1] SEPA and the University of Edinburgh, Scientific Data 2022, https://doi.org/10.1038/s41597-022-01788-3; CC BY 4.0.
    """
    sheets = {part: Sheet(folder / name, name, missing=("NA",)) for part, name in FILES.items()}
    limits = _read_limits(sheets["limits"])
    sites = _read_sites(sheets["sites"])
    weeks = _read_weeks(sheets["weeks"], sites)
    samples = _read_samples(sheets["samples"], sites)
    refuse_all(list(sheets.values()))
    samples = _with_intervals(samples, limits)
    _say(samples, sheets["samples"])
    notes = tuple(note for sheet in sheets.values() for note in sheet.taken)
    parts = {"samples": samples, "limits": limits, "sites": sites, "weeks": weeks}
    return Scotland(**{part: table.reset_index(drop=True) for part, table in parts.items()}, notes=notes)


def _read_limits(sheet: Sheet) -> pd.DataFrame:
    names = sheet.column("Analysis_lab")
    legend = names.isin(list(LEGEND)).cummax()
    wrong = legend & (sheet.column("Limit_of_detection") != names.map(LEGEND))
    sheet.refuse("Limit_of_detection", wrong, WORD, known=" | ".join(LEGEND.values()))
    sheet.only(~legend)
    limits = sheet.texts({"Analysis_lab": "laboratory"})
    limits["lod_gc_L"] = sheet.numbers("Limit_of_detection", above=0.0)
    limits["loq_gc_L"] = sheet.numbers("Limit_of_quantification", above=0.0)
    sheet.refuse("Limit_of_quantification", limits["loq_gc_L"] < limits["lod_gc_L"], DIFFERS, other="lod ≤ loq")
    sheet.refuse_repeated("Analysis_lab", limits[["laboratory"]])
    if not sheet.problems and ANY_OTHER not in set(limits["laboratory"]):
        sheet.refuse("Analysis_lab", names.index.to_series() == names.index[0], WORD, known=ANY_OTHER)
    return limits


def _read_sites(sheet: Sheet) -> pd.DataFrame:
    sites = _read_places(sheet)
    sheet.refuse_repeated("Site", sites[["site"]])
    return sites


def _read_places(sheet: Sheet) -> pd.DataFrame:
    places = sheet.texts(_PLACE)
    places.insert(0, "row", places.index)
    places["latitude"] = sheet.numbers("Latitude_dd", least=-90.0)
    places["longitude"] = sheet.numbers("Longitude_dd", least=-180.0)
    places["population"] = sheet.numbers("Population", above=0.0)
    number = sheet.numbers("", least=1.0)  # the first column has no name and counts the rows
    sheet.refuse("", number != places.index - 1, DIFFERS, other="1, 2, 3, …")
    return places


def _check_places(sheet: Sheet, places: pd.DataFrame, sites: pd.DataFrame) -> None:
    if sites["site"].duplicated().any():
        return
    known = sites.set_index("site").reindex(places["site"]).set_axis(places.index)
    for theirs, ours in {
        "Site": "row",
        "Latitude_dd": "latitude",
        "Longitude_dd": "longitude",
        "Population": "population",
    }.items():
        differs = known["row"].isna() if ours == "row" else known["row"].notna() & (places[ours] != known[ours])
        sheet.refuse(theirs, differs, DIFFERS, other=FILES["sites"])
    board = known["row"].notna() & (places["health_board"] != known["health_board"])
    sheet.remark(rules.BOARD, board, "Health_Board", places=", ".join(sorted(set(places.loc[board, "site"]))))


def _read_samples(sheet: Sheet, sites: pd.DataFrame) -> pd.DataFrame:
    samples = _read_places(sheet)
    _check_places(sheet, samples, sites)
    samples["date"] = sheet.days("Date_collected")
    samples["analysed"] = sheet.days("Date_analysed", blank=True)
    samples["sample"] = sheet.column("SW_sample_number")
    samples["laboratory"] = sheet.texts({"Analysis_lab": "laboratory"})["laboratory"]
    samples["published_class"] = sheet.words("N1_description", {word: word for word in (*CLASSES, FAILED)})
    for theirs, ours in _NUMBERS.items():
        samples[ours] = sheet.numbers(theirs, blank=True)
    number = samples["reported_gc_L"]
    sheet.refuse("N1_Reported_value-gc_per_L", (samples["published_class"] == FAILED) & number.notna(), DIFFERS, other=FAILED)
    unknown = number.isna() & ~samples["published_class"].isin([FAILED, "Positive (DNQ)"])
    sheet.refuse("N1_description", unknown, DIFFERS, other="N1_Reported_value-gc_per_L")
    sheet.refuse_repeated("Site", samples[["site", "date", "sample", "analysed"]])
    return samples


def _read_weeks(sheet: Sheet, sites: pd.DataFrame) -> pd.DataFrame:
    places = _read_places(sheet)
    _check_places(sheet, places, sites)
    sheet.refuse_repeated("Site", places[["site"]])
    weeks = [name for name in sheet.names if name[:2] == "20"]
    wide = pd.DataFrame({week: sheet.numbers(week, blank=True) for week in weeks}, index=places.index)
    long = pd.concat([places[["row", "site"]], wide], axis="columns").melt(
        ["row", "site"], var_name="week", value_name="published_load_million_gc_person_day"
    )
    return long.sort_values(["row", "week"])


def _with_intervals(samples: pd.DataFrame, limits: pd.DataFrame) -> pd.DataFrame:
    """Add the limits of each laboratory, and what they and the number say together."""
    own = limits.set_index("laboratory")
    named = samples["laboratory"].where(samples["laboratory"].isin(own.index), ANY_OTHER)
    lod, loq = (named.map(own[name]).to_numpy(np.float64) for name in ("lod_gc_L", "loq_gc_L"))
    number = samples["reported_gc_L"].to_numpy(np.float64)
    bare = np.isnan(number) & (samples["published_class"] == "Positive (DNQ)").to_numpy()
    cases = [bare | ((number >= lod) & (number < loq)), np.isnan(number), number < lod]
    mark = np.select(cases, [Mark.DETECTED, Mark.MISSING, Mark.NOT_DETECTED], Mark.NUMBER).astype(np.int8)
    known = how_known(mark, np.where(mark == Mark.NUMBER, number, np.nan), lod, loq, np.full(number.size, np.nan))
    of_number = np.select([number == 0, number < lod, number < loq, number >= loq], CLASSES, "")
    words = np.array([str(one) for one in ORDER], dtype=object)[known.censored]
    measured = samples["measured_flow_L_day"]
    flow = measured.fillna(samples["modelled_flow_L_day"])
    return samples.assign(
        lod_gc_L=lod, loq_gc_L=loq, class_by_limits=of_number, concentration_gc_L=known.value, low_gc_L=known.low,
        high_gc_L=known.high, censored=np.where(mark == Mark.MISSING, "", words), flow_L_day=flow,
        flow_kind=np.select([measured.notna(), flow.notna()], ["measured", "modelled"], ""),
    )  # fmt: skip


def _say(samples: pd.DataFrame, sheet: Sheet) -> None:
    number, column = samples["reported_gc_L"], "N1_Reported_value-gc_per_L"
    for laboratory, rows in samples.groupby("laboratory", sort=True):
        sheet.remark(
            rules.LIMITS, samples["laboratory"] == laboratory, "Analysis_lab", laboratory=laboratory, first=rows["date"].min(),
            last=rows["date"].max(), lod=f"{rows['lod_gc_L'].iloc[0]:g}", loq=f"{rows['loq_gc_L'].iloc[0]:g}",
        )  # fmt: skip
    sheet.remark(rules.NEGATIVE, number == 0, column)
    sheet.remark(rules.UNDER_LOD, (number > 0) & (number < samples["lod_gc_L"]), column)
    sheet.remark(rules.UNDER_LOQ, (number >= samples["lod_gc_L"]) & (number < samples["loq_gc_L"]), column)
    sheet.remark(rules.NO_NUMBER, number.isna() & (samples["published_class"] != FAILED), column)
    sheet.remark(rules.FAILED, samples["published_class"] == FAILED, "N1_description")
    other = number.notna() & (samples["published_class"] != samples["class_by_limits"])
    sheet.remark(rules.CLASS, other, "N1_description", of=int(number.notna().sum()))
    sheet.remark(rules.MEAN, (number - samples["mean_gc_L"]).abs() > 1, "Calculated_mean")
    kinds = samples["flow_kind"]
    modelled, none = int((kinds == "modelled").sum()), int((kinds == "").sum())
    sheet.remark(rules.FLOW, kinds == "measured", "Flow-L_per_day", modelled=modelled, none=none)
