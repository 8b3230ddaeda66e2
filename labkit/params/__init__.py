"""A params file becomes a frozen study, a laboratory's profile a frozen model; what they may not say is refused."""

from labkit.params.choices import Choices
from labkit.params.files import find_project, resolve_input, resolve_inputs
from labkit.params.names import check_report_name, study_name, to_study_name
from labkit.params.profile import Profile, find_limit
from labkit.params.read import Params, read_params
from labkit.params.read_profile import find_profile, profiles_of, read_profile
from labkit.params.schema import json_schema, write_schema
from labkit.params.tree import say_tree

__all__ = [
    "Choices",
    "Params",
    "Profile",
    "check_report_name",
    "find_limit",
    "find_profile",
    "find_project",
    "json_schema",
    "profiles_of",
    "read_params",
    "read_profile",
    "resolve_input",
    "resolve_inputs",
    "say_tree",
    "study_name",
    "to_study_name",
    "write_schema",
]
