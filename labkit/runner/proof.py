"""The proof that a notebook ran whole: our own, from the executed notebook and the files it had to write.

Two things people confuse: that no error was seen and that every cell ran. After a killed kernel or `sys.exit(0)` there may be
no error at all; what is missing are the execution counts of the later cells, and the answer of the sentinel.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from pathlib import Path
from typing import Any

from labkit.errors import NotebookFailed
from labkit.runner.notebook import ERROR_MARKER, SENTINEL, code_cells, tags
from labkit.runner.plan import Chapter
from labkit.runner.scrub import scrub

OUR_REFUSALS = {"Refusal", "NotebookFailed", "EnvironmentUnfit", "Interrupted", "Damaged", "LabkitError"}
_FRAME = re.compile(r"Cell (?:In\s?\[[^\]]*\]|\S+), line (\d+)|\[[^\]]*\], line (\d+)")
PNG = b"\x89PNG\r\n\x1a\n"


def prove(notebook: Any, chapter: Chapter, nonce: str, hidden: tuple[str, ...] = ()) -> dict[str, bytes]:
    """Return the figures of a notebook that ran whole.

    Raises `NotebookFailed` with the code cell and the reason: an error output, a cell without a strictly increasing execution
    count, a sentinel that did not answer, papermill's mark of a failed run, a missing or repeated figure, a missing table.
    """
    name, last = chapter.name, 0
    for number, cell in code_cells(notebook):
        for output in cell.outputs:
            if output.output_type == "error":
                raise NotebookFailed(name, number, error_reason(output, cell.source, hidden))
        if not cell.source.strip():
            continue
        if not isinstance(cell.execution_count, int) or cell.execution_count <= last:
            raise NotebookFailed(name, number, "did not run, or not in its turn")
        last = cell.execution_count
    _prove_sentinel(notebook, name, nonce)
    if any(ERROR_MARKER in tags(cell) for cell in notebook.cells):
        raise NotebookFailed(name, None, "carries the mark of a failed run")
    figures = _figures(notebook, chapter)
    for table in chapter.tables:
        path = table_file(chapter, table)
        if path.is_symlink() or not path.is_file() or not path.stat().st_size:
            raise NotebookFailed(name, None, f"the table {table} was not written, though every cell ran")
    return figures


def table_file(chapter: Chapter, table: str) -> Path:
    """Return where the kernel must write a table."""
    return chapter.tables_dir / f"{table}.csv"


def _prove_sentinel(notebook: Any, name: str, nonce: str) -> None:
    sentinels = [cell for cell in notebook.cells if SENTINEL in tags(cell)]
    said = [output.get("text", "") for cell in sentinels for output in cell.outputs]
    if len(sentinels) != 1 or notebook.cells[-1] is not sentinels[0] or said != [f"{nonce}\n"]:
        raise NotebookFailed(name, None, "stopped before its end: the last cell of the run did not answer")


def _figures(notebook: Any, chapter: Chapter) -> dict[str, bytes]:
    figures: dict[str, bytes] = {}
    shown: Counter[str] = Counter()
    for number, cell in code_cells(notebook):
        for output in cell.outputs:
            ours = output.get("metadata", {}).get("image/png", {}).get("labkit")
            if "image/png" not in output.get("data", {}) or not ours:
                continue  # a picture that is not ours is the report's to refuse
            figure = str(ours.get("name"))
            shown[figure] += 1
            if figure not in (*chapter.figures, *chapter.may_show):
                raise NotebookFailed(chapter.name, number, f"shows a figure {figure!r} that the notebook does not announce")
            if shown[figure] > 1:
                raise NotebookFailed(chapter.name, number, f"shows the figure {figure} a second time")
            try:
                figures[figure] = base64.b64decode(output.data["image/png"])
            except (binascii.Error, ValueError) as error:
                raise NotebookFailed(chapter.name, number, f"the figure {figure} is not a picture") from error
            if not figures[figure].startswith(PNG):
                raise NotebookFailed(chapter.name, number, f"the figure {figure} is not a picture")
    missing = [figure for figure in chapter.figures if not shown[figure]]
    if missing:
        raise NotebookFailed(chapter.name, None, f"the figure {missing[0]} was not shown, though every cell ran")
    return figures


def error_reason(output: Any, source: str, hidden: tuple[str, ...] = ()) -> str:
    """Return `ExceptionName: message (line n: <the line>)`; what labkit itself refused comes out as its sentence alone."""
    ename, evalue = str(output.get("ename", "")), scrub(str(output.get("evalue", "")), hidden).strip()
    if ename in OUR_REFUSALS and evalue:
        return evalue
    reason = f"{ename}: {evalue}" if evalue else ename
    lines = source.splitlines()
    frames = _FRAME.findall(scrub("\n".join(output.get("traceback", []))))
    at = int(next(filter(None, frames[0]))) if frames else 0
    return f"{reason} (line {at}: {scrub(lines[at - 1].strip(), hidden)})" if 0 < at <= len(lines) else reason
