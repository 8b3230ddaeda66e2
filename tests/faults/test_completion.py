"""A notebook that did not run whole is never taken for one that did, and leaves no process behind.

Source: the fault list of the project's trust page, F17 to F21; papermill 2.7 by itself calls five of these a success.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from labkit.errors import Interrupted, NotebookFailed
from labkit.runner import Chapter, Executed, Progress, run_chapters

GRANDCHILD = (
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'], start_new_session=True)\n"
)
PARAMETERS = 'study: str = "first"  # the params file\'s stem'
FIGURE = (
    "import base64\nfrom IPython.display import publish_display_data\n"
    "png = base64.b64encode(b'\\x89PNG\\r\\n\\x1a\\n' + b'picture').decode()\n"
    "publish_display_data({{'image/png': png, 'text/plain': 'c'}}, {{'image/png': {{'labkit': {{'name': '{name}'}}}}}})"
)


def write_notebook(path: Path, *sources: str, tags: tuple[str, ...] = ()) -> Path:
    """Write a notebook: the parameters, then one code cell for each source; `tags` go to the first of them."""
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "id": f"c{place}", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
        for place, source in enumerate((PARAMETERS, *sources))
    ]
    cells[0]["metadata"] = {"tags": ["parameters"]}
    cells[1]["metadata"] = {"tags": list(tags)}
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    return path


def run(folder: Path, *sources: str, tags: tuple[str, ...] = (), **chapter: object) -> Executed:
    """Run one tiny notebook in English."""
    folder.mkdir(exist_ok=True)
    notebook = write_notebook(folder / "tiny.ipynb", *sources, tags=tags)
    run_file = folder / "run.json"
    run_file.write_text(json.dumps({"tables": str(folder)}), encoding="utf-8")
    one = Chapter(notebook, "tiny", "en", {"study": "first"}, folder, **chapter)  # type: ignore[arg-type]
    return run_chapters([one], workspace=folder / "work", run_file=run_file)[0]


def started_by(folder: Path) -> list[psutil.Process]:
    """Return the living processes whose environment names this run."""
    found = []
    for process in psutil.process_iter():
        try:
            alive = process.status() != psutil.STATUS_ZOMBIE
            if alive and process.environ().get("LABKIT_RUN") == str(folder / "run.json"):
                found.append(process)
        except psutil.Error:
            continue
    return found


def refused(folder: Path, *sources: str, tags: tuple[str, ...] = (), **chapter: object) -> NotebookFailed:
    """Run a notebook that must fail, see that no process is left, and return the failure."""
    with pytest.raises(NotebookFailed) as failure:
        run(folder, *sources, tags=tags, **chapter)
    assert started_by(folder) == []
    assert failure.value.notebook == "tiny.ipynb (en)"
    assert str(folder) not in str(failure.value)
    return failure.value


KINDS = {
    "sys.exit(0)": ("import sys\nsys.exit(0)", "SystemExit: 0"),
    "raise SystemExit": ("raise SystemExit", "SystemExit"),
    "exit()": ("exit()", "asks the kernel to stop"),
    "exception": ("rows = [1]\nrows[7]", "IndexError: list index out of range (line 2: rows[7])"),
    "memory limit": (
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))\nlen(bytes(8 << 30))",
        "MemoryError (line 3: len(bytes(8 << 30)))",
    ),
    "labkit's own refusal": (
        "from labkit.errors import Refusal, Rule\n"
        "rule = Rule('T', en=('no flow', 'one a day', 'add it'), zh=('', '', ''))\nraise Refusal(rule.at('flow.csv', row=3))",
        "flow.csv:3 T no flow → one a day; add it",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_cell_that_fails_is_named(tmp_path: Path, kind: str) -> None:
    source, reason = KINDS[kind]
    failure = refused(tmp_path, "1 + 1", source, "2 + 2")
    assert (failure.cell, failure.reason) == (3, reason)


def test_a_stop_in_the_last_cell_is_still_a_stop(tmp_path: Path) -> None:
    assert refused(tmp_path, "1 + 1", "exit()").cell == 3


@pytest.mark.parametrize(
    ("source", "cell", "reason"),
    [
        ("import builtins\nbuiltins.print = lambda *said: None", None, "stopped before its end"),
        ("get_ipython().execution_count = 0", 3, "did not run, or not in its turn"),
    ],
)
def test_what_ran_is_not_taken_on_trust(tmp_path: Path, source: str, cell: int | None, reason: str) -> None:
    failure = refused(tmp_path, source, "1")
    assert failure.cell == cell
    assert failure.reason.startswith(reason)


DEATHS = {
    "os._exit(0)": ("import os\nos._exit(0)", "the kernel died (exit status 0)"),
    "kill -9": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "the kernel died (out of memory?)"),
}


@pytest.mark.parametrize("kind", DEATHS)
def test_a_dead_kernel_is_named_with_its_cell(tmp_path: Path, kind: str) -> None:
    source, reason = DEATHS[kind]
    failure = refused(tmp_path, GRANDCHILD, source, "2 + 2")
    assert (failure.cell, failure.reason) == (3, reason)


def test_a_cell_that_takes_too_long_is_ended_with_its_grandchildren(tmp_path: Path) -> None:
    failure = refused(tmp_path, GRANDCHILD + "time.sleep(300)", "2 + 2", timeout=1)
    assert (failure.cell, failure.reason) == (2, "gave no result in 1 s (timeout)")


@pytest.mark.skipif(os.name != "posix", reason="sessions of POSIX")
def test_a_process_with_an_empty_environment_is_ended_too(tmp_path: Path) -> None:
    source = (
        "import json, os, pathlib, subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'], env={})\n"
        "run = pathlib.Path(os.environ['LABKIT_RUN'])\n"
        "size = run.with_name('child').write_text(str(child.pid))"
    )
    refused(tmp_path, source, "os._exit(1)")
    child = int((tmp_path / "child").read_text())
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


def test_a_process_that_outlives_a_good_run_is_ended(tmp_path: Path) -> None:
    assert run(tmp_path, GRANDCHILD).figures == {}
    assert started_by(tmp_path) == []


@pytest.mark.parametrize(
    ("source", "tags", "reason"),
    [
        ("%%script false --no-raise-error\n1", (), "is not plain Python"),
        ("!false", (), "is not plain Python"),
        ("1 / 0", ("raises-exception",), "is marked raises-exception"),
        ("1", ("skip-execution",), "is marked skip-execution"),
    ],
)
def test_what_hides_a_failure_is_refused_before_a_kernel_starts(
    tmp_path: Path, source: str, tags: tuple[str, ...], reason: str
) -> None:
    failure = refused(tmp_path, source, tags=tags)
    assert failure.cell == 2
    assert failure.reason.startswith(reason)
    assert not (tmp_path / "work").exists()


def test_a_failure_swallowed_in_the_kernel_shows_in_the_missing_table(tmp_path: Path) -> None:
    source = "get_ipython().run_cell_magic('script', 'false --no-raise-error', 'writes the table')"
    assert refused(tmp_path, source, tables=("load",)).reason == "the table load was not written, though every cell ran"


def test_an_empty_table_is_a_missing_table(tmp_path: Path) -> None:
    source = "import json, os, pathlib\n"
    source += "file = pathlib.Path(json.load(open(os.environ['LABKIT_RUN']))['tables'], 'load.csv').write_text('')"
    assert "the table load was not written" in refused(tmp_path, source, tables=("load",)).reason


def test_a_table_of_an_earlier_run_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "load.csv").write_text("site\n", encoding="utf-8")
    assert "the table load is there before the run" in refused(tmp_path, "1", tables=("load",)).reason


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        (("load", "load"), "shows the figure load a second time"),
        (("load", "other"), "shows a figure 'other' that the notebook does not announce"),
        (("load",), "the figure map was not shown, though every cell ran"),
    ],
)
def test_each_figure_is_shown_once(tmp_path: Path, shown: tuple[str, ...], reason: str) -> None:
    cells = [FIGURE.format(name=name) for name in shown]
    assert refused(tmp_path, *cells, figures=("load", "map")).reason == reason


def test_one_failure_ends_the_other_chapters(tmp_path: Path) -> None:
    bad = write_notebook(tmp_path / "bad.ipynb", "import time\ntime.sleep(0.5)\n1 / 0")
    long = write_notebook(tmp_path / "long.ipynb", GRANDCHILD + "time.sleep(300)")
    run_file = tmp_path / "run.json"
    run_file.write_text("{}", encoding="utf-8")
    chapters = [Chapter(path, path.stem, "en", {"study": "first"}, tmp_path) for path in (long, bad)]
    start = time.monotonic()
    with pytest.raises(NotebookFailed, match=r"bad\.ipynb .*ZeroDivisionError"):
        run_chapters(chapters, workspace=tmp_path / "work", run_file=run_file)
    assert time.monotonic() - start < 60
    assert started_by(tmp_path) == []


def test_an_error_in_the_progress_display_ends_the_kernels(tmp_path: Path) -> None:
    long = write_notebook(tmp_path / "long.ipynb", "1", "import time\ntime.sleep(300)")
    run_file = tmp_path / "run.json"
    run_file.write_text("{}", encoding="utf-8")

    def full(_: Progress) -> None:
        raise OSError("no space left for the log")

    with pytest.raises(OSError, match="no space left"):
        run_chapters(
            [Chapter(long, "long", "en", {"study": "first"}, tmp_path)],
            workspace=tmp_path / "work",
            run_file=run_file,
            progress=full,
        )
    assert started_by(tmp_path) == []


RUNNER = """
import sys, pathlib
from labkit.errors import Interrupted
from labkit.runner import Chapter, run_chapters
folder = pathlib.Path(sys.argv[1])
chapter = Chapter(folder / "long.ipynb", "long", "en", {"study": "first"}, folder)
try:
    run_chapters([chapter], workspace=folder / "work", run_file=folder / "run.json",
                 progress=lambda news: print(news.cell, flush=True))
