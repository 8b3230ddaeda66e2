"""SARS-CoV-2 RNA in Scotland's wastewater, read without loss: every row and number, its classes and loads found again.

Source: SEPA and the University of Edinburgh, Scientific Data 2022, doi 10.1038/s41597-022-01788-3 (CC BY 4.0); the figures
checked by hand stand in the data folder's SOURCE.md.
"""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labkit.errors import Refusal
from labkit.loaders.published.scotland import FILES, Scotland, read_scotland

COLUMNS = {
    "Latitude_dd": "latitude",
    "Longitude_dd": "longitude",
    "Population": "population",
    "N1_Reported_value-gc_per_L": "reported_gc_L",
    "N1_Repl_1-gc_per_L": "replicate_1_gc_L",
    "N1_Repl_2-gc_per_L": "replicate_2_gc_L",
    "N1_Repl_3-gc_per_L": "replicate_3_gc_L",
    "Calculated_mean": "mean_gc_L",
    "Standard_Deviation": "sd_gc_L",
    "Flow-L_per_day": "measured_flow_L_day",
    "Ammonia-mg_per_L": "ammonia_mg_L",
    "pH_value": "pH",
    "Modelled_flow-L_per_day": "modelled_flow_L_day",
    "Million_gene_copies_per_person_per_day": "published_load_million_gc_person_day",
}
WORDS = {
    "Health_Board": "health_board",
    "Site": "site",
    "Population_band": "population_band",
    "Date_collected": "date",
    "Date_analysed": "analysed",
    "SW_sample_number": "sample",
    "N1_description": "published_class",
    "Analysis_lab": "laboratory",
}


@pytest.fixture(scope="module")
def folder(shared: Callable[[str], Path]) -> Path:
    return shared("data/scotland_ww")


@pytest.fixture(scope="module")
def read(folder: Path) -> Scotland:
    return read_scotland(folder)


@pytest.fixture(scope="module")
def lines(folder: Path) -> list[dict[str, str]]:
    """Return the samples as a plain CSV reader sees them."""
    with (folder / FILES["samples"]).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def noted(read: Scotland, rule: str) -> list[str]:
    return [note.en for note in read.notes if note.rule == rule]


def test_every_row_and_every_number(read: Scotland, lines: list[dict[str, str]]) -> None:
    """10,316 rows of 162 sites, 2020-05-28 to 2022-02-09; each of 23 columns equal to the text of the file."""
    samples = read.samples
    assert len(samples) == len(lines) == 10_316
    assert samples["row"].to_list() == list(range(2, 10_318))
    assert {*COLUMNS, *WORDS, ""} == set(lines[0]) and len(lines[0]) == 23
    for theirs, ours in COLUMNS.items():
        wanted = [None if line[theirs] == "NA" else float(line[theirs]) for line in lines]
        assert [None if one != one else one for one in samples[ours].to_list()] == wanted, theirs
    for theirs, ours in WORDS.items():
        assert samples[ours].to_list() == [
            line[theirs].replace("NA", "") if line[theirs] == "NA" else line[theirs] for line in lines
        ]
    assert (samples["site"].nunique(), samples["date"].min(), samples["date"].max()) == (162, "2020-05-28", "2022-02-09")
    assert not samples.duplicated(["site", "date", "sample", "analysed"]).any()


