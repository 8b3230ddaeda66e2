"""A params file becomes a frozen study; whatever it may not say is refused, with row and advice."""

from labkit.params.choices import Choices
from labkit.params.files import find_project, resolve_input, resolve_inputs
from labkit.params.names import check_report_name, study_name, to_study_name
from labkit.params.read import Params, read_params
from labkit.params.schema import json_schema, write_schema
from labkit.params.tree import say_tree

__all__ = [
    "Choices",
    "Params",
    "check_report_name",
    "find_project",
    "json_schema",
    "read_params",
    "resolve_input",
    "resolve_inputs",
    "say_tree",
    "study_name",
    "to_study_name",
    "write_schema",
]
