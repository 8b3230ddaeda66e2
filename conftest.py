"""What every test shares: fixed seeds, the shared data found or skipped by name, notebooks executed in this environment."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pytest
from hypothesis import settings

ROOT = Path(__file__).parent
SHARED = Path(os.environ.get("LABKIT_SHARED") or ROOT.parent / "shared")
REQUIRED = os.environ.get("LABKIT_REQUIRE_SHARED") == "1"
NEEDS = {"official.ipynb": "data/euda_ww2025"}  # a notebook that reads real data, and the folder it reads

# What every study publishes, written by a notebook that imports nothing of labkit and so starts at once.
KEEPS = """\
import json, os, pathlib
folder = pathlib.Path(json.loads(pathlib.Path(os.environ["LABKIT_RUN"]).read_text("utf-8"))["tables"]) / language
folder.mkdir(parents=True, exist_ok=True)
columns = "site,date,analyte,drug,load_mg_day_1000inh,consumption_mg_day_1000inh,low,high,censored,unit,source_status"
row = "A,2024-01-01,ketamine,ketamine,1.5,,,,exact,mg/day/1000inh,not used"
kept = (folder / "consumption.csv").write_text(columns + "\\n" + row + "\\n", encoding="utf-8")
"""

collect_ignore = ["tests/bench"]  # scripts of `make bench`: nothing in them is a test
collect_ignore_glob = ["tests/published/against_r/*"]  # loaded by tests/published/test_against_r.py

settings.register_profile("labkit", derandomize=True, deadline=None, max_examples=50)
settings.register_profile("check", derandomize=True, deadline=None, max_examples=2000)
settings.load_profile("labkit")

# The kernels of notebooks inherit these: the data they may read, and this environment's kernel before a person's own.
if (SHARED / "data").is_dir():
    os.environ.setdefault("LABKIT_DATA", str((SHARED / "data").resolve()))
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"


@pytest.fixture(autouse=True)
def fixed_seeds() -> None:
    """Start every test from the same seeds, also in code that draws from the global generators."""
    random.seed(20_250_101)
    np.random.seed(20_250_101)  # noqa: NPY002 - what others draw globally has to be fixed too


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Return a function from a name under the shared folder to its path; absent, the test is skipped by name or fails."""

    def find(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            (pytest.fail if REQUIRED else pytest.skip)(f"needs ../shared/{name}, or $LABKIT_SHARED")
        return path

    return find


@pytest.fixture(scope="session")
def lay_project() -> Callable[[Path], Path]:
    """Return a function that makes a folder a project of its own: labkit itself linked, notebooks and params to be changed."""

    def lay(folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "labkit").symlink_to(ROOT / "labkit", target_is_directory=True)
        for name in ("notebooks", "params"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        shutil.copyfile(ROOT / "requirements.lock", folder / "requirements.lock")
        return folder

    return lay


@pytest.fixture(scope="session")
def write_notebook() -> Callable[..., None]:
    """Return a function that puts a notebook `three` in a project: the given code cells, and one that keeps one row."""
    parameters = 'study: str = "first"  # the study\nlanguage: str = "en"  # en or zh\nchoices: dict = {}  # of the run'

    def write(project: Path, *cells: str) -> None:
        prose = [
            nbformat.v4.new_markdown_cell(f"# {text}", metadata={"tags": [tag]})
            for tag, text in (("en", "Why?"), ("zh", "为何？"))
        ]
        code = [
            nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}),
            *map(nbformat.v4.new_code_cell, (*cells, KEEPS)),
        ]
        notebook = nbformat.v4.new_notebook(cells=[*prose, *code])
        notebook.metadata["labkit"] = {
            "title": {"en": "Three cells", "zh": "三个单元"},
            "tables": ["consumption"],
            "figures": [],
        }
        nbformat.write(notebook, project / "notebooks" / "three.ipynb")

    return write


@pytest.fixture(scope="session")
def command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return the command `labkit` of this environment, as a person types it; whatever it is told, it gives no traceback."""
    program = shutil.which("labkit", path=str(Path(sys.executable).parent))
    assert program, "labkit is not installed in this environment"

    def run(*words: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        said = subprocess.run(
            [program, *map(str, words)],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=300,
            check=False,
            **options,
        )
        assert "Traceback" not in said.stdout + said.stderr, said.stdout + said.stderr
        return said

    return run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the cells of a notebook whose data are not here; where the data are required, let them fail."""
    for item in items:
        needed = NEEDS.get(item.path.name)
        if needed and not REQUIRED and not (Path(os.environ.get("LABKIT_DATA", "")) / Path(needed).name).is_dir():
            item.add_marker(pytest.mark.skip(reason=f"needs ../shared/{needed}, or $LABKIT_DATA"))
