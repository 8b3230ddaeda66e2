"""Time and size of the first report, beside the same work done by papermill and nbconvert in the same run.

`make bench`, or `python tests/bench/bench_first_report.py --without-clone` to leave out the set-up of a clean clone.
Seconds are this machine's; ratios and sizes travel.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
STUDY = "params/first.yml"
LABKIT = str(Path(sys.executable).with_name("labkit"))
REPEATS = 3
# Everything of the surroundings that must not reach a published byte.
ELSEWHERE = [
    {"TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
    {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "77"},
]


def seconds(command: list[str], folder: Path, **environment: str) -> float:
    """Run a command and return its seconds; a command that fails ends the measurement with its last words."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no word").splitlines()[-1]
        raise SystemExit(f"{' '.join(map(str, command))}: exit {done.returncode}: {last}")
    return time.perf_counter() - start


def median(command: list[str], folder: Path, **environment: str) -> float:
    return statistics.median(seconds(command, folder, **environment) for _ in range(REPEATS))


def copied(target: Path) -> Path:
    """Copy what git keeps, as a clone of the working tree would hold it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target / name)
    return target


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def row(what: str, measured: str, wanted: str = "") -> None:
    print(f"{what:<66} {measured:>16}  {wanted}", flush=True)


def clean_clone(work: Path) -> None:
    clone, home = copied(work / "clean clone"), work / "home"
    home.mkdir()
    plain = {"HOME": str(home), "MAKEFLAGS": "", "MAKELEVEL": ""}
    first, second = (seconds(["make", "report"], clone, **plain) for _ in range(2))
    row("clean clone to first report: make report, empty home", f"{first:.0f} s", "under 180 s")
    row("make report again, nothing to set up", f"{second:.1f} s")


def run_and_peers(work: Path) -> None:
    labkit = [LABKIT, "run", STUDY, "--quiet", "--reports"]
    own = median([*labkit, str(work / "reports")], ROOT)
    row(f"labkit run {STUDY}: en and zh, html and pdf (median of {REPEATS})", f"{own:.1f} s", "under 15 s")

    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), work / "empty.ipynb")
    papermill = [sys.executable, "-m", "papermill", "--no-progress-bar", "-k", "python3"]
    empty = median([*papermill, "empty.ipynb", "empty_out.ipynb"], work)
    row("papermill, a notebook with one empty cell", f"{empty:.1f} s", f"labkit run is {own / empty:.1f} of these")

    notebook, out = str(ROOT / "notebooks" / "load.ipynb"), str(work / "load.ipynb")
    executed = median([*papermill, notebook, out, "--cwd", str(ROOT / "notebooks"), "-p", "language", "en"], ROOT)
    rendered = median([sys.executable, "-m", "nbconvert", "--to", "html", "--log-level", "ERROR", out], work)
    both = 2 * (executed + rendered)
    row("papermill and nbconvert on load.ipynb, html only, twice", f"{both:.1f} s", f"labkit run is {own / both:.2f} of it")

    peer = (work / "load.html").stat().st_size
    for report in sorted((work / "reports" / Path(STUDY).stem).glob("report.*")):
        size = report.stat().st_size
        beside = f", nbconvert's html {peer / 1e3:.0f} kB" if report.suffix == ".html" else ""
        row(f"size of {report.name}", f"{size / 1e3:.0f} kB", f"under 1 MB{beside}")


def same_bytes(work: Path) -> None:
    found = []
    for number, surroundings in enumerate(ELSEWHERE):
        folder = copied(work / f"folder {number}")
        seconds([LABKIT, "run", STUDY, "--quiet"], folder, PYTHONPATH=str(folder), **surroundings)
        found.append(hashes(folder / "reports" / Path(STUDY).stem))
    one, other = found
    different = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    row("published files that differ between folders, zones, locales, hash seeds", f"{len(different)} of {len(one)}", "0")
    for name in different:
        print(f"  differs: {name}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--without-clone", action="store_true", help="leave out the set-up of a clean clone")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="labkit-bench-") as folder:
        work = Path(folder)
        run_and_peers(work)
        same_bytes(work)
        if not chosen.without_clone:
            clean_clone(work)


if __name__ == "__main__":
    main()
