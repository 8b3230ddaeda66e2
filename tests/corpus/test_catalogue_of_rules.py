"""Each rule has its case and each case its rule; the printed catalogue is the code's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_corpus import CASES, ways_of

from labkit.errors import Rule
from labkit.rulebook import load_rules, say_rules

ROOT = Path(__file__).parents[2]
# Rules that no file handed in can break alone: what breaks them, and the tests that do so and name each.
ELSEWHERE = {
    "DB": ("a database", ["unit/test_sources_database.py", "unit/test_sources_postgres.py"]),
    "EUDA": ("a release of five files", ["unit/test_euda_reader.py", "published/test_europe.py", "published/test_euda.py"]),
    "PUB": ("what others published", [
        "unit/test_euda_reader.py", "published/test_scotland.py", "published/test_statcan.py", "published/test_nnal.py",
    ]),
    "FILE-MISSING": ("a file that is not there", ["unit/test_sources_text.py"]),
    "PER-KEY-(?!BESIDE)": ("the key of the pseudonyms", ["unit/test_pseudonyms.py"]),
    "KEY-(FLOW|SITE-UNKNOWN|POPULATION-DATE|PERIOD|FILES)$": ("several files of a study", ["unit/test_samples.py"]),
    "STORE|STO-": ("the store", ["unit/test_store.py", "faults/test_store_faults.py", "unit/test_intake.py"]),
    "PAR-LAB": ("a laboratory profile", ["unit/test_profile.py"]),
    "PAR": ("a params file with its surroundings", [
        "unit/test_params_rules.py", "unit/test_params_read.py", "unit/test_params_names.py", "faults/test_bad_input.py",
    ]),
    "CLI|OUT|REP|RUN|SIM|TXT": ("folders, reports, runs", [
        "unit/test_cli.py", "unit/test_publish.py", "unit/test_verify.py", "unit/test_runner.py", "unit/test_simulate.py",
        "unit/test_fonts.py", "unit/test_report_html.py", "unit/test_figures.py", "faults/test_publish_faults.py",
        "faults/test_completion.py", "faults/test_bad_input.py", "unit/test_params_fuzz.py", "unit/test_wording.py",
        "unit/test_restate.py", "unit/test_design.py",
    ]),
}  # fmt: skip
NUMBERED = {"E": 22, "S": 22, "V": 27, "U": 21, "D": 17, "X": 17, "H": 12, "Y": 28, "T": 14}


@pytest.fixture(scope="module")
def rules() -> dict[str, Rule]:
    return load_rules()


def test_the_180_numbered_cases_are_there() -> None:
    wanted = {f"{group}{number}" for group, last in NUMBERED.items() for number in range(1, last + 1)}
    assert len(wanted) == 180
    assert wanted - {case.id for case in CASES} == set()


def test_every_rule_has_a_case(rules: dict[str, Rule]) -> None:
    shown = {rule for case in CASES for rule in ways_of(case).values()}
    lacking = []
    for name in sorted(set(rules) - shown):
        files = next((files for pattern, (_, files) in ELSEWHERE.items() if re.match(pattern, name)), [])
        texts = [(ROOT / "tests" / file).read_text(encoding="utf-8") for file in files]
        if not any(re.search(rf"(?<![A-Z-]){name}(?![A-Z-])", text) for text in texts):
            lacking.append(name)
    assert lacking == []


def test_every_case_has_a_rule(rules: dict[str, Rule]) -> None:
    outcomes = {"refuse", "noted"}
    named = {(case.id, rule) for case in CASES if case.expect["outcome"] in outcomes for rule in ways_of(case).values()}
    assert named
    assert {(case, rule) for case, rule in named if rule not in rules} == set()
    for case in CASES:
        if case.expect["outcome"] in outcomes and "rules" not in case.expect:
            assert rules[case.expect["rule"]].noted == (case.expect["outcome"] == "noted"), case.id


def test_every_door_rule_has_an_example_and_a_fix(rules: dict[str, Rule]) -> None:
    families = (
        "FILE",
        "TYPE",
        "TEXT",
        "QUOTE",
        "DELIM",
        "LINES",
        "ENC",
        "ROW",
        "WB",
        "PQ",
        "DB",
        "HDR",
        "KND",
        "VAL",
        "UNI",
        "DAT",
        "KEY",
        "SIT",
        "HAI",
        "PER",
    )
    assert [name for name, rule in rules.items() if name.split("-")[0] in families and not all(rule.example)] == []


def test_the_printed_catalogue_is_current(rules: dict[str, Rule]) -> None:
    printed = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert printed == say_rules(rules.values()), "labkit rules > docs/rules.md"
