"""The second wall: the cell papermill injects is read again before anything runs, and may only repeat the parameters.

Two things people confuse: the params loader is the first wall and judges what a person wrote; this one judges what papermill
made of it, since papermill pastes names unescaped and turns values it does not know into other values.
"""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Iterable, Mapping
from typing import Any

from labkit.errors import Refusal, Rule
from labkit.vocabulary import nearest

UNDECLARED = Rule(
    "RUN-UNDECLARED",
    en=("the parameter {name} is not one the notebook declares", "{declared}", "check its spelling{hint}"),
    zh=("笔记本没有声明参数 {name}", "{declared}", "请检查拼写{hint}"),
)
MISSING = Rule(
    "RUN-MISSING",
    en=("the parameter {name} is not given", "every declared parameter has a value: {declared}", "give it one"),
    zh=("没有给出参数 {name}", "每个已声明的参数都要有值：{declared}", "请给出它的值"),
)
WALL = Rule(
    "RUN-WALL",
    en=(
        "the parameters cell made for this run holds {found}",
        "only `name = literal` lines equal to the parameters",
        "use text, numbers, true, false, null, lists and maps with text keys, and nothing else",
    ),
    zh=(
        "为本次运行生成的参数单元含有{found}",
        "只允许与参数一致的“名称 = 字面值”各行",
        "请只用文本、数字、true、false、null、列表和以文本为键的映射",
    ),
)


def check_names(names: Iterable[str], declared: Iterable[str], file: str) -> None:
    """Refuse parameters that are not exactly the declared ones, or whose names Python itself uses.

    Raises `Refusal` (RUN-UNDECLARED, RUN-MISSING) with all problems at once.
    """
    given, known = list(names), list(declared)
    takeable = [name for name in known if name.isidentifier() and not keyword.iskeyword(name) and not hasattr(builtins, name)]
    listed = ", ".join(takeable)
    problems = []
    for name in given:
        if name not in takeable:
            close = nearest(str(name), takeable)
            hint = f" (did you mean {close}?)" if close else ""
            problems.append(UNDECLARED.at(file, name=name, declared=listed, hint=hint))
    problems += [MISSING.at(file, name=name, declared=listed) for name in takeable if name not in given]
    if problems:
        raise Refusal(problems)


def check_injected(source: str, parameters: Mapping[str, Any], file: str) -> None:
    """Refuse an injected cell that is anything but the parameters as literals, same value and same type all the way down.

    Raises `Refusal` (RUN-WALL). Comments are allowed.
    """

    def refuse(found: str) -> Refusal:
        return Refusal(WALL.at(file, found=found))

    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise refuse("text that is not Python") from error
    seen: list[str] = []
    for statement in statements:
        if not (isinstance(statement, ast.Assign) and len(statement.targets) == 1):
            raise refuse("something other than an assignment")
        target = statement.targets[0]
        if not isinstance(target, ast.Name):
            raise refuse("an assignment to something other than a name")
        if target.id in seen or target.id not in parameters:
            raise refuse("a name that is not a parameter, or one twice")
        seen.append(target.id)
        try:
            value = ast.literal_eval(statement.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
            raise refuse(f"for {target.id} something that is not a literal") from error
        if not same(value, parameters[target.id]):
            raise refuse(f"for {target.id} another value than was given")
    if set(seen) != set(parameters):
        raise refuse("fewer names than there are parameters")


def same(value: Any, given: Any) -> bool:
    """Tell whether two JSON values are equal in value and in type, in maps also in order.

    >>> same(1, True), same([1, {"a": None}], [1, {"a": None}]), same("0012", 12)
    (False, True, False)
    """
    if type(value) is not type(given):
        return False
    if isinstance(value, dict):
        keys = all(same(*pair) for pair in zip(value, given, strict=False))
        return len(value) == len(given) and keys and all(same(value[key], given[key]) for key in value)
    if isinstance(value, list):
        return len(value) == len(given) and all(map(same, value, given))
    if isinstance(value, float):
        return repr(value) == repr(given)  # tells -0.0 from 0.0
    return isinstance(value, str | int | None) and bool(value == given)
