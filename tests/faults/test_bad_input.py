"""Bad input through the command itself: refused before any notebook starts, at its place, with nothing written.

Each case spoils one thing of a study that is good. What happens during a run (an input that changes, an odd environment) is a
process of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from labkit.cli import main

PARAMS = """\
title: {en: How much is taken in two catchments?}
languages: [en]
notebooks: [three]
enters_at: concentration
results: {observe: own/results.csv}
flow: {observe: own/flow.csv}
population: {observe: own/population.csv, kind: served}
correction_factor: {assume: constants}
dose: {none: true}
errors: {none: true}
"""
FILES = {
    "results.csv": "site,date,analyte,concentration,unit,loq\n"
    "A,2024-01-01,ketamine,12.5,ng/L,10\n"
    "A,2024-01-02,ketamine,<10,ng/L,10\n"
    "B,2024-01-01,ketamine,30,ng/L,10\n",
    "flow.csv": "site,date,flow,unit\nA,2024-01-01,200000,m3/day\nA,2024-01-02,210000,m3/day\nB,2024-01-01,90000,m3/day\n",
    "population.csv": "site,kind,population,source\nA,served,500000,plant\nB,served,195000,plant\n",
}
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path, lay_project: Callable[[Path], Path], write_notebook: Callable[..., None]) -> Path:
    """A project with a good study `own` and an earlier report of it."""
    folder = lay_project(tmp_path / "project")
    (folder / "params" / "own").mkdir()
    (folder / "params" / "own.yml").write_text(PARAMS, encoding="utf-8")
    for name, text in FILES.items():
        (folder / "params" / "own" / name).write_text(text, encoding="utf-8")
    write_notebook(folder, "total = 1", "print(total)")
    (folder / "reports" / "own").mkdir(parents=True)
    (folder / "reports" / "own" / "report.en.html").write_text("the earlier report", encoding="utf-8")
    return folder


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Everything in a folder: files with their bytes and times, folders by name."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns)
        for path in folder.rglob("*")
    }


def refuse(project: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """Run the study; return the lines it is refused with, once sure that no kernel was started and nothing written."""

    def started(*_: object, **__: object) -> None:
        raise AssertionError("a notebook was started")

    monkeypatch.setattr("labkit.runner.run_chapters", started)
    monkeypatch.setattr("labkit.study.run.staging", started)
    monkeypatch.chdir(project)
    monkeypatch.delenv("LABKIT_LANGUAGE", raising=False)
    before = state(project / "reports") if (project / "reports").is_dir() else None
    start = time.monotonic()
    said = CliRunner().invoke(main, ["run", "params/own.yml", "--quiet", *words])
    assert time.monotonic() - start < 3
    assert isinstance(said.exception, SystemExit), said.exception
    assert (said.exit_code, said.stdout) == (2, "")
    assert "Traceback" not in said.stderr
    assert (state(project / "reports") if (project / "reports").is_dir() else None) == before
    return said.stderr.splitlines()


def spoil(project: Path, name: str, old: str, new: str) -> None:
    """Replace one piece of one input."""
    path = project / "params" / "own" / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


CASES = [
    # what is wrong, the file, its good piece and the bad one, and how the one line of the refusal begins
    ("a missing flow", "flow.csv", "A,2024-01-02,210000,m3/day\n", "", "own/results.csv:3:date (B) KEY-FLOW "),
    ("an empty flow", "flow.csv", "210000", "", "own/flow.csv:3:flow (C) "),
    ("a site no table knows", "results.csv", "B,2024-01-01,ketamine", "C,2024-01-01,ketamine", "own/results.csv:4:"),
    ("a site in small letters", "population.csv", "B,served", "b,served", "own/results.csv:4:site (A) KEY-SITE-UNKNOWN "),
    ("a negative concentration", "results.csv", "12.5", "-12.5", "own/results.csv:2:concentration (D) "),
    ("a negative flow", "flow.csv", "90000", "-90000", "own/flow.csv:4:flow (C) "),
    ("a negative population", "population.csv", "195000", "-195000", "own/population.csv:3:population (C) "),
    ("a flow of nothing", "flow.csv", "90000", "0", "own/flow.csv:4:flow (C) "),
    ("an unknown unit of concentration", "results.csv", "30,ng/L", "30,ppm", "own/results.csv:4:unit (E) "),
    ("an unknown unit of flow", "flow.csv", "90000,m3/day", "90000,buckets", "own/flow.csv:4:unit (D) "),
    ("a mark without a limit", "results.csv", "<10,ng/L,10", "ND,ng/L,", "own/results.csv:3:concentration (D) "),
    ("no number", "results.csv", "12.5", "12.5x", "own/results.csv:2:concentration (D) "),
    ("infinity", "results.csv", "12.5", "inf", "own/results.csv:2:concentration (D) "),
    ("a day that is none", "results.csv", "2024-01-02", "2024-02-30", "own/results.csv:3:date (B) "),
    ("an unknown analyte", "results.csv", "B,2024-01-01,ketamine", "B,2024-01-01,ketamin", "own/results.csv:4:analyte (C) "),
    ("a truncated file", "flow.csv", "90000,m3/day\n", "90", "own/flow.csv:4 ROW-CUT "),
    ("a comma for a point", "results.csv", "12.5", "12,5", "own/results.csv:2 ROW-FIELDS "),
    (
        "a missing column",
        "flow.csv",
        "site,date,flow,unit",
        "site,date,flaw,unit",
        "own/flow.csv:1 HDR-COLUMN no column “flow” ",
    ),
    ("an empty file", "flow.csv", FILES["flow.csv"], "", "own/flow.csv:1 TEXT-EMPTY "),
]


@pytest.mark.parametrize(("what", "name", "old", "new", "begins"), CASES, ids=[case[0] for case in CASES])
def test_one_wrong_thing(
    project: Path, monkeypatch: pytest.MonkeyPatch, what: str, name: str, old: str, new: str, begins: str
) -> None:
    """File, row, column, rule, what is allowed and what to do, in one line."""
    spoil(project, name, old, new)
    lines = refuse(project, monkeypatch)
    assert lines[0].startswith(begins), lines
    assert len(lines) == (2 if what == "a site no table knows" else 1), lines
    for line in lines:
        assert re.fullmatch(r"own/\w+\.csv(:\d+(:\w+ \([A-F]\))?)? [A-Z]+(-[A-Z0-9]+)+ .+ → .+; .+", line), line


def test_no_known_encoding_names_the_byte_and_the_line(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is neither UTF-8 nor the encoding of Chinese spreadsheets is not guessed; the latter is taken, with a note."""
    path = project / "params" / "own" / "population.csv"
    content = path.read_bytes().replace(b"195000,plant", b"195000,\xff\xff")
    path.write_bytes(content)
    offset = content.index(b"\xff")
    (line,) = refuse(project, monkeypatch)
    assert line.startswith(f"own/population.csv:3 ENC-UNKNOWN byte {offset} on line 3 is not UTF-8 / GB18030 (0xff) → ")