def test_sites_limits_and_weeks(read: Scotland, folder: Path) -> None:
    """162 sites, two sets of limits, and the weekly series: which is the mean of the samples' loads by ISO week."""
    assert len(read.sites) == 162 and read.sites["population"].gt(0).all()
    assert [tuple(row) for row in read.limits.itertuples(index=False)] == [
        ("SEPA - Low Volume", 6640, 9427),
        ("ANY OTHER", 1316, 11368),
    ]
    with (folder / FILES["weeks"]).open(encoding="utf-8", newline="") as file:
        wide = list(csv.DictReader(file))
    cells = {(line["Site"], week): text for line in wide for week, text in line.items() if week[:2] == "20"}
    found = read.weeks.set_index(["site", "week"])["published_load_million_gc_person_day"]
    assert len(found) == len(cells) == 162 * 90
    assert {key: value for key, value in found.items() if value == value} == {
        key: float(text) for key, text in cells.items() if text != "NA"
    }
    calendar = pd.to_datetime(read.samples["date"]).dt.isocalendar()
    weeks = calendar["year"].astype(str) + "-" + calendar["week"].astype(str).str.zfill(2)
    means = read.samples.groupby(["site", weeks.rename("week")])["published_load_million_gc_person_day"].mean().dropna()
    assert means.size == found.notna().sum() == 5869
    assert (means - found[means.index]).abs().max() < 1e-9


def test_classes_agree_with_the_published_ones(read: Scotland, lines: list[dict[str, str]]) -> None:
    """Positive 6601, DNQ 1418, Negative 944, Weak Positive 738, failed 615; by the limits the same in 98.83 % of 9697."""
    assert Counter(line["N1_description"] for line in lines) == {
        "Positive": 6601,
        "Positive (DNQ)": 1418,
        "Negative": 944,
        "Weak Positive": 738,
        "Analysis Failed": 615,
    }
    known = read.samples[read.samples["reported_gc_L"].notna()]
    assert len(known) == 9697
    agree = (known["class_by_limits"] == known["published_class"]).mean()
    assert agree >= 0.988 and round(agree, 4) == 0.9883
    assert any("113 of 9697 rows" in text for text in noted(read, "PUB-NOTED-CLASS"))


def test_limits_change_with_the_protocol(read: Scotland) -> None:
    """The low-volume protocol came on 2021-07-01; before it 1316 / 11368, from then on 6640 / 9427."""
    days = read.samples.groupby(["laboratory", "lod_gc_L", "loq_gc_L"])["date"].agg(["min", "max"])
    assert [(*key, *row) for key, row in zip(days.index, days.to_numpy(), strict=True)] == [
        ("Roslin", 1316, 11368, "2021-01-19", "2021-01-27"),
        ("SEPA", 1316, 11368, "2020-05-28", "2021-07-01"),
        ("SEPA - Low Volume", 6640, 9427, "2021-07-01", "2022-02-09"),
    ]
    assert len(noted(read, "PUB-NOTED-PROTOCOL")) == 3


def test_values_are_intervals(read: Scotland) -> None:
    """A zero is below the lod, a number below the loq lies between, a failed analysis is neither: no zero is left."""
    rows = read.samples
    number, low, high = rows["reported_gc_L"], rows["low_gc_L"], rows["high_gc_L"]
    below, between, exact = ((rows["censored"] == word) for word in ("below", "between", "exact"))
    assert (below.sum(), between.sum(), exact.sum()) == (944 + 704, 1503 + 4, 6546)
    assert (low[below] == 0).all() and (high[below] == rows.loc[below, "lod_gc_L"]).all()
    assert (low[between] == rows.loc[between, "lod_gc_L"]).all() and (high[between] == rows.loc[between, "loq_gc_L"]).all()
    assert (low[exact] == number[exact]).all() and (high[exact] == number[exact]).all()
    inside = number.isna() | ((low <= number) & (number <= high))
    assert inside.all() and not (rows["concentration_gc_L"] == 0).any()
    failed = rows["published_class"] == "Analysis Failed"
    assert failed.sum() == 615 and rows.loc[failed, ["concentration_gc_L", "low_gc_L", "high_gc_L"]].isna().all(axis=None)
    assert (rows.loc[failed, "censored"] == "").all() and (rows.loc[~failed, "censored"] != "").all()
    bare = number.isna() & ~failed
    assert bare.sum() == 4 and set(rows.loc[bare, "censored"]) == {"between"}
    assert any("944 zeros" in text for text in noted(read, "PUB-NOTED-ZERO"))
    assert any("704 numbers" in text for text in noted(read, "PUB-NOTED-WEAK"))
    assert any("1503 numbers" in text for text in noted(read, "PUB-NOTED-DNQ"))
    assert any("4 rows" in text for text in noted(read, "PUB-NOTED-NO-NUMBER"))
    assert any("615 analyses" in text for text in noted(read, "PUB-NOTED-FAILED"))


