"""The doors that the corpus knocks at: how a case of each group is handed to labkit, and what comes back of an accepted one.

A door takes the case's input (bytes of a file, or a name), a way in (a group may have several), and a fresh folder. It returns
plain values by name, or raises `Refusal`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from labkit.errors import Refusal
from labkit.loaders.check import check_files
from labkit.loaders.read import read_file
from labkit.params import check_report_name, read_params, to_study_name
from labkit.params.profile import Profile
from labkit.params.read_profile import read_profile

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


TODAY = date(2026, 6, 30)  # the day on which the corpus is handed in


def lab_file(content: bytes, way: str, folder: Path, told: Mapping[str, Any]) -> dict[str, Any]:
    """Check a laboratory file as `labkit check` does; return its rows as flat values, and `notes`."""
    work = folder / "in"
    work.mkdir(exist_ok=True)
    for name, text in told.get("beside", {}).items():
        (work / name).write_text(text, encoding="utf-8")
    path = work / told["name"]
    path.write_bytes(content)
    profile, sites = Profile(), None
    if told.get("profile"):
        written = folder / "profile.yml"
        written.write_text(told["profile"], encoding="utf-8")
        profile = read_profile(written)
    if told.get("sites"):
        sites = str(folder / "sites.csv")
        Path(sites).write_text(told["sites"], encoding="utf-8")
    [checked] = check_files([str(path)], told.get("kind"), profile, sites, TODAY)
    if checked.problems:
        raise Refusal(checked.problems, checked.total)
    taken: dict[str, Any] = {"rows": checked.rows, "notes": [note.rule for note in checked.notes]}
    if told.get("value"):
        frame = read_file(path, path.name, told.get("kind"), profile, today=TODAY).frame
        taken |= {f"{index}.{name}": value for index, row in enumerate(frame.to_dict("records")) for name, value in row.items()}
    return taken


LAB_GROUPS = ("encoding", "structure", "values", "units", "dates", "workbooks", "people")
DOORS: dict[str, Callable[[Any, str, Path], dict[str, Any]]] = {"params": params_file, "names": name}
