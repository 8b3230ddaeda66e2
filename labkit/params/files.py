"""Where the files of a study lie: its inputs beside the params file, and the project around it.

Two things people confuse: a *missing file* (look at the name) and a *missing place* (`$LABKIT_DATA` is not set here).
"""

from __future__ import annotations

import os
from pathlib import Path

from labkit.errors import Problem, Refusal, Rule
from labkit.params.names import DATA, PAR_PATH, SIMULATED, hostile_piece
from labkit.params.problems import report
from labkit.params.read import Params
from labkit.params.scalars import shown

PAR_FILE = Rule(
    "PAR-FILE",
    en=(
        "there is no {found} in {folder}",
        "a file or folder that is there",
        "put it there, or correct the name in the params file",
    ),
    zh=("{folder} 中没有 {found}", "存在的文件或文件夹", "请把它放在那里，或改正参数文件中的名称"),
)
PAR_DATA = Rule(
    "PAR-DATA",
    en=(
        "{found} lies under $LABKIT_DATA, which is not set to a folder of this machine",
        "LABKIT_DATA=/folder/of/public/data",
        "set it in front of the command, or use a copy beside the params file",
    ),
    zh=(
        "{found} 在 $LABKIT_DATA 之下，而它没有指向本机的文件夹",
        "LABKIT_DATA=/公开数据的文件夹",
        "请在命令前设置它，或把数据放在参数文件旁",
    ),
)
PAR_PROJECT = Rule(
    "PAR-PROJECT",
    en=(
        "no folder around this file holds labkit/, notebooks/ and params/",
        "a params file inside a project",
        "move the params file into the folder params/ of the project",
    ),
    zh=(
        "该文件的上级文件夹都不含 labkit/、notebooks/ 和 params/",
        "项目内的参数文件",
        "请把参数文件移到项目的 params/ 文件夹中",
    ),
)
PARTS = ("labkit", "notebooks", "params")


def resolve_input(name: str, base: Path, simulated: Path | None, file: str = "", row: int | None = None) -> Path:
    """Return where the input `name` lies.

    Parameters
    ----------
    name
        The name as the params file writes it: relative, or after `$LABKIT_DATA/`, or `simulated/…`.
    base
        The folder of the params file.
    simulated
        Where this run has put its simulated city, if it made one.
    file, row
        Where the name was written, for the message.

    Raises
    ------
    Refusal
        The name is not plain, `$LABKIT_DATA` is not a folder, or nothing is there.
    """
    place = file or name
    relative = name.removeprefix(DATA)
    if piece := hostile_piece(relative):
        raise Refusal(PAR_PATH.at(place, row, found=shown(name), piece=piece))
    folder = base
    if relative != name:
        data = os.environ.get("LABKIT_DATA", "")
        folder = Path(data)
        if not data or not folder.is_dir():
            raise Refusal(PAR_DATA.at(place, row, found=relative))
    elif name.startswith(SIMULATED) and simulated is not None:
        folder, relative = simulated, name.removeprefix(SIMULATED)
    path = folder / relative
    if not path.exists():
        raise Refusal(PAR_FILE.at(place, row, found=shown(relative), folder=folder))
    return path


def resolve_inputs(params: Params, simulated: Path | None) -> dict[str, Path]:
    """Return where each file of a study lies, by its name in the params file (`results.observe`).

    Raises
    ------
    Refusal
        All files that are not there, each at the row that names it.
    """
    found: dict[str, Path] = {}
    problems: list[Problem] = []
    for part, known in params.choices.to_plain().items():
        for key in ("observe", "files"):
            names = known.get(key) if isinstance(known, dict) else None
            if key == "observe" and names is not None and known.get("format") == "euda":
                continue  # the door of a release names the files it wants by itself
            several = isinstance(names, list)
            each: list[str] = names if isinstance(names, list) else [] if names is None else [names]
            for index, name in enumerate(each):
                if simulated is None and name.startswith(SIMULATED):
                    continue  # what a simulation makes is not there before it
                try:
                    at = f"{part}.{key}" + (f".{index + 1}" if several else "")
                    found[at] = resolve_input(name, params.path.parent, simulated, str(params.path))
                except Refusal as refusal:
                    problems += [
                        report(one.rule, (part, key), str(params.path), params.places, **one.fields) for one in refusal.problems
                    ]
    if problems:
        raise Refusal(problems)
    return found


def find_project(path: Path) -> Path:
    """Return the folder around `path` that holds `labkit/`, `notebooks/` and `params/`; raise `Refusal` if there is none."""
    for folder in path.absolute().parents:
        if all((folder / part).is_dir() for part in PARTS):
            return folder
    raise Refusal(PAR_PROJECT.at(str(path)))
