"""A params file becomes a frozen study, or a refusal that lists everything wrong with it.

Two things people confuse: the *params file* (where the choices are written) and a *setting* of the command line (`--set
a.b=VALUE`), which replaces one choice for one run. Both are read by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from labkit.errors import Problem, Refusal, Rule
from labkit.params.characters import LARGEST
from labkit.params.choices import Choices
from labkit.params.consistency import contradictions
from labkit.params.names import study_name
from labkit.params.problems import Against, problems_of
from labkit.params.scalars import shown
from labkit.params.strict_yaml import DEEPEST, PAR_DEPTH, PAR_DUPLICATE, Node, Place, Tree, grow_tree, read_tree
from labkit.params.strict_yaml import Path as KeyPath

PAR_READ = Rule(
    "PAR-READ",
    en=("there is no such params file", "the name of a file", "look at `labkit list`, or copy params/template.yml"),
    zh=("没有这个参数文件", "一个文件的名称", "请查看 `labkit list`，或复制 params/template.yml"),
)
PAR_SET = Rule(
    "PAR-SET",
    en=(
        "this setting cannot be placed in the study",
        "--set a.b=VALUE, with a name of the params file before the =",
        "write for instance --set level=0.9",
    ),
    zh=("该设置无法放入研究", "--set a.b=VALUE，等号前是参数文件中的名称", "请写成例如 --set level=0.9"),
)
Kept = TypeVar("Kept", bound=BaseModel)
SETTING = re.compile(r"(?P<name>[^=\s]{1,200})=(?P<value>.*)", re.DOTALL)


@dataclass(frozen=True)
class Params:
    """A study as its params file gives it.

    `choices` is what it says, `study` its name (the file's stem), `path` the file, and `places` the row of each choice.
    """

    choices: Choices
    study: str
    path: Path
    places: Mapping[KeyPath, Place] = field(default_factory=dict, repr=False, compare=False)


def read_params(path: str | Path, settings: Sequence[str] = ()) -> Params:
    """Read a params file, with `settings` put in place of what it says.

    Parameters
    ----------
    path
        The params file: YAML 1.2 in UTF-8, at most 64 KiB.
    settings
        Texts `a.b=VALUE`, each replacing one choice; VALUE is read by the rules of the file.

    Returns
    -------
    Params
        The choices, all of the declared types, none of them changed on the way.

    Raises
    ------
    Refusal
        Everything that is wrong with the file and the settings at once, by row.
    """
    path = Path(path)
    file = str(path)
    study = study_name(path)
    tree = read_tree(content_of(path, PAR_READ), file)
    problems: list[Problem] = []
    for setting in settings:
        try:
            _put(tree, setting)
        except Refusal as refusal:
            problems += refusal.problems
    choices = checked(Choices, tree, file, contradictions, problems)
    return Params(choices=choices, study=study, path=path, places=tree.places)


def content_of(path: Path, absent: Rule) -> bytes:
    """Return the bytes of a file of choices, as far as one may be long; raise `absent` if there is none."""
    if not path.is_file():
        raise Refusal(absent.at(str(path)))
    with path.open("rb") as stream:
        return stream.read(LARGEST + 1)


def checked(model: type[Kept], tree: Tree, file: str, against: Against, problems: Iterable[Problem] = ()) -> Kept:
    """Return `tree` as a `model`, or raise all that is wrong with it, `problems` of before included, by row."""
    problems = [*problems, *tree.problems]
    kept = None
    try:
        kept = model.model_validate(tree.root)
    except ValidationError as error:
        problems += problems_of(error, model, tree.root, file, tree.places, tree.spoilt, against)
    if problems or kept is None:
        raise Refusal(sorted(problems, key=lambda one: (one.file != file, one.file, one.row or 0)))
    return kept


def _put(tree: Tree, setting: str) -> None:
    """Put one `--set` in place of what the tree says there."""
    parts = SETTING.fullmatch(setting)
    if parts is None:
        raise Refusal(PAR_SET.at("--set"))
    name = parts["name"]
    file = f"--set {name}" if shown(name) == f"“{name}”" else f"--set {shown(name)}"
    steps = tuple(name.split("."))
    grown = grow_tree(parts["value"], file, numbered=False)
    if any(place.file.startswith("--set ") and where[: len(steps)] == steps for where, place in tree.places.items()):
        raise Refusal(PAR_DUPLICATE.at(file, name=shown(name), first=file, second=file))
    if len(steps) + max(map(len, grown.places)) > DEEPEST:
        raise Refusal(PAR_DEPTH.at(file, deepest=DEEPEST))
    here: Node = tree.root
    for n, step in enumerate(steps[:-1], start=1):
        if not isinstance(here, dict) or not step:
            raise Refusal(PAR_SET.at(file))
        if step not in here:
            here[step] = {}
            tree.places[steps[:n]] = Place(file, None)
        here = here[step]
    if not isinstance(here, dict) or not steps[-1]:
        raise Refusal(PAR_SET.at(file))
    here[steps[-1]] = grown.root
    for old in [one for one in tree.places if one[: len(steps)] == steps]:
        del tree.places[old]
    tree.places.update({steps + inner: place for inner, place in grown.places.items()})
    tree.problems += grown.problems
    tree.spoilt |= {steps + inner for inner in grown.spoilt}
