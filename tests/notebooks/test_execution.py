"""The re-execution of notebooks notices: a changed output, an error, a cell that ended well by accident."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
CELLS = {
    "the same output": ("# NBVAL_CHECK_OUTPUT\nprint(round(0.1 + 0.2, 3))", "0.3\n", 0),
    "another output": ("# NBVAL_CHECK_OUTPUT\nprint(round(0.1 + 0.3, 3))", "0.3\n", 1),
    "an error": ("undefined_name", None, 1),
    "another environment": (f"import sys\nassert sys.executable == {sys.executable!r}", None, 0),
}


@pytest.mark.parametrize("case", CELLS)
def test_re_execution_notices(case: str, tmp_path: Path) -> None:
    source, printed, code = CELLS[case]
    cell = nbformat.v4.new_code_cell(source)
    if printed is not None:
        cell.execution_count = 1
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=printed)]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "one.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), f"--rootdir={tmp_path}", "-p", "no:cacheprovider",
         "-p", "no:xdist", str(tmp_path / "one.ipynb")],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert ("1 passed" if code == 0 else "1 failed") in done.stdout
