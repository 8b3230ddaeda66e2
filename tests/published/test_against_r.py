"""Every entry of the R reference files: compared, or told why not; the manual's table of R functions comes from here."""

from __future__ import annotations

import os
import sys

import pytest
from r_entries import VERDICTS, Entry, NotCompared, entries
from r_table import AREAS, PAGE, say_table

SHARE = 0.80  # of all entries is compared at least


def outcome(entry: Entry) -> str:
    """Compare one entry: "" if compared, else why it was not."""
    verdict = VERDICTS.get(entry.function)
    if verdict is None:
        return "no verdict on this function"
    if verdict.compare is None:
        return verdict.how
    try:
        verdict.compare(entry)
    except NotCompared as why:
        return str(why)
    return ""


def reason(entry: Entry) -> str:
    """Why an entry is not compared; a comparison that fails fails in its own test."""
    try:
        return outcome(entry)
    except AssertionError:
        return "differs"


def entries_of(area: str) -> list[Entry]:
    return [entry for entry in entries() if (verdict := VERDICTS.get(entry.function)) and verdict.area == f"r/{area}.py"]


def make_class(area: str) -> type:
    """A class an area, so that areas run side by side."""

    class TestArea:
        @pytest.mark.parametrize("entry", entries_of(area), ids=lambda entry: entry.id)
        def test_entry(self, entry: Entry) -> None:
            why = outcome(entry)
            if why and os.environ.get("LABKIT_R_VERBOSE"):
                sys.stderr.write(f"{entry.id}: {why}\n")

    TestArea.__name__ = TestArea.__qualname__ = f"Test_{area}"
    return TestArea


for area in AREAS:
    globals()[f"Test_{area}"] = make_class(area)


def test_every_function_has_a_verdict() -> None:
    lacking = sorted(
        {f"{package}::{function}" for package, function in {entry.function for entry in entries()} - set(VERDICTS)}
    )
    assert lacking == []


def test_most_entries_are_compared() -> None:
    if not entries():
        (pytest.fail if os.environ.get("LABKIT_REQUIRE_SHARED") == "1" else pytest.skip)("needs ../shared/reference/r")
    compared = [entry for entry in entries() if not reason(entry)]
    assert len(compared) >= SHARE * len(entries()), f"{len(compared)} of {len(entries())}"


def test_the_table_of_the_manual_is_this_one() -> None:
    assert PAGE.read_text("utf-8") == say_table(), "stale: python tests/published/r_table.py"
