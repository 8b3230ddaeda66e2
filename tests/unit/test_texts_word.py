"""A code stays the text it is; a letter that only looks like another is named; a unit is a factor or a refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LANGUAGES, Rule
from labkit.loaders.texts import word
from labkit.loaders.texts.word import read_code, read_unit
from labkit.loaders.texts.written import Outcome
from labkit.units import BLOOD, CONCENTRATION, FLOW, HAIR, known_units, to_factor


def said(outcome: Outcome) -> str | None:
    """Return the rule of an outcome, after filling both of its sentences."""
    if outcome.rule is None:
        return None
    for language in LANGUAGES:
        assert outcome.rule.at("f.csv", 2, **outcome.fields).sentence(language)
    return outcome.rule.id


@pytest.mark.parametrize(
    "text",
    [
        "A", "NA", "N/A", "null", "0012", "12E3", "12e3", "1E5", "1.10", "-", "nan", "2024-03-05", "Site A 1",
        "1234567890123456789",
        "南山污水处理厂", "南山厂（东）", "Zürich", "Москва", "Ωmega-3", "β1", "䶮城", "😀",
    ],
)  # fmt: skip
def test_a_code_is_kept_exactly(text):
    assert read_code(text) == Outcome(text)


@given(st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=12))
def test_what_is_on_the_keyboard_is_kept_or_was_mangled(text):
    outcome = read_code(text)
    assert outcome == Outcome(text) or said(outcome) in ("KEY-PRECISION", "KEY-FORMULA")


@given(st.text(alphabet="ABCxyz0123456789-_", min_size=1, max_size=8))
def test_full_width_and_spaces_around_are_noted_with_their_code_point(text):
    wide = "".join(chr(ord(one) + 0xFEE0) for one in text)
    for written, code in (
        (wide, f"U+{ord(wide[0]):04X}"),
        (text + " ", "U+0020"),
        ("\u3000" + text, "U+3000"),
        (text + "\u00a0", "U+00A0"),
    ):
        outcome = read_code(written)
        assert (outcome.value, said(outcome), outcome.fields["code"]) == (text, "KEY-WRITTEN", code)


def test_composed_or_not_is_one_code():
    assert read_code("Zu\u0308rich").value == read_code("Z\u00fcrich").value == "Z\u00fcrich"
    assert said(read_code("Zu\u0308rich")) == "KEY-COMPOSED"
    assert read_code("Zu\u0308rich").fields["code"] == "U+0308"
    assert said(read_code(" Zu\u0308rich")) == "KEY-WRITTEN"


REFUSED = {
    "KEY-LOOK-ALIKE": ("\u04101", "A\u0421-1", "\u0391", "\u0430bc", "\u041d\u0421", "P\u03bfrt"),
    "CSV-CHARACTER": (
        "A\u200b1", "A\tB", "N\nA", "A\u202eB", "\ufeffA", "A\x07", "A\u00ad1", "A\u3164", "A\ufe0f", "\ud800", "A\u2028B",
    ),
    "KEY-PRECISION": ("1.23457E+18", "1.2345678901234568e+18", "1e+18", "1234567890123456789.0", "\uff11.23457E+18"),
}  # fmt: skip


@pytest.mark.parametrize("rule", REFUSED)
def test_refused_with_the_sentence_that_fits(rule):
    assert {text: said(read_code(text)) for text in REFUSED[rule]} == dict.fromkeys(REFUSED[rule], rule)


@given(st.text(max_size=12))
def test_any_text_is_taken_or_refused_and_what_was_taken_is_plain(text):
    outcome = read_code(text)
    said(outcome)
    if outcome.value is None:
        assert outcome.rule is not None or not text.strip()
    else:
        assert outcome.value == outcome.value.strip() != ""
        assert read_code(outcome.value) == Outcome(outcome.value)


@pytest.mark.parametrize("quantity", [CONCENTRATION, FLOW, HAIR, BLOOD])
def test_every_known_unit_is_taken_without_a_word(quantity):
    for unit in known_units(quantity):
        for text in (unit, unit.upper(), f" {unit} "):
            assert read_unit(text, quantity) == Outcome(to_factor(unit, quantity))


def test_other_writings_of_a_unit_are_noted_with_the_plain_one():
    for text, plain in (
        ("\u03bcg/L", "ug/L"), ("\u00b5g/L", "ug/L"), ("ｎｇ／Ｌ", "ng/L"), ("pg / mL", "pg/mL"), ("ng/升", "ng/L"),
    ):  # fmt: skip
        outcome = read_unit(text, CONCENTRATION)
        assert (outcome.value, said(outcome), outcome.fields["plain"]) == (
            to_factor(plain, CONCENTRATION),
            "UNI-WRITTEN",
            plain,
        )
    for text in ("m³/d", "m³/天"):
        assert (read_unit(text, FLOW).value, said(read_unit(text, FLOW))) == (1.0, "UNI-WRITTEN")


@given(st.text(max_size=8))
def test_any_unit_is_taken_or_refused(text):
    outcome = read_unit(text, CONCENTRATION)
    assert (outcome.value is None) == (said(outcome) == "UNI-UNKNOWN")


def test_ppb_is_refused_with_what_it_could_be():
    sentence = str(word.UNKNOWN_UNIT.at("f.csv", 2, **read_unit("ppb", CONCENTRATION).fields))
    assert "“ppb”" in sentence
    assert "ug/L" in sentence


def test_every_rule_has_an_example_that_it_speaks_of():
    for rule in vars(word).values():
        if isinstance(rule, Rule):
            outcome = read_unit(rule.example[0], CONCENTRATION) if rule.id.startswith("UNI") else read_code(rule.example[0])
            assert said(outcome) == rule.id