def test_every_problem_of_a_file_at_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(project, "results.csv", "12.5", "-1")
    spoil(project, "results.csv", "<10,ng/L", "<10,ppm")
    spoil(project, "results.csv", "B,2024-01-01", "B,yesterday")
    places = [line.split(" ")[0] for line in refuse(project, monkeypatch)]
    assert places == ["own/results.csv:2:concentration", "own/results.csv:3:unit", "own/results.csv:4:date"]


@pytest.mark.parametrize("name", ["results.csv", "flow.csv", "population.csv"])
def test_a_missing_file_is_named_at_the_row_that_wants_it(project: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (project / "params" / "own" / name).unlink()
    (line,) = refuse(project, monkeypatch)
    row = 1 + next(number for number, text in enumerate(PARAMS.splitlines()) if name in text)
    part = name.removesuffix(".csv")
    assert re.match(rf"params/own\.yml:{row}:{part}\.observe PAR-FILE there is no .{re.escape(f'own/{name}')}. in ", line), line


def test_a_simulated_study_that_names_a_missing_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the simulation makes is not there before it; everything else has to be."""
    shutil.copyfile(project / "params" / "first.yml", project / "params" / "own.yml")
    (line,) = refuse(project, monkeypatch, "--set", "flow={observe: own/nix.csv}")
    assert line.startswith("--set flow PAR-FILE there is no “own/nix.csv” in ")


@pytest.mark.parametrize(
    ("content", "begins"),
    [
        (PARAMS.replace("notebooks: [three]", "notebooks: [four]"), "params/own.yml:3:notebooks RUN-NOTEBOOK "),
        (PARAMS + "yaer: 2025\n", "params/own.yml:11:yaer "),
        (PARAMS.encode("utf-8")[:-40] + b"\xff", "params/own.yml:9"),
        (PARAMS.replace("own/flow.csv", "../../flow.csv"), "params/own.yml:6:flow.observe "),
        (b"", "params/own.yml"),
    ],
)
def test_a_bad_params_file(project: Path, monkeypatch: pytest.MonkeyPatch, content: str | bytes, begins: str) -> None:
    (project / "params" / "own.yml").write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    lines = refuse(project, monkeypatch)
    assert lines[0].startswith(begins), lines


@pytest.mark.parametrize("place", ["reports", "reports/own", "reports/.staging", "reports/.runs"])
@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_reports_folder_that_cannot_be_written(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str, kind: str
) -> None:
    """A file, or a link to a folder elsewhere, in its place."""
    shutil.rmtree(project / place, ignore_errors=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    if kind == "file":
        (project / place).write_text("not a folder", encoding="utf-8")
    else:
        (project / place).symlink_to(elsewhere, target_is_directory=True)
    (line,) = refuse(project, monkeypatch)
    assert re.search(r"OUT-FOLDER|OUT-LINK|PAR-LINK", line), line
    assert list(elsewhere.iterdir()) == []


def test_refused_by_the_command_in_time(project: Path, command: Command) -> None:
    """As a person meets it: a process of its own, a few seconds at most, no report folder made where there was none."""
    shutil.rmtree(project / "reports")
    spoil(project, "flow.csv", "90000", "-90000")
    start = time.monotonic()
    said = command("run", "params/own.yml", "--quiet", cwd=project)
    assert time.monotonic() - start < 10, "3 s on a machine at rest"
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith("own/flow.csv:4:flow (C) ")
    assert not (project / "reports").exists()


@pytest.mark.parametrize("deed", ["open(path, 'a').write('A,2024-01-03,220000,m3/day\\n')", "os.remove(path)"])
def test_an_input_that_changes_during_the_run(
    project: Path, write_notebook: Callable[..., None], command: Command, deed: str
) -> None:
    """F37: nothing is published, since nobody can say which input the report was made from."""
    write_notebook(
        project,
        "import json, os\nrun = json.load(open(os.environ['LABKIT_RUN']))",
        f"path = run['base'] + '/own/flow.csv'\n{deed};",
    )
    before = state(project / "reports" / "own")
    said = command("run", "params/own.yml", cwd=project)
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.splitlines()[-1].startswith("own/flow.csv RUN-CHANGED the input changed while the study ran → ")
    assert state(project / "reports" / "own") == before
    assert list((project / "reports" / ".staging").iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="an environment of POSIX")
def test_an_odd_environment(tmp_path: Path, project: Path, command: Command) -> None:
    """No home, the locale C, no terminal, a strict umask, a folder with spaces and Chinese: the run is as any other."""
    odd = project.rename(tmp_path / "研究 项目 (copy) & 'more'")
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONDONTWRITEBYTECODE": "1"}
    said = command("run", odd / "params" / "own.yml", env=environment, stdin=subprocess.DEVNULL, cwd="/", umask=0o077)
    assert said.returncode == 0, said.stderr
    report = odd / "reports" / "own"
    assert said.stdout.splitlines()[-1].encode("utf-8", "replace").endswith(b"own")
    assert (report / "report.en.html").stat().st_mode & 0o777 == 0o644
    assert report.stat().st_mode & 0o777 == 0o755
    published = b"".join(path.read_bytes() for path in sorted(report.rglob("*")) if path.is_file())
    assert str(tmp_path).encode() not in published


@pytest.mark.skipif(os.name == "nt", reason="symbolic links")
def test_a_project_behind_a_link(tmp_path: Path, project: Path, command: Command) -> None:
    """The person's way to the project is kept: the report lies where they look for it."""
    (tmp_path / "link").symlink_to(project, target_is_directory=True)
    said = command("run", tmp_path / "link" / "params" / "own.yml", "--quiet", cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert Path(said.stdout.strip()) == tmp_path / "link" / "reports" / "own"
    assert (project / "reports" / "own" / "manifest.json").is_file()
