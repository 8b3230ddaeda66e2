"""The command line: every exit code really produced, every refusal a sentence, and never a traceback.

What needs no notebook runs in this process through click's own runner; a whole run is a process of its own, with a notebook
of three cells that draws nothing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner, Result

from labkit import __version__
from labkit.cli import main
from labkit.errors import NotebookFailed
from labkit.runner import Chapter
from labkit.study.contents import keep_tables

ROOT = Path(__file__).parents[2]
CODES = {0, 2, 3, 4, 5, 6, 7, 64, 70}
STUDY = """\
title: {en: A study of three cells}
languages: [en]
notebooks: [three]
enters_at: load_per_1000
results: {observe: results.csv}
correction_factor: {none: true}
dose: {none: true}
errors: {none: true}
"""
RESULTS = "site,date,analyte,load,unit\nA,2024-01-01,ketamine,1.5,mg/day/1000inh\n"
Command = Callable[..., subprocess.CompletedProcess[str]]
Say = Callable[..., Result]
Write = Callable[..., None]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def published(
    tmp_path_factory: pytest.TempPathFactory, lay_project: Callable[[Path], Path], write_notebook: Write, command: Command
) -> Path:
    """A project whose study `three` has been run once."""
    project = lay_project(tmp_path_factory.mktemp("project"))
    for path in project.glob("params/*.yml"):
        path.unlink()
    (project / "params" / "three.yml").write_text(STUDY, encoding="utf-8")
    (project / "params" / "results.csv").write_text(RESULTS, encoding="utf-8")
    write_notebook(project, "total = 1 + 1", "print(total)")
    said = command("run", "params/three.yml", cwd=project)
    assert said.returncode == 0, said.stderr
    assert said.stdout == f"{project / 'reports' / 'three'}\n", "the folder, and nothing else, on standard output"
    assert "notebook three (en)" in said.stderr.splitlines()
    return project


@pytest.fixture
def project(published: Path, tmp_path: Path) -> Path:
    """A copy of the project that may be spoilt."""
    return Path(shutil.copytree(published, tmp_path / "project", symlinks=True))


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Iterator[Say]:
    """Type a command line in this process, in English unless LABKIT_LANGUAGE is given."""
    monkeypatch.delenv("LABKIT_LANGUAGE", raising=False)

    def typed(*words: str | Path, **environment: str) -> Result:
        result = CliRunner().invoke(main, [str(word) for word in words], prog_name="labkit", env=environment)
        assert isinstance(result.exception, SystemExit | None), result.exception
        assert result.exit_code in CODES
        assert "Traceback" not in result.output
        return result

    yield typed


def test_help_fits_a_page_and_lists_the_codes(say: Say) -> None:
    said = say("--help")
    assert said.exit_code == 0
    lines = said.output.splitlines()
    assert len(lines) <= 50
    assert max(map(len, lines)) <= 100
    assert {int(code) for code in re.findall(r"^ {4}(\d+) {2,}\S", said.output, re.MULTILINE)} == CODES
    assert "\\b" not in said.output
    for name in ("run", "restate", "design", "list", "verify", "check", "profile", "simulate", "key", "store"):
        assert re.search(rf"^  {name} +\S", said.output, re.MULTILINE)
        of_one = say(name, "--help")
        assert of_one.exit_code == 0
        assert len(of_one.output.splitlines()) <= 40


def test_version_with_commit(say: Say) -> None:
    said = say("--version")
    assert said.exit_code == 0
    assert re.fullmatch(rf"labkit {re.escape(__version__)} \(([0-9a-f]{{12}}(\+changes)?|unknown)\)\n", said.output)


def test_list_says_one_line_each(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "tests")
    said = say("list").output
    for folder, kind in (("params", "yml"), ("params/labs", "yml"), ("notebooks", "ipynb")):
        for path in (ROOT / folder).glob(f"*.{kind}"):
            if path.stem == "template":  # the start of a study is not a study
                continue
            (line,) = [line for line in said.splitlines() if line.split() and line.split()[0] == path.stem]
            assert len(line.split()) > 3, "a name and what it is about"
    assert re.search(r"^  first +模拟城市", say("list", LABKIT_LANGUAGE="zh").output, re.MULTILINE)


@pytest.mark.parametrize(
    "content", ["", "{", "{}", "[]", '{"metadata": []}', '{"metadata": {"labkit": {"title": "x"}}}', "\xff"]
)
def test_list_goes_past_what_cannot_be_read(say: Say, project: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    (project / "notebooks" / "odd.ipynb").write_bytes(content.encode("latin-1"))
    (project / "params" / "odd.yml").write_bytes(content.encode("latin-1"))
    (project / "notebooks" / "folder.ipynb").mkdir()
    monkeypatch.chdir(project)
    said = say("list")
    assert said.exit_code == 0
    assert len(re.findall(r"^  odd +not readable", said.output, re.MULTILINE)) == 2
    assert re.search(r"^  three +A study of three cells$", said.output, re.MULTILINE)


def test_list_of_an_empty_project(say: Say, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in [*project.glob("params/*"), *project.glob("notebooks/*")]:
        path.unlink() if path.is_file() else shutil.rmtree(path)
    monkeypatch.chdir(project)
    assert say("list").output.splitlines() == ["studies (params/)", "notebooks (notebooks/)"]


def test_list_keeps_laboratory_profiles_apart(say: Say, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    labs = project / "params" / "labs"
    shutil.rmtree(labs, ignore_errors=True)
    labs.mkdir()
    (labs / "harbour.yml").write_text("title: {zh: 港口实验室}\n", encoding="utf-8")
    (labs / "odd.yml").write_text("colums: {}\n", encoding="utf-8")
    (labs / "template.yml").write_text("title: {en: Yours}\n", encoding="utf-8")
    (project / "params" / "template.yml").write_text("title: {en: Yours}\n", encoding="utf-8")
    monkeypatch.chdir(project)
    lines = say("list").output.splitlines()
    at = lines.index("laboratory profiles (params/labs/)")
    assert [line.split()[0] for line in lines[at + 1 :]] == ["harbour", "odd"]
    assert lines[at + 1].endswith("港口实验室")
    assert "not readable: " in lines[at + 2]
    assert not any("template" in line.split()[0] for line in lines)
    assert "实验室配置（params/labs/）" in say("list", LABKIT_LANGUAGE="zh").output


def test_list_far_from_any_project(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a labkit that was installed and not cloned: neither here nor around the package is a project."""
    monkeypatch.chdir(tmp_path)
    for name in ("main", "studies"):  # by the name of the module: labkit.cli.main is the command
        file = tmp_path / "site-packages" / "labkit" / "cli" / f"{name}.py"
        monkeypatch.setattr(sys.modules[f"labkit.cli.{name}"], "__file__", str(file))
    said = say("list")
    assert (said.exit_code, said.output.splitlines()[0].split(" → ")[0]) == (
        2,
        f"{tmp_path} CLI-PROJECT no project here or above",
    )
    assert say("--version").output == f"labkit {__version__}\n"


