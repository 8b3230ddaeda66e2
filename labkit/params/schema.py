"""The JSON schema of a params file, for editors: names, types, bounds, units and meanings as one types them.

Two things people confuse: the *schema* helps while writing; what counts is `read_params`, which refuses more (two words for one
input, a path that leaves the folder, a study that contradicts itself).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from labkit.params.choices import Choices


class _ForEditors(GenerateJsonSchema):
    """A choice that may be left out is left out; it is never written as null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        written = super().default_schema(schema)
        if written.get("default", 0) is None:
            del written["default"]
        return written


def json_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of a params file."""
    schema = Choices.model_json_schema(by_alias=True, mode="validation", schema_generator=_ForEditors)
    return {"$schema": _ForEditors.schema_dialect, **schema}


def write_schema(path: str | Path) -> None:
    """Write the schema, as `params/schema.json` keeps it.

    `python -c "from labkit.params import write_schema; write_schema('params/schema.json')"` brings it up to date.
    """
    Path(path).write_text(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
