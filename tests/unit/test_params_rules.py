"""Every rule of a params file is provoked once, and its sentence is whole in both languages."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path

import pytest

import labkit.params
from labkit.errors import Refusal, Rule
from labkit.params import check_report_name, find_project, read_params, resolve_input, to_study_name

STUDY = """\
title: {en: How much?}
languages: [en]
notebooks: [load]
enters_at: load_per_1000
results: {observe: results.csv}
correction_factor: {none: true}
errors: {none: true}
"""
PEOPLE = "population: {assume: 5000, kind: census, source: register}\n"

FILES: dict[str, bytes | str] = {
    "PAR-SIZE": "x" * 70_000,
    "PAR-UTF8": b"title: \xff\n",
    "PAR-CONTROL": STUDY + "level: 0.9\u202e\n",
    "PAR-SURROGATE": STUDY.replace("How much?", '"\\ud83d\\ude00"'),
    "PAR-TAB": STUDY + "level:\t0.9\n",
    "PAR-NOTHING": "# nothing\n",
    "PAR-SYNTAX": STUDY + "level: [0.9\n",
    "PAR-DIRECTIVE": "%YAML 1.1\n---\n" + STUDY,
    "PAR-DOCUMENTS": STUDY + "---\nlevel: 0.9\n",
    "PAR-TOP": "- load\n",
    "PAR-TAG": STUDY + "level: !!float 0.9\n",
    "PAR-ANCHOR": STUDY + "level: &a 0.9\n",
    "PAR-MERGE": STUDY + "<<: {level: 0.9}\n",
    "PAR-DUPLICATE": STUDY + "level: 0.9\nlevel: 0.9\n",
    "PAR-DEPTH": STUDY + "period: {from: {a: {b: {c: {d: 1}}}}}\n",
    "PAR-KEY": STUDY + "? [level]\n: 0.9\n",
    "PAR-SHADOW": STUDY + "print: 1\n",
    "PAR-UNKNOWN": STUDY + "popultion: 1\n",
    "PAR-MISSING": STUDY.replace("errors: {none: true}\n", ""),
    "PAR-EMPTY": STUDY + "level:\n",
    "PAR-TEXT": STUDY.replace("How much?", "[How, much]"),
    "PAR-LINE": STUDY.replace("How much?", '"How\\nmuch?"'),
    "PAR-INT": STUDY + "simulation: {seed: 1_000, start: 2022-01-03}\n",
    "PAR-NUMBER": STUDY + "level: 1e999\n",
    "PAR-TRUE": STUDY + "dose: {none: yes}\n",
    "PAR-DATE": STUDY + "period: {from: 2024-02-30, to: 2024-03-01}\n",
    "PAR-CHOICE": STUDY.replace("[en]", "[en, zn]"),
    "PAR-MAP": STUDY + "period: 2024\n",
    "PAR-LIST": STUDY.replace("[load]", "load"),
    "PAR-RANGE": STUDY + "level: 0.5\n",
    "PAR-WORD": STUDY + "below_limit: figures.csv\n",
    "PAR-WORDS": STUDY.replace("{observe: results.csv}", "{observe: results.csv, none: true}"),
    "PAR-WORD-LATER": STUDY + "below_limit: {estimate: censored_lognormal}\n",
    "PAR-PATH": STUDY.replace("results.csv", "file:///srv/x"),
    "PAR-NOTEBOOK": STUDY.replace("[load]", "[Load]"),
    "PAR-TWICE": STUDY.replace("[load]", "[load, load]"),
    "PAR-TITLE": STUDY.replace("[en]", "[en, zh]"),
    "PAR-NEEDS": STUDY.replace("load_per_1000", "load"),
    "PAR-SURPLUS": STUDY + PEOPLE,
    "PAR-PERIOD": STUDY + "period: {from: 2024-03-02, to: 2024-03-01}\n",
    "PAR-SIMULATED": STUDY.replace("results.csv", "simulated/results.csv"),
    "PAR-COMPARE": STUDY + "compare_with: {observe: published.csv}\n",
    "PAR-DOSE": STUDY + "dose: {assume: constants}\n",
    "PAR-PROFILES": STUDY.replace("{observe: results.csv}", "{observe: [a.csv, b.xlsx], profile: [north]}"),
}
CALLS: dict[str, Callable[[Path], object]] = {
    "PAR-READ": lambda folder: read_params(folder / "absent.yml"),
    "PAR-SET": lambda folder: read_params(written(folder, STUDY), ["level"]),
    "PAR-STUDY": lambda folder: to_study_name("a b"),
    "PAR-CASE": lambda folder: check_report_name("First", made(folder, "first")),
    "PAR-LINK": lambda folder: check_report_name("first", linked(folder, "first")),
    "PAR-FILE": lambda folder: resolve_input("absent.csv", folder, None),
    "PAR-DATA": lambda folder: resolve_input("$LABKIT_DATA/x.csv", folder, None),
    "PAR-PROJECT": lambda folder: find_project(folder / "study.yml"),
}


def written(folder: Path, content: bytes | str) -> Path:
    path = folder / "study.yml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def made(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder


def linked(folder: Path, name: str) -> Path:
    (folder / name).symlink_to(folder)
    return folder


def declared() -> set[str]:
    modules = [importlib.import_module(f"labkit.params.{one.name}") for one in pkgutil.iter_modules(labkit.params.__path__)]
    return {value.id for module in modules for value in vars(module).values() if isinstance(value, Rule)}


def test_the_study_that_the_cases_are_made_from_is_taken(tmp_path: Path) -> None:
    assert read_params(written(tmp_path, STUDY)).choices.results.observe == "results.csv"


@pytest.mark.parametrize(
    ("results", "each"),
    [
        ("a.csv", [("a.csv", None)]),
        ("a.csv, profile: north", [("a.csv", "north")]),
        ("a.csv, profile: [north]", [("a.csv", "north")]),
        ("[a.csv, b.xlsx], profile: [north, west]", [("a.csv", "north"), ("b.xlsx", "west")]),
        ("[a.csv, b.xlsx], profile: north", [("a.csv", "north"), ("b.xlsx", "north")]),
        ("[a.csv, b.xlsx]", [("a.csv", None), ("b.xlsx", None)]),
    ],
)
def test_results_of_several_laboratories(results: str, each: list[tuple[str, str | None]], tmp_path: Path) -> None:
    """One profile for all files, or one for each in their order, or none."""
    choices = read_params(written(tmp_path, STUDY.replace("results.csv", results))).choices
    assert list(choices.results.each) == each
    assert choices.results.folder == "a.csv"


@pytest.mark.parametrize(
    ("results", "rule", "said"),
    [
        ("[a.csv, b.csv], profile: [north]", "PAR-PROFILES", "1 profiles stand beside 2 files"),
        ("[a.csv, b.csv], profile: [n, w, e]", "PAR-PROFILES", "3 profiles stand beside 2 files"),
        ("a.csv, profile: [north, west]", "PAR-PROFILES", "2 profiles stand beside 1 files"),
        ("[a.csv, a.csv]", "PAR-TWICE", "“a.csv” is listed twice"),
        ("[a.csv, ../b.csv]", "PAR-PATH", "“../b.csv”"),
        ("[a.csv, simulated/b.csv]", "PAR-SIMULATED", "“simulated/b.csv” is made by a simulation"),
    ],
)
def test_several_files_that_do_not_go_together(results: str, rule: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        read_params(written(tmp_path, STUDY.replace("results.csv", results)))
    (problem,) = caught.value.problems
    assert (problem.rule.id, problem.row) == (rule, 5)
    assert said in problem.sentence()


@pytest.mark.parametrize("rule", [*FILES, *CALLS])
def test_the_rule_is_provoked_alone(rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LABKIT_DATA", raising=False)
    with pytest.raises(Refusal) as caught:
        if rule in FILES:
            read_params(written(tmp_path, FILES[rule]))
        else:
            CALLS[rule](tmp_path)
    assert [problem.rule.id for problem in caught.value.problems] == [rule]
    for language in ("en", "zh"):
        sentence = caught.value.report(language)
        assert "None" not in sentence
        assert "{name}" not in sentence
        assert " → " in sentence


def test_every_declared_rule_has_a_case() -> None:
    assert {rule for rule in declared() if not rule.startswith("PAR-LAB-")} == {*FILES, *CALLS}, "for profiles: test_profile.py"
