"""The house holds: floors, sizes, words, the drawn tree, sources of constants, both languages of every rule."""

from __future__ import annotations

import ast
import csv
import importlib
import pkgutil
import re
import string
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import labkit
from labkit.errors import LANGUAGES, Rule

ROOT = Path(__file__).parents[1]
SIX = {"notebooks", "labkit", "params", "reports", "tests", "environment.yml"}
USUAL = {
    *("README.md", "GLOSSARY.md", "DECISIONS.md", "CHANGELOG.md", "LICENSE", "CITATION.cff", "THIRD_PARTY.md"),
    *("Makefile", "pyproject.toml", "requirements.lock", "conftest.py"),
    *(".ci", ".github", ".gitignore", ".gitattributes"),
}
MADE = re.compile(r"\.venv|\.git|__pycache__|\.\w+_cache|\.hypothesis|\.ipynb_checkpoints|.*\.egg-info|\.DS_Store")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@cache
def kept_files() -> tuple[Path, ...]:
    """Files that git keeps or would keep; without git, all but what is made."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=False
    )
    if listed.returncode == 0:
        found = {Path(name) for name in listed.stdout.decode().split("\0") if name}
    else:
        found = {path.relative_to(ROOT) for path in ROOT.rglob("*")}
        found = {path for path in found if not any(MADE.fullmatch(part) for part in path.parts)}
        found = {path for path in found if path.parts[0] != "reports" or path.name == "README.md"}
    return tuple(sorted(path for path in found if (ROOT / path).is_file()))


@cache
def kept_texts() -> dict[str, str]:
    texts = {}
    for path in kept_files():
        content = (ROOT / path).read_bytes()
        if b"\0" not in content[:8000]:
            texts[path.as_posix()] = content.decode("utf-8", "replace")
    return texts


def run_tool(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(arguments)}\n{done.stdout}{done.stderr}"


def test_floors() -> None:
    command = "import sys, importlinter.cli as c; sys.exit(c.lint_imports(no_logo=True, no_cache=True))"
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 kept, 0 broken" in done.stdout


def test_ruff() -> None:
    run_tool("ruff", "check", "--no-cache", ".")


def test_types() -> None:
    run_tool("mypy")


def test_top_level_names() -> None:
    names = {path.parts[0] for path in kept_files()}
    assert names >= SIX
    assert names - SIX - USUAL - {"docs"} == set(), "docs/ is the one folder beside the six"


def test_rooms_stay_small() -> None:
    lengths = {name: text.count("\n") for name, text in kept_texts().items() if re.fullmatch(r"labkit/.*\.py", name)}
    assert lengths
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_no_room_without_an_idea() -> None:
    homeless = re.compile(r"(utils?|helpers?|common|misc)(\.py)?")
    assert [str(path) for path in kept_files() if any(homeless.fullmatch(part) for part in path.parts)] == []


def test_packages_of_tests_and_unique_names() -> None:
    tests = [path for path in kept_files() if path.parts[0] == "tests" and path.suffix == ".py"]
    names = [path.name for path in tests]
    assert "__init__.py" not in names
    assert {name for name in names if names.count(name) > 1} == set()


# Written in parts, so that this file does not hold what it looks for.
FORBIDDEN = {
    "registry address": "|".join(
        re.escape(".".join(parts))
        for parts in [("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs"), ("deb", "debian", "org")]
    ),
    "path of a machine": "|".join(
        "/" + "/".join(parts)
        for parts in [("work", r"(?:main|\.library|steering|shared)\b"), ("root", ""), ("tmp", "bash_jobs")]
    ),
    "how it was made": "|".join(
        r"\b" + "".join(parts) + r"\b"
        for parts in [("cla", "ude"), ("anth", "ropic"), ("co", "pilot"), ("chat", "gpt"), ("open", "ai"), ("ai", "-generated")]
    ),
    "a check that cannot fail": "|".join(
        ["^ *assert (?:True|1)" + r"\b", "pytest" + r"\.skip\(\)", "except Exception:" + r"\s*pass", "x" + r"fail\("]
    ),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_words_that_stay_out(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what], re.IGNORECASE | re.MULTILINE)
    found = [f"{name}: {hit.group()}" for name, text in kept_texts().items() for hit in pattern.finditer(text)]
    assert found == []


def drawn_paths() -> list[str]:
    """Paths of the tree in README.md: the ```text block after `<!-- tree -->`, indented, names before two spaces."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"^<!-- tree -->\n+```text\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    assert block, "README.md draws no tree after the line <!-- tree -->"
    paths, above = [], []
    for line in block[1].splitlines():
        indent, rest = re.fullmatch(r"([\s│├└─]*)(.*)", line).groups()
        names = re.split(r"\s{2,}", rest.strip())[0].split()
        above = [(depth, path) for depth, path in above if depth < len(indent)]
        inside = above[-1][1] if above else ""
        paths += [inside + name for name in names]
        if len(names) == 1 and names[0].endswith("/"):
            above.append((len(indent), inside + names[0]))
    return paths


def test_drawn_tree_is_the_real_tree() -> None:
    kept = {path.as_posix() for path in kept_files()}
    kept |= {f"{parent.as_posix()}/" for path in kept_files() for parent in path.parents if parent.name}
    drawn = [path for path in drawn_paths() if "<" not in path]  # reports/<study>/ is made, not kept
    assert [path for path in drawn if path not in kept] == [], "drawn, but not there"
    inside = {path for path in kept if re.fullmatch(r"[^./][^/]*/?|labkit/[^/]+/?", path)}
    inside -= {"labkit/__init__.py", "labkit/__main__.py", "labkit/py.typed"}
    assert sorted(inside - set(drawn)) == [], "there, but not drawn"


def test_every_constant_has_a_source_and_a_status() -> None:
    files = sorted((ROOT / "labkit" / "constants").glob("*.csv"))
    assert files
    lacking = []
    for file in files:
        with file.open(encoding="utf-8", newline="") as lines:
            for row, cells in enumerate(csv.DictReader(lines), start=2):
                known = cells.get("status") in {"verified", "unverified"}
                if not known or not (cells.get("source") or "").strip() or not (cells.get("unit") or "").strip():
                    lacking.append(f"{file.name}:{row}")
    assert lacking == []


def test_every_rule_speaks_both_languages() -> None:
    for module in pkgutil.walk_packages(labkit.__path__, "labkit."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    assert Rule.registry
    for rule in Rule.registry.values():
        assert re.fullmatch(r"[A-Z]+(-[A-Z0-9]+)+", rule.id), rule.id
        fields = {}
        for language in LANGUAGES:
            sentences = getattr(rule, language)
            assert len(sentences) == 3, rule.id
            assert all(sentence.strip() for sentence in sentences), rule.id
            fields[language] = {name for one in sentences for _, name, _, _ in string.Formatter().parse(one) if name}
        assert fields["en"] == fields["zh"], f"{rule.id}: the two languages name different things"
        assert CHINESE.search("".join(rule.zh)), f"{rule.id}: no Chinese in zh"
        assert not CHINESE.search("".join(rule.en)), f"{rule.id}: Chinese in en"


def test_no_code_is_read_from_data() -> None:
    """`pickle`, numpy's pickled arrays and YAML that builds objects run code from a file."""
    dangerous = []
    for path in sorted((ROOT / "labkit").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = {getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "arg", "")}
            names |= {alias.name for alias in getattr(node, "names", []) if isinstance(alias, ast.alias)}
            if names & {"pickle", "read_pickle", "allow_pickle", "eval", "exec", "shell"}:
                dangerous.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert dangerous == []
