"""Can a report be published here? Asked before anything runs; nothing is written by asking.

Two things people confuse: the reports folder (given by the person) and a study's folder in it (named by the params file).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from labkit.errors import EnvironmentUnfit, Problem, Refusal, Rule
from labkit.report.disk import NEEDED_BYTES, OUT_FULL, free_bytes

OUT_NAME = Rule(
    "OUT-NAME",
    en=(
        "{study} cannot be the folder of a report",
        "a to z, 0 to 9, - and _, at most 64, no device name such as con",
        "rename the params file",
    ),
    zh=("{study} 不能作为报告的文件夹名", "仅限 a–z、0–9、- 和 _，最多 64 个字符，且不是 con 之类的设备名", "请给参数文件改名"),
)
OUT_CASE = Rule(
    "OUT-CASE",
    en=(
        "the report {other} differs from {study} only in its capitals",
        "names that differ in more",
        "rename one of the two studies",
    ),
    zh=("已有报告 {other} 与 {study} 仅大小写不同", "名称须有大小写以外的差别", "请给其中一个研究改名"),
)
OUT_FOLDER = Rule(
    "OUT-FOLDER",
    en=(
        "a file lies where a folder is needed",
        "a folder, or nothing yet",
        "move the file away, or name another folder with --reports",
    ),
    zh=("需要文件夹的位置上有一个文件", "应为文件夹，或尚不存在", "请移走该文件，或用 --reports 指定另一文件夹"),
)
OUT_LINK = Rule(
    "OUT-LINK",
    en=(
        "this is a symbolic link",
        "a real folder, since a link can lead anywhere",
        "name the real folder with --reports, or remove the link",
    ),
    zh=("这是一个符号链接", "须为真实的文件夹，因为链接可能指向任何地方", "请用 --reports 指定真实的文件夹，或删除该链接"),
)
OUT_PARENT = Rule(
    "OUT-PARENT",
    en=(
        "the folder above does not exist",
        "a reports folder inside a folder that exists",
        "make the folder above, or correct --reports",
    ),
    zh=("上一级文件夹不存在", "报告文件夹须位于已存在的文件夹中", "请先建立上一级文件夹，或更正 --reports"),
)
OUT_WRITE = Rule(
    "OUT-WRITE",
    en=(
        "it cannot be written",
        "a folder in which you may make files",
        "change its permissions, or name another folder with --reports",
    ),
    zh=("该文件夹不可写入", "须为可以在其中建立文件的文件夹", "请更改其权限，或用 --reports 指定另一文件夹"),
)
STAGING, RUNS = ".staging", ".runs"
DEVICE = r"con|prn|aux|nul|com\d|lpt\d"
STUDY = re.compile(rf"(?!(?i:{DEVICE})\Z)[A-Za-z0-9][A-Za-z0-9_-]{{0,63}}")


def check_study_name(study: str) -> None:
    """Refuse a name that is not one plain folder name on every system.

    Raises
    ------
    Refusal
        OUT-NAME.

    Examples
    --------
    >>> check_study_name("korea")
    >>> check_study_name("../etc")
    Traceback (most recent call last):
    labkit.errors.Refusal: reports OUT-NAME ../etc cannot be the folder of a report → a to z, ...
    """
    if not STUDY.fullmatch(study):
        raise Refusal(OUT_NAME.at(file="reports", study=study))


def check_reports_folder(reports: Path, study: str | None = None) -> None:
    """Refuse a reports folder (and a study's folder in it) under which nothing could be published.

    Parameters
    ----------
    reports : Path
        The folder of all reports; it need not exist yet, the folder above it must.
    study : str, optional
        The study that would be published there.

    Raises
    ------
    Refusal
        OUT-FOLDER, OUT-LINK, OUT-PARENT, OUT-WRITE, OUT-NAME or OUT-CASE.
    EnvironmentUnfit
        OUT-FULL: less than 50 MB are free, or no further file can be made.
    """
    try:
        problem = _folder_problem(reports, study)
    except OSError:  # no right to look, a name too long
        problem = OUT_WRITE.at(file=str(reports))
    if problem is not None:
        raise Refusal(problem)
    free = free_bytes(reports if reports.exists() else reports.absolute().parent)
    if free < NEEDED_BYTES:
        raise EnvironmentUnfit(OUT_FULL.at(file=str(reports), free=free // 1_000_000, needed=NEEDED_BYTES // 1_000_000))


def _folder_problem(reports: Path, study: str | None) -> Problem | None:
    if "\0" in str(reports):
        return OUT_WRITE.at(file=str(reports))
    if not os.path.lexists(reports):
        above = reports.absolute().parent
        if not above.is_dir():
            return OUT_PARENT.at(file=str(reports))
        if not os.access(above, os.W_OK | os.X_OK):
            return OUT_WRITE.at(file=str(above))
    for folder in (reports, reports / STAGING, reports / RUNS):
        if problem := _problem_in(folder):
            return problem
    if study is not None:
        check_study_name(study)
        return study_problem(reports, study)
    return None


def _problem_in(folder: Path) -> Problem | None:
    if folder.is_symlink():
        return OUT_LINK.at(file=str(folder))
    if not os.path.lexists(folder):
        return None
    if not folder.is_dir():
        return OUT_FOLDER.at(file=str(folder))
    # access(2) knows read-only mounts too, and writes nothing
    return None if os.access(folder, os.R_OK | os.W_OK | os.X_OK) else OUT_WRITE.at(file=str(folder))


def study_problem(reports: Path, study: str) -> Problem | None:
    """Say why `reports/<study>` cannot take a report: a file, a link, no right, a twin in other capitals; None if it can."""
    if reports.is_dir():
        # on a disk that knows no capitals the two would be one folder
        for other in sorted(os.listdir(reports)):
            if other != study and other.casefold() == study.casefold():
                return OUT_CASE.at(file=str(reports), other=other, study=study)
    return _problem_in(reports / study)
