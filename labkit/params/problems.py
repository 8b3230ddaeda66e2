"""What the model says against a params file, as problems with row, rule and advice.

Two things people confuse: the *place* of an unknown name (its own row) and of a missing one (the row of the part it misses in).
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Callable, Collection, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from labkit.errors import Problem, Rule
from labkit.params import inputs
from labkit.params.consistency import Contradiction, contradictions, to_texts
from labkit.params.scalars import PAR_EMPTY, Scalar, shown
from labkit.params.strict_yaml import PAR_KEY, Path, Place
from labkit.params.words import AS
from labkit.vocabulary import nearest

PAR_UNKNOWN = Rule(
    "PAR-UNKNOWN",
    en=("{found} is not a name that belongs here{nearest}", "{allowed}", "correct the name, or take it out"),
    zh=("{found} 不是此处的名称{nearest}", "{allowed}", "请改正名称，或删去"),
)
PAR_SHADOW = Rule(
    "PAR-SHADOW",
    en=("{found} is a word of the Python language", "{allowed}", "take it out"),
    zh=("{found} 是 Python 语言的词", "{allowed}", "请删去"),
)
PAR_MISSING = Rule(
    "PAR-MISSING",
    en=("“{name}” is missing", "a value for “{name}”", "add it; the template shows how"),
    zh=("缺少“{name}”", "“{name}”要有值", "请补上；写法见模板"),
)
PAR_MAP = Rule(
    "PAR-MAP",
    en=(
        "{found} stands where several names belong",
        "lines of the form “name: value”: {allowed}",
        "write it as the template does",
    ),
    zh=("此处应有若干名称，却是 {found}", "“名称: 值”形式的行：{allowed}", "请按模板的写法书写"),
)
PAR_LIST = Rule(
    "PAR-LIST",
    en=("{found} stands where a list belongs", "a list in square brackets", "write for instance [load]"),
    zh=("此处应为列表，却是 {found}", "方括号中的列表", "请写成例如 [load]"),
)
PAR_RANGE = Rule(
    "PAR-RANGE",
    en=("{found} is out of range", "a number {allowed}", "correct the number"),
    zh=("{found} 超出范围", "数 {allowed}", "请改正该数"),
)

SIGNS = {
    "greater_than": ("gt", ">"),
    "greater_than_equal": ("ge", "≥"),
    "less_than": ("lt", "<"),
    "less_than_equal": ("le", "≤"),
}
Against = Callable[[Mapping[str, Any]], list[Contradiction]]
CONTRADICTION = "contradiction"  # raised by the model, spelt out here
SHADOWED = {*dir(builtins), "np", "pd", "plt", "labkit"}


def problems_of(
    error: ValidationError,
    model: type[BaseModel],
    root: object,
    file: str,
    places: Mapping[Path, Place],
    spoilt: Collection[Path],
    against: Against = contradictions,
) -> list[Problem]:
    """Return all that is wrong with `root`: what `error` says of single choices, and what contradicts what.

    `against` finds the contradictions of that kind of file. What only follows from something `spoilt` (and reported
    already) is left out.
    """
    problems = []
    for detail in error.errors(include_url=False):
        path = tuple(part for part in detail["loc"] if not str(part).startswith(AS) and part != "[key]")
        follows = _follows(path, spoilt) or (detail["type"] == "too_short" and detail["input"])  # its items are refused
        if detail["type"] != CONTRADICTION and not follows:
            rule, fields = _rule(detail, model, path)
            problems.append(report(rule, path, file, places, **fields))
    plain = to_texts(root)
    for path, rule, fields in against(plain if isinstance(plain, Mapping) else {}):
        if not _follows(path, spoilt):
            problems.append(report(rule, path, file, places, **fields))
    return problems


def _follows(path: Path, spoilt: Collection[Path]) -> bool:
    return any(path[: len(one)] == one for one in spoilt)


def report(rule: Rule, path: Path, file: str, places: Mapping[Path, Place], **fields: object) -> Problem:
    """Report `rule` at the row of `path`, or of the nearest part around it that was written."""
    known = next((places[path[:n]] for n in range(len(path), -1, -1) if path[:n] in places), Place(file, None))
    names = [part if part.isidentifier() else shown(part) for part in path if isinstance(part, str)]
    fields.setdefault("name", names[-1] if names else "")
    column = None if known.file.startswith("--set ") else ".".join(names) or None
    return Problem(rule, known.file, known.row, column, fields=fields)


def _rule(detail: ErrorDetails, model: type[BaseModel], path: Path) -> tuple[Rule, dict[str, object]]:
    kind, context, found = detail["type"], detail.get("ctx", {}), detail.get("input")
    if kind == "labkit":
        return context["rule"], dict(context["fields"])
    if kind == "missing":
        return PAR_MISSING, {}
    if kind == "extra_forbidden":
        return _unknown(str(path[-1]), _names(model, detail["loc"][:-1]))
    if kind in SIGNS:
        bound, sign = SIGNS[kind]
        return PAR_RANGE, {"found": shown(found), "allowed": f"{sign} {context[bound]:g}"}
    if kind == "too_short" or (isinstance(found, Scalar) and found.empty):
        return PAR_EMPTY, {}
    if kind in ("tuple_type", "list_type"):
        return PAR_LIST, {"found": shown(found)}
    return PAR_MAP, {"found": shown(found), "allowed": " · ".join(_names(model, detail["loc"]))}


def _unknown(name: str, allowed: list[str]) -> tuple[Rule, dict[str, object]]:
    close = nearest(name, allowed)
    words: dict[str, object] = {
        "found": shown(name),
        "allowed": " · ".join(allowed),
        "nearest": f" ({close}?)" if close else "",
    }
    if not name.isidentifier() or keyword.iskeyword(name):
        return PAR_KEY, words
    return (PAR_SHADOW if name in SHADOWED else PAR_UNKNOWN), words


def _names(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Return the names that belong at `loc`, walking the model from its root."""
    here: Any = model
    for part in loc:
        if isinstance(part, int):  # an entry of a list: what belongs there is known from the list
            continue
        if str(part).startswith(AS):
            here = getattr(inputs, str(part).removeprefix(AS), None)
        elif isinstance(here, type) and issubclass(here, BaseModel):
            fields = {field.alias or name: field.annotation for name, field in here.model_fields.items()}
            annotation = fields.get(str(part))
            here = next(
                (one for one in get_args(annotation) if isinstance(one, type) and issubclass(one, BaseModel)), annotation
            )
        else:
            here = None
    if isinstance(here, type) and issubclass(here, BaseModel):
        return [field.alias or name for name, field in here.model_fields.items()]
    return []
