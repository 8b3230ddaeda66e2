"""What only shows over the whole file: rows about the same thing, however far apart, and cells that contradict one another."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from labkit.errors import Problem, Refusal, Rule
from labkit.loaders import keys
from labkit.loaders.findings import Findings
from labkit.loaders.keys import REPLICATE, SAMPLE_TWICE, Keys
from labkit.loaders.read import Read, read_file
from labkit.loaders.watch import Watch
from labkit.params.profile import Profile

PLAIN = ("site", "date", "analyte")
WIDE = ("site", "date", "analyte", "sample", "replicate")  # 81 bits: more than fit, so the key is a hash
COLUMN = ("site", "A")
Codes = np.ndarray


def told(names: tuple[str, ...], batches: list[tuple[list[Codes], Codes, Codes]], again: Rule = REPLICATE) -> list[Problem]:
    """Return the problems after all batches, in the order of their rows."""
    seen = Keys(names)
    for parts, rows, values in batches:
        seen.see([np.asarray(part, np.int32) for part in parts], np.asarray(rows, np.int64), np.asarray(values, np.float64))
    findings = Findings("big.csv")
    seen.tell(findings, COLUMN, "site · date · analyte", again)
    try:
        findings.raise_problems()
    except Refusal as refusal:
        return list(refusal.problems)
    return []


def found(problems: list[Problem]) -> list[tuple[int | None, str, object]]:
    return [(problem.row, problem.rule.id, problem.fields["other"]) for problem in problems]


def many(names: tuple[str, ...], n: int) -> list[Codes]:
    """Return codes of `n` rows of which no two are alike, as a table of a thousand sites would have them."""
    at = np.arange(n)
    columns = {"site": at % 1000, "date": at // 1000 % 1000, "analyte": at // 1_000_000, "sample": at, "replicate": at * 0 - 1}
    return [columns[name] for name in names]


@pytest.mark.parametrize("names", [PLAIN, WIDE], ids=["packed", "hashed"])
@pytest.mark.parametrize("same", [True, False], ids=["one value", "two values"])
def test_one_row_among_two_million(names: tuple[str, ...], same: bool) -> None:
    """The last row repeats the 6th, 40 batches before: both are told, each with the other, and no third one."""
    n, size = 2_000_000, 50_000
    parts = many(names, n)
    values = np.arange(n) + 0.5
    for part in parts:
        part[-1] = part[5]
    values[-1] = values[5] if same else 7.25
    start = time.monotonic()
    batches = [([part[at : at + size] for part in parts], np.arange(at, at + size) + 2, values[at : at + size])
               for at in range(0, n, size)]  # fmt: skip
    rule = "KEY-TWICE" if same else "KEY-REPLICATE"
    assert found(told(names, batches)) == [(7, rule, n + 1), (n + 1, rule, 7)]
    assert time.monotonic() - start < 20, "under a second on a machine at rest"


@pytest.mark.parametrize("names", [PLAIN, WIDE], ids=["packed", "hashed"])
def test_two_million_rows_of_which_none_comes_twice(names: tuple[str, ...]) -> None:
    n = 2_000_000
    assert told(names, [(many(names, n), np.arange(n) + 2, np.ones(n))]) == []


def test_in_parts_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether keys are sorted at once or in parts that fit into memory is nobody's business."""
    parts = many(PLAIN, 5_000)
    for part in parts:
        part[4_000:4_010] = part[:10]
    batch = [(parts, np.arange(5_000) + 2, np.ones(5_000))]
    whole = found(told(PLAIN, batch))
    assert len(whole) == 20
    monkeypatch.setattr(keys, "PART", 700)
    assert found(told(PLAIN, batch)) == whole


def test_three_alike_name_the_first() -> None:
    """Of three rows the later two name the first, and the first names the second."""
    codes = [np.zeros(3), np.zeros(3), np.zeros(3)]
    problems = told(PLAIN, [(codes, np.array([4, 9, 20]), np.array([1.0, 1.0, 2.0]))])
    assert found(problems) == [(4, "KEY-TWICE", 9), (9, "KEY-TWICE", 4), (20, "KEY-REPLICATE", 4)]


