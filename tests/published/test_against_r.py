"""Every entry of the R reference files: compared, or told why not; the manual's table of R functions comes from here."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest
from r_entries import VERDICTS, Entry, NotCompared, entries

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "r-functions.md"
SHARE = 0.80  # of all entries, asked to be compared
AREAS = sorted(path.stem for path in (Path(__file__).parent / "against_r").glob("r_*.py"))

for area in AREAS:  # loaded by path: one folder that is no package, each file under a name of its own
    spec = importlib.util.spec_from_file_location(area, Path(__file__).parent / "against_r" / f"{area}.py")
    sys.modules[area] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[area])


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
