"""Laboratory profiles: what they may declare, what is refused with its row, and which limits hold on which day."""

from __future__ import annotations

import importlib
import json
import pkgutil
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

import labkit.params
from labkit.errors import Refusal, Rule
from labkit.loaders.kinds import KINDS
from labkit.params import Profile, find_limit, find_profile, json_schema, profiles_of, read_profile
from labkit.params.profile_page import profile_page
from labkit.params.profile_words import COLUMNS
from labkit.params.read_profile import parse_profile
from labkit.vocabulary import FileKind

ROOT = Path(__file__).parents[2]
LABS = sorted((ROOT / "params" / "labs").glob("*.yml"))
KETAMINE = "{analyte: ketamine, lod: 1"
WRONG = {
    "PAR-LAB-ANALYTE": "limits: [{analyte: METH, lod: 1}]",
    "PAR-LAB-COLUMN": "columns: {concentraton: 浓度}",
    "PAR-LAB-UNIT": "unit: {concentration: ppb}",
    "PAR-LAB-ZONE": "time_zone: Beijing",
    "PAR-LAB-ROW": "header_row: 0",
    "PAR-LAB-SERIAL": "serial_dates: 1970",
    "PAR-LAB-SWITCH": "unit_row: yes",
    "PAR-LAB-SAME": 'decimal: ","\ndelimiter: ","',
    "PAR-LAB-UNITS": "unit_row: true\nunit: {flow: m3/d}",
    "PAR-LAB-WORD": "missing: [/]\nnot_detected: [/]",
    "PAR-LAB-ZERO": 'not_detected: ["0.0"]',
    "PAR-LAB-HEADER": "columns: {lod: LOD, loq: LOD}",
    "PAR-LAB-BARE": "limits: [{analyte: ketamine}]",
    "PAR-LAB-ORDER": "limits: [{analyte: ketamine, lod: 5, loq: 2}]",
    "PAR-LAB-DAYS": f"limits: [{KETAMINE}, from: 2024-12-31, to: 2024-01-01}}]",
    "PAR-LAB-OVERLAP": f"limits: [{KETAMINE}}}, {KETAMINE}, from: 2024-01-01}}]",
}
FULL = """\
title: {en: Harbour, zh: 港口}
laboratory: 0012
kind: hair
encoding: gb18030
delimiter: ;
header_row: 3
unit_row: true
columns: {concentration: 结果, site: NO}
analytes: {冰毒: methamphetamine}
decimal: ","
thousands: .
date_order: dmy
serial_dates: 1904
time_zone: Asia/Shanghai
missing: ["/", "-9"]
not_detected: [低于方法检出限]
zero: nd
since: 2019-01-01
limits: [{analyte: ketamine, matrix: hair, method: A, lod: 0.02, loq: 0.05, cutoff: 0.2, unit: pg/mg, from: 2024-01-01}]
plausible: [{analyte: ketamine, low: 0, high: 20, unit: ng/mg}]
"""


def parsed(text: str) -> Profile:
    return parse_profile(text.encode(), "lab.yml")


def test_nothing_declared_is_the_default() -> None:
    profile = Profile()
    assert (profile.decimal, profile.thousands, profile.zero, profile.unit_row) == (".", "none", "refuse", False)
    assert (profile.missing, profile.not_detected, profile.limits, profile.plausible) == ((), (), (), ())
    assert (dict(profile.columns), dict(profile.unit), dict(profile.analytes)) == ({}, {}, {})
    assert (profile.header_row, profile.encoding, profile.delimiter, profile.date_order) == (None, None, None, None)
    assert (profile.since, profile.to_plain()) == (date(2000, 1, 1), {})


def test_everything_declared_comes_through_as_written() -> None:
    profile = parsed(FULL)
    assert (profile.laboratory, profile.columns["site"], profile.serial_dates) == ("0012", "NO", 1904)
    assert profile.missing == ("/", "-9")
    assert (profile.limits[0].cutoff, profile.limits[0].unit, profile.limits[0].first) == (0.2, "pg/mg", date(2024, 1, 1))
    assert Profile.model_validate(json.loads(json.dumps(profile.to_plain()))) == profile
    with pytest.raises(TypeError):
        profile.columns["date"] = "x"  # type: ignore[index]