def test_verify_a_report_that_is_whole(say: Say, published: Path) -> None:
    said = say("verify", published / "reports" / "three")
    assert said.exit_code == 0
    files = len(tree(published / "reports" / "three")) - 1
    assert f": {files} files, " in said.output


@pytest.mark.parametrize("damage", ["changed", "missing", "extra", "manifest"])
def test_verify_a_damaged_report(say: Say, project: Path, damage: str) -> None:
    report = project / "reports" / "three"
    page = report / "report.en.html"
    if damage == "changed":
        page.write_bytes(page.read_bytes().replace(b"2", b"3", 1))
    elif damage == "missing":
        page.unlink()
    elif damage == "extra":
        (report / "extra.txt").write_text("x", encoding="utf-8")
    else:
        (report / "manifest.json").unlink()
    said = say("verify", report)
    assert said.exit_code == 7
    assert f"{damage if damage == 'extra' else 'report' if damage != 'manifest' else 'manifest'}" in said.stderr
    chinese = say("verify", report, LABKIT_LANGUAGE="zh")
    assert chinese.exit_code == 7
    assert re.search(r"[\u4e00-\u9fff]", chinese.stderr)


FLOW = "site,date,flow,unit\nA,2024-01-01,200000,m3/day\n"
POPULATION = "site,kind,population,source\nA,census,195000,census 2023\n"
WATER = "site,date,analyte,concentration,unit,loq\nA,2024-01-01,ketamine,<10,ng/L,10\nA,2024-01-02,ketamine,12.5,ng/L,10\n"