except Interrupted as stopped:
    print(stopped, flush=True)
    sys.exit(stopped.exit_code)
"""


def start_runner(folder: Path) -> subprocess.Popen[str]:
    """Start a run in a process of its own, and return when its second cell, with a grandchild, has begun."""
    write_notebook(folder / "long.ipynb", GRANDCHILD + "time.sleep(300)")
    (folder / "run.json").write_text("{}", encoding="utf-8")
    runner = subprocess.Popen([sys.executable, "-c", RUNNER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert runner.stdout is not None
    while runner.stdout.readline().strip() != "2":
        assert runner.poll() is None
    deadline = time.monotonic() + 20
    while len(started_by(folder)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    return runner


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_and_is_reported(tmp_path: Path, number: signal.Signals) -> None:
    runner = start_runner(tmp_path)
    runner.send_signal(number)
    runner.send_signal(number)  # an impatient second time changes nothing
    said, _ = runner.communicate(timeout=30)
    assert runner.returncode == Interrupted.exit_code
    assert "stopped; no report was made" in said
    assert started_by(tmp_path) == []


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_kernel_does_not_outlive_a_killed_runner(tmp_path: Path) -> None:
    runner = start_runner(tmp_path)
    kernels = [one for one in started_by(tmp_path) if "ipykernel_launcher" in one.cmdline()]
    assert len(kernels) == 1
    runner.kill()
    runner.communicate(timeout=30)
    _gone, alive = psutil.wait_procs(kernels, timeout=20)
    for left in started_by(tmp_path):  # what a cell started by itself has no runner to end it
        left.kill()
    assert alive == []
