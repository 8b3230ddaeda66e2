"""The message contract: `<place> <RULE-ID> <found> → <allowed>; <what to do>` in both languages, and nothing that acts."""

from __future__ import annotations

import string
from importlib import import_module
from pkgutil import walk_packages

import pytest
from hypothesis import given
from hypothesis import strategies as st

import labkit
from labkit.errors import (
    LANGUAGES,
    Damaged,
    EnvironmentUnfit,
    Interrupted,
    LabkitError,
    Note,
    NotebookFailed,
    Problem,
    Refusal,
    Rule,
    printable,
)

RULE = Rule(
    "TST-COLOUR",
    en=("the colour “{value}”", "one of {known}", "choose another"),
    zh=("颜色“{value}”", "须为 {known} 之一", "请另选"),
)


@pytest.fixture(scope="module", autouse=True)
def rule_of_this_test():
    """Leave the one catalogue as it was."""
    yield
    Rule.registry.pop(RULE.id)


def problem(value: object = "blue", **place: object) -> Problem:
    return RULE.at(**({"file": "a.csv"} | place), value=value, known="red, green")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ({}, "a.csv"),
        ({"row": 7}, "a.csv:7"),
        ({"row": 7, "column": "colour"}, "a.csv:7:colour"),
        ({"row": 7, "column": "colour", "letter": "C"}, "a.csv:7:colour (C)"),
        ({"column": "colour", "letter": "C"}, "a.csv:colour (C)"),
    ],
)
def test_the_sentence_in_both_languages(place, shown):
    assert problem(**place).sentence() == f"{shown} TST-COLOUR the colour “blue” → one of red, green; choose another"
    assert problem(**place).sentence("zh") == f"{shown} TST-COLOUR 颜色“blue” → 须为 red, green 之一; 请另选"
    assert str(problem(**place)) == problem(**place).sentence("en")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\nb\tc", r"a\nb\tc"),
        ("\x1b[31mred\x00", r"\x1b[31mred\x00"),
        ("\u202ecod", r"\u202ecod"),
        ("\ufeffsite", r"\ufeffsite"),
        ("\ud800", r"\ud800"),
        ("{known} {0} %s", "{known} {0} %s"),
        ("未检出 µg/L", "未检出 µg/L"),
        ("x" * 301, "x" * 280 + "… (301 characters)"),
    ],
)
def test_what_a_file_holds_is_shown_and_never_acts(value, shown):
    assert problem(value).sentence() == f"a.csv TST-COLOUR the colour “{shown}” → one of red, green; choose another"
    assert problem(file=value).sentence().startswith(f"{shown} TST-COLOUR")
    assert problem(row=2, column=value).place == f"a.csv:2:{shown}"


@given(text=st.text(max_size=400))
def test_whatever_is_shown_can_be_printed(text):
    shown = printable(text)
    assert shown.isprintable()
    assert len(shown) <= 310
    shown.encode("utf-8")


@pytest.mark.parametrize(("n", "more"), [(200, []), (201, ["… and 1 more problems"]), (1000, ["… and 800 more problems"])])
def test_two_hundred_problems_are_shown_and_the_rest_counted(n, more):
    refusal = Refusal(problem(row=row) for row in range(2, n + 2))
    lines = str(refusal).splitlines()
    assert len(refusal.problems) == n
    assert lines[:200] == [problem(row=row).sentence() for row in range(2, 202)]
    assert lines[200:] == more
    assert refusal.report("zh").splitlines()[200:] == [
        line.replace("… and ", "……另有 ").replace("more problems", "处问题") for line in more
    ]


def test_one_problem_is_a_refusal_too():
    assert Refusal(problem()).problems == (problem(),)
    assert Note("taken", "已采用").text("zh") == "已采用"


def test_each_kind_has_its_exit_code():
    kinds = (Refusal, NotebookFailed, EnvironmentUnfit, Interrupted, Damaged)
    assert [kind.exit_code for kind in kinds] == [2, 3, 5, 6, 7]
    assert all(issubclass(kind, LabkitError) for kind in kinds)


def test_a_failed_notebook_names_itself_its_cell_and_the_reason():
    assert str(NotebookFailed("load.ipynb", 3, "it broke")) == "load.ipynb, code cell 3: it broke"
    assert str(NotebookFailed("load.ipynb", None, "it broke")) == "load.ipynb: it broke"


def test_an_id_is_used_once():
    with pytest.raises(ValueError, match="the rule id TST-COLOUR is used twice"):
        Rule(RULE.id, en=RULE.en, zh=RULE.zh)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_rule_of_labkit_says_the_same_in_both_languages():
    """Three parts each, Chinese in Chinese, and no field in one language that the other does not have."""
    for module in walk_packages(labkit.__path__, "labkit."):
        import_module(module.name)
    assert len(Rule.registry) > 50
    for rule in Rule.registry.values():
        both = [getattr(rule, language) for language in LANGUAGES]
        assert [len(parts) for parts in both] == [3, 3], rule.id
        assert all(part.strip() == part and part for parts in both for part in parts), rule.id
        said = [set().union(*map(fields, parts)) for parts in both]
        assert said[1] <= said[0], rule.id
        assert any("\u4e00" <= character <= "\u9fff" for part in both[1] for character in part), rule.id