@pytest.mark.parametrize(("kind", "text", "rows"), [("flow", FLOW, 1), ("population", POPULATION, 1), ("wastewater", WATER, 2)])
def test_check_a_good_file(say: Say, tmp_path: Path, kind: str, text: str, rows: int) -> None:
    file = tmp_path / f"{kind}.csv"
    file.write_text(text, encoding="utf-8")
    said = say("check", file, "--as", kind)
    assert said.exit_code == 0
    assert said.output.startswith(f"{file}: {kind}, {rows} rows understood")
    assert say("check", file).output == said.output, "the kind is told from the columns"
    assert f"已读入 {rows} 行" in say("check", file, "--as", kind, LABKIT_LANGUAGE="zh").output


@pytest.mark.parametrize(
    ("kind", "text", "row", "column"),
    [
        ("flow", FLOW.replace("200000", "-1"), 2, "flow"),
        ("flow", FLOW.replace("m3/day", "barrels"), 2, "unit"),
        ("population", POPULATION.replace("census,", "guess,", 1), 2, "kind"),
        ("wastewater", WATER.replace("12.5", "abc"), 3, "concentration"),
        ("wastewater", WATER.replace("2024-01-02", "2024-13-02"), 3, "date"),
    ],
)
def test_check_a_bad_file(say: Say, tmp_path: Path, kind: str, text: str, row: int, column: str) -> None:
    """Every line begins with FILE:ROW:COLUMN, and says what is allowed and what to do."""
    file = tmp_path / f"{kind}.csv"
    file.write_text(text, encoding="utf-8")
    for language in ("en", "zh"):
        said = say("check", file, "--as", kind, LABKIT_LANGUAGE=language)
        assert said.exit_code == 2
        assert said.stdout == ""
        (line,) = said.stderr.splitlines()
        assert line.startswith(f"{file}:{row}:{column} ")
        assert re.search(r" [A-Z]+-[A-Z-]+ .+ → .+; .+", line)
    assert re.search(r"[\u4e00-\u9fff]", line)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 64),
        (["nix"], 64),
        (["run"], 64),
        (["run", "a.yml", "b.yml"], 64),
        (["run", "a.yml", "--nix"], 64),
        (["run", "a.yml", "--set"], 64),
        (["run", "a.yml", "--quiet", "--verbose"], 64),
        (["check"], 64),
        (["check", "a.csv"], 2),
        (["check", "a.csv", "--as", "blood pressure"], 64),
        (["verify"], 64),
        (["list", "everything"], 64),
        (["--set", "a=b", "run"], 64),
        (["run", "nix.yml"], 2),
        (["run", ""], 2),
        (["run", "."], 2),
        (["run", "/"], 2),
        (["run", "params"], 2),
        (["run", "x" * 5000 + ".yml"], 2),
        (["run", "params/three.yml/three.yml"], 2),
        (["run", '{"cells": [], "metadata": {}}'], 2),
        (["run", "https://example.org/a.yml"], 2),
        (["run", "params/three.yml", "--set", "level"], 2),
        (["run", "params/three.yml", "--set", "=1"], 2),
        (["run", "params/three.yml", "--set", "nix.nix=1"], 2),
        (["run", "params/three.yml", "--set", "level=2"], 2),
        (["run", "params/three.yml", "--set", "level=0.9", "--set", "level=0.8"], 2),
        (["run", "params/three.yml", "--set", "title.en=!!python/object/apply:os.system ['id']"], 2),
        (["run", "params/three.yml", "--set", "notebooks=[nix]"], 2),
        (["run", "params/three.yml", "--set", "notebooks=[../three]"], 2),
        (["run", "params/three.yml", "--set", "results={observe: nix.csv}"], 2),
        (["run", "params/three.yml", "--set", "compare_with={observe: nix.csv}"], 2),
        (["run", "params/three.yml", "--reports", "params/three.yml"], 2),
        (["run", "params/three.yml", "--reports", "nix/nix/nix"], 2),
        (["restate", "params/three.yml"], 64),
        (["design", "params/three.yml"], 64),
        (["design", "params/three.yml", "--samples", "1"], 64),
        (["design", "params/three.yml", "--samples", "100"], 2),
        (["restate", "params/three.yml", "--change", "excretion.cocaine"], 2),
        (["restate", "params/three.yml", "--change", "excretion.cocaine=0.3"], 2),
        (["restate", "params/nix.yml", "--change", "excretion.cocaine=0.3"], 2),
        (["verify", "nix"], 2),
        (["verify", "params/three.yml"], 2),
        (["verify", "params"], 7),
        (["check", "nix.csv", "--as", "flow"], 2),
        (["check", "nix.csv", "--profile", "nobody"], 2),
        (["check", "nix.csv", "--sites", "nix.csv"], 2),
        (["check", "nix.csv", "--json", "--as", "stool"], 64),
        (["store"], 64),
        (["store", "nix"], 64),
        (["store", "add"], 64),
        (["store", "show", "stool"], 64),
        (["store", "show", "flow", "--as-of", "yesterday"], 64),
        (["store", "list", "--store", "nix"], 2),
        (["store", "show", "flow", "--store", "nix"], 2),
        (["store", "correct", "1:2", "unit=ng/L"], 64),
        (["store", "correct", "1:2", "unit=ng/L", "--reason", "typing error", "--store", "nix"], 2),
        (["store", "correct", "first", "unit=ng/L", "--reason", "typing error", "--store", "nix"], 2),
        (["store", "add", "nix.csv", "--store", "nix"], 2),
        (["check", "params", "--as", "flow"], 2),
        (["check", "notebooks/three.ipynb", "--as", "flow"], 2),
    ],
)
def test_bad_command_lines(say: Say, published: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int) -> None:
    """A sentence and a code for each, and nothing on the disk has changed."""
    monkeypatch.chdir(published)
    before = tree(published / "reports")
    said = say(*words)
    assert (said.exit_code, said.stdout) == (code, "")
    assert said.stderr.strip()
    assert tree(published / "reports") == before
    assert say(*words, LABKIT_LANGUAGE="zh").exit_code == code


