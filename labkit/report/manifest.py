"""The manifest: what went into a report and what came out of it, so that anybody can check both later.

Two things people confuse: what a run is made of (here, the same bytes wherever it is repeated) and how a run went (who, when,
on which machine, how long: under `reports/.runs/`, never here).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

MANIFEST = "manifest.json"
SCHEMA_VERSION = 1
SELF = "manifest_sha256"
# closed on purpose: a fact with another name would be a way in for a clock, a host or a user name
FACTS = (
    "study", "params", "inputs", "notebooks", "labkit", "environment", "seeds", "constants", "simulated", "notes",
)  # fmt: skip
KINDS = {"notebooks": "notebook", "figures": "figure", "tables": "table", "simulated": "simulated"}
NOT_SOURCE = ("__pycache__", ".ipynb_checkpoints")


def build_manifest(folder: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a finished report: the caller's facts, and every file in the folder with its hash.

    Parameters
    ----------
    folder : Path
        The staged report; every regular file in it but the manifest itself is listed, sorted by path.
    facts : mapping
        Exactly the names in `FACTS`, in JSON types: `study` (text), `params` ({given, resolved}),
        `inputs` ([{name, sha256, rows}]), `notebooks` ([{name, code_sha256}]), `labkit` ({version, commit, tree_sha256}),
        `environment` ({lock_sha256, python}), `seeds`, `constants` (rows used, each with its status),
        `simulated` (true or false), `notes` (texts).

    Returns
    -------
    dict
        With `schema_version`, the facts, `outputs` ([{path, sha256, bytes, kind}]) and `manifest_sha256`, the hash of the rest.

    Raises
    ------
    ValueError
        A fact is missing, has another name, or is not JSON.
    """
    if wrong := sorted(set(facts).symmetric_difference(FACTS)):
        raise ValueError(f"the facts of a manifest are {', '.join(FACTS)}; missing or too many: {', '.join(wrong)}")
    manifest: dict[str, Any] = {"schema_version": SCHEMA_VERSION, **facts}
    manifest["outputs"] = [
        {"path": path, "sha256": sha256_file(folder / path), "bytes": (folder / path).stat().st_size, "kind": _kind(path)}
        for path in report_files(folder)
        if path != MANIFEST
    ]
    manifest[SELF] = manifest_sha256(manifest)
    return manifest


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write `manifest.json`, the last file of a report, and return what it says. Raises as `build_manifest`, and OSError."""
    manifest = build_manifest(folder, facts)
    (folder / MANIFEST).write_bytes(canonical(manifest))
    return manifest


def canonical(value: object) -> bytes:
    r"""Spell a value in the one way: sorted keys, UTF-8, an indent of one, a newline at the end.

    Examples
    --------
    >>> canonical({"b": 1, "a": "模拟"}).decode()
    '{\n "a": "模拟",\n "b": 1\n}\n'
    """
    return (json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")


def manifest_sha256(manifest: Mapping[str, Any]) -> str:
    """Hash a manifest without the line that holds this hash."""
    return hashlib.sha256(canonical({name: value for name, value in manifest.items() if name != SELF})).hexdigest()


def sha256_file(path: Path) -> str:
    """Hash a file's bytes: SHA-256, in hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def code_sha256(notebook: Mapping[str, Any]) -> str:
    r"""Hash a notebook's code cells and their order; prose, outputs and tags do not count.

    Examples
    --------
    >>> code = {"cell_type": "code", "source": ["a = 1\n", "b = 2"], "outputs": []}
    >>> prose = {"cell_type": "markdown", "source": "why"}
    >>> code_sha256({"cells": [prose, code]}) == code_sha256({"cells": [code | {"source": "a = 1\nb = 2"}]})
    True
    """
    sources = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return hashlib.sha256(canonical([source if isinstance(source, str) else "".join(source) for source in sources])).hexdigest()


def tree_sha256(package: Path) -> str:
    """Hash a package folder's source: every file's path and bytes, sorted; no caches, no hidden files. Raises OSError."""
    sources = {
        path: sha256_file(package / path)
        for path in report_files(package)
        if not path.endswith((".pyc", ".pyo", "~"))
        and not any(part in NOT_SOURCE or part.startswith(".") for part in PurePosixPath(path).parts)
    }
    return hashlib.sha256(canonical(sources)).hexdigest()


def report_files(folder: Path) -> list[str]:
    """List all regular files below a folder, with `/`, sorted; links are neither followed nor listed. Raises OSError."""
    return sorted(path for path, regular in walk(folder) if regular)


def walk(folder: Path, above: str = "") -> Iterator[tuple[str, bool]]:
    """Yield all below a folder that is no folder itself, and whether it is a regular file (no link, pipe or device)."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from walk(Path(entry.path), f"{above}{entry.name}/")
            else:
                yield above + entry.name, entry.is_file(follow_symlinks=False)


def _kind(path: str) -> str:
    first, *rest = PurePosixPath(path).parts
    if rest:
        return KINDS.get(first, "file")
    return "report" if PurePosixPath(path).suffix in (".html", ".pdf") else "file"
