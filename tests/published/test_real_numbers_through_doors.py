"""Real numbers through the general doors: a laboratory's long and wide files made of the Canadian loads, all of them back.

The numbers are Statistics Canada's (doi 10.25318/1310087101-eng); the files around them are simulated: loads stand where
concentrations would, and each month is its first day.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from labkit.loaders.published.statcan import read_statcan
from labkit.loaders.read import Read, read_file
from labkit.params.profile import Profile
from labkit.vocabulary import ANALYTES

Key = tuple[str, str, str]
Table = list[list[str]]
LONG = ["采样点", "采样日期", "检测物", "浓度", "单位"]


@pytest.fixture(scope="module")
def numbers(shared: Callable[[str], Path]) -> dict[Key, str]:
    """Return the loads as written, by city, day and analyte; oxycodone is not among labkit's analytes."""
    folder = shared("data/statcan_ww")
    with (folder / "wastewater.csv").open(encoding="utf-8-sig", newline="") as file:
        texts = {row: line["VALUE"] for row, line in enumerate(csv.DictReader(file), start=2)}
    rows = read_statcan(folder).loads
    rows = rows[rows["analyte"] != "oxycodone"]
    keys = zip(rows["site"], rows["month"] + "-01", rows["analyte"], strict=True)
    return {key: texts[row] for key, row in zip(keys, rows["row"].tolist(), strict=True)}


def long_table(numbers: dict[Key, str]) -> Table:
    return [LONG, *([site, day, ANALYTES[analyte].zh, text, "ng/L"] for (site, day, analyte), text in numbers.items())]


def wide_table(numbers: dict[Key, str]) -> Table:
    analytes = list(dict.fromkeys(key[2] for key in numbers))
    samples = list(dict.fromkeys(key[:2] for key in numbers))
    header = ["采样点", "采样日期", *(f"{ANALYTES[analyte].zh}（ng/L）" for analyte in analytes)]
    return [header, *([site, day, *(numbers[site, day, analyte] for analyte in analytes)] for site, day in samples)]


def write_text(path: Path, table: Table) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(table)
    path.write_bytes(text.getvalue().encode("gb18030"))
    return path


def write_workbook(path: Path, table: Table) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in table:
        sheet.append([float(cell) if cell.replace(".", "", 1).isdigit() else cell for cell in line])
    book.save(path)
    return path


def found(read: Read) -> dict[Key, float]:
    frame = read.frame
    assert set(frame["censored"]) == {"exact"}
    assert (frame["low"] == frame["concentration_ng_L"]).all() and (frame["high"] == frame["low"]).all()
    keys = zip(frame["site"], frame["date"], frame["analyte"], strict=True)
    values = dict(zip(keys, frame["concentration_ng_L"].tolist(), strict=True))
    assert len(values) == len(frame)
    return values


@pytest.mark.parametrize("shape", [long_table, wide_table])
@pytest.mark.parametrize(("write", "name"), [(write_text, "结果.csv"), (write_workbook, "结果.xlsx")])
def test_every_number_comes_back(
    numbers: dict[Key, str], tmp_path: Path, shape: Callable[..., Table], write: Callable[..., Path], name: str
) -> None:
    """1188 numbers of seven cities and their average, in Chinese GBK text and in a workbook, long and wide: all equal."""
    table = shape(numbers)
    path = write(tmp_path / name, table)
    read = read_file(path, name, "wastewater", Profile())
    assert found(read) == {key: float(text) for key, text in numbers.items()}
    assert len(numbers) == 1188
    assert set(read.frame["row"]) == set(range(2, len(table) + 1))
    encodings = [note.rule for note in read.notes if note.rule.startswith("ENC")]
    assert encodings == (["ENC-GB18030"] if name.endswith("csv") else [])
    assert read.kind == "wastewater"


@pytest.mark.parametrize("shape", [long_table, wide_table])
def test_the_kind_is_recognised(numbers: dict[Key, str], tmp_path: Path, shape: Callable[..., Table]) -> None:
    """Without a word from anybody, the Chinese header says that it is wastewater."""
    path = write_text(tmp_path / "results.csv", shape(numbers))
    assert found(read_file(path, "results.csv")) == {key: float(text) for key, text in numbers.items()}
