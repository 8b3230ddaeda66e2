"""What a report holds: tables, notebooks, figures, the pages in each language, and the facts of its manifest."""

from __future__ import annotations

import csv
import json
import platform
import shutil
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from labkit import runner
from labkit.desk import Desk, Inputs
from labkit.errors import Note, NotebookFailed
from labkit.params import Params
from labkit.report.document import Meta, read_document
from labkit.report.html import render_html
from labkit.report.manifest import code_sha256, sha256_file, tree_sha256
from labkit.report.pdf import render_pdf
from labkit.runner import Chapter, Executed
from labkit.tables import TABLES, check, read_csv, to_dictionary, write_csv
from labkit.wording import disagreements, status_notes

LOCK = "requirements.lock"  # without it no report can say what it was made with


def keep_tables(chapters: Sequence[Chapter], target: Path) -> list[str]:
    """Copy the tables once; each language must have written the same bytes, and the copy must keep the table's promise."""
    target.mkdir(parents=True)
    names: list[str] = []
    for chapter in chapters:
        for name in chapter.tables:
            source, kept = chapter.tables_dir / f"{name}.csv", target / f"{name}.csv"
            if not kept.exists():
                shutil.copyfile(source, kept)
                _check_promise(kept, name, chapter.name)
                names.append(name)
            elif kept.read_bytes() != source.read_bytes():
                raise NotebookFailed(chapter.name, None, f"the table {name} differs from the one of another language")
    write_csv(to_dictionary(names), target / "dictionary.csv")
    return names


def _check_promise(path: Path, name: str, notebook: str) -> None:
    if name not in TABLES:
        raise NotebookFailed(notebook, None, f"announces the table {name}, which labkit/tables does not know")
    try:
        frame = read_csv(path)
        check(frame, TABLES[name])
    except ValueError as error:
        raise NotebookFailed(notebook, None, f"the table {name} is not what it promises: {error}") from error
    if list(frame.columns) != TABLES[name].names:
        raise NotebookFailed(notebook, None, f"the table {name} has columns that it does not promise")


def _counted(name: str, path: Path, inputs: Inputs) -> dict[str, int]:
    """Return how many rows a file has: as its door counted them; a profile has none."""
    if name in inputs.rows:
        return {"rows": inputs.rows[name]}
    return {"rows": _rows(path)} if path.suffix == ".csv" else {}


def _rows(path: Path) -> int:
    """Count the rows of data: neither the header nor blank rows, and a row of several lines once."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return max(sum(any(cell.strip() for cell in cells) for cells in csv.reader(file)) - 1, 0)


def keep_notebooks(executed: Sequence[Executed], target: Path) -> None:
    """Write the executed notebooks and their figures, one a language."""
    for folder in ("notebooks", *(["figures"] if any(one.figures for one in executed) else [])):
        (target / folder).mkdir()
    for one in executed:
        stem = f"{one.chapter.id}.{one.chapter.language}"
        (target / "notebooks" / f"{stem}.ipynb").write_bytes(runner.to_bytes(one.notebook))
        for name, png in one.figures.items():
            (target / "figures" / f"{name}.{one.chapter.language}.png").write_bytes(png)


def notes_of(tables: Path, names: Sequence[str], desk: Desk) -> list[Note]:
    """Return what a reader must know before any number: unverified parameters, and anomalies of the source."""
    constants = read_csv(tables / "constants.csv") if "constants" in names else pd.DataFrame()
    notes = status_notes(read_csv(tables / "consumption.csv"), constants) if "consumption" in names else []
    if "comparison" in names and not desk.edition.simulated:
        notes += disagreements(read_csv(tables / "comparison.csv"))
    return notes


def render(
    params: Params, language: str, executed: Sequence[Executed], notes: Sequence[Note], commit: str, target: Path
) -> None:
    """Write the report of one language as HTML and PDF."""
    title = params.choices.title
    consumption = read_csv(target / "tables" / "consumption.csv")
    days = consumption["date"].dropna().astype(str)
    results, sites = len(consumption), consumption["site"].nunique()
    meta = Meta(
        study=params.study,
        title=(title.zh if language == "zh" else title.en) or title.en or title.zh or params.study,
        language=language,
        simulated=params.choices.simulation is not None,
        version=version("labkit"),
        commit=commit,
        notes=tuple(note.text(language) for note in notes if not note.rule),
        taken=tuple(note.text(language) for note in notes if note.rule),
        period=f"{days.min()} – {days.max()}" if len(days) else "",
        data={"en": f"{results:,} results from {sites} sites", "zh": f"{sites} 个采样点的 {results:,} 个结果"}[language],
    )
    documents = [read_document(one.notebook, one.chapter.id) for one in executed if one.chapter.language == language]
    (target / f"report.{language}.html").write_text(render_html(documents, meta), encoding="utf-8", newline="\n")
    (target / f"report.{language}.pdf").write_bytes(render_pdf(documents, meta))


def facts_of(
    params: Params,
    project: Path,
    desk: Desk,
    inputs: Inputs,
    hashes: dict[str, str],
    executed: Sequence[Executed],
    notes: Sequence[Note],
    commit: str,
) -> dict[str, Any]:
    """Return what the manifest says of how the report came about: nothing of who, when or where."""
    plain = params.choices.to_plain()
    tables = [
        path for path in (desk.tables / language / "constants.csv" for language in params.choices.languages) if path.exists()
    ]
    constants = json.loads(read_csv(tables[0]).to_json(orient="records")) if tables else []
    return {
        "study": params.study,
        "params": {"resolved": plain},
        "inputs": [{"name": name, "sha256": hashes[name], **_counted(name, path, inputs)} for name, path in inputs.files],
        "notebooks": [
            {
                "name": one.chapter.id,
                "language": one.chapter.language,
                "code_sha256": code_sha256(runner.read_notebook(one.chapter.notebook)),
            }
            for one in executed
        ],
        "labkit": {"version": version("labkit"), "commit": commit, "tree_sha256": tree_sha256(project / "labkit")},
        "environment": {"lock_sha256": sha256_file(project / LOCK), "python": ".".join(platform.python_version_tuple()[:2])},
        "seeds": {"simulation": plain["simulation"]["seed"]} if "simulation" in plain else {},
        "constants": constants,
        "simulated": desk.edition.simulated,
        "notes": [note.en for note in notes],
    }
