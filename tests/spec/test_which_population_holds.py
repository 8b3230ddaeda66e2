"""Which population holds: a figure with a date holds from its day until the next, and one without a date always."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from labkit.errors import Refusal
from labkit.loaders.samples import read_samples
from labkit.params import Choices

HandedIn = Callable[[pd.DataFrame, str], Path]


def choices(kind: str = "census") -> Choices:
    """Return the choices of a study that enters at the load, in mg/day."""
    return Choices.from_plain(
        {
            "title": {"en": "Which population?"},
            "languages": ["en"],
            "notebooks": ["load"],
            "enters_at": "load",
            "results": {"observe": "results.csv"},
            "population": {"observe": "population.csv", "kind": kind},
            "correction_factor": {"none": True},
            "errors": {"none": True},
        }
    )


@pytest.fixture
def people(handed_in: HandedIn) -> Callable[..., Callable[[pd.DataFrame], pd.DataFrame]]:
    """Return the function that takes population figures (site, kind, people, day) and gives the step of the specs."""

    def known(*figures: tuple[str, str, int, str], kind: str = "census") -> Callable[[pd.DataFrame], pd.DataFrame]:
        table = pd.DataFrame(figures, columns=["site", "kind", "population", "date"]).assign(source="register")
        base = handed_in(table, "population.csv").parent

        def join(samples: pd.DataFrame) -> pd.DataFrame:
            handed_in(samples.assign(analyte="codeine", load=5, unit="mg/day"), "results.csv")
            return read_samples(choices(kind), base).frame

        return join

    return known


title = "A dated figure holds until the next"


def test_dated(spec, people):
    """From its own day on, that day included."""
    spec(
        """
        site | date       || population
        A    | 2024-01-01 || 10_000
        A    | 2024-06-30 || 10_000
        A    | 2024-07-01 || 12_000
        A    | 2025-12-31 || 12_000
        """,
        people(("A", "census", 12_000, "2024-07-01"), ("A", "census", 10_000, "2024-01-01")),
    )


title = "An undated figure always holds"


def test_undated(spec, people):
    """Also for a result that has no day."""
    spec(
        """
        site | date       || population
        A    | 2000-01-01 || 10_000
        B    |            || 20_000
        """,
        people(("A", "census", 10_000, ""), ("B", "census", 20_000, "")),
    )


title = "A dated figure comes before an undated one"


def test_both(spec, people):
    """The undated one holds until the first dated one, and for a result without a day."""
    spec(
        """
        site | date       || population
        A    | 2024-01-01 || 10_000
        A    | 2024-07-01 || 12_000
        A    |            || 10_000
        B    | 2024-07-01 || 5_000
        """,
        people(("A", "census", 10_000, ""), ("A", "census", 12_000, "2024-02-01"), ("B", "census", 5_000, "2020-01-01")),
    )


title = "Only the kind of people that the study chose"


def test_kinds(spec, people):
    """A census figure does not stand in for people served."""
    spec(
        """
        site | date       || population
        A    | 2024-07-01 || 9_000
        """,
        people(("A", "census", 10_000, ""), ("A", "served", 9_000, ""), kind="served"),
    )


title = "No figure, no result"


@pytest.mark.parametrize("day", ["2023-12-31", ""])
def test_no_figure_holds(people, day):
    """A day before the first figure, or no day where only dated figures are known, is refused with its row."""
    join = people(("A", "census", 10_000, "2024-01-01"))
    with pytest.raises(Refusal) as refused:
        join(pd.DataFrame({"site": ["A"], "date": [day]}))
    assert [(problem.rule.id, problem.row) for problem in refused.value.problems] == [("KEY-POPULATION-DATE", 2)]


title = "Each of these pages can be read without the code"


@pytest.mark.parametrize("page", sorted(Path(__file__).parent.glob("test_*.py")), ids=lambda page: page.stem)
def test_each_test_has_a_title_and_a_sentence(page):
    """A title stands right before each test, and a sentence in it; the manual prints both with the drawn table."""
    body = ast.parse(page.read_text(encoding="utf-8")).body
    titles = [isinstance(one, ast.Assign) and getattr(one.targets[0], "id", "") == "title" for one in body]
    tests = [i for i, one in enumerate(body) if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")]
    for number, index in enumerate(tests):
        since = tests[number - 1] + 1 if number else 0
        assert sum(titles[since:index]) == 1, f"{body[index].name} has no title of its own"
        assert ast.get_docstring(body[index]), f"{body[index].name} has no sentence"