def test_a_sample_with_two_values_is_another_matter() -> None:
    codes = [np.zeros(2)] * 5
    problems = told(WIDE, [(codes, np.array([2, 3]), np.array([1.0, 2.0]))], SAMPLE_TWICE)
    assert found(problems) == [(2, "KEY-SAMPLE", 3), (3, "KEY-SAMPLE", 2)]


@pytest.mark.parametrize("names", [PLAIN, WIDE], ids=["packed", "hashed"])
@pytest.mark.parametrize("part", range(3))
def test_every_part_of_the_key_counts(names: tuple[str, ...], part: int) -> None:
    """A code more or less in one column alone, also an empty one (-1), is another row."""
    codes = [np.array([-1, 0, 1, 2, 300]) if at == part else np.zeros(5) for at in range(len(names))]
    assert told(names, [(codes, np.arange(5) + 2, np.ones(5))]) == []


def test_rows_need_not_follow_one_another() -> None:
    """A wide file hands in some rows of a batch, an empty batch none."""
    none = np.empty(0)
    batches = [
        ([np.array([1, 2, 3]), np.zeros(3), np.zeros(3)], np.array([2, 5, 11]), np.ones(3)),
        ([none, none, none], none, none),
        ([np.array([2]), np.zeros(1), np.zeros(1)], np.array([31]), np.ones(1)),
    ]
    assert found(told(PLAIN, batches)) == [(5, "KEY-TWICE", 31), (31, "KEY-TWICE", 5)]


Hand = Callable[..., Read]
HEADER = "site,date,analyte,concentration,unit"


@pytest.fixture
def hand(tmp_path: Path) -> Hand:
    """Return the function that hands rows in as a file of wastewater, or of another kind."""

    def read(*rows: str, header: str = HEADER, kind: str = "wastewater", profile: Profile | None = None) -> Read:
        path = tmp_path / "in.csv"
        path.write_text("\n".join((header, *rows, "")), encoding="utf-8")
        return read_file(path, "in.csv", kind, profile)

    return read


def said(hand: Hand, *rows: str, **options: object) -> list[str]:
    with pytest.raises(Refusal) as refused:
        hand(*rows, **options)
    return [str(problem).split(" → ")[0] for problem in refused.value.problems]


def test_a_unit_that_changes_is_told_with_both_rows(hand: Hand) -> None:
    """Of one analyte and laboratory; each laboratory may have its own, and each analyte."""
    rows = ("A,2024-03-05,ketamine,5,ng/L", "B,2024-03-05,ketamine,5,ug/L", "B,2024-03-06,ketamine,5,ng/L")
    assert said(hand, *rows) == [
        "in.csv:2:unit (E) UNI-MIXED ketamine in ng/L here and in ug/L in row 3",
        "in.csv:3:unit (E) UNI-MIXED ketamine in ug/L here and in ng/L in row 2",
    ]
    assert len(hand(rows[0], rows[1].replace("ketamine", "codeine"), rows[2]).frame) == 3
    named = (rows[0] + ",North", rows[1] + ",West", rows[2] + ",North")
    assert hand(*named, header=f"{HEADER},laboratory").frame["concentration_ng_L"].tolist() == [5, 5000, 5]


def test_a_unit_that_changes_many_rows_later(hand: Hand) -> None:
    """An analyte that only comes when everything has long been in one unit is held to it as well."""
    first = [f"A,{day},ketamine,{5 + at},ng/L" for at, day in enumerate(np.arange("2001-01-01", "2014-01-01", dtype="M8[D]"))]
    late = ["B,2024-03-05,codeine,5,ng/L", "C,2024-03-05,codeine,5,ug/L"]
    n = len(first)
    assert said(hand, *first, *late) == [
        f"in.csv:{n + 2}:unit (E) UNI-MIXED codeine in ng/L here and in ug/L in row {n + 3}",
        f"in.csv:{n + 3}:unit (E) UNI-MIXED codeine in ug/L here and in ng/L in row {n + 2}",
    ]


def test_water_and_sludge_of_one_file_have_their_own_units(hand: Hand) -> None:
    rows = ("A,sludge,2024-03-05,ketamine,5,ug/kg", "A,river,2024-03-05,ketamine,5,ug/L")
    header = "site,medium,date,analyte,concentration,unit"
    assert hand(*rows, header=header, kind="environment").frame["unit"].tolist() == ["ng/g", "ng/L"]


