"""The manual's page on laboratory profiles, made from the model: each field with what it is and what it costs to get it wrong.

Two things people confuse: this page (made by `write_profile_page`, never edited) and params/labs/template.yml (to be copied).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from labkit.params.profile import LaboratoryTitle, Limit, Plausible, Profile
from labkit.params.schema import json_schema

_HEAD = """\
# Laboratory profiles

A profile says how one laboratory writes its files: one YAML file of `params/labs/` for each laboratory. It is not a study, and
`labkit list` shows the two apart. Nothing in it has to be declared, and nothing that is not declared is guessed: where a file
can be read in two ways (`1,234`, `03/04/2024`, `-`, `0`) and its profile does not say which, it is refused there with its row.

    labkit profile results.csv > params/labs/harbour.yml    a draft from a sample file, with what it cannot know as questions
    labkit check results.csv --profile harbour              read a file by it

A study names the profile beside the file: `results: {observe: own/results.csv, profile: harbour}`.

"""
_EXAMPLE = """\
## An example

```yaml
title: {en: Harbour laboratory, zh: 港口实验室}
kind: wastewater
encoding: gb18030
header_row: 3                       # two lines of title above
columns: {concentration: 结果}
unit: {concentration: ng/L}
date_order: dmy
missing: ["/"]                      # not measured 未测
not_detected: [低于方法检出限]
limits:
  - {analyte: methamphetamine, matrix: wastewater, lod: 1, loq: 3, unit: ng/L, to: 2023-12-31}
  - {analyte: methamphetamine, matrix: wastewater, lod: 0.5, loq: 1.5, unit: ng/L, from: 2024-01-01}
plausible:
  - {analyte: methamphetamine, low: 0.1, high: 20000, unit: ng/L}
```

Which limits hold for a result: those of its analyte whose matrix, method and days (of sampling, both ends included) fit; if
several do, the one that names more. Two that name equally much may not hold on one day, and a limit of detection may not be
above one of quantification.
"""
PARTS = (
    ("What a profile may declare", Profile),
    ("title", LaboratoryTitle),
    ("limits: each entry", Limit),
    ("plausible: each entry", Plausible),
)


def profile_page() -> str:
    """Return docs/profiles.md."""
    definitions = json_schema(Profile)["$defs"] | {"Profile": json_schema(Profile)}
    parts = [f"## {title}\n\n" + "\n".join(_rows(definitions[model.__name__], definitions)) + "\n\n" for title, model in PARTS]
    return _HEAD + "".join(parts) + _EXAMPLE


def write_profile_page(path: str | Path) -> None:
    """Write the page, as docs/profiles.md keeps it.

    `python -c "from labkit.params.profile_page import *; write_profile_page('docs/profiles.md')"` brings it up to date.
    """
    Path(path).write_text(profile_page(), encoding="utf-8", newline="\n")


def _rows(part: dict[str, Any], definitions: dict[str, Any]) -> Iterator[str]:
    yield "| field | holds | what it is, and what it costs to get it wrong |"
    yield "|---|---|---|"
    for name, field in part["properties"].items():
        needed = " (needed)" if name in part.get("required", ()) else ""
        yield f"| `{name}`{needed} | {_holds(field, definitions)} | {field['description'].replace('|', '/')} |"


def _holds(field: dict[str, Any], definitions: dict[str, Any]) -> str:
    """Return in a few words what a field may hold."""
    field = {**definitions[field["$ref"].rpartition("/")[2]], **field} if "$ref" in field else field
    words = field.get("enum", [])
    if words and len(words) <= 8:
        return " · ".join(f"`{word}`" for word in words).replace("`|`", "`\\|`")
    kind = field.get("type")
    if kind == "array":
        return "a list of texts" if field["items"].get("type") == "string" else "a list of entries, see below"
    if kind == "object":
        return "a map" if field.get("additionalProperties") else "see below"
    if words:
        return "our name of an analyte"
    plain = {"integer": "a whole number", "number": "a number", "boolean": "`true` · `false`"}
    return "a day, YYYY-MM-DD" if field.get("format") == "date" else plain.get(str(kind), "a text")
