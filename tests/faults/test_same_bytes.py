"""The same study is the same bytes: wherever it lies, whoever runs it, in whatever time zone, locale, order of hashing or home.

Each run is a process of its own on its own copy of the sources, as two clones would be. Hashes of dictionaries, the folder, the
clock and the person must leave no trace in any published file.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The fewest sites with which each of the three laboratories has one.
SMALL = ("--set", "simulation.sites=5", "--set", "simulation.weeks=8")
PLAIN = {"PATH": os.environ["PATH"], "HOME": "{home}", "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0"}
ODD = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "4242", "COLUMNS": "40"}
Command = Callable[..., subprocess.CompletedProcess[str]]
Clone = Callable[[Path], Path]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="environments of POSIX")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """Return a function that copies what a clone holds and a report is made from; caches and reports stay behind."""
    origin = tmp_path_factory.mktemp("origin")  # one state of the sources for all, also while somebody works on them
    for name in ("labkit", "notebooks", "params"):
        shutil.copytree(ROOT / name, origin / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    shutil.copyfile(ROOT / "requirements.lock", origin / "requirements.lock")
    (origin / "home").mkdir()
    return lambda folder: Path(shutil.copytree(origin, folder))


def publish(command: Command, project: Path, environment: dict[str, str], *words: str, **options: object) -> dict[str, bytes]:
    """Run the small study in a copy of the sources with the labkit of that copy; return the published files."""
    given = {name: value.format(home=project / "home") for name, value in environment.items()}
    said = command(
        "run", project / "params" / "first.yml", *SMALL, *words, "--quiet", env=given | {"PYTHONPATH": str(project)}, **options
    )
    assert said.returncode == 0, said.stderr
    report = project / "reports" / "first"
    assert said.stdout == f"{report}\n"
    return {path.relative_to(report).as_posix(): path.read_bytes() for path in report.rglob("*") if path.is_file()}


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def test_two_clones_publish_the_same_bytes(tmp_path: Path, command: Command, clone: Clone) -> None:
    """The quick pair: everything about the second run is other than about the first."""
    first = publish(command, clone(tmp_path / "a"), PLAIN, "--set", "languages=[en]", cwd=tmp_path / "a")
    other = clone(tmp_path / "somewhere else" / "研究")
    second = publish(command, other, ODD, "--set", "languages=[en]", cwd="/", umask=0o077, stdin=subprocess.DEVNULL)
    assert differing(first, second) == []
    assert len(first) >= 15
    for name, content in first.items():
        for word in (str(tmp_path), str(ROOT), os.path.expanduser("~") + "/", "Auckland"):
            assert word.encode() not in content, name
        if name.endswith((".json", ".ipynb", ".html")):
            assert not re.search(rb"(?<![\w.:/])/(home|Users|root|tmp|var|usr|opt)/\w", content), name
    modes = {path.stat().st_mode & 0o777 for path in (other / "reports" / "first").rglob("*")}
    assert modes == {0o644, 0o755}


CHANGES: dict[str, tuple[dict[str, str | None], dict[str, object]]] = {
    "again": ({}, {}),
    "time zone": ({"TZ": "Asia/Shanghai"}, {}),
    "daylight saving": ({"TZ": "America/New_York"}, {}),
    "locale C": ({"LC_ALL": "C"}, {}),
    "locale that is not there": ({"LC_ALL": "de_DE.UTF-8", "LANG": "zh_CN.GB18030"}, {}),
    "hash seed": ({"PYTHONHASHSEED": "1"}, {}),
    "random hash seed": ({"PYTHONHASHSEED": "random"}, {}),
    "no home": ({"HOME": None}, {}),
    "empty home": ({"HOME": ""}, {}),
    "home that is not there": ({"HOME": "/nonexistent"}, {}),
    "strict umask": ({}, {"umask": 0o077}),
    "no umask": ({}, {"umask": 0}),
    "another folder": ({}, {"cwd": "/"}),
    "no terminal": ({"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "20"}, {"stdin": subprocess.DEVNULL}),
    "threads": ({"OMP_NUM_THREADS": "8", "OPENBLAS_NUM_THREADS": "8"}, {}),
    "style of a person": ({"MATPLOTLIBRC": "{home}", "MPLBACKEND": "svg", "IPYTHONDIR": "{home}"}, {}),
    "messages in Chinese": ({"LABKIT_LANGUAGE": "zh"}, {}),
    "data elsewhere": ({"LABKIT_DATA": "{home}"}, {}),
    "another run file": ({"LABKIT_RUN": "{home}/run.json"}, {}),
    "epoch": ({"SOURCE_DATE_EPOCH": "1"}, {}),
}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory, command: Command, clone: Clone) -> dict[str, bytes]:
    """The report in both languages, made in a usual environment."""
    return publish(command, clone(tmp_path_factory.mktemp("usual") / "clone"), PLAIN)


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_nothing_around_a_run_changes_a_byte(
    tmp_path: Path, command: Command, clone: Clone, usual: dict[str, bytes], change: str
) -> None:
    """One circumstance at a time, in both languages, HTML and PDF."""
    variables, options = CHANGES[change]
    project = clone(tmp_path / change)
    (project / "home" / "matplotlibrc").write_text("figure.dpi: 33\nfont.size: 30\n", encoding="utf-8")
    environment = {name: value for name, value in (PLAIN | variables).items() if value is not None}
    assert differing(usual, publish(command, project, environment, **options)) == []


@pytest.mark.slow
def test_a_year_later(tmp_path: Path, command: Command, clone: Clone, usual: dict[str, bytes]) -> None:
    """The clock of Python's `time` 400 days ahead in the command and in its kernels: dates come from the data alone."""
    project = clone(tmp_path / "later")
    (project / "sitecustomize.py").write_text(
        "import time\n"
        "now, localtime, gmtime = time.time, time.localtime, time.gmtime\n"
        "time.time = lambda: now() + 400 * 86400\n"
        "time.gmtime = lambda seconds=None: gmtime(time.time() if seconds is None else seconds)\n"
        "time.localtime = lambda seconds=None: localtime(time.time() if seconds is None else seconds)\n",
        encoding="utf-8",
    )
    assert differing(usual, publish(command, project, PLAIN)) == []