def test_codes_that_differ_by_capitals(hand: Hand) -> None:
    """Also in a later row; a person's code is not repeated."""
    rows = [f"{site},2024-03-0{day},ketamine,{day},ng/L" for day, site in enumerate(("S1", "S2", "s1", "S2"), 1)]
    assert said(hand, *rows) == [
        "in.csv:2:site (A) KEY-CASE “S1”, and “s1” in row 4",
        "in.csv:4:site (A) KEY-CASE “s1”, and “S1” in row 2",
    ]
    header = HEADER.replace("site", "subject") + ",lod,loq"
    persons = [f"{code},2024-03-0{day},ketamine,{day},ng/mg,0.1,0.2" for day, code in enumerate(("Q7x", "Q7X"), 1)]
    lines = said(hand, *persons, header=header, kind="hair")
    assert [line.split(" ")[0] for line in lines] == ["in.csv:2:subject", "in.csv:3:subject"]
    assert all("KEY-CASE" in line and "Q7" not in line for line in lines)


def test_days_in_two_orders_are_told_by_the_rows_that_prove_it(hand: Hand) -> None:
    days = ("03/04/2024", "25/03/2024", "26/03/2024", "03/26/2024", "03/27/2024")
    lines = said(hand, *(f"A,{day},ketamine,5,ng/L" for day in days))
    assert [line for line in lines if "DAT-ORDER " in line] == [
        "in.csv:3:date (B) DAT-ORDER day and month stand in another order than in row 5",
        "in.csv:5:date (B) DAT-ORDER day and month stand in another order than in row 3",
    ]
    assert len([line for line in lines if "DAT-AMBIGUOUS" in line]) == 5


def test_two_decimal_marks(hand: Hand) -> None:
    rows = ("A,2024-03-05,ketamine,1.5,ng/L", 'B,2024-03-05,ketamine,"1,5",ng/L', 'C,2024-03-05,ketamine,"2,5",ng/L')
    lines = said(hand, *rows)
    assert [line for line in lines if "MIXED" in line] == [
        "in.csv:2:concentration (D) VAL-DECIMAL-MIXED another decimal mark than in row 3",
        "in.csv:3:concentration (D) VAL-DECIMAL-MIXED another decimal mark than in row 2",
    ]
    commas = [line.split(" ")[0] for line in lines if "VAL-DECIMAL-COMMA" in line]
    assert commas == ["in.csv:3:concentration", "in.csv:4:concentration"]


def test_two_time_zones(hand: Hand) -> None:
    header = f"{HEADER},analysed"
    rows = [f"{site},2024-03-05,ketamine,5{at},ng/L,2024-03-06 08:00{zone}"
            for at, (site, zone) in enumerate((("A", "+08:00"), ("B", "Z"), ("C", "+08:00")))]  # fmt: skip
    assert said(hand, *rows, header=header) == [
        "in.csv:3:analysed (F) DAT-ZONES the time zone +00:00 here, and +08:00 in row 2"
    ]
    assert len(hand(rows[0], rows[2], header=header).frame) == 2


def test_one_number_for_all_is_remarked_on(hand: Hand) -> None:
    """From three rows on; marks below a limit are no numbers, and one other number ends it."""
    rows = [f"{site},2024-03-05,ketamine,250,ng/L" for site in "ABCD"]
    note = next(note for note in hand(*rows).notes if note.rule == "VAL-IDENTICAL")
    assert "in all 4 rows" in note.en
    assert "全部 4 行" in note.zh
    for other in (rows[:2], [*rows, "E,2024-03-05,ketamine,251,ng/L"]):
        assert [one.rule for one in hand(*other).notes] == []
    marked = [f"{site},2024-03-05,ketamine,<10,ng/L" for site in "ABCD"]
    assert "VAL-IDENTICAL" not in [one.rule for one in hand(*marked).notes]


def test_the_watch_sees_past_a_batch() -> None:
    """Equal numbers are remembered from batch to batch, empty batches change nothing."""
    watch = Watch()
    for numbers in ([250.0, 250.0], [], [250.0]):
        watch.numbers(np.array(numbers))
    assert watch.equal
    watch.numbers(np.array([250.0, 251.0]))
    assert not watch.equal
