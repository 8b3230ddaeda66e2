"""The Canadian Wastewater Survey, read without loss, and the figures that its publisher and the press printed.

Source: Statistics Canada, table 13-10-0871-01, doi 10.25318/1310087101-eng (Open Licence); The Daily of 2024-09-06; the press
as named in the data folder's SOURCE.md.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from labkit.errors import Refusal
from labkit.loaders.published.statcan import CHARACTERISTICS, FILE, MEASURES, StatCan, read_statcan

LOAD = "load_mg_day_1000inh"


@pytest.fixture(scope="module")
def folder(shared: Callable[[str], Path]) -> Path:
    return shared("data/statcan_ww")


@pytest.fixture(scope="module")
def read(folder: Path) -> StatCan:
    return read_statcan(folder)


@pytest.fixture(scope="module")
def lines(folder: Path) -> list[dict[str, str]]:
    with (folder / FILE).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def loads(read: StatCan) -> pd.Series:
    """Return the loads by city, drug and month."""
    return read.loads.set_index(["site", "drug", "month"])[LOAD].sort_index()


def test_every_row_and_every_number(read: StatCan, lines: list[dict[str, str]]) -> None:
    """6600 rows: each number, status and key equal to the text of the file; its other columns say nothing more."""
    cells = read.cells
    assert len(cells) == len(lines) == 6600 and cells["row"].to_list() == list(range(2, 6602))
    assert cells["value"].to_list() == [float(line["VALUE"]) for line in lines]
    assert cells["caution"].to_list() == [line["STATUS"] == "E" for line in lines] and cells["caution"].sum() == 410
    for ours, theirs in (("month", "REF_DATE"), ("site", "GEO"), ("vector", "VECTOR"), ("coordinate", "COORDINATE")):
        assert cells[ours].to_list() == [line[theirs] for line in lines]
    assert cells["what"].to_list() == [CHARACTERISTICS[line["Characteristics"]] for line in lines]
    assert cells["analyte"].to_list() == [MEASURES[line["Measure"]][0] for line in lines]
    assert not cells.duplicated(["month", "site", "analyte", "what"]).any()
    assert {tuple(line[name] for name in ("DGUID", "SYMBOL", "TERMINATED", "SCALAR_FACTOR", "DECIMALS")) for line in lines} == {
        ("", "", "", "units", "2")
    }


def test_the_wide_table_has_the_same_numbers(read: StatCan) -> None:
    """1320 loads, each with its interval, error and imputation rate: the same 6600 numbers in another shape."""
    assert len(read.loads) == 1320 and read.loads.notna().all(axis=None)
    long = read.loads.melt(["month", "site", "analyte"], list(CHARACTERISTICS.values()), "what")
    both = long.merge(read.cells, on=["month", "site", "analyte", "what"], validate="one_to_one")
    assert len(both) == 6600 and (both["value_x"] == both["value_y"]).all()
    assert (read.loads["low"] <= read.loads[LOAD]).all() and (read.loads[LOAD] <= read.loads["high"]).all()
    assert (read.loads[LOAD] > 0).all()


def test_months_and_cities(read: StatCan) -> None:
    """18 months (2022 monthly, 2023 every second); five cities and the average have all, Prince Albert 13, Saskatoon 11."""
    months = read.loads.groupby("site")["month"].nunique()
    assert months.to_dict() == {
        "Halifax, Nova Scotia": 18,
        "Montreal, Quebec": 18,
        "Toronto, Ontario": 18,
        "Edmonton, Alberta": 18,
        "Vancouver, British Columbia": 18,
        "Weighted average, cities measured": 18,
        "Prince Albert, Saskatchewan": 13,
        "Saskatoon, Saskatchewan": 11,
    }
    wanted = [f"2022-{month:02}" for month in range(1, 13)] + [f"2023-{month:02}" for month in range(1, 12, 2)]
    assert sorted(read.loads["month"].unique()) == wanted
    assert read.loads.loc[read.loads["average"], "site"].unique().tolist() == ["Weighted average, cities measured"]


def test_norfentanyl_in_vancouver(loads: pd.Series) -> None:
    """The Daily, 2024-09-06: a steady decline in Metro Vancouver from January to September 2023, a large rise to November."""
    vancouver = loads["Vancouver, British Columbia", "fentanyl"]
    assert vancouver["2023-01":].to_list() == [43.18, 37.90, 35.72, 32.78, 28.38, 39.12]
    # the press: 28 to 46 mg in Vancouver; Edmonton and Toronto top out around nine
    assert (vancouver.min(), vancouver.max()) == (28.38, 46.40)
    peaks = loads.xs("fentanyl", level="drug").groupby("site").max().drop("Weighted average, cities measured")
    assert peaks.nlargest(3).to_dict() == {
        "Vancouver, British Columbia": 46.40,
        "Toronto, Ontario": 9.42,
        "Edmonton, Alberta": 9.28,
    }
    assert 4 < 46.40 / peaks["Toronto, Ontario"] < 5, "The Daily: four to five times higher than elsewhere"


@pytest.mark.parametrize(("drug", "load"), [("methamphetamine", 2406.44), ("cocaine", 2212.60)])
def test_prince_albert_has_most(loads: pd.Series, drug: str, load: float) -> None:
    """CTV, 2023-11-19: Prince Albert has most methamphetamine and cocaine; both peaks are of December 2022."""
    all_cities = loads.xs(drug, level="drug")
    assert (all_cities.idxmax(), all_cities.max()) == (("Prince Albert, Saskatchewan", "2022-12"), load)


def test_the_interval_is_of_seven_days(read: StatCan) -> None:
    """Half the interval over the standard error: 2.446 where no day was imputed (t of 6 degrees: 2.4469), more with."""
    rows, t_6 = read.loads, 2.446912
    error, whole = rows["standard_error"], rows["imputed_percent"] == 0
    half = (rows["high"] - rows["low"]) / 2
    uncut = whole & (rows["low"] > 0)
    assert uncut.sum() == 776 and (half - t_6 * error)[uncut].abs().max() < 0.045, "but for the steps of 0.02"
    sure = error > 0.5
    assert round(float((half / error)[uncut & sure].median()), 3) == 2.446
    upper = ((rows["high"] - rows["load_mg_day_1000inh"]) / error)[~whole & sure]
    assert (round(upper.min(), 2), round(upper.max(), 1)) == (2.58, 9.5)


def test_conventions_are_said(read: StatCan) -> None:
    said = {note.rule: note.en for note in read.notes}
    assert set(said) == {
        *("ENC-BOM", "PUB-NOTED-AVERAGE", "PUB-NOTED-CAUTION", "PUB-NOTED-PERCENT", "PUB-NOTED-FLOOR", "PUB-NOTED-NO-ERROR"),
        "PUB-NOTED-STEPS",
    }
    counts = {"AVERAGE": 900, "CAUTION": 410, "PERCENT": 1320, "FLOOR": 29, "NO-ERROR": 15, "STEPS": 5767}
    assert all(f" {n} " in said[f"PUB-NOTED-{rule}"] for rule, n in counts.items())
    assert all(note.zh and note.zh != note.en for note in read.notes)


@pytest.mark.parametrize(
    ("column", "text", "rule"),
    [
        ("VALUE", "", "PUB-NUMBER"),
        ("VALUE", "..", "PUB-NUMBER"),
        ("STATUS", "F", "PUB-WORD"),
        ("UOM", "Grams per day", "PUB-WORD"),
        ("SCALAR_FACTOR", "thousands", "PUB-WORD"),
        ("REF_DATE", "2022-13", "PUB-WORD"),
        ("Measure", "Ketamine", "PUB-WORD"),
        ("SYMBOL", "r", "PUB-WORD"),
        ("Characteristics", "Standard error, load per capita", "PUB-TWICE"),
        (None, None, "PUB-DIFFERS"),
    ],
)
def test_a_slip_is_refused(
    tmp_path: Path, lines: list[dict[str, str]], column: str | None, text: str | None, rule: str
) -> None:
    """One cell changed, or one row left out: refused at its row, where the file as it is was read."""
    some = [dict(line) for line in lines[:50]]
    if column is None:
        del some[7]
    else:
        some[7][column] = str(text)
    with (tmp_path / FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(some[0]))
        writer.writeheader()
        writer.writerows(some)
    with pytest.raises(Refusal) as caught:
        read_statcan(tmp_path)
    rows = [one.row for one in caught.value.problems if one.rule.id == rule]
    assert rows == ([7, 8, 9, 10] if column is None else [10] if rule == "PUB-TWICE" else [9])
    assert Counter(one.column for one in caught.value.problems).keys() == {column or "Characteristics"}