@pytest.mark.parametrize("rule", WRONG)
def test_each_rule_is_provoked_alone_and_names_its_row(rule: str) -> None:
    with pytest.raises(Refusal) as caught:
        parsed("title: {en: x}\n" + WRONG[rule] + "\n")
    (problem,) = caught.value.problems
    assert problem.rule.id == rule
    assert problem.row in (2, 3)
    for language in ("en", "zh"):
        assert "{" not in problem.sentence(language).replace("{…}", "")
        assert "None" not in problem.sentence(language)
    assert all(problem.rule.example)


def test_every_rule_of_a_profile_has_a_case() -> None:
    modules = [importlib.import_module(f"labkit.params.{one.name}") for one in pkgutil.iter_modules(labkit.params.__path__)]
    declared = {value.id for module in modules for value in vars(module).values() if isinstance(value, Rule)}
    assert {one for one in declared if one.startswith("PAR-LAB-")} == {*WRONG, "PAR-LAB-READ", "PAR-LAB-NAME"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("colums: {site: x}", ["“colums”", "columns?"]),
        ("limits: [{analyte: ketamine, lodd: 1, loq: 2}]", ["“lodd”", "lod?"]),
        ("limits: [{analyte: METH, lod: 1}]", ["“METH”", "methamphetamine?"]),
        ("kind: wastwater", ["wastewater?"]),
        ("time_zone: Asia/Shangai", ["Asia/Shanghai?"]),
        ('decimal: ","\nthousands: ","', ["“decimal”", "“thousands”"]),
        ("columns: {unit: 单位}\nunit: {concentration: ng/L}", ["columns.unit", "unit.concentration"]),
        ("plausible: [{analyte: ketamine, low: 5, high: 2, unit: ng/L}]", ["“low” (5)", "“high” (2)"]),
        ("missing: [无]\nnot_detected: [ND, 无]", ["“missing”", "“not_detected”"]),
    ],
)
def test_a_refusal_names_both_or_the_nearest(text: str, says: list[str]) -> None:
    with pytest.raises(Refusal) as caught:
        parsed(text)
    for said in says:
        assert said in caught.value.report()


def test_all_problems_come_at_once_in_the_order_of_rows() -> None:
    with pytest.raises(Refusal) as caught:
        parsed("kind: hare\ncolums: {}\nheader_row: 0\nlimits:\n  - {analyte: METH, lod: 5, loq: 2}\n")
    assert [(one.row, one.rule.id) for one in caught.value.problems] == [
        (1, "PAR-CHOICE"), (2, "PAR-UNKNOWN"), (3, "PAR-LAB-ROW"), (5, "PAR-LAB-ANALYTE"), (5, "PAR-LAB-ORDER"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        ("to: 2023-12-31", "from: 2024-01-01", True),
        ("to: 2024-01-01", "from: 2024-01-01", False),
        ("matrix: hair", "matrix: blood", True),
        ("method: A", "method: B", True),
        ("method: A", "lod: 2", True),
        ("method: A", "matrix: hair", False),
        ("matrix: hair, method: A", "matrix: hair", True),
        ("matrix: hair, to: 2024-06-30", "matrix: hair, from: 2024-06-01, to: 2024-06-02", False),
    ],
)
def test_limits_overlap_only_where_none_is_the_more_particular(first: str, second: str, taken: bool) -> None:
    text = "limits:\n" + "".join(f"  - {{analyte: ketamine, loq: 3, {one}}}\n" for one in (first, second))
    if taken:
        assert len(parsed(text).limits) == 2
    else:
        with pytest.raises(Refusal, match="PAR-LAB-OVERLAP"):
            parsed(text)


def test_the_limit_that_holds() -> None:
    profile = parsed("""\
limits:
  - {analyte: ketamine, lod: 9}
  - {analyte: ketamine, matrix: wastewater, lod: 2, to: 2023-12-31}
  - {analyte: ketamine, matrix: wastewater, lod: 1, from: 2024-01-01}
  - {analyte: ketamine, matrix: wastewater, method: B, lod: 0.5, from: 2024-01-01}
""")

    def lod(*asked: Any) -> float | None:
        found = find_limit(profile, *asked)
        return found and found.lod

    assert lod("ketamine", "wastewater", None, date(2023, 12, 31)) == 2
    assert lod("ketamine", "wastewater", None, date(2024, 1, 1)) == 1
    assert lod("ketamine", "wastewater", "A", date(2024, 1, 1)) == 1
    assert lod("ketamine", "wastewater", "B", date(2024, 1, 1)) == 0.5
    assert lod("ketamine", "wastewater", "B", date(2023, 1, 1)) == 2
    assert lod("ketamine", "hair", "B", date(2024, 1, 1)) == 9
    assert lod("ketamine", None, None, date(2024, 1, 1)) == 9
    assert lod("morphine", "wastewater", None, date(2024, 1, 1)) is None


