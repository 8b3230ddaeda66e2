"""A manifest says what went in and what came out, in one spelling, and nothing about who, when or where."""

import getpass
import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

import labkit
from labkit.report import commit as commit_module
from labkit.report.commit import commit_of
from labkit.report.manifest import (
    FACTS,
    build_manifest,
    canonical,
    code_sha256,
    manifest_sha256,
    sha256_file,
    tree_sha256,
    write_manifest,
)
from labkit.study import contents

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # of no bytes, FIPS 180-4
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of "abc", FIPS 180-4 example 1


def facts() -> dict[str, Any]:
    return {
        "study": "first",
        "params": {"given": {"level": 0.95}, "resolved": {"level": 0.95, "title": "模拟"}},
        "inputs": [{"name": "samples.csv", "sha256": ABC, "rows": 12}],
        "notebooks": [{"name": "load", "code_sha256": ABC}],
        "labkit": {"version": "0.1.0", "commit": "unknown", "tree_sha256": ABC},
        "environment": {"lock_sha256": ABC, "python": "3.11"},
        "seeds": {"root": 1},
        "constants": [{"name": "excretion", "value": 0.35, "status": "verified"}],
        "simulated": True,
        "notes": [],
    }


def fill(folder: Path) -> None:
    contents = {
        "report.en.html": "abc",
        "report.zh.pdf": "",
        "tables/consumption.csv": "abc",
        "figures/load.png": "abc",
        "notebooks/load.en.ipynb": "abc",
        "simulated/truth.csv": "abc",
        "other/thing": "abc",
        "thing": "abc",
    }
    for name, content in contents.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(content)


def test_every_file_is_listed_once_with_its_hash(tmp_path: Path) -> None:
    fill(tmp_path)
    manifest = write_manifest(tmp_path, facts())
    assert manifest == json.loads((tmp_path / "manifest.json").read_bytes())
    assert [(output["path"], output["kind"]) for output in manifest["outputs"]] == [
        ("figures/load.png", "figure"),
        ("notebooks/load.en.ipynb", "notebook"),
        ("other/thing", "file"),
        ("report.en.html", "report"),
        ("report.zh.pdf", "report"),
        ("simulated/truth.csv", "simulated"),
        ("tables/consumption.csv", "table"),
        ("thing", "file"),
    ]
    assert {(output["sha256"], output["bytes"]) for output in manifest["outputs"]} == {(ABC, 3), (EMPTY, 0)}
    assert manifest["schema_version"] == 1
    assert {name: manifest[name] for name in FACTS} == facts()
    assert write_manifest(tmp_path, facts()) == manifest, "the manifest does not list itself"


def test_one_spelling(tmp_path: Path) -> None:
    fill(tmp_path)
    write_manifest(tmp_path, facts())
    text = (tmp_path / "manifest.json").read_bytes()
    shuffled = dict(reversed(list(facts().items())))
    write_manifest(tmp_path, shuffled)
    assert (tmp_path / "manifest.json").read_bytes() == text
    assert text.endswith(b"}\n") and b"\r" not in text
    assert "模拟" in text.decode("utf-8")
    assert canonical(json.loads(text)) == text
    assert manifest_sha256(json.loads(text)) == json.loads(text)["manifest_sha256"]


def test_nothing_of_who_when_or_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = []
    for place, zone in (("here", "Asia/Shanghai"), ("there", "America/New_York")):
        folder = tmp_path / place / "报告"
        fill(folder)
        monkeypatch.setenv("TZ", zone)
        monkeypatch.setenv("USER", f"user-{place}")
        os.utime(folder / "thing", (1, 1) if place == "here" else (2e9, 2e9))
        write_manifest(folder, facts())
        texts.append((folder / "manifest.json").read_text("utf-8"))
    assert texts[0] == texts[1]
    words = [str(tmp_path), socket.gethostname(), getpass.getuser(), str(Path.home()), time.strftime("%Y-%m-%d"), "Asia"]
    found = [word for word in words if len(word) > 3 and word in texts[0]]
    assert found == []


