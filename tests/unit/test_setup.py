"""Set-up: one environment behind three doors, and what `make` says and does when it cannot or need not set anything up."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
CONDA = YAML(typ="safe").load((ROOT / "environment.yml").read_text(encoding="utf-8"))

# What marks a line as meant for this Python; the other marks (system, implementation) do not change a version here.
SYSTEMS = [
    {"python_version": "3.11", "python_full_version": "3.11.7", "sys_platform": platform, "platform_system": system}
    for platform, system in [("linux", "Linux"), ("darwin", "Darwin"), ("win32", "Windows")]
]
GOALS = ["help", "report", "test", "lab", "check", "bench", "lock", "clean"]

needs_make = pytest.mark.skipif(shutil.which("make") is None or os.name == "nt", reason="needs make")


def plain_name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(system: dict[str, str]) -> dict[str, Version]:
    """Package to version as pip would read the lock on one system."""
    versions = {}
    for line in re.sub(r"\\\n", " ", LOCK).splitlines():
        requirement = Requirement(line.split(" --hash=")[0])
        if requirement.marker is None or requirement.marker.evaluate(system):
            (only,) = requirement.specifier
            assert only.operator == "==", line[:80]
            versions[plain_name(requirement.name)] = Version(only.version)
    return versions


def test_conda_door_has_the_same_python_and_the_same_lock() -> None:
    assert CONDA["name"] == "labkit"
    assert CONDA["channels"][0] == "conda-forge"
    python, pip, by_pip = CONDA["dependencies"]
    assert SpecifierSet(python.removeprefix("python ")) == SpecifierSet(PROJECT["requires-python"])
    assert pip == "pip"
    assert by_pip == {"pip": ["--require-hashes", "-r requirements.lock"]}


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system["sys_platform"])
def test_lock_satisfies_the_project(system: dict[str, str]) -> None:
    versions = locked(system)
    wanted = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    unmet = {}
    for requirement in map(Requirement, [*wanted, *build]):
        version = versions.get(plain_name(requirement.name))
        if version is None or version not in requirement.specifier:
            unmet[str(requirement)] = str(version)
    assert unmet == {}
    assert versions["matplotlib"] < Version("3.11")
    assert "editables" in versions, "an editable install without build isolation needs it"


def test_every_locked_line_has_a_hash_and_no_address() -> None:
    lines = re.sub(r"\\\n", " ", LOCK).splitlines()
    assert len(lines) > 100
    assert [line[:80] for line in lines if not re.search(r" --hash=sha256:[0-9a-f]{64}( |$)", line)] == []
    assert re.findall(r"://|--(?:extra-)?index|--find-links| @ ", LOCK) == []


def test_everything_labkit_imports_is_declared_and_imports() -> None:
    """The resolver may be content with versions that crash when imported together."""
    imported = set()
    for path in (ROOT / "labkit").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module)
    own = {"labkit", *sys.stdlib_module_names}
    foreign = sorted(name for name in imported if name.split(".")[0] not in own)
    assert foreign
    packages = {"sklearn": "scikit-learn", "PIL": "pillow", "markdown_it": "markdown-it-py", "ruamel": "ruamel-yaml"}
    packages["pydantic_core"] = "pydantic"  # released together, version for version
    declared = {plain_name(Requirement(one).name) for one in PROJECT["dependencies"]}
    tops = {name.split(".")[0] for name in foreign}
    assert {top for top in tops if plain_name(packages.get(top, top)) not in declared} == set()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import " + ", ".join(foreign)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_pip_part_of_the_conda_door_installs_in_a_fresh_environment(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    python = tmp_path / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    for name in ["pyproject.toml", "requirements.lock", "environment.yml", "README.md", "LICENSE", "THIRD_PARTY.md"]:
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "labkit", tmp_path / "labkit")
    # conda writes the pip section to a file and hands that to pip; here the same lines do the same.
    (tmp_path / "conda.txt").write_text("\n".join(CONDA["dependencies"][-1]["pip"]) + "\n", encoding="utf-8")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", "conda.txt"], cwd=tmp_path, check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", "."], cwd=tmp_path, check=True)
    done = subprocess.run([python, "-m", "pip", "check"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    said = subprocess.run([python.parent / "labkit", "--version"], capture_output=True, text=True, check=True).stdout
    assert PROJECT["version"] in said


# A stand-in for Python: says its version, makes a .venv with a stand-in that writes down what it was asked to do.
STAND_IN = """#!/bin/sh
case "$*" in
  *version_info*) [ "{version}" = none ] && exit 127; echo {version} ;;
  *ensurepip*) [ {venv} = yes ] && echo 1 ;;
  "-m venv "*) mkdir -p .venv/bin
    printf '#!/bin/sh\\necho "$*" >>asked\\n[ ! -e broken ]\\n' >.venv/bin/python
    cp .venv/bin/python .venv/bin/labkit; chmod +x .venv/bin/*; echo "venv $3" >>asked ;;
esac
"""


@pytest.fixture(params=["clone", "my clone 克隆"])
def clone(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / request.param
    folder.mkdir()
    for name in ["Makefile", "requirements.lock", "pyproject.toml"]:
        shutil.copy(ROOT / name, folder / name)
    return folder


Said = subprocess.CompletedProcess[str]


def make(clone: Path, *goals: str, version: str = "3.11.7", venv: str = "yes") -> tuple[Said, list[str]]:
    """Run make with the stand-in; return what it said, and what the environment's Python was asked since the last call."""
    stand_in = clone.parent / "a python"
    stand_in.write_text(STAND_IN.format(version=version, venv=venv))
    stand_in.chmod(0o755)
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    (clone / "asked").unlink(missing_ok=True)
    done = subprocess.run(
        ["make", *goals, f"PYTHON={stand_in}"], cwd=clone, env=plain, capture_output=True, text=True, check=False, timeout=60
    )
    asked = (clone / "asked").read_text().splitlines() if (clone / "asked").exists() else []
    return done, asked


@needs_make
def test_set_up_once_then_never_again(clone: Path) -> None:
    done, asked = make(clone, "report")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert "3.11.7" in done.stdout
    assert "minutes" in done.stdout
    assert [line.split(" --")[0] for line in asked] == ["venv", "-m pip install", "-m pip install", "run params/first.yml"]
    assert "--require-hashes -r requirements.lock" in asked[1]
    assert "--no-deps --no-build-isolation --editable ." in asked[2]

    done, asked = make(clone, "report")
    assert (done.stdout, done.stderr, asked) == ("", "", ["run params/first.yml"])
    _, asked = make(clone, "test")
    assert asked == ["-m pytest -n 2 --dist loadscope"]


@needs_make
def test_set_up_that_stopped_is_done_again(clone: Path) -> None:
    (clone / "broken").touch()
    done, asked = make(clone, "test")
    assert done.returncode != 0
    assert "say `make test` again" in done.stderr
    assert not any("pytest" in line for line in asked)

    (clone / "broken").unlink()
    done, asked = make(clone, "test")
    assert done.returncode == 0, done.stderr
    assert [line.split(" --")[0] for line in asked] == ["venv", "-m pip install", "-m pip install", "-m pytest -n 2"]


@needs_make
def test_set_up_follows_the_lock_the_project_and_the_folder(clone: Path) -> None:
    make(clone, "report")
    later = (clone / ".venv/.labkit-ready").stat().st_mtime + 10
    os.utime(clone / "pyproject.toml", (later, later))
    _, asked = make(clone, "report")
    assert len(asked) == 2, "only labkit itself again"
    assert "--editable" in asked[0]

    moved = clone.rename(clone.parent / "moved")
    os.utime(moved / "pyproject.toml", (0, 0))
    _, asked = make(moved, "report")
    assert len(asked) == 2, "an editable install knows its folder"

    later += 10
    os.utime(moved / "requirements.lock", (later, later))
    _, asked = make(moved, "report")
    assert asked[0] == "venv --clear"


@needs_make
@pytest.mark.parametrize(
    ("version", "venv", "said"),
    [
        ("3.9.18", "yes", "is Python 3.9.18: install 3.11 and say `make PYTHON=/path/to/python3.11 report`"),
        ("3.12.1", "yes", "is Python 3.12.1: install 3.11"),
        ("none", "yes", "is no Python at all: install 3.11"),
        ("3.11.2", "no", "comes without the venv module: install it (on Debian and Ubuntu: python3.11-venv)"),
    ],
)
def test_python_that_does_not_fit_gets_one_sentence(clone: Path, version: str, venv: str, said: str) -> None:
    done, asked = make(clone, "report", version=version, venv=venv)
    assert done.returncode != 0
    assert said in done.stderr
    assert (done.stdout, done.stderr.count("\n"), asked) == ("", 1, [])
    assert not (clone / ".venv").exists()


@needs_make
def test_make_alone_lists_the_commands(clone: Path) -> None:
    done, asked = make(clone)
    assert re.findall(r"^  make (\w+)", done.stdout, re.MULTILINE) == GOALS
    assert asked == []