def test_loads_are_found_again(read: Scotland) -> None:
    """Value x (measured flow, else modelled) / population / 1e6: within 0.01 in 88.8 % of 9029; modelled only: 59.5 %."""
    rows = read.samples
    published = rows["published_load_million_gc_person_day"]

    def share(flow: pd.Series) -> tuple[int, float]:
        gap = (rows["reported_gc_L"] * flow / rows["population"] / 1e6 - published).abs().dropna()
        return len(gap), round(float((gap <= 0.01).mean()), 3)

    assert share(rows["flow_L_day"]) == (9029, 0.888)
    assert share(rows["modelled_flow_L_day"])[1] == 0.595
    assert Counter(rows["flow_kind"]) == {"measured": 3235, "modelled": 6335, "": 746}
    assert any("3235 rows with a measured flow" in text for text in noted(read, "PUB-NOTED-FLOW"))


def test_replicates_and_their_mean(read: Scotland) -> None:
    """One to three replicates in 8879 rows; their mean is the printed one, but not always the reported number: 177 noted."""
    rows = read.samples
    replicates = rows[["replicate_1_gc_L", "replicate_2_gc_L", "replicate_3_gc_L"]]
    n = replicates.notna().sum(axis="columns")
    assert Counter(n.to_list()) == {0: 1437, 1: 297, 2: 7919, 3: 663}
    assert (replicates.mean(axis="columns") - rows["mean_gc_L"]).abs().max() < 0.02
    assert ((n > 0) == rows["mean_gc_L"].notna()).all()
    assert any("177 reported numbers" in text for text in noted(read, "PUB-NOTED-MEAN"))
    assert any("52 rows (Dunoon, Haddington, Jedburgh, Oban)" in text for text in noted(read, "PUB-NOTED-BOARD"))


@pytest.mark.parametrize(
    ("part", "old", "new", "rule", "column"),
    [
        ("samples", ",Positive,47053,", ",Positive,47 053,", "PUB-NUMBER", "N1_Reported_value-gc_per_L"),
        ("samples", ",Positive,47053,", ",Positive,NA,", "PUB-DIFFERS", "N1_description"),
        ("samples", ",Positive,47053,", ",Positiv,47053,", "PUB-WORD", "N1_description"),
        ("samples", ",62058,10k - 100k,2022-02-01,", ",62085,10k - 100k,2022-02-01,", "PUB-DIFFERS", "Population"),
        ("samples", ",2022-02-01,2022-02-02,15597988", ",2022-02-30,2022-02-02,15597988", "DAT-NO-SUCH-DAY", "Date_collected"),
        ("samples", ",SW_sample_number", ",Sample", "PUB-COLUMN", "SW_sample_number"),
        ("limits", "6640,9427", "6640,", "PUB-NUMBER", "Limit_of_quantification"),
        ("limits", "ANY OTHER", "OTHER", "PUB-WORD", "Analysis_lab"),
        ("limits", ">0 & < LOD", ">0 & <= LOD", "PUB-WORD", "Limit_of_detection"),
        ("sites", '"2","Allers"', '"2","Allanfearn"', "PUB-TWICE", "Site"),
    ],
)
def test_a_slip_is_refused(folder: Path, tmp_path: Path, part: str, old: str, new: str, rule: str, column: str) -> None:
    for name in FILES.values():
        shutil.copyfile(folder / name, tmp_path / name)
    path = tmp_path / FILES[part]
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        read_scotland(tmp_path)
    found = [one for one in caught.value.problems if one.rule.id == rule and one.column == column]
    assert found and found[0].file == FILES[part] and found[0].row is not None
    assert "nan" not in str(caught.value) and np.isfinite(caught.value.total)
