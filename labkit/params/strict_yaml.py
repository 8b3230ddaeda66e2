"""YAML 1.2 read strictly: maps, lists and scalars, each with the row it stands on, and nothing else.

Two things people confuse: *parsing* (which this does: text to events) and *constructing* (which turns `!!python/object` into
running code; this never does). No tag, anchor, alias, merge key, directive or duplicate key passes, and no scalar is typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from labkit.errors import Problem, Refusal, Rule
from labkit.params.characters import flaws_of, to_characters
from labkit.params.scalars import Scalar, shown

DEEPEST = 5  # maps and lists inside one another
_COPY = (
    "copy params/template.yml (for a laboratory params/labs/template.yml) and change it",
    "请复制 params/template.yml（实验室配置为 params/labs/template.yml）再修改",
)

PAR_NOTHING = Rule(
    "PAR-NOTHING",
    en=("nothing is said here", "the choices of a study, or a laboratory's declarations", _COPY[0]),
    zh=("此处没有任何内容", "一项研究的各项选择，或实验室的各项约定", _COPY[1]),
)
PAR_SYNTAX = Rule(
    "PAR-SYNTAX",
    en=(
        "this is not YAML here",
        "lines of the form “name: value”",
        "look at this row and the one above: indentation, quotes, brackets, a space after the colon",
    ),
    zh=("此处不是 YAML", "“名称: 值”形式的行", "请检查本行和上一行：缩进、引号、括号、冒号后的空格"),
)
PAR_DIRECTIVE = Rule(
    "PAR-DIRECTIVE",
    en=("a line that starts with %", "plain YAML 1.2 without directives", "take the line out"),
    zh=("有以 % 开头的行", "不带指令的 YAML 1.2", "请删去该行"),
)
PAR_DOCUMENTS = Rule(
    "PAR-DOCUMENTS",
    en=("a second document begins after ---", "one document in a file", "put each into its own file"),
    zh=("--- 之后又开始了另一个文档", "一个文件只有一个文档", "请把每份内容放在各自的文件中"),
)
PAR_TOP = Rule(
    "PAR-TOP",
    en=("the file is a list or a single value", "lines of the form “name: value”", _COPY[0]),
    zh=("文件是一个列表或单个值", "“名称: 值”形式的行", _COPY[1]),
)
PAR_TAG = Rule(
    "PAR-TAG",
    en=("a tag (a word after !)", "values without tags", "take the tag out; the type of each value is known"),
    zh=("有标签（! 之后的词）", "不带标签的值", "请删去标签；每个值的类型已由程序规定"),
)
PAR_ANCHOR = Rule(
    "PAR-ANCHOR",
    en=("an anchor (&) or an alias (*)", "every value written where it belongs", "write the value out in full"),
    zh=("有锚点（&）或引用（*）", "每个值写在它所属的位置", "请完整写出该值"),
)
PAR_MERGE = Rule(
    "PAR-MERGE",
    en=("the merge key <<", "every value written where it belongs", "write the values out in full"),
    zh=("有合并键 <<", "每个值写在它所属的位置", "请完整写出各个值"),
)
PAR_DUPLICATE = Rule(
    "PAR-DUPLICATE",
    en=("{name} stands in row {first} and again in row {second}", "each name once", "keep the one that is meant"),
    zh=("{name} 已在第 {first} 行出现，又在第 {second} 行出现", "每个名称只出现一次", "请只保留需要的一个"),
)
PAR_DEPTH = Rule(
    "PAR-DEPTH",
    en=(
        "maps and lists are nested more than {deepest} deep",
        "at most {deepest} levels",
        "write it as the template does",
    ),
    zh=("映射和列表嵌套超过 {deepest} 层", "至多 {deepest} 层", "请按模板的写法书写"),
)
PAR_KEY = Rule(
    "PAR-KEY",
    en=("{found} is not a name", "a plain word before the colon", "write one of the names of the template"),
    zh=("{found} 不是名称", "冒号前是一个普通的词", "请使用模板中的名称"),
)

Node = Scalar | dict[str, "Node"] | list["Node"]
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """Where a node was written: a file and its row, or a `--set` and no row."""

    file: str
    row: int | None


@dataclass
class Tree:
    """What a params file holds, untyped: the nodes, the place of each, and the problems met on the way.

    A path in `spoilt` is reported already; whatever else may be wrong there follows from that.
    """

    root: Node
    places: dict[Path, Place]
    problems: list[Problem] = field(default_factory=list)
    spoilt: set[Path] = field(default_factory=set)


def read_tree(content: bytes, file: str) -> Tree:
    """Read the bytes of a params file; raise `Refusal` where not even a tree can be made of them."""
    tree = grow_tree(to_characters(content, file), file, numbered=True)
    if not isinstance(tree.root, dict):
        raise Refusal(PAR_TOP.at(file, tree.places[()].row))
    return tree


def grow_tree(text: str, file: str, numbered: bool) -> Tree:
    """Make a tree of `text`, with rows if `numbered`; raise `Refusal` where that cannot be done."""
    flaws = [
        flaw
        for row, line in enumerate(re.split("\r\n|\r|\n", text), start=1)
        for flaw in flaws_of(line, file, row if numbered else None)
    ]
    if flaws:
        raise Refusal(flaws)
    grower = _Grower(text, file, numbered)
    try:
        return grower.grow()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = PAR_SYNTAX.at(file, grower.row_of(mark.line) if mark else None)
    except YAMLError:
        problem = PAR_SYNTAX.at(file)
    raise Refusal([*grower.tree.problems, problem])


class _Grower:
    """Walks the events of one document and builds its tree."""

    def __init__(self, text: str, file: str, numbered: bool) -> None:
        self.file, self.numbered = file, numbered
        self.events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)
        self.tree = Tree(root=Scalar("", quoted=False), places={})
        self.lines: dict[Path, int] = {}

    def row_of(self, line: int) -> int | None:
        return line + 1 if self.numbered else None

    def grow(self) -> Tree:
        if self._start() is None:
            raise Refusal(PAR_NOTHING.at(self.file))
        self.tree.root = self._node(next(self.events), (), 1)
        next(self.events)  # the end of the document
        if (second := self._start()) is not None:
            self._report(PAR_DOCUMENTS, second, None)
        return self.tree

    def _start(self) -> Event | None:
        """Return the start of the next document, if there is one."""
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if event.version or event.tags:  # from here on it would be read as another YAML
                    raise Refusal([*self.tree.problems, PAR_DIRECTIVE.at(self.file, self.row_of(event.start_mark.line))])
                return event
        return None

    def _report(self, rule: Rule, event: Event, path: Path | None, **fields: object) -> None:
        self.tree.problems.append(Problem(rule, self.file, self.row_of(event.start_mark.line), fields=fields))
        if path is not None:
            self.tree.spoilt.add(path)

    def _node(self, event: Event, path: Path, depth: int) -> Node:
        self.tree.places.setdefault(path, Place(self.file, self.row_of(event.start_mark.line)))
        if isinstance(event, AliasEvent):
            self._report(PAR_ANCHOR, event, path)
            return Scalar("", quoted=False)
        if getattr(event, "anchor", None) is not None:
            self._report(PAR_ANCHOR, event, path)
        if getattr(event, "tag", None) is not None:
            self._report(PAR_TAG, event, path)
        if isinstance(event, ScalarEvent):
            for problem in flaws_of(event.value, self.file, self.row_of(event.start_mark.line)):
                self.tree.problems.append(problem)
                self.tree.spoilt.add(path)
            return Scalar(event.value, quoted=event.style is not None)
        if depth > DEEPEST:
            raise Refusal([*self.tree.problems, PAR_DEPTH.at(self.file, self.row_of(event.start_mark.line), deepest=DEEPEST)])
        return self._mapping(path, depth) if isinstance(event, MappingStartEvent) else self._sequence(path, depth)

    def _sequence(self, path: Path, depth: int) -> Node:
        items: list[Node] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            items.append(self._node(event, (*path, len(items)), depth + 1))
        return items

    def _mapping(self, path: Path, depth: int) -> Node:
        entries: dict[str, Node] = {}
        while not isinstance(key := next(self.events), MappingEndEvent):
            name = self._key(key, path, depth, entries)
            if name is None:  # the key is reported; its value is walked for its own problems and left out
                self._node(next(self.events), (*path, -1), depth + 1)
                continue
            place = Place(self.file, self.row_of(key.start_mark.line))
            self.tree.places[*path, name] = place
            self.lines[*path, name] = key.start_mark.line + 1
            entries[name] = self._node(next(self.events), (*path, name), depth + 1)
        return entries

    def _key(self, event: Event, path: Path, depth: int, entries: dict[str, Node]) -> str | None:
        """Return the name before a colon, or None once it has been reported."""
        if not isinstance(event, ScalarEvent):
            self._report(PAR_KEY, event, None, found="{…}")
            if isinstance(event, MappingStartEvent | SequenceStartEvent):
                self._node(event, (*path, -1), depth + 1)
            return None
        row = self.row_of(event.start_mark.line)
        if event.tag is not None:
            self._report(PAR_TAG, event, None)
        if event.anchor is not None:
            self._report(PAR_ANCHOR, event, None)
        name = event.value
        if name == "<<":
            self._report(PAR_MERGE, event, path)
        elif not name or len(name.splitlines()) > 1 or name.endswith("\n") or any(flaws_of(name, self.file, row)):
            self._report(PAR_KEY, event, None, found=shown(name))
        elif name in entries:
            first = self.lines[*path, name]
            self._report(PAR_DUPLICATE, event, None, name=shown(name), first=first, second=event.start_mark.line + 1)
        else:
            return str(name)
        return None
