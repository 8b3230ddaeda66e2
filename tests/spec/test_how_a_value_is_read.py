"""How a value is read: what a laboratory may write in the column `concentration`, and how the value is then known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from labkit.errors import Refusal
from labkit.loaders.results import read_results

HandedIn = Callable[[pd.DataFrame, str], Path]


@pytest.fixture
def through_the_door(handed_in: HandedIn) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Hand the rows in as a file of codeine, one row a day, and return what the door makes of them."""

    def read(rows: pd.DataFrame) -> pd.DataFrame:
        days = pd.date_range("2024-01-01", periods=len(rows)).strftime("%Y-%m-%d")
        units = rows.get("unit", pd.Series("ng/L", index=rows.index))
        path = handed_in(rows.assign(site="A", date=days, analyte="codeine", unit=units), "results.csv")
        return read_results(path, path.name).frame

    return read


title = "A number is a measurement"


def test_numbers(spec, through_the_door):
    """Also below the loq, if the laboratory gives it; an empty limit is no limit. Full-width digits are digits."""
    spec(
        """
        concentration | lod | loq || concentration_ng_L | censored | low  | high
        12.5          | 3   | 10  || 12.5               | exact    | 12.5 | 12.5
        6             | 3   | 10  || 6                  | exact    | 6    | 6
        １２．５        |     |     || 12.5               | exact    | 12.5 | 12.5
        1.2e3         |     |     || 1200               | exact    | 1200 | 1200
        """,
        through_the_door,
    )


title = "A “<” names its limit"


def test_below_a_named_limit(spec, through_the_door):
    """`<10` is somewhere from 0 to 10; a full-width sign and a space after it are the same."""
    spec(
        """
        concentration | lod | loq || concentration_ng_L | censored | low | high
        <10           |     |     || 10                 | below    | 0   | 10
        <10           | 3   | 10  || 10                 | below    | 0   | 10
        <3            | 3   | 10  || 3                  | below    | 0   | 3
        ＜ 10          |     |     || 10                 | below    | 0   | 10
        """,
        through_the_door,
    )


title = "Not detected is below the lod"


def test_not_detected(spec, through_the_door):
    """Where only the loq is known the value is below that: wider, and never wrong."""
    spec(
        """
        concentration | lod | loq || concentration_ng_L | censored | low | high
        ND            | 3   | 10  || 3                  | below    | 0   | 3
        n.d.          | 3   |     || 3                  | below    | 0   | 3
        未检出         |     | 10  || 10                 | below    | 0   | 10
        阴性           | 3   | 10  || 3                  | below    | 0   | 3
        Not detected  | 3   | 10  || 3                  | below    | 0   | 3
        <LOD          | 3   | 10  || 3                  | below    | 0   | 3
        """,
        through_the_door,
    )


title = "Below the loq, and detected but not quantified, are two things"


def test_between(spec, through_the_door):
    """`<LOQ` may be nothing at all; 检出 (detected) was seen, and lies between lod and loq."""
    spec(
        """
        concentration | lod | loq || concentration_ng_L | censored | low | high
        <LOQ          | 3   | 10  || 10                 | below    | 0   | 10
        检出           | 3   | 10  || 10                 | between  | 3   | 10
        detected      | 3   | 10  || 10                 | between  | 3   | 10
        """,
        through_the_door,
    )


title = "A “>” has no upper end"


def test_above(spec, through_the_door):
    """Above the working range a value is only known to be at least that."""
    spec(
        """
        concentration | lod | loq || concentration_ng_L | censored | low  | high
        >1000         | 3   | 10  || 1000               | above    | 1000 | inf
        """,
        through_the_door,
    )


title = "A limit has the unit of its row"


def test_units(spec, through_the_door):
    """Value, limit and interval are turned into ng/L together; a laboratory keeps to one size of unit for an analyte."""
    spec(
        """
        concentration | unit  | laboratory | lod   | loq  || concentration_ng_L | censored | high      | lod  | loq
        0.25          | µg/L  | West       | 0.003 | 0.01 || 0.25 * 1000        | exact    | 250       | 3    | 10
        ND            | ug/L  | West       | 0.003 | 0.01 || 0.003 * 1000       | below    | 3         | 3    | 10
        <0.01         | ng/mL | West       | 0.003 | 0.01 || 0.01 * 1000        | below    | 10        | 3    | 10
        7             | pg/mL | East       |       |      || 7                  | exact    | 7         | –    | –
        """,
        through_the_door,
    )


title = "What is refused, and never guessed"


@pytest.mark.parametrize(
    ("written", "lod", "loq", "rule"),
    [
        ("ND", "", "", "VAL-NO-LIMIT"),
        ("<LOQ", "3", "", "VAL-NO-LIMIT"),
        ("检出", "3", "", "VAL-NO-LIMIT"),
        ("检出", "", "10", "VAL-NO-LIMIT"),
        ("<5", "3", "10", "VAL-LIMITS"),
        ("ND", "10", "3", "VAL-LIMITS"),
        ("0", "3", "10", "VAL-ZERO"),
        ("0.0", "", "", "VAL-ZERO"),
        ("1e308", "", "", "VAL-RANGE"),
        ("5", "1e-300", "10", "VAL-RANGE"),
        ("-5", "", "", "VAL-NEGATIVE"),
        ("−5", "", "", "VAL-NEGATIVE"),
        ("1,5", "", "", "VAL-DECIMAL-COMMA"),
        ("1，5", "", "", "VAL-FULL-WIDTH-COMMA"),
        ("1,234", "", "", "VAL-THOUSANDS"),
        ("0x1F", "", "", "VAL-HEX"),
        *((one, "", "", "VAL-NUMBER") for one in ("10 20", "10²", "①", "½", "<10³", "٣", "<", "5.", ".5")),
        ("1.2 ng/L", "", "", "VAL-UNIT-IN-CELL"),
        ("1.2±0.3", "", "", "VAL-PLUS-MINUS"),
        ("12%", "", "", "VAL-PERCENT"),
        ("nan", "", "", "VAL-NAN"),
        ("<0", "", "", "VAL-ZERO"),
        *((one, "", "", "VAL-INFINITE") for one in ("1e999", "<1e999", "inf")),
        *((one, "", "", "VAL-NUMBER") for one in ("1.2*", "#N/A", "#DIV/0!")),
        ("", "", "", "VAL-EMPTY"),
        *((one, "", "", "VAL-MISSING-WORD") for one in ("-", "/", "—", "无", "N/A")),
        *((one, "", "", "VAL-TICK") for one in ("✓", "痕量")),
    ],
)
def test_refused(through_the_door, written, lod, loq, rule):
    """A mark without its limit, a contradiction, zero, a negative number, and whatever is no plain number."""
    row = pd.DataFrame({"concentration": [written], "lod": [lod], "loq": [loq]})
    with pytest.raises(Refusal) as refused:
        through_the_door(row)
    assert [problem.rule.id for problem in refused.value.problems] == [rule]
    assert refused.value.problems[0].row == 2
