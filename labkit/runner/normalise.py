"""The executed notebook as it is published: the same bytes whenever and wherever it is run.

Two things people confuse: a result (kept exactly as it came) and the circumstances of a run (times, ids, warnings), which are
removed. A circumstance that stands inside a result cannot be removed honestly, so it fails the run.
"""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from labkit.errors import NotebookFailed
from labkit.runner.notebook import INJECTED, SENTINEL, code_cells, tags
from labkit.runner.scrub import scrub

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_BINARY = ("image/",)


def publishable(notebook: Any, name: str, hidden: tuple[str, ...] = ()) -> tuple[Any, tuple[str, ...]]:
    """Return a copy of an executed notebook as it is published, and the lines it wrote to stderr.

    Raises `NotebookFailed` when an output holds an address in memory or a path of this machine.
    """
    import nbformat

    published, log = nbformat.from_dict(notebook), []
    published.cells = [cell for cell in published.cells if SENTINEL not in tags(cell)]
    for number, cell in code_cells(published):
        kept = []
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                lines = [scrub(line, hidden) for line in output.text.splitlines() if line.strip()]
                log += [f"{name}, code cell {number}: {line}" for line in lines]
                continue
            _check_stable(output, name, number, hidden)
            output.pop("transient", None)
            kept.append(output)
        cell.outputs = kept
    for place, cell in enumerate(published.cells, 1):
        cell.id = f"cell-{place:02d}"
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in ("labkit", "tags") if cell.metadata.get(key)})
        if INJECTED in tags(cell):  # papermill lays the text out with a formatter where one is installed
            cell.source = "# Parameters\n" + ast.unparse(ast.parse(cell.source))
    metadata = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    if "labkit" in published.metadata:
        metadata["labkit"] = published.metadata["labkit"]
    published.metadata = nbformat.from_dict(metadata)
    published.nbformat, published.nbformat_minor = 4, 5
    nbformat.validate(published)
    return published, tuple(log)


def to_bytes(notebook: Any) -> bytes:
    """Return the canonical bytes of a notebook: sorted keys, one space of indent, UTF-8, a newline at the end."""
    import nbformat

    return (nbformat.writes(notebook, version=4).rstrip("\n") + "\n").encode("utf-8")


def _check_stable(output: Any, name: str, number: int | None, hidden: tuple[str, ...]) -> None:
    data = {key: value for key, value in output.get("data", {}).items() if not key.startswith(_BINARY)}
    text = json.dumps([output.get("text", ""), data, output.get("metadata", {})], ensure_ascii=False)
    if _ADDRESS.search(text):
        reason = "shows an address in memory (0x…), which is not a result and differs from run to run; show a value instead"
        raise NotebookFailed(name, number, reason)
    if any(re.search(rf"(?<![\w.]){re.escape(root)}(?![\w.-])", text) for root in hidden):
        raise NotebookFailed(name, number, "shows a path of this machine, which differs elsewhere; show a file's name instead")
