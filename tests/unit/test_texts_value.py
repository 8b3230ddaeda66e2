"""What a result cell says, whatever its writing: no number changes, no mark becomes a number, no text raises."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LANGUAGES, Rule
from labkit.loaders.texts import number_rules
from labkit.loaders.texts.number import has_decimal_comma, read_number
from labkit.loaders.texts.value import Kind, Written, read_value
from labkit.loaders.texts.written import Outcome
from labkit.params.profile import Profile

PLAIN = Profile()
COMMA = Profile(decimal=",", thousands=".")
GROUPED = Profile(thousands=",")
SPACED = Profile(thousands="space")
LAB = Profile(missing=("/", "9999"), not_detected=("n.n.", "痕"))
EVERY = [PLAIN, COMMA, GROUPED, SPACED, LAB, Profile(decimal=",", thousands="space")]

POSITIVE = st.floats(min_value=1e-12, max_value=1e12)
FIXED = st.decimals(min_value="0.001", max_value="999999999", places=3, allow_nan=False)


def full_width(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def said(outcome: Outcome) -> str | None:
    """Return the rule of an outcome, after filling both of its sentences."""
    if outcome.rule is None:
        return None
    for language in LANGUAGES:
        assert outcome.rule.at("f.csv", 2, **outcome.fields).sentence(language)
    return outcome.rule.id


def number(value: float) -> Written:
    return Written(Kind.NUMBER, value)


@given(POSITIVE)
def test_a_number_plain_or_with_an_exponent_comes_back_equal_and_unremarked(value):
    for text in (repr(value), f"{value:e}", f"{value:E}", f"{value:.17g}", f" {value!r}\t"):
        assert read_value(text, PLAIN) == Outcome(number(float(text)))
        assert read_number(text, PLAIN) == Outcome(float(text))


@given(POSITIVE)
def test_full_width_digits_are_those_of_the_keyboard_and_noted(value):
    for text in (full_width(repr(value)), full_width(f"{value:e}"), f"\u3000{value!r}"):
        plain = float(text.translate({0xFF01 + i: 0x21 + i for i in range(94)}))
        assert read_value(text, PLAIN).value == number(plain)
        assert said(read_value(text, PLAIN)) == said(read_number(text, PLAIN)) == "VAL-FULL-WIDTH"


@given(FIXED)
def test_groups_and_marks_that_the_profile_declares_are_no_remark(value):
    text, exact = f"{value:,}", float(value)
    swapped = text.translate({ord(","): ".", ord("."): ","})
    assert read_value(text, GROUPED) == Outcome(number(exact))
    assert read_value(swapped, COMMA) == Outcome(number(exact))
    assert read_value(str(value).replace(".", ","), COMMA) == Outcome(number(exact))
    for space in " \u00a0\u2009\u202f\u2007":
        assert read_value(text.replace(",", space), SPACED) == Outcome(number(exact))


@given(st.integers(1_000, 999_999_999), st.sampled_from("\u00a0\u2009\u202f\u2007"))
def test_a_space_that_does_not_break_sets_thousands_apart_and_one_of_the_keyboard_does_not(value, space):
    outcome = read_value(f"{value:,}".replace(",", space), PLAIN)
    assert (outcome.value, said(outcome)) == (number(float(value)), "VAL-SPACE")
    assert said(read_value(f"{space}{value}", PLAIN)) == "VAL-SPACE"
    assert said(read_value(f"{value:,}".replace(",", " "), PLAIN)) == "VAL-THOUSANDS"
    assert said(read_value(f"{value:,}", PLAIN)) == ("VAL-THOUSANDS")


@given(FIXED, st.sampled_from(["<", "< ", "＜", "<\u3000", "﹤", " <\u00a0"]))
def test_a_named_limit_is_never_a_measurement(value, mark):
    for text, profile in ((f"{mark}{value}", PLAIN), (f"{mark}{str(value).replace('.', ',')}", COMMA)):
        less = read_value(text, profile)
        assert (less.value, said(less)) == (Written(Kind.LESS, float(value)), "VAL-UNDER-LIMIT")
        assert less.fields["value"] == text
    more = read_value(mark.replace("<", ">").replace("＜", "＞").replace("﹤", "﹥") + str(value), PLAIN)
    assert (more.value, said(more)) == (Written(Kind.GREATER, float(value)), "VAL-ABOVE")


@given(st.one_of(st.text(max_size=12), st.text(alphabet="0123456789.,eE+-<> \u00a0±%０，", max_size=9)))
def test_any_text_is_taken_or_refused_and_never_raises(text):
    for profile in EVERY:
        for outcome in (read_value(text, profile), read_number(text, profile)):
            said(outcome)
            if outcome.rule is not None:
                assert outcome.fields["value"] == text
                assert (outcome.value is not None) == outcome.rule.noted
            if isinstance(outcome.value, float):
                assert 1e-15 <= outcome.value <= 1e15
        written = read_value(text, profile).value
        if written is not None and written.kind <= Kind.GREATER:
            assert 1e-15 <= written.number <= 1e15


@pytest.mark.parametrize(
    ("texts", "kind", "rule"),
    [
        (("ND", "n.d.", "N.D", "未检出", "阴性", "Not Detected", "<LOD", "＜ＬＯＤ", "<检出限"), Kind.NOT_DETECTED, None),
        (("<LOQ", "< loq", "＜ＬＯＱ", "<LLOQ", "<定量限"), Kind.UNDER_LOQ, "VAL-UNDER-LIMIT"),
        (("检出", "Detected"), Kind.DETECTED, "VAL-UNDER-LIMIT"),
        ((">ULOQ", "> uloq", "＞ULOQ"), Kind.OVER_ULOQ, "VAL-ABOVE"),
    ],
)
def test_words_with_a_meaning_of_their_own_hold_no_number(texts, kind, rule):
    for text in texts:
        outcome = read_value(text, PLAIN)
        assert outcome.value is not None
        assert outcome.value.kind is kind
        assert math.isnan(outcome.value.number)
        assert said(outcome) == rule


def test_zero_is_left_to_whoever_knows_what_the_laboratory_means_by_it():
    for text in ("0", "0.00", "0e5", "<0", "０"):
        assert read_value(text, PLAIN).value == Written(Kind.ZERO, 0.0)
        assert said(read_number(text, PLAIN)) in ("VAL-ABOVE-ZERO", "VAL-NUMBER")
    assert said(read_value(">0", PLAIN)) == "VAL-TICK"


def test_the_words_of_the_profile_come_first():
    assert {read_value(text, LAB).value.kind for text in ("/", "9999", "／")} == {Kind.MISSING}
    assert {read_value(text, LAB).value.kind for text in ("n.n.", "N. N.", "痕", "ND")} == {Kind.NOT_DETECTED}
    assert read_number("/", LAB) == read_number("9999", LAB) == Outcome(None)
    assert said(read_number("/", PLAIN)) == "VAL-MISSING-WORD"


REFUSED = {
    "VAL-NEGATIVE": ("-5", "−5", "–5", "－5", "-0.3"),
    "VAL-DECIMAL-COMMA": ("1,5", "0,234", "1234,567", "1.234,5", "<1,5"),
    "VAL-THOUSANDS": ("1,234", "1,234.5", "1,234,567", "1 234", ">1,234"),
    "VAL-FULL-WIDTH-COMMA": ("1，5", "１，５", "1、5"),
    "VAL-UNIT-IN-CELL": ("1.2 ng/L", "1.2ng/mL", "5 µg/L", "7mg", "3 ppb", "１．２ｎｇ／Ｌ", "12 m³/d"),
    "VAL-PLUS-MINUS": ("1.2±0.3", "1.2 ± 0.3", "1.2+/-0.3", "1.2 +- 0.3", "1.2±0.3 ng/L"),
    "VAL-PERCENT": ("12%", "12 %", "１２％", "3‰"),
    "VAL-INFINITE": ("inf", "-Inf", "Infinity", "∞", "1e999", "<1e999"),
    "VAL-NAN": ("nan", "NaN", "-nan"),
    "VAL-HEX": ("0x1F", "0XFF"),
    "VAL-TICK": ("✓", "√", "+", "阳性", "positive", ">LOQ"),
    "VAL-MISSING-WORD": ("-", "--", "/", "—", "－", "无", "N/A", "n.a.", "NA", "null", "缺失"),
    "VAL-RANGE": ("1e16", "1e-16", "<1e-16", "1e-999"),
    "VAL-NUMBER": (
        "1.2*",
        "1.2a",
        "十二",
        "1.2.3",
        "10²",
        "①",
        "½",
        "٣",
        "5.",
        ".5",
        "+5",
        "1'234",
        "1-2",
        "≤5",
        "<",
        "<<5",
        "",
    ),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_refused_with_the_sentence_that_fits(rule):
    assert {text: said(read_value(text, PLAIN)) for text in REFUSED[rule]} == dict.fromkeys(REFUSED[rule], rule)


def test_a_mark_that_is_not_the_declared_one_is_refused():
    assert said(read_value("1.5", COMMA)) == "VAL-DECIMAL-POINT"
    assert said(read_value("1.234", Profile(decimal=","))) == "VAL-THOUSANDS"
    assert said(read_value("1，5", COMMA)) == "VAL-FULL-WIDTH-COMMA"
    assert said(read_value("1,5", GROUPED)) == "VAL-DECIMAL-COMMA"
    assert said(read_value("12,34", GROUPED)) == "VAL-DECIMAL-COMMA"
    assert said(read_value("1,234,56", GROUPED)) == "VAL-NUMBER"
    assert read_value("1,234", COMMA) == Outcome(number(1.234))
    assert read_value("1,234", GROUPED) == Outcome(number(1234.0))


def test_a_decimal_comma_is_told_from_thousands():
    assert [has_decimal_comma(text) for text in ("1,5", "<0,25", "0,234", "1.234,5", "１,５")] == [True] * 5
    assert [has_decimal_comma(text) for text in ("1,234", "1,234.5", "1，5", "1.5", "a,5", "", "12")] == [False] * 7


@given(POSITIVE)
def test_a_number_in_hand_is_not_taken_for_a_decimal_comma(value):
    assert not has_decimal_comma(repr(value))


def test_a_cell_as_long_as_a_book_is_refused_at_once():
    for text in ("1" + " " * 100_000 + "2", "9" * 1_000_000, "1," * 100_000, "1e" + "9" * 100_000):
        assert said(read_value(text, PLAIN)) in ("VAL-NUMBER", "VAL-INFINITE", "VAL-RANGE")
        assert said(read_number(text, COMMA)) in ("VAL-NUMBER", "VAL-INFINITE", "VAL-RANGE")
        assert not has_decimal_comma(text)


def test_every_rule_has_an_example_that_it_speaks_of():
    for rule in vars(number_rules).values():
        if isinstance(rule, Rule) and rule is not number_rules.ABOVE_ZERO and rule is not number_rules.DECIMAL_POINT:
            assert said(read_value(rule.example[0], PLAIN)) == rule.id
            assert read_value(rule.example[1], PLAIN).value is not None, rule.id
