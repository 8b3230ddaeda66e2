"""The promise of each table, frames held to it, and files that come back as they were written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.tables import TABLES, check, read_csv, to_dictionary, write_csv

ISSUED = "site date analyte drug load_mg_day_1000inh consumption_mg_day_1000inh low high censored unit source_status".split()


def consumption(**changes: object) -> pd.DataFrame:
    row = {
        "site": "NA", "date": "2024-03-05", "analyte": "codeine", "drug": "codeine", "load_mg_day_1000inh": 3.0,
        "consumption_mg_day_1000inh": 10.0, "low": 0.0, "high": 10.0, "censored": "below", "unit": "mg/day/1000inh",
        "source_status": "verified", "not_published": 1,
    }  # fmt: skip
    return pd.DataFrame([row, row | changes])


def test_the_table_that_every_study_publishes():
    assert TABLES["consumption"].names == ISSUED


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_each_column_is_explained_in_both_languages_and_each_number_has_a_unit(table):
    assert table.columns
    assert table.en and table.zh
    assert len(set(table.names)) == len(table.columns)
    for column in table.columns:
        assert column.en and column.zh
        assert column.kind in ("text", "number", "integer")
        assert not (column.words and column.kind != "text")
        if column.name.endswith("_mg_day_1000inh"):
            assert column.unit in ("mg/day/1000inh", "doses/day/1000inh")


def test_a_frame_is_held_to_its_table_and_cut_to_its_columns():
    kept = check(consumption(date="", low=np.nan, consumption_mg_day_1000inh=np.nan, high=np.inf), TABLES["consumption"])
    assert list(kept) == ISSUED
    assert kept.index.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"site": ""}, "table consumption, row 2, column site: '' is not allowed"),
        ({"site": None}, "table consumption, row 2, column site: .* is not allowed"),
        ({"high": -1.0}, "table consumption, row 2, column high: .*-1.0.* is not allowed"),
        ({"censored": "maybe"}, "table consumption, row 2, column censored: 'maybe' is not allowed"),
        ({"source_status": "RECALL"}, "table consumption, row 2, column source_status: 'RECALL' is not allowed"),
        ({"low": "3 mg"}, "3 mg"),
    ],
)
def test_what_breaks_the_promise_is_named_with_its_row(changes, says):
    with pytest.raises(ValueError, match=says):
        check(consumption(**changes), TABLES["consumption"])


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="table consumption: the column drug is missing"):
        check(consumption().drop(columns="drug"), TABLES["consumption"])


def test_the_dictionary_says_what_each_column_means():
    dictionary = to_dictionary(["consumption", "summary"])
    assert len(dictionary) == len(ISSUED) + len(TABLES["summary"].columns)
    row = dictionary[(dictionary["table"] == "consumption") & (dictionary["column"] == "censored")].iloc[0]
    assert (row["type"], row["allowed"], row["may_be_empty"]) == ("text", "exact | below | between | above", "no")
    with pytest.raises(KeyError):
        to_dictionary(["no such table"])


def test_the_file_is_the_same_bytes_everywhere_and_runs_nothing(tmp_path: Path):
    path = tmp_path / "tables" / "consumption.csv"
    texts = ["=1+1", "+1", "-A", "@x", "＝1", "A, B", "未检出", "it's"]
    frame = pd.DataFrame({"site": texts, "low": [-1.5, 1 / 3, 1e-9, 12345678.9, np.nan, 0, 1e20, 2]})
    write_csv(frame, path)
    assert path.read_bytes().decode() == (
        "site,low\n'=1+1,-1.5\n'+1,0.3333333\n'-A,1e-09\n'@x,1.234568e+07\n'＝1,\n\"A, B\",0\n未检出,1e+20\nit's,2\n"
    )


def test_codes_come_back_as_texts(tmp_path: Path):
    """Site NA is not missing, 0012 is not 12, 12E3 is not 12,000 and =1+1 has no apostrophe; an empty cell is missing."""
    codes = ["NA", "0012", "12E3", "=1+1", "'=1+1", "''", "nan", "TRUE", "2024-01-01", "-5"]
    frame = pd.concat([consumption()[ISSUED].iloc[:1]] * len(codes)).assign(site=codes, date="")
    write_csv(frame, tmp_path / "consumption.csv")
    back = read_csv(tmp_path / "consumption.csv")
    assert back["site"].tolist() == codes
    assert back["date"].isna().all()
    assert back["low"].tolist() == [0.0] * len(codes)


CODES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=10) | st.sampled_from(
    ["NA", "0012", "=1+1", "'=1", "\t=1", '"', "a\nb"]
)
NUMBERS = st.floats(min_value=0, max_value=1e12) | st.just(float("nan")) | st.just(float("inf"))


@given(rows=st.lists(st.tuples(CODES, NUMBERS), min_size=1, max_size=6))
def test_what_is_written_is_read_back(rows, tmp_path_factory):
    """Texts word for word, numbers to seven significant digits."""
    path = tmp_path_factory.mktemp("any") / "consumption.csv"
    sites, highs = zip(*rows, strict=True)
    write_csv(pd.DataFrame({"site": sites, "high": highs}), path)
    back = read_csv(path)
    assert back["site"].tolist() == list(sites)
    assert back["high"].tolist() == pytest.approx(list(highs), rel=5e-7, nan_ok=True)


def test_a_file_that_is_no_table_of_a_report_keeps_its_texts(tmp_path: Path):
    write_csv(to_dictionary(["consumption"]), tmp_path / "dictionary.csv")
    back = read_csv(tmp_path / "dictionary.csv")
    assert back["column"].tolist() == ISSUED
    assert len(back) == len(ISSUED)
