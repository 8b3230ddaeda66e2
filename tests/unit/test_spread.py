"""Texts numbered and read once: the quick ways give what the careful ones would, in whatever batches a file comes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.errors import Refusal
from labkit.loaders import distinct
from labkit.loaders.distinct import Texts, firsts, groups, is_constant
from labkit.loaders.keys import Keys
from labkit.loaders.known import how_known
from labkit.loaders.read import open_file, read_file
from labkit.loaders.sources.ahead import ahead
from labkit.loaders.sources.records import has_no_blanks
from labkit.loaders.sources.text import open_text
from labkit.loaders.spread import MANY, NOTHING, Column
from labkit.loaders.texts.number import read_number
from labkit.loaders.texts.plain import PlainNumbers
from labkit.loaders.texts.value import Kind as Mark
from labkit.loaders.texts.value import read_value
from labkit.params.profile import Profile

WORDS = st.lists(st.sampled_from(["A", "B", "", "ng/L", "µg/L", "站点"]), min_size=1, max_size=30)
HEADER = "site,date,analyte,concentration,unit,lod,loq\n"


@given(batches=st.lists(WORDS, min_size=1, max_size=5), coded=st.booleans())
def test_numbers_stand_for_the_texts(batches, coded):
    texts = Texts()
    for batch in batches:
        cells = pa.array(batch, pa.string())
        before = len(texts.texts)
        at, fresh = texts.number(cells.dictionary_encode() if coded else cells)
        assert [texts.texts[number] for number in at] == batch
        assert fresh == before
        assert len(set(texts.texts)) == len(texts.texts)


def test_numbering_begins_again_when_too_many_are_known(monkeypatch):
    monkeypatch.setattr(distinct, "REMEMBERED", 2)
    texts = Texts()
    texts.number(pa.array(["A", "B", "C"]))
    assert texts.flag("is C", lambda text: text == "C").tolist() == [False, False, True]
    at, fresh = texts.number(pa.array(["C", "D"]))
    assert (at.tolist(), fresh, texts.texts) == ([0, 1], 0, ["C", "D"])
    assert texts.flag("is C", lambda text: text == "C").tolist() == [True, False]


@given(
    texts=st.one_of(WORDS, st.builds(lambda text, n: [text] * n, st.text(max_size=3), st.integers(1, 9))),
    start=st.integers(0, 3),
)
def test_a_constant_column_is_one_with_one_text(texts, start):
    cells = pa.array(texts, pa.string())[start:]
    assert is_constant(cells) == (len(cells) > 1 and len(set(cells.to_pylist())) == 1)


@given(at=st.lists(st.integers(0, 11), min_size=1, max_size=60), wanted=st.sets(st.integers(0, 11)))
def test_groups_and_first_rows_come_in_the_order_of_the_file(at, wanted):
    rows = np.array(at, np.int32)
    flags = np.isin(np.arange(12), list(wanted))
    expected = {
        number: [row for row, one in enumerate(at) if one == number] for number in dict.fromkeys(at) if number in wanted
    }
    assert [(number, found.tolist()) for number, found in groups(rows, flags)] == list(expected.items())
    assert firsts(rows, flags) == [(number, found[0]) for number, found in expected.items()]


@pytest.mark.parametrize(
    "profile",
    [
        Profile(),
        Profile.model_validate({"missing": ["999"], "not_detected": ["0.1"]}),
        Profile.model_validate({"decimal": ",", "thousands": "."}),
    ],
)
def test_many_plain_numbers_are_read_as_each_alone(profile):
    """Also where a profile says that 999 stands for nothing measured, or that 1.234 is a thousand and more."""
    drawn = np.random.default_rng(1).lognormal(0, 9, 300)
    texts = [f"{one:.4g}" for one in drawn] + [
        "999",
        "0.1",
        "0",
        "1.234",
        "1,5",
        "12.50",
        "007",
        "1e3",
        "",
        "9" * 16,
        "0." + "0" * 14 + "1",
    ]
    for text, number in zip(texts, PlainNumbers(profile).read(texts), strict=True):
        if not np.isnan(number):
            value, plain = read_value(text, profile), read_number(text, profile)
            assert (value.value, value.rule) == ((Mark.NUMBER, number), None)
            assert (plain.value, plain.rule) == (number, None)


def test_a_column_reads_a_text_once_and_says_where_a_word_came_first():
    asked = []

    def read(text):
        asked.append(text)
        return read_value(text, Profile())

    column = Column("concentration", "concentration", "D", read, PlainNumbers(Profile()), placed=True)
    first = column.spread(pa.array(["1", "ND", "x", "1"]))
    assert column.coded(first, np.array([2, 3, 4, 5])).tolist() == [0, 1, NOTHING, 0]
    second = column.spread(pa.array(["2", "ND", "2"]))
    assert column.coded(second, np.array([6, 7, 8])).tolist() == [2, 1, 2]
    assert (asked, column.first) == (["1", "ND", "x", "2"], [2, 3, 6])
    np.testing.assert_array_equal(first.numbers(), [1, np.nan, np.nan, 1])
    assert second.marks().tolist() == [Mark.NUMBER, Mark.NOT_DETECTED, Mark.NUMBER]


def test_a_word_that_no_row_needs_gets_no_code():
    """A row of totals is left out before its texts are looked at: “total” is not a site."""
    column = Column("site", "site", "A", lambda text: read_number("1", Profile())._replace(value=text), placed=True)
    spread = column.spread(pa.array(["A", "total", "B"]))[np.array([True, False, True])]
    assert column.coded(spread, np.array([2, 4])).tolist() == [0, 1]
    assert column.words == ["A", "B"]


def test_of_many_new_texts_only_the_odd_ones_are_read_one_by_one():
    asked = []
    column = Column("lod", "lod", "F", lambda text: asked.append(text) or read_number(text, Profile()), PlainNumbers(Profile()))
    texts = [f"{one}.5" for one in range(MANY)] + ["x"]
    assert np.nansum(column.spread(pa.array(texts)).numbers()) == sum(one + 0.5 for one in range(MANY))
    assert asked == ["x"]


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(list(Mark)), *[st.sampled_from([np.nan, 0.5, 1.0, 2.0, 3.0])] * 4), min_size=1, max_size=20
    )
)
def test_rows_are_known_alike_alone_and_together(rows):
    """Marked rows take another way than numbers, and neither sees its neighbours."""
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    together = how_known(columns[0].astype(np.int8), *columns[1:])
    for index, (mark, *numbers) in enumerate(rows):
        alone = how_known(np.array([mark], np.int8), *(np.array([number]) for number in numbers))
        for name in ("censored", "value", "low", "high", "below_loq"):
            np.testing.assert_array_equal(getattr(together, name)[index], getattr(alone, name)[0], name)
        assert {rule: found[index] for rule, found in together.broken.items()} == {
            rule: found[0] for rule, found in alone.broken.items()
        }


@given(cells=st.lists(st.sampled_from(["A", " ", "", "A B", "\u3000", "\t", "站"]), min_size=1, max_size=6))
def test_what_seems_filled_is(cells):
    assert not has_no_blanks(pa.array(cells, pa.string())) or all(cell.strip() for cell in cells)


def test_what_is_done_ahead_comes_in_order_and_fails_where_its_turn_is():
    def items():
        yield from range(10)
        raise ValueError("the end")

    made = ahead(items(), lambda item: item * item)
    assert [next(made) for _ in range(10)] == [item * item for item in range(10)]
    with pytest.raises(ValueError, match="the end"):
        next(made)


def test_a_walk_left_before_its_end_leaves_no_thread_at_work():
    asked = []
    made = ahead((asked.append(item) or item for item in range(1000)), lambda item: item)
    assert next(made) == 0
    made.close()
    assert len(asked) < 20


@pytest.mark.parametrize("part", [4, 1000])
def test_doubled_keys_are_found_in_parts_as_in_one(part, monkeypatch):
    monkeypatch.setattr("labkit.loaders.keys.PART", part)
    keys = Keys(("site", "date"))
    days = np.arange(30, dtype=np.int32)
    keys.see([days // 7, days], np.arange(2, 32), np.ones(30))
    keys.see([days[:3] // 7, days[:3] + np.int32(29)], np.arange(32, 35), np.ones(3))
    assert keys._twice().size == 0
    keys.see([days[:1], days[:1]], np.array([35]), np.ones(1))
    assert keys._twice().size == 1


@settings(max_examples=10)
@given(size=st.integers(200, 3000))
def test_blocks_of_any_size_give_one_table_and_the_same_problems(tmp_path_factory, size):
    path = tmp_path_factory.mktemp("blocks") / "results.csv"
    values = ["ND", "<LOQ", "4.5", "2", "12.25", "<3"]
    good = [
        f"S{row % 5},2024-01-{1 + row // 10:02d},{('ketamine', 'MDMA')[row // 5 % 2]},{values[row % 6]},ng/L,1,3\n"
        for row in range(200)
    ]
    path.write_text(HEADER + "".join(good), encoding="utf-8")
    whole = read_file(path, path.name, "wastewater")
    bad = [
        *good[:90],
        "s1,2024-02-30,nonsense,1,5,ng/L,1,3\n",
        *good[90:],
        good[7],
        "合计,,,99,,,\n",
        "S1,2024-01-20,冰毒,-1,kg,5,3\n",
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("labkit.loaders.sources.text.open_text.__defaults__", (size,))
        assert sum(1 for _ in open_text(path, path.name, Profile()).batches) > 1
        assert read_file(path, path.name, "wastewater").frame.equals(whole.frame)
        path.write_text(HEADER + "".join(bad), encoding="utf-8")
        with pytest.raises(Refusal) as small:
            read_file(path, path.name, "wastewater")
    with pytest.raises(Refusal) as large:
        sum(batch.num_rows for batch in open_file(path, path.name, "wastewater").batches())
    assert sorted(map(str, small.value.problems)) == sorted(map(str, large.value.problems))
    assert small.value.total == large.value.total > 5