def test_a_profile_is_found_by_name_or_path(tmp_path: Path) -> None:
    labs = tmp_path / "params" / "labs"
    for folder in (labs, tmp_path / "labkit", tmp_path / "notebooks" / "deep"):
        folder.mkdir(parents=True)
    for name in ("harbour", "template"):
        (labs / f"{name}.yml").write_text("title: {en: x}\n")
    (tmp_path / "own.yml").write_text("decimal: ','\n")
    assert profiles_of(tmp_path) == [labs / "harbour.yml"]
    assert find_profile("harbour", tmp_path / "notebooks" / "deep") == labs / "harbour.yml"
    assert read_profile(find_profile("own.yml", tmp_path)).decimal == ","
    assert find_profile(str(labs / "harbour.yml"), tmp_path) == labs / "harbour.yml"
    for name, rule in (
        ("harbor", "PAR-LAB-NAME"),
        ("template", "PAR-LAB-NAME"),
        ("", "PAR-LAB-NAME"),
        ("a\0.yml", "PAR-LAB-READ"),
    ):
        with pytest.raises(Refusal) as caught:
            find_profile(name, tmp_path)
        assert caught.value.problems[0].rule.id == rule
    with pytest.raises(Refusal, match=r"harbour\?"):
        find_profile("harbor", tmp_path)
    with pytest.raises(Refusal, match="PAR-LAB-READ"):
        read_profile(tmp_path / "absent.yml")


@pytest.mark.parametrize("path", LABS, ids=[path.stem for path in LABS])
def test_the_profiles_of_the_project_are_taken(path: Path) -> None:
    assert read_profile(path).title.en
    plain = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(json.dumps(plain, default=str)), json_schema(Profile))


def test_the_template_with_all_its_lines_declared_is_taken() -> None:
    text = (ROOT / "params" / "labs" / "template.yml").read_text(encoding="utf-8")
    head, *rest = text.split("# laboratory:")
    lines = ("# laboratory:" + "".join(rest)).splitlines()
    declared = "\n".join(line[2:] for line in lines if line.startswith("# ") and not line.startswith("# ---"))
    profile = parsed(head + declared.replace("unit_row: true", "unit_row: false").replace('["/", "-"]', '["/"]') + "\n")
    assert {name for name in Profile.model_fields if getattr(profile, name) != Profile.model_fields[name].default} >= {
        "columns", "limits", "plausible", "since", "zero", "decimal", "sheet", "header_row", "analytes"
    }  # fmt: skip
    named = {line.split(":")[0].lstrip("# ") for line in text.splitlines()}
    assert {field.alias or name for name, field in Profile.model_fields.items()} <= named, "each field is in the template"


def test_the_schema_and_the_page_are_current() -> None:
    kept = json.loads((ROOT / "params" / "labs" / "schema.json").read_text(encoding="utf-8"))
    command = "from labkit.params import Profile, write_schema; write_schema('params/labs/schema.json', Profile)"
    assert kept == json_schema(Profile), f'it is stale: python -c "{command}"'
    assert "null" not in json.dumps(kept)
    page = (ROOT / "docs" / "profiles.md").read_text(encoding="utf-8")
    command = "from labkit.params.profile_page import *; write_profile_page('docs/profiles.md')"
    assert page == profile_page(), f'it is stale: python -c "{command}"'
    assert parsed(page.split("```yaml\n")[1].split("```")[0]).header_row == 3, "its example is a profile"


def test_every_field_says_what_it_costs() -> None:
    schema = json_schema(Profile)
    for part in ("Limit", "Plausible"):
        for name, field in schema["$defs"][part]["properties"].items():
            assert len(field["description"]) > 20, name
    for name, field in schema["properties"].items():
        assert len(field["description"]) > 60, name


def test_our_columns_are_those_of_the_doors() -> None:
    assert set(COLUMNS) == {field.name for kind in FileKind for field in KINDS[kind].fields}
