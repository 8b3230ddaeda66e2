"""The doors that the corpus knocks at: how a case of each group is handed to labkit, and what comes back of an accepted one.

A door takes the case's input (bytes of a file, or a name), a way in (a group may have several), and a fresh folder. It returns
plain values by name, or raises `Refusal`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labkit.params import check_report_name, read_params, to_study_name

STUDY = b"""\
title: {en: How much?}
languages: [en]
notebooks: [load]
enters_at: load_per_1000
results: {observe: results.csv}
correction_factor: {none: true}
errors: {none: true}
"""


def flat(plain: Any, path: str = "") -> dict[str, Any]:
    """Return the leaves of nested maps by their dotted names."""
    if not isinstance(plain, dict):
        return {path: plain}
    return {name: leaf for key, value in plain.items() for name, leaf in flat(value, f"{path}.{key}" if path else key).items()}


def params_file(content: bytes, way: str, folder: Path) -> dict[str, Any]:
    """Read the input as a params file."""
    path = folder / "input.yml"
    path.write_bytes(content)
    return flat(read_params(path).choices.to_plain())


def name(text: str, way: str, folder: Path) -> dict[str, Any]:
    """Use the input as the name of a study, of a notebook, of an input file, or of a report folder."""
    if way == "study":
        return {way: to_study_name(text)}
    if way == "report":
        return {way: check_report_name(text, folder / "reports").name}
    path = folder / "study.yml"
    path.write_bytes(STUDY)
    setting = {"notebook": "notebooks=[{}]", "set": "results.observe={}"}[way].format(json.dumps(text, ensure_ascii=False))
    choices = read_params(path, [setting]).choices
    return {way: choices.notebooks[0] if way == "notebook" else choices.results.observe}


DOORS: dict[str, Callable[[Any, str, Path], dict[str, Any]]] = {"params": params_file, "names": name}
