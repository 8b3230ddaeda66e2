"""The XML parts of a workbook, read as a stream in which no document may declare anything of its own.

Two things people confuse: a *part* of a package and the *file* that holds it; an entity declared in a part of 300 bytes grows
to gigabytes whatever the size of the file, so declarations are refused where they begin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from labkit.errors import Refusal, Rule
from labkit.loaders.sources.package import MIB, Package

ENTITIES = Rule(
    "WB-ENTITIES",
    en=(
        "the part “{part}” declares a document type or entities of its own",
        "a workbook without such",
        "do not use this file: make a new export",
    ),
    zh=("部件“{part}”自行声明了文档类型或实体", "工作簿中不得有此类声明", "请勿使用该文件：请重新导出"),
    example=("<!DOCTYPE x [<!ENTITY a …", "<worksheet …"),
)
DEPTH = 64  # elements inside one another
ELEMENTS = 200_000  # in a part that is no sheet
_TOKEN = MIB  # bytes without an end: no name, attribute or tag of a workbook is as long


@dataclass(frozen=True)
class Element:
    """One element: its name and its parent's without their namespace, its attributes, the text in its text children."""

    name: str
    parent: str
    attributes: Mapping[str, str]
    text: str


def new_parser(package: Package, part: str) -> expat.XMLParserType:
    """Return a parser that knows namespaces (a name is `namespace name`) and refuses declarations."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise Refusal(ENTITIES.at(package.file, 1, part=part))

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def feed(package: Package, part: str, parser: expat.XMLParserType) -> Iterator[None]:
    """Parse a part piece by piece, coming back after each; whatever is not XML is a damaged workbook."""
    given = 0
    try:
        for chunk in package.chunks(part):
            parser.Parse(chunk, False)
            given += len(chunk)
            if given - parser.CurrentByteIndex > _TOKEN:
                raise package.damaged(part)
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError, OverflowError):
        raise package.damaged(part) from None
    yield


def read_elements(package: Package, part: str, wanted: frozenset[str], texts: frozenset[str] = frozenset()) -> list[Element]:
    """Return the elements named in `wanted`, with the text of those of their children that are named in `texts`."""
    found: list[Element] = []
    visit_elements(package, part, wanted, texts, found.append)
    return found


def visit_elements(
    package: Package,
    part: str,
    wanted: frozenset[str],
    texts: frozenset[str],
    visit: Callable[[Element], object],
    limit: int = ELEMENTS,
) -> None:
    """Show the elements of a part to `visit` one by one, as they end.

    The pronunciation that stands beside a Chinese or Japanese text (`rPh`) is left out. More than `limit` elements of any kind
    are taken for damage.
    """
    path: list[str] = []
    inside: list[tuple[dict[str, str], list[str]]] = []
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > limit or len(path) > DEPTH:
            raise package.damaged(part)
        path.append(name.rpartition(" ")[2])
        if path[-1] in wanted:
            inside.append((attributes, []))

    def end(_: str) -> None:
        name = path.pop()
        if name in wanted:
            attributes, pieces = inside.pop()
            visit(Element(name, path[-1] if path else "", attributes, "".join(pieces)))

    def text(data: str) -> None:
        if inside and path[-1] in texts and "rPh" not in path:
            inside[-1][1].append(data)

    parser = new_parser(package, part)
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    for _ in feed(package, part, parser):
        pass
