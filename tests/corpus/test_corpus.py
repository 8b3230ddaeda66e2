"""Every bad input is refused with its rule and row, every good twin is taken: a new case is a new folder.

`<group>/<id>-<slug>/` holds `input.*` and `twin.*` (or names a generator) and `expect.yaml`:

    outcome: refuse | accept     rule: the rule's id          row, column: where
    rules: {way: rule}           for a group with several ways in; when accepted, {way: what it becomes}
    value: {name: value}         accepted: exact values       says: [texts that the message holds]
    must_not_echo: [texts]       max_seconds: number
"""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from doors import DOORS, LAB_GROUPS, lab_file
from generators import GENERATORS
from ruamel.yaml import YAML

from labkit.errors import Refusal

HERE = Path(__file__).parent
CANARY = "PWNED"


@dataclass(frozen=True)
class Case:
    """One folder of the corpus."""

    folder: Path
    expect: dict[str, Any]

    @property
    def id(self) -> str:
        return self.folder.name.split("-")[0]

    @property
    def group(self) -> str:
        return self.folder.parent.name

    def inputs(self, fresh: Path) -> dict[str, Any]:
        """Return the bad input and its good twin."""
        if "generator" in self.expect:
            return dict(zip(("bad", "twin"), GENERATORS[self.expect["generator"]](fresh), strict=True))
        if "bad" in self.expect:
            return {which: self.expect[which] for which in ("bad", "twin")}
        files = {"bad": "input.*", "twin": "twin.*"}
        return {which: next(self.folder.glob(pattern)).read_bytes() for which, pattern in files.items()}

    def knock(self, which: str, folder: Path) -> Callable[[Any, str], dict[str, Any]]:
        """Return the door of the group, with what this case tells it beside the input."""
        if self.group not in LAB_GROUPS:
            folder.joinpath("input.yml").touch()  # what the doors themselves write is there before
            folder.joinpath("study.yml").touch()
            return lambda content, way: DOORS[self.group](content, way, folder)
        mine = f"{'' if which == 'bad' else 'twin_'}"
        suffix = next((path.suffix for path in sorted(self.folder.glob("input.*"))), ".xlsx")
        told = {**self.expect, "name": self.expect.get(f"{mine}name") or self.expect.get("name") or f"input{suffix}"}
        if which == "twin":
            told.pop("value", None)
            told["beside"] = {}
            told["name"] = self.expect.get("twin_name") or (f"input{suffix}" if self.expect.get("name") else told["name"])
        told["profile"] = self.expect.get(f"{mine}profile") if f"{mine}profile" in self.expect else self.expect.get("profile")
        return lambda content, way: lab_file(content, way, folder, told)


CASES = [
    Case(path.parent, YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")))
    for path in sorted(HERE.glob("*/*/expect.yaml"))
]


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a fresh folder, with no way to the network; any file that a payload leaves would be seen."""

    def no_socket(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", no_socket)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listing(folder: Path) -> list[str]:
    return sorted(os.path.join(base, name) for base, folders, files in os.walk(folder) for name in folders + files)


def is_own(path: str, folder: Path) -> bool:
    """Return whether a path is one that the doors of the corpus lay out themselves."""
    return Path(path).relative_to(folder).parts[0] in {"in", "profile.yml", "sites.csv"}


def ways_of(case: Case) -> dict[str, str]:
    return dict(case.expect.get("rules") or {"": case.expect.get("rule", "")})


@pytest.mark.parametrize("case", CASES, ids=[f"{case.id}-bad" for case in CASES])
def test_bad(case: Case, watched: Path) -> None:
    bad = case.inputs(watched)["bad"]
    for way, wanted in ways_of(case).items():
        knock = case.knock("bad", watched)
        before = listing(watched)
        started = time.monotonic()
        if case.expect["outcome"] == "refuse":
            with pytest.raises(Refusal) as caught:
                knock(bad, way)
            check_refusal(case, caught.value, wanted)
        else:
            taken = knock(bad, way)
            check_taken(case, taken, way, wanted)
        assert time.monotonic() - started < case.expect.get("max_seconds", 5)
        assert {path for path in listing(watched) if not is_own(path, watched)} <= set(before), "a file was made"
        assert not (watched / CANARY).exists()


@pytest.mark.parametrize("case", CASES, ids=[f"{case.id}-twin" for case in CASES])
def test_twin(case: Case, watched: Path) -> None:
    twin = case.inputs(watched)["twin"]
    for way in ways_of(case):
        taken = case.knock("twin", watched)(twin, way)
        assert taken
        if way:
            assert taken[way] == twin
        if case.expect["outcome"] == "noted":
            assert taken["notes"] == [], "the plain form is taken without a note"
        assert not (watched / CANARY).exists()


def check_refusal(case: Case, refusal: Refusal, rule: str) -> None:
    """Hold rule, row and column of the first problem of that rule, and what the message may not repeat."""
    assert refusal.exit_code == 2
    assert rule in [problem.rule.id for problem in refusal.problems]
    told = [problem for problem in refusal.problems if problem.rule.id == rule]
    for what in ("row", "column", "sheet"):
        if what in case.expect:
            told = [problem for problem in told if getattr(problem, what) == case.expect[what]]
            assert told, f"{rule}, but not at {what} {case.expect[what]}: {refusal.report()}"
    problem = told[0]
    for language in ("en", "zh"):
        report = refusal.report(language)
        assert all(line.isprintable() for line in report.split("\n"))
        for text in case.expect.get("must_not_echo", []):
            assert text not in report
    for text in case.expect.get("says", []):
        assert text in problem.sentence("en")


def check_taken(case: Case, taken: dict[str, Any], way: str, wanted: str) -> None:
    """Hold every expected value by type and value; `@` stands for eight hexadecimal digits."""
    if case.expect["outcome"] == "noted":
        assert wanted in taken["notes"]
    elif "notes" in taken:
        assert taken["notes"] == []
    for name, value in case.expect.get("value", {}).items():
        assert (type(taken[name]), taken[name]) == (type(value), value)
    if way:
        assert re.fullmatch(re.escape(wanted).replace("@", "[0-9a-f]{8}"), taken[way])


def test_every_numbered_case_is_there() -> None:
    ids = {case.id for case in CASES}
    assert ids >= {f"Y{n}" for n in range(1, 29)} | {f"T{n}" for n in range(1, 15)}
    assert len(ids) == len(CASES), "an id is used twice"


def test_a_twin_is_close_to_its_case(tmp_path: Path) -> None:
    for case in CASES:
        fresh = tmp_path / case.id
        fresh.mkdir()
        inputs = case.inputs(fresh)
        told = case.expect
        named = {str(told.get(name)) for name in ("name", "twin_name", "profile", "twin_profile", "beside", "sites")} - {"None"}
        assert inputs["bad"] != inputs["twin"] or named, case.id
