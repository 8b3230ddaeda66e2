"""The manual's table of R functions, made from the verdicts beside the comparisons."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from r_entries import VERDICTS

PAGE = Path(__file__).parents[2] / "docs" / "r-functions.md"
HERE = Path(__file__).parent / "against_r"
AREAS = sorted(path.stem for path in HERE.glob("r_*.py"))
HEAD = """# R functions and labkit

Made by `python tests/published/r_table.py` from the verdicts that stand beside the comparisons in tests/published/against_r; a
test holds the page to them. *same*: the same numbers to the tolerance of the reference. *better*: another definition, which.
*not offered*: labkit does not have it, and why. The numbers are those of the shared reference files, read by each comparison.

| package | function | labkit | how, or why not |
|---|---|---|---|
"""

for area in AREAS:  # loaded by path: a folder that is no package, each file under a name of its own
    if area not in sys.modules:
        spec = importlib.util.spec_from_file_location(area, HERE / f"{area}.py")
        sys.modules[area] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[area])


def say_table() -> str:
    """Return the page."""
    rows = [
        f"| {package} | `{function}` | {verdict.kind} | {verdict.how.replace('|', '/')} |"
        for (package, function), verdict in sorted(VERDICTS.items(), key=lambda item: [word.lower() for word in item[0]])
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(say_table(), encoding="utf-8")