def test_a_setting_is_for_one_run(say: Say, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with a setting is said at the setting, not at a row of the file."""
    monkeypatch.chdir(published)
    said = say("run", "params/three.yml", "--set", "level=2")
    assert said.stderr.splitlines()[-1].startswith("--set level ")
    assert "（" not in said.stderr
    chinese = say("run", "params/three.yml", "--set", "level=2", LABKIT_LANGUAGE="zh")
    assert re.search(r"[\u4e00-\u9fff]", chinese.stderr)


def test_a_disk_that_is_full_is_the_environment(say: Say, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 5 before anything is written, in both languages."""
    monkeypatch.chdir(published)
    monkeypatch.setattr("labkit.report.preflight.free_bytes", lambda _: 1_000_000)
    before = tree(published / "reports")
    said = say("run", "params/three.yml")
    assert said.exit_code == 5
    assert "OUT-FULL" in said.stderr
    assert "1 MB" in said.stderr
    assert "磁盘" in say("run", "params/three.yml", LABKIT_LANGUAGE="zh").stderr
    assert tree(published / "reports") == before


def test_a_lock_that_is_missing_is_the_environment(say: Say, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "requirements.lock").unlink()
    monkeypatch.chdir(project)
    said = say("run", "params/three.yml")
    assert said.exit_code == 5
    assert "requirements.lock RUN-LOCK" in said.stderr


def test_shell_completion_is_there(command: Command) -> None:
    for shell in ("bash_source", "zsh_source", "fish_source"):
        said = command(env=os.environ | {"_LABKIT_COMPLETE": shell})
        assert said.returncode == 0
        assert "labkit" in said.stdout
    words = {"_LABKIT_COMPLETE": "bash_complete", "COMP_WORDS": "labkit ver", "COMP_CWORD": "1"}
    assert "verify" in command(env=os.environ | words).stdout


def test_quiet_says_only_the_folder_and_verbose_every_cell(project: Path, command: Command) -> None:
    """From a folder below, with a path that goes up: the report goes to the project around the params file."""
    quiet = command("run", "../params/three.yml", "--quiet", "--set", "title.en=Again", cwd=project / "notebooks")
    assert quiet.returncode == 0
    assert quiet.stderr == ""
    (folder,) = quiet.stdout.splitlines()
    assert Path(folder).resolve() == (project / "reports" / "three").resolve()
    assert "<h1>Again</h1>" in (project / "reports" / "three" / "report.en.html").read_text(encoding="utf-8")
    loud = command("run", "params/three.yml", "-v", "--reports", "elsewhere", cwd=project)
    assert loud.returncode == 0, loud.stderr
    assert [f"notebook three (en), cell {cell} of 4" in loud.stderr for cell in (1, 2, 3, 4)] == [True] * 4
    assert Path(loud.stdout.splitlines()[-1]).resolve() == (project / "elsewhere" / "three").resolve()
    assert list((project / "elsewhere" / ".staging").iterdir()) == []


@pytest.mark.parametrize(
    ("cell", "number", "reason"),
    [
        ("1 / 0", 3, "ZeroDivisionError: division by zero (line 1: 1 / 0)"),
        ("import sys\nsys.exit(0)", 3, "SystemExit"),
        ("import os\nos._exit(0)", 3, "the kernel died (exit status 0)"),
        ("from IPython.display import HTML\nHTML('<script>alert(1)</script>')", 3, "text/html"),
    ],
)
def test_a_failing_notebook_is_named(
    project: Path, write_notebook: Write, command: Command, cell: str, number: int, reason: str
) -> None:
    """Exit 3, with notebook, code cell and reason; the report published before is untouched, and nothing is left behind."""
    write_notebook(project, "total = 1", cell, "print(total)")
    before = tree(project / "reports" / "three")
    said = command("run", "params/three.yml", cwd=project)
    assert (said.returncode, said.stdout) == (3, "")
    last = said.stderr[said.stderr.index("labkit: ") :]
    assert re.match(rf"labkit: three(\.ipynb \(en\))?, code cell {number + (reason == 'text/html')}: ", last), last
    assert reason in last
    assert tree(project / "reports" / "three") == before
    assert list((project / "reports" / ".staging").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "spoil", "reason"),
    [
        (
            "consumption",
            "nonsense\n1\n",
            "the table consumption is not what it promises: table consumption: the column site is missing",
        ),
        ("consumption", "{whole}L\n", "the table consumption is not what it promises: table consumption, row 2, column "),
        ("strange", "a\n1\n", "announces the table strange, which labkit/tables does not know"),
    ],
    ids=["another table", "a row written after the end", "a table nobody knows"],
)
def test_a_table_that_is_not_what_it_promises(project: Path, tmp_path: Path, name: str, spoil: str, reason: str) -> None:
    """Written past `keep`, or once more by something the notebook left running: the copy that would be published is checked."""
    whole = (project / "reports" / "three" / "tables" / "consumption.csv").read_text(encoding="utf-8")
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / f"{name}.csv").write_text(spoil.format(whole=whole), encoding="utf-8")
    chapter = Chapter(project / "notebooks" / "three.ipynb", "three", "en", {}, tmp_path / "en", tables=(name,))
    with pytest.raises(NotebookFailed) as failed:
        keep_tables([chapter], tmp_path / "tables")
    assert str(failed.value).startswith(f"three.ipynb (en): {reason}")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take only names in UTF-8")
