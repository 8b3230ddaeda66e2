"""NNAL in urine and tobacco smoke, NHANES 2007-2012, read without loss: its fill-in values are intervals, never numbers.

Source: B. Rey de Castro, cumulative ROC curves, supporting information SI3 (Apache-2.0 / CC BY 4.0); means, areas and cut-offs
as in the SAS output published with it.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labkit.errors import Refusal
from labkit.loaders.published.nnal import FILE, Nnal, read_nnal

CLASSES = ("none", "second-hand", "smoker")


@pytest.fixture(scope="module")
def folder(shared: Callable[[str], Path]) -> Path:
    return shared("data/nhanes_nnal")


@pytest.fixture(scope="module")
def read(folder: Path) -> Nnal:
    return read_nnal(folder)


@pytest.fixture(scope="module")
def lines(folder: Path) -> list[dict[str, str]]:
    with (folder / FILE).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_and_every_number(read: Nnal, lines: list[dict[str, str]]) -> None:
    """16,990 persons; every measured logarithm equal to the text of the file, every fill-in value gone."""
    persons = read.persons
    assert len(persons) == len(lines) == 16_990 and persons["row"].to_list() == list(range(2, 16_992))
    wanted = [None if line["URXNALln"] == "-7.824046011" else float(line["URXNALln"]) for line in lines]
    assert [None if one != one else one for one in persons["ln_ng_mL"].to_list()] == wanted
    assert persons["exposure"].to_list() == [CLASSES[int(line["shsX3"])] for line in lines]
    assert persons["cycle"].to_list() == [
        {"5": "2007-2008", "6": "2009-2010", "7": "2011-2012"}[line["SDDSRVYR"]] for line in lines
    ]
    assert persons["exposure"].value_counts()[list(CLASSES)].to_list() == [12_372, 927, 3691]
    assert round(float((persons["exposure"] == "smoker").mean()), 4) == 0.2172


def test_the_fill_in_value_is_no_number(read: Nnal, lines: list[dict[str, str]]) -> None:
    """6774 of 16,990 (39.9 %) at ln(0.0004); by class 53.9, 7.3 and 1.1 %: from 0 to a limit that is not given."""
    persons = read.persons
    below = persons["censored"] == "below"
    assert below.sum() == sum(abs(float(line["URXNALln"]) - math.log(0.0004)) < 1e-8 for line in lines) == 6774
    assert round(below.mean() * 100, 1) == 39.9
    shares = below.groupby(persons["exposure"]).mean()[list(CLASSES)] * 100
    assert shares.round(1).to_list() == [53.9, 7.3, 1.1]
    assert (persons.loc[below, "low_ng_mL"] == 0).all()
    assert persons.loc[below, ["ln_ng_mL", "concentration_ng_mL", "high_ng_mL"]].isna().all(axis=None)
    exact = persons[~below]
    assert set(exact["censored"]) == {"exact"}
    assert (exact["low_ng_mL"] == exact["concentration_ng_mL"]).all() and (exact["high_ng_mL"] == exact["low_ng_mL"]).all()
    assert np.allclose(np.log(exact["concentration_ng_mL"]), exact["ln_ng_mL"], rtol=0, atol=1e-12)
    assert exact["concentration_ng_mL"].min() == pytest.approx(0.0006, abs=1e-9)


def test_published_means_and_cut(read: Nnal) -> None:
    """The SAS output takes the fill-in for a number: means -6.9036, -4.4907, -1.8075. Its Youden cut needs no such thing."""
    persons = read.persons
    filled = persons["ln_ng_mL"].fillna(math.log(0.0004))
    means = filled.groupby(persons["exposure"]).mean()[list(CLASSES)]
    assert means.round(4).to_list() == [-6.9036, -4.4907, -1.8075]
    exposed = persons["exposure"] != "none"
    over = persons["ln_ng_mL"] > -4.828313  # above 0.008 ng/mL: false for all below the limit, wherever under it that lies
    assert (round(1 - over[~exposed].mean(), 4), round(over[exposed].mean(), 4)) == (0.9197, 0.8725)


def test_conventions_are_said_and_persons_are_not(read: Nnal, lines: list[dict[str, str]]) -> None:
    """The limit is said to be unknown, in both languages; no number of the survey is left in the table."""
    said = {note.rule: note for note in read.notes}
    assert set(said) == {"PUB-NOTED-FILL-IN", "PUB-NOTED-LOGARITHM"}
    fill_in = said["PUB-NOTED-FILL-IN"]
    assert "6774 of 16990" in fill_in.en and "0.0006 ng/mL" in fill_in.en and "high unknown" in fill_in.en
    assert "6774" in fill_in.zh and "上限未知" in fill_in.zh
    assert read.persons["subject"].to_list() == [f"#{n}" for n in range(1, 16_991)]
    assert len({line["SEQN"] for line in lines}) == 16_990


def test_pseudonyms(folder: Path, lines: list[dict[str, str]]) -> None:
    """A maker of pseudonyms is given every person's number once, in the order of the file."""
    seen: list[str] = []
    read = read_nnal(folder, lambda names: seen.extend(names) or [f"P{name[::-1]}" for name in names])
    assert seen == [line["SEQN"] for line in lines]
    assert read.persons["subject"].is_unique and read.persons["subject"].str.startswith("P").all()


@pytest.mark.parametrize(
    ("old", "new", "rule", "column"),
    [
        ("41494,5,-4.335143049", "41494,5,-9.335143049", "PUB-NUMBER", "URXNALln"),
        ("41494,5,-4.335143049", "41494,5,<LOD", "PUB-NUMBER", "URXNALln"),
        ("41494,5", "41493,5", "PUB-TWICE", "SEQN"),
        ("41494,5", "41494,8", "PUB-WORD", "SDDSRVYR"),
        ('Exclusive",2\n41502', 'Exclusive",1\n41502', "PUB-DIFFERS", "shsX3_C"),
        ('Exclusive",2\n41502', 'Exclusive",3\n41502', "PUB-WORD", "shsX3"),
    ],
)
def test_a_slip_is_refused_without_its_value(folder: Path, tmp_path: Path, old: str, new: str, rule: str, column: str) -> None:
    text = (folder / FILE).read_text(encoding="utf-8").replace("\r\n", "\n")
    assert text.count(old) == 1
    (tmp_path / FILE).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        read_nnal(tmp_path)
    assert [(one.rule.id, one.row, one.column) for one in caught.value.problems] == [(rule, 3, column)]
    report = caught.value.report("en") + caught.value.report("zh")
    assert "9.335" not in report and "<LOD" not in report and "41494" not in report and "41493" not in report


def test_mean_of_measured_numbers_by_cycle(read: Nnal) -> None:
    """The share below the limit differs by cycle: 43.2, 44.7, 31.2 %; one limit for all is not to be taken for granted."""
    below = (read.persons["censored"] == "below").groupby(read.persons["cycle"])
    assert isinstance(below.sum(), pd.Series) and below.sum().to_list() == [2315, 2758, 1701]
    assert (below.mean() * 100).round(1).to_list() == [43.2, 44.7, 31.2]
