"""The JSON schemas of params files and laboratory profiles, for editors: names, types, bounds, units and meanings.

Two things people confuse: the *schema* helps while writing; what counts is `read_params` (`read_profile`), which refuses more
(two words for one input, a path that leaves the folder, a study that contradicts itself).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from labkit.params.choices import Choices
from labkit.params.inputs import Model


class _ForEditors(GenerateJsonSchema):
    """A choice that may be left out is left out; it is never written as null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        written = super().default_schema(schema)
        if written.get("default", 0) is None:
            del written["default"]
        return written


def json_schema(model: type[Model] = Choices) -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of a params file, or of a profile (`json_schema(Profile)`)."""
    schema = model.model_json_schema(by_alias=True, mode="validation", schema_generator=_ForEditors)
    return {"$schema": _ForEditors.schema_dialect, **schema}


def write_schema(path: str | Path, model: type[Model] = Choices) -> None:
    """Write the schema, as `params/schema.json` (of a study) and `params/labs/schema.json` (of a profile) keep it.

    `python -c "from labkit.params import write_schema; write_schema('params/schema.json')"` brings the first up to date, and
    `python -c "from labkit.params import Profile, write_schema; write_schema('params/labs/schema.json', Profile)"` the second.
    """
    Path(path).write_text(json.dumps(json_schema(model), indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