@pytest.mark.parametrize("name", ["host", "user", "created", "timings", "locale"])
def test_no_fact_but_those_of_the_list(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        build_manifest(tmp_path, facts() | {name: "x"})


@pytest.mark.parametrize("name", FACTS)
def test_no_fact_may_be_left_out(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=f"many: {name}$"):
        build_manifest(tmp_path, {key: value for key, value in facts().items() if key != name})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_json_is_no_fact(tmp_path: Path, value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_manifest(tmp_path, facts() | {"seeds": {"root": value}})
    assert list(tmp_path.iterdir()) == []


# --- notebooks and source


def notebook(*cells: tuple[str, str]) -> dict[str, Any]:
    return {"cells": [{"cell_type": kind, "source": source, "metadata": {}} for kind, source in cells], "metadata": {}}


BASE = notebook(("markdown", "why"), ("code", "a = 1"), ("code", "b = a"))


@pytest.mark.parametrize(
    "same",
    [
        notebook(("code", "a = 1"), ("code", "b = a")),
        notebook(("code", "a = 1"), ("markdown", "else"), ("code", "b = a"), ("raw", "x")),
        {"cells": [cell | {"metadata": {"tags": ["x"]}, "outputs": ["y"], "id": "z"} for cell in BASE["cells"]]},
        {"cells": [cell | {"source": list(cell["source"])} for cell in BASE["cells"]]},
    ],
)
def test_code_hash_does_not_move(same: dict[str, Any]) -> None:
    assert code_sha256(same) == code_sha256(BASE)


@pytest.mark.parametrize(
    "other",
    [
        notebook(("code", "b = a"), ("code", "a = 1")),
        notebook(("code", "a = 2"), ("code", "b = a")),
        notebook(("code", "a = 1b = a")),
        notebook(("code", "a = 1"), ("markdown", "b = a")),
        notebook(("code", "a = 1"), ("code", "b = a"), ("code", "")),
    ],
)
def test_code_hash_moves(other: dict[str, Any]) -> None:
    assert code_sha256(other) != code_sha256(BASE)


def test_tree_hash(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    for name in ("a.py", "models/b.py", "models/c.csv", "page.html"):
        (tmp_path / name).write_text(name)
    first = tree_sha256(tmp_path)
    for name in ("__pycache__/a.pyc", "models/__pycache__/b.py", ".hidden", "a.py~", ".ipynb_checkpoints/a.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("no source")
    assert tree_sha256(tmp_path) == first
    seen = {first}
    for name in ("a.py", "models/b.py", "models/c.csv", "page.html", "new.py"):
        (tmp_path / name).write_text("changed")
        seen.add(tree_sha256(tmp_path))
    (tmp_path / "a.py").rename(tmp_path / "d.py")
    seen.add(tree_sha256(tmp_path))
    assert len(seen) == 7


def test_tree_hash_of_labkit_is_the_same_twice() -> None:
    package = Path(labkit.__file__).parent
    assert tree_sha256(package) == tree_sha256(package)


def test_file_hash(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    assert sha256_file(tmp_path / "abc") == ABC


# --- the commit


def git(folder: Path, *words: str) -> str:
    settings = ("-c", "user.name=x", "-c", "user.email=x", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null")
    done = subprocess.run(["git", *settings, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if shutil.which("git") is None:
        pytest.skip("needs git")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "project"
    for name in ("labkit/a.py", "notebooks/load.ipynb", "params/first.yml", "requirements.lock", "README.md"):
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text("one")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    return folder


def test_commit_of_a_clean_project(project: Path) -> None:
    assert commit_of(project) == git(project, "rev-parse", "HEAD")[:12]
    (project / "README.md").write_text("two")
    (project / "params" / "mine.yml").write_text("an own study is no change of the source")
    assert commit_of(project) == git(project, "rev-parse", "HEAD")[:12]


@pytest.mark.parametrize("name", ["labkit/a.py", "notebooks/load.ipynb", "params/first.yml", "requirements.lock"])
def test_commit_with_changes(project: Path, name: str) -> None:
    clean = commit_of(project)
    (project / name).write_text("two")
    assert commit_of(project) == f"{clean}+changes"
    git(project, "add", ".")
    assert commit_of(project) == f"{clean}+changes"


@pytest.mark.parametrize("packed", [False, True])
def test_commit_without_the_git_command(project: Path, monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    clean = commit_of(project)
    if packed:
        git(project, "pack-refs", "--all")
    monkeypatch.setattr(commit_module, "_git", lambda *words: None)
    assert commit_of(project) == clean
    git(project, "checkout", "-q", "--detach")
    assert commit_of(project) == clean
    (project / ".git" / "HEAD").write_text("nonsense")
    assert commit_of(project) == "unknown"


def test_commit_unknown(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert commit_of(tmp_path) == "unknown"
    assert commit_of(project / "labkit") == "unknown", "a repository further up is another project's"
    git(tmp_path, "init", "-q", "new")
    assert commit_of(tmp_path / "new") == "unknown"
    real = commit_module._git
    monkeypatch.setattr(commit_module, "_git", lambda folder, *words: None if words[0] == "status" else real(folder, *words))
    assert commit_of(project) == "unknown", "whether there are changes is not known"


def test_git_that_hangs_or_is_missing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clean = commit_of(project)
    monkeypatch.setattr(commit_module, "GIT", ("sleep", "60", ";"))
    monkeypatch.setattr(commit_module, "SECONDS", 0.1)
    assert commit_of(project) == clean
    monkeypatch.setattr(commit_module, "GIT", ("no-such-command",))
    assert commit_of(project) == clean


def test_another_repository_in_the_environment_is_not_asked(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = commit_of(project)
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    git(other, "commit", "-q", "--allow-empty", "-m", "two")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert commit_of(project) == clean


def test_asking_writes_nothing(project: Path) -> None:
    os.utime(project / "labkit" / "a.py", (1, 1))  # git would note the new time in its index
    before = (project / ".git" / "index").read_bytes()
    assert "+" not in commit_of(project)
    assert (project / ".git" / "index").read_bytes() == before


@pytest.mark.parametrize("text", ["a,b\n1,2", "a,b\n1,2\n", 'a,b\n"x\ny",2\n\n,\n', "a,b\r1,2\r"])
def test_rows_are_records_with_something_in_them(tmp_path: Path, text: str) -> None:
    (tmp_path / "in.csv").write_bytes(text.encode())
    assert contents._rows(tmp_path / "in.csv") == 1