def test_a_reports_folder_whose_name_is_not_utf8(project: Path, command: Command, tmp_path: Path) -> None:
    reports = tmp_path / os.fsdecode(b"caf\xe9")
    said = command("run", "params/three.yml", "--reports", reports, cwd=project)
    assert said.returncode == 0, said.stderr
    assert tree(reports / "three") == tree(project / "reports" / "three")


@pytest.mark.parametrize("metadata", [{}, {"labkit": {}}, {"labkit": {"tables": []}}])
def test_a_notebook_that_announces_nothing(
    say: Say, project: Path, monkeypatch: pytest.MonkeyPatch, metadata: dict[str, object]
) -> None:
    path = project / "notebooks" / "three.ipynb"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"metadata": metadata}), encoding="utf-8")
    monkeypatch.chdir(project)
    said = say("run", "params/three.yml")
    assert said.exit_code == 3
    assert "three.ipynb: does not announce its tables and figures" in said.stderr


def kernels_of(project: Path) -> list[psutil.Process]:
    """Running processes that work under the project's staging folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(project / "reports" / ".staging") in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_the_run(project: Path, write_notebook: Write, name: str) -> None:
    """Exit 6 within seconds: one sentence, no kernel left, staging swept, the previous report untouched."""
    write_notebook(project, "print(1)", "import time\nopen('here', 'w').close()\ntime.sleep(120)")
    before = tree(project / "reports" / "three")
    program = [shutil.which("labkit", path=str(Path(os.sys.executable).parent)), "run", "params/three.yml"]
    with subprocess.Popen(program, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        until = time.monotonic() + 60
        while not list(project.glob("reports/.staging/*/work/*/work/here")):
            assert time.monotonic() < until, "the kernel did not start"
            assert run.poll() is None
            time.sleep(0.05)
        assert kernels_of(project)
        run.send_signal(getattr(signal, name))
        output, said = run.communicate(timeout=60)
    assert (run.returncode, output) == (6, "")
    assert "labkit: stopped; nothing half-made was published" in said
    assert "Traceback" not in said
    assert kernels_of(project) == []
    assert list((project / "reports" / ".staging").iterdir()) == []
    assert tree(project / "reports" / "three") == before


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("step", ["reading the study", "writing the report"])
def test_a_signal_while_no_kernel_runs(say: Say, project: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """SIGTERM before the notebooks and after them: exit 6 too, and a second one does not disturb the clearing up."""

    def listen(said: object) -> None:
        if getattr(said, "text", "") == step:
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr("labkit.progress._Lines.__call__", lambda self, said: listen(said))
    monkeypatch.chdir(project)
    before = tree(project / "reports" / "three")
    handler = signal.getsignal(signal.SIGTERM)
    assert say("run", "params/three.yml").exit_code == 6
    assert signal.getsignal(signal.SIGTERM) is handler
    assert tree(project / "reports" / "three") == before
    assert list((project / "reports" / ".staging").iterdir()) == []


def test_a_defect_of_labkit_is_owned_to(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("labkit.catalogue.say_catalogue", broken)
    said = say("list")
    assert said.exit_code == 70
    assert "this is a defect of labkit, please report it: ZeroDivisionError: division by zero" in said.output
    assert "Traceback" not in said.output
