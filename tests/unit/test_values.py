"""Properties of reading a value: what every writing of a number has in common, and that a mark never becomes a measurement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.loaders.delimited import Row, Sheet
from labkit.loaders.values import Reading, read_limit, read_number, read_value
from labkit.vocabulary import Censored

POSITIVE = st.floats(min_value=1e-6, max_value=1e9)
PLAIN = st.decimals(min_value="0.001", max_value=999_999, places=3).map(str)


def look(written: str, lod: str = "", loq: str = "") -> tuple[Sheet, Reading | None]:
    """Return the sheet and the reading of one cell."""
    sheet = Sheet("r.csv", {"concentration": "D", "lod": "E", "loq": "F"}, [])
    return sheet, read_value(sheet, Row(2, {"concentration": written, "lod": lod, "loq": loq}), "concentration")


def full_width(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


@given(number=POSITIVE)
def test_a_number_however_it_is_written_comes_back_equal(number):
    for written in (repr(number), f"{number:e}", f"{number:E}", full_width(repr(number)), f"\u3000{number!r}\u3000"):
        exact = float(written) if written.isascii() else number
        sheet, reading = look(written)
        assert (sheet.problems, reading) == ([], Reading(exact, Censored.EXACT))


@given(number=st.integers(1_000, 999_999_999))
def test_a_space_that_does_not_break_sets_thousands_apart(number):
    """A space of the keyboard does not: 10 20 may be two numbers."""
    for space in ("\u00a0", "\u2009", "\u202f"):
        sheet, reading = look(f"{number:,}".replace(",", space))
        assert reading == Reading(float(number), Censored.EXACT)
        assert sheet.rewritten == {(2, "concentration")}
    assert look(f"{number:,}".replace(",", " "))[1] is None
    assert look(f"{number:,}")[1] is None


@given(limit=PLAIN, mark=st.sampled_from(["<", "< ", "＜", "<\u3000", ">", "＞ "]))
def test_a_named_limit_is_never_a_measurement(limit, mark):
    _, reading = look(mark + limit)
    assert reading is not None
    assert reading.value == float(limit)
    assert reading.censored is (Censored.BELOW if mark[0] in "<＜" else Censored.ABOVE)


@given(
    mark=st.sampled_from(
        ["ND", "nd", "N.D.", "n.d", "Not Detected", "未检出", "阴性", "<LOD", "<LOQ", "＜ＬＯＱ", "检出", "Detected"]
    ),
    lod=st.one_of(st.just(""), st.floats(0.1, 9).map(repr)),
    loq=st.one_of(st.just(""), st.floats(10, 99).map(repr)),
)
def test_a_mark_is_censored_at_a_limit_of_its_row_or_refused(mark, lod, loq):
    sheet, reading = look(mark, lod, loq)
    if reading is None:
        assert [problem.rule.id for problem in sheet.problems] == ["VAL-NO-LIMIT"]
    else:
        assert reading.censored is not Censored.EXACT
        assert reading.value in {float(one) for one in (lod, loq) if one}
        assert sheet.problems == []


@given(text=st.text(max_size=12))
def test_any_text_is_read_or_refused_once_and_never_raises(text):
    sheet, reading = look(text, "3", "10")
    assert (reading is None) == (len(sheet.problems) == 1)
    if reading is not None:
        assert 0 < reading.value < float("inf")
        assert (reading.censored is Censored.EXACT) == (not any(mark in text for mark in "<>＜＞nNｎＮ检阳阴dDｄＤ"))


@pytest.mark.parametrize(
    ("written", "lod", "loq", "sentence"),
    [
        (
            "-5", "", "",
            "r.csv:2:concentration (D) VAL-NEGATIVE the negative number -5 → a positive number; "
            "check the sign; a result below its limit is written “<limit” or ND",
        ),
        (
            "0", "", "",
            "r.csv:2:concentration (D) VAL-ZERO 0 → a positive number, or a mark such as ND with its limit; "
            "zero is not a measurement: write ND or “<limit”",
        ),
        (
            "1,5", "", "",
            "r.csv:2:concentration (D) VAL-NUMBER “1,5” is not a number → a plain decimal such as 12.5, <10, ND, 未检出; "
            "correct the cell; units and remarks have columns of their own",
        ),
        (
            "未检出", "", "",
            "r.csv:2:concentration (D) VAL-NO-LIMIT the mark “未检出” without the limit it needs → "
            "a limit in the row (columns lod, loq) or in the mark (“<10”); "
            "add the limit of the method (for “detected” both); labkit never makes one up",
        ),
        (
            "<5", "3", "",
            "r.csv:2:concentration (D) VAL-LIMITS “<5”, lod 3, loq – → lod ≤ loq, and a “<” mark that is one of them; "
            "correct the limit or the mark",
        ),
        (
            "ND", "10", "3",
            "r.csv:2:lod (E) VAL-LIMITS lod 10 > loq 3 → lod ≤ loq, and a “<” mark that is one of them; "
            "correct the limit or the mark",
        ),
        (
            "12", "ND", "",
            "r.csv:2:lod (E) VAL-NUMBER “ND” is not a number → a plain decimal such as 12.5; "
            "correct the cell; units and remarks have columns of their own",
        ),
    ],
)  # fmt: skip
def test_refused_with_this_sentence(written, lod, loq, sentence):
    assert [str(problem) for problem in look(written, lod, loq)[0].problems] == [sentence]


def test_the_sentences_in_chinese():
    said = [look(*cells)[0].problems[0].sentence("zh") for cells in (("-5",), ("0",), ("ND",), ("<5", "3"), ("痕量",))]
    assert said == [
        "r.csv:2:concentration (D) VAL-NEGATIVE 负数 -5 → 须为正数; 请核对正负号；低于限值请写“<限值”或 ND",
        "r.csv:2:concentration (D) VAL-ZERO 0 → 须为正数，或 ND 等标记并附限值; 零不是测量值：请写 ND 或“<限值”",
        "r.csv:2:concentration (D) VAL-NO-LIMIT 标记“ND”缺少所需的限值 → 行内须有限值（lod、loq 列），或写在标记中（“<10”）; "
        "请补充方法的限值（“检出”须两者）；labkit 从不编造限值",
        "r.csv:2:concentration (D) VAL-LIMITS “<5”, lod 3, loq – → 须 lod ≤ loq，且“<”后的数为其中之一; 请更正限值或标记",
        "r.csv:2:concentration (D) VAL-NUMBER “痕量”不是数字 → 须为普通小数，如 12.5, <10, ND, 未检出; "
        "请更正该单元格；单位与备注另列",
    ]


def test_limits_are_optional_and_may_belong_to_another_quantity():
    sheet = Sheet("r.csv", {}, [])
    row = Row(2, {"concentration": "<2.60", "lod": "1.12", "loq": ""})
    assert read_limit(sheet, row, "lod") == 1.12
    assert read_limit(sheet, row, "loq") is None
    assert read_limit(sheet, row, "no such column") is None
    assert read_value(sheet, row, "concentration", limits=False) == Reading(2.60, Censored.BELOW)
    assert sheet.problems == []


def test_a_number_too_small_to_be_told_from_zero_is_zero():
    sheet = Sheet("r.csv", {}, [])
    assert read_number(sheet, Row(2, {"flow": "1e-999"}), "flow") is None
    assert sheet.problems[0].rule.id == "VAL-ZERO"
