"""Read a notebook, keep one language of it, and refuse what could hide a failure, before anything is executed.

Two things people confuse: the cell tagged `parameters` holds defaults and is the list of names that may be set; the cell tagged
`injected-parameters` is put in by a run, and a notebook as written has none.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from labkit.errors import LANGUAGES, NotebookFailed

FORGIVING_TAGS = {"raises-exception", "skip-execution"}
FORGIVING_KEYS = {"allow_errors", "ignore_errors", "raises_exception"}
ERROR_MARKER = "papermill-error-cell-tag"
INJECTED = "injected-parameters"
SENTINEL = "labkit-sentinel"
OURS = {INJECTED, SENTINEL}  # the cells a run adds; a reader does not count them


def tags(cell: Any) -> set[str]:
    """Return the tags of a cell."""
    return set(cell.metadata.get("tags", []))


def code_cells(notebook: Any) -> Iterator[tuple[int | None, Any]]:
    """Yield each code cell with its number as a reader of the written notebook counts; None for the cells a run adds."""
    number = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if tags(cell) & OURS:
            yield None, cell
        else:
            number += 1
            yield number, cell


def read_notebook(path: Path) -> Any:
    """Read a notebook file in format 4.5.

    Raises `NotebookFailed` when the file is missing, is no regular `.ipynb` file or is not a valid notebook.
    """
    import nbformat  # 0.8 s, nearly all of it a grammar that jsonschema loads; only a run needs it

    if path.suffix != ".ipynb" or not path.is_file():
        raise NotebookFailed(path.name, None, "there is no such notebook")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # missing cell ids: a run gives its own
            notebook = nbformat.v4.upgrade(nbformat.read(path, as_version=4))
            nbformat.validate(notebook)
    except (ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        raise NotebookFailed(path.name, None, f"is not a valid notebook ({type(error).__name__})") from error
    return notebook


def in_language(notebook: Any, language: str, name: str = "notebook") -> Any:
    """Return a copy without the prose of the other languages; a markdown cell tagged with no language is kept.

    Raises `NotebookFailed` unless each cell tagged `en` is followed at once by its twin tagged `zh`.
    """
    import nbformat

    if language not in LANGUAGES:
        raise ValueError(f"language is one of {', '.join(LANGUAGES)}, not {language!r}")
    _check_pairs(notebook, name)
    kept = nbformat.from_dict(notebook)
    kept.cells = [cell for cell in kept.cells if cell.cell_type == "code" or tags(cell).isdisjoint({*LANGUAGES} - {language})]
    return kept


def _check_pairs(notebook: Any, name: str) -> None:
    wanted = ""  # the twin that must come next, with the place of the cell that wants it
    for place, cell in enumerate(notebook.cells, 1):
        spoken = sorted(tags(cell) & {*LANGUAGES})
        if spoken and cell.cell_type == "code":
            raise NotebookFailed(name, None, f"cell {place} is code and tagged {spoken[0]}: only prose has a language")
        if len(spoken) > 1:
            raise NotebookFailed(name, None, f"cell {place} is tagged en and zh; it can be one of them")
        if wanted and spoken != ["zh"]:
            raise NotebookFailed(name, None, f"cell {place - 1} is tagged en; the next cell must be its twin tagged zh")
        if spoken == ["zh"] and not wanted:
            raise NotebookFailed(name, None, f"cell {place} is tagged zh; the cell before it must be its twin tagged en")
        wanted = "zh" if spoken == ["en"] else ""
    if wanted:
        raise NotebookFailed(name, None, f"cell {len(notebook.cells)} is tagged en; the next cell must be its twin tagged zh")


def declared_parameters(notebook: Any, name: str = "notebook") -> tuple[str, ...]:
    """Return the names that the cell tagged `parameters` declares, in order.

    Raises `NotebookFailed` unless there is exactly one such cell and it holds nothing but `name: type = literal` lines.
    """
    tagged = [(number, cell) for number, cell in code_cells(notebook) if "parameters" in tags(cell)]
    if len(tagged) != 1:
        raise NotebookFailed(name, None, f"{len(tagged)} code cells are tagged parameters; there must be exactly one")
    number, cell = tagged[0]
    declared: list[str] = []
    for statement in _parsed(cell.source, name, number).body:
        if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value):
            raise NotebookFailed(name, number, f"line {statement.lineno} of the parameters is not `name: type = value`")
        try:
            ast.literal_eval(statement.value)
        except ValueError as error:
            raise NotebookFailed(name, number, f"the default of {statement.target.id} is not a literal") from error
        declared.append(statement.target.id)
    if len(set(declared)) < len(declared):
        raise NotebookFailed(name, number, "a parameter is declared twice")
    return tuple(declared)


def check_honest(notebook: Any, name: str = "notebook") -> None:
    """Refuse what lets a failed cell pass: forgiving tags, magics and shell lines, left-overs of an earlier run.

    Raises `NotebookFailed` with the code cell. A line such as `%%script false --no-raise-error` fails without a sign, so
    every code cell must be plain Python.
    """
    if FORGIVING_KEYS & set(notebook.metadata) or FORGIVING_KEYS & set(notebook.metadata.get("execution", {})):
        raise NotebookFailed(name, None, "its metadata allow errors; a report is made only when every cell succeeds")
    if any(tags(cell) & {*OURS, ERROR_MARKER} for cell in notebook.cells):
        raise NotebookFailed(name, None, "it is the output of an earlier run, not a notebook as written")
    for number, cell in code_cells(notebook):
        forgiving = tags(cell) & FORGIVING_TAGS | FORGIVING_KEYS & set(cell.metadata)
        if forgiving:
            raise NotebookFailed(name, number, f"is marked {min(forgiving)}; a report is made only when every cell succeeds")
        _parsed(cell.source, name, number)


def _parsed(source: str, name: str, number: int | None) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f" in line {line}" if line else ""
        raise NotebookFailed(name, number, f"is not plain Python{where} (magics and shell lines are not taken)") from error
