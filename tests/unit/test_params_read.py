"""A params file is read whole or refused whole; a setting of the command line obeys the same rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from labkit.errors import Refusal
from labkit.params import Choices, find_project, read_params, resolve_input, resolve_inputs
from labkit.vocabulary import PopulationKind, Stage

ROOT = Path(__file__).parents[2]
STUDIES = sorted((ROOT / "params").glob("*.yml"))
CITY = """\
title: {en: How much?}
languages: [en]
notebooks: [load]
enters_at: concentration
simulation: {seed: 7, start: 2022-01-03}
results: {observe: simulated/results.csv}
flow: {assume: {A: 20000, NO: 50000.5}, source: design flow}
population: {observe: simulated/population.csv, kind: de_facto}
correction_factor: {assume: constants}
errors: {assume: {analysis: 0.1}, source: own laboratory}
"""


@pytest.fixture
def city(tmp_path: Path) -> Path:
    path = tmp_path / "city.yml"
    path.write_text(CITY, encoding="utf-8")
    return path


def rules(refusal: Refusal) -> list[tuple[str, int | None, str]]:
    return [(problem.file, problem.row, problem.rule.id) for problem in refusal.problems]


def test_values_arrive_as_they_are_declared(city: Path) -> None:
    params = read_params(city)
    choices = params.choices
    assert params.study == "city"
    assert choices.enters_at is Stage.CONCENTRATION
    assert choices.simulation is not None
    assert (choices.simulation.seed, choices.simulation.sites, choices.simulation.weeks) == (7, 6, 156)
    assert choices.simulation.start == date(2022, 1, 3)
    assert choices.flow is not None
    assert choices.flow.assume == {"A": 20_000.0, "NO": 50_000.5}
    assert choices.population is not None
    assert choices.population.kind is PopulationKind.DE_FACTO
    assert choices.errors.assume.analysis == 0.1
    assert choices.errors.assume.flow == 0.0
    assert choices.level == 0.95
    assert choices.dose.none is True


def test_nothing_of_a_study_can_be_changed(city: Path) -> None:
    choices = read_params(city).choices
    with pytest.raises(ValidationError):
        choices.level = 0.9
    with pytest.raises(TypeError):
        choices.flow.assume["A"] = 1.0


@pytest.mark.parametrize("path", STUDIES, ids=[path.stem for path in STUDIES])
def test_the_studies_of_the_project_go_to_json_and_back(path: Path) -> None:
    choices = read_params(path).choices
    plain = choices.to_plain()
    assert Choices.from_plain(plain) == choices
    assert Choices.from_plain(plain).to_plain() == plain


def test_choices_that_were_tampered_with_are_refused(city: Path) -> None:
    plain = read_params(city).choices.to_plain()
    with pytest.raises(Refusal, match="PAR-INT"):
        Choices.from_plain({**plain, "simulation": {**plain["simulation"], "seed": "7"}})
    with pytest.raises(Refusal, match="PAR-NEEDS"):
        Choices.from_plain({name: value for name, value in plain.items() if name != "flow"})


def test_all_problems_come_at_once_by_row_settings_last(city: Path) -> None:
    city.write_text(CITY.replace("seed: 7", 'seed: "7", wekes: 5').replace("kind: de_facto", "kind: defacto") + "level: 2\n")
    with pytest.raises(Refusal) as caught:
        read_params(city, ["languages=[en, en]", "enters_at=load", "x"])
    assert rules(caught.value) == [
        (str(city), 5, "PAR-INT"),
        (str(city), 5, "PAR-UNKNOWN"),
        (str(city), 7, "PAR-SURPLUS"),
        (str(city), 8, "PAR-CHOICE"),
        (str(city), 11, "PAR-RANGE"),
        ("--set", None, "PAR-SET"),
        ("--set languages", None, "PAR-TWICE"),
    ]


def test_a_setting_replaces_one_choice(city: Path) -> None:
    settings = [
        "level=0.9",
        "simulation.weeks=12",
        "flow={observe: flow.csv}",
        "period.from=2022-01-03",
        "period.to=2022-02-03",
    ]
    choices = read_params(city, settings).choices
    assert choices.level == 0.9
    assert choices.simulation is not None
    assert choices.simulation.weeks == 12
    assert choices.flow is not None
    assert choices.flow.observe == "flow.csv"
    assert choices.period is not None
    assert choices.period.first == date(2022, 1, 3)


@pytest.mark.parametrize(
    ("setting", "rule"),
    [
        ("level", "PAR-SET"),
        ("=0.9", "PAR-SET"),
        ("languages.x=en", "PAR-SET"),
        ("simulation..seed=3", "PAR-SET"),
        ("level=", "PAR-NOTHING"),
        ("levle=0.9", "PAR-UNKNOWN"),
        ("level=!!float 0.9", "PAR-TAG"),
        ("level=&a 0.9", "PAR-ANCHOR"),
        ('level="0.9"', "PAR-NUMBER"),
        ("level=.9", "PAR-NUMBER"),
        ("level=true", "PAR-NUMBER"),
        ("simulation.seed=-0", "PAR-INT"),
        ("simulation.seed=7.0", "PAR-INT"),
        ("simulation.seed=1e3", "PAR-INT"),
        ("simulation.seed=٧", "PAR-INT"),
        ("simulation.days_per_week=8", "PAR-RANGE"),
        ("flow.assume.A=9007199254740993", "PAR-NUMBER"),  # a float would hold …992
        ("flow.assume.A=0", "PAR-RANGE"),
        ("flow.assume={}", "PAR-EMPTY"),
        ("flow.assume=[1]", "PAR-NUMBER"),
        ('dose.none="true"', "PAR-TRUE"),
        ("simulation.start=2022-1-3", "PAR-DATE"),
        ("flow.observe=x.csv", "PAR-WORDS"),
        ("results.observe=/srv/x", "PAR-PATH"),
        ("flow.assume.A.b=1", "PAR-SET"),
        ("flow.assume.A.b.c.d=1", "PAR-DEPTH"),
        ("flow={assume: {A: {b: {c: {d: 1}}}}}", "PAR-DEPTH"),
        ("title={en: a, en: b}", "PAR-DUPLICATE"),
        ("level=0.9\u0007", "PAR-CONTROL"),
    ],
)
def test_a_setting_obeys_the_rules_of_the_file(city: Path, setting: str, rule: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_params(city, [setting])
    row = 7 if rule == "PAR-WORDS" else None  # two words meet in the row of the file
    assert [(problem.rule.id, problem.row) for problem in caught.value.problems] == [(rule, row)]


def test_numbers_that_a_float_holds_are_taken(city: Path) -> None:
    for text, number in (("9007199254740992", 2.0**53), ("1e5", 1e5), ("0.5", 0.5), ("1.5E-3", 0.0015)):
        flow = read_params(city, [f"flow.assume.A={text}"]).choices.flow
        assert flow is not None
        assert flow.assume["A"] == number


def test_the_same_setting_twice_is_refused(city: Path) -> None:
    with pytest.raises(Refusal, match="PAR-DUPLICATE"):
        read_params(city, ["level=0.9", "level=0.8"])


def test_a_file_of_windows_with_a_byte_order_mark_is_read_with_true_rows(city: Path) -> None:
    city.write_bytes(b"\xef\xbb\xbf" + CITY.replace("\n", "\r\n").encode())
    assert read_params(city).choices.title.en == "How much?"
    city.write_bytes(b"\xef\xbb\xbf" + (CITY + "levle: 0.9\n").replace("\n", "\r\n").encode())
    with pytest.raises(Refusal) as caught:
        read_params(city)
    assert rules(caught.value) == [(str(city), 11, "PAR-UNKNOWN")]


def test_bytes_that_are_not_utf8_are_named_by_offset_and_row(city: Path) -> None:
    city.write_bytes(CITY.encode() + "level: 0.9 # 区间".encode("gb18030"))
    with pytest.raises(Refusal, match=f"city.yml:11 PAR-UTF8 byte {len(CITY) + 13} "):
        read_params(city)


def test_where_inputs_lie(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "made").mkdir()
    for place in ("made/results.csv", "own.csv"):
        (tmp_path / place).touch()
    assert resolve_input("own.csv", tmp_path, None) == tmp_path / "own.csv"
    assert resolve_input("simulated/results.csv", tmp_path, tmp_path / "made") == tmp_path / "made" / "results.csv"
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path))
    assert resolve_input("$LABKIT_DATA/made", Path("/"), None) == tmp_path / "made"
    with pytest.raises(Refusal, match="PAR-PATH"):
        resolve_input("$LABKIT_DATA/../x", tmp_path, None)
    with pytest.raises(Refusal, match=r"PAR-DATA .*LABKIT_DATA"):
        monkeypatch.setenv("LABKIT_DATA", "")
        resolve_input("$LABKIT_DATA/made", tmp_path, None)


def test_all_missing_files_are_named_with_their_rows(city: Path, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        resolve_inputs(read_params(city), tmp_path)
    assert rules(caught.value) == [(str(city), 6, "PAR-FILE"), (str(city), 8, "PAR-FILE")]
    assert [problem.column for problem in caught.value.problems] == ["results.observe", "population.observe"]
    for name in ("results.csv", "population.csv"):
        (tmp_path / name).touch()
    found = resolve_inputs(read_params(city), tmp_path)
    assert found == {"results.observe": tmp_path / "results.csv", "population.observe": tmp_path / "population.csv"}


def test_the_project_is_found_from_the_params_file() -> None:
    assert find_project(ROOT / "params" / "first.yml") == ROOT
