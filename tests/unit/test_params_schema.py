"""The schema for editors is current, explains every field, and takes the project's own studies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from labkit.params import json_schema

ROOT = Path(__file__).parents[2]
STUDIES = sorted((ROOT / "params").glob("*.yml"))


def fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, part in [("study", schema), *schema["$defs"].items()]:
        for field, described in part.get("properties", {}).items():
            yield f"{name}.{field}", described


def test_the_schema_in_the_project_is_current() -> None:
    kept = json.loads((ROOT / "params" / "schema.json").read_text(encoding="utf-8"))
    command = "write_schema('params/schema.json')"
    assert kept == json_schema(), f'it is stale: python -c "from labkit.params import write_schema; {command}"'


def test_every_field_is_described() -> None:
    bare = [name for name, described in fields(json_schema()) if len(described.get("description", "")) < 10]
    assert bare == []


def test_what_may_be_left_out_is_never_null() -> None:
    assert '"null"' not in json.dumps(json_schema())
    assert ": null" not in json.dumps(json_schema())


@pytest.mark.parametrize("path", STUDIES, ids=[path.stem for path in STUDIES])
def test_the_studies_of_the_project_follow_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    plain = YAML(typ="safe", pure=True).load(text)
    jsonschema.validate(json.loads(json.dumps(plain, default=str)), json_schema())
    assert text.startswith("# yaml-language-server: $schema=schema.json\n")


def test_it_sees_a_misspelt_name_and_two_words() -> None:
    study = YAML(typ="safe", pure=True).load((ROOT / "params" / "korea.yml").read_text(encoding="utf-8"))
    jsonschema.validate(study, json_schema())
    for wrong in ({"levle": 0.9}, {"results": {"observe": "x.csv", "none": True}}, {"level": 2}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**study, **wrong}, json_schema())
