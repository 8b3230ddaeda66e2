"""What a workbook is made of: its sheets, its shared texts, its number formats, its comments, and what it may not contain.

Two things people confuse: a *sheet* is what has a tab at the bottom of the window; a *part* is a member of the package, and
which part a sheet is stands in the relationships, not in the part's name.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from labkit.errors import Problem, Rule
from labkit.loaders.sources.cell_texts import format_kind
from labkit.loaders.sources.package import Package
from labkit.loaders.sources.workbook_rules import EXTERNAL, MACRO, OBJECT
from labkit.loaders.sources.xml_part import Element, read_elements, visit_elements

_REFUSED: tuple[tuple[Rule, tuple[str, ...]], ...] = (
    (MACRO, ("xl/vbaproject", "xl/macrosheets/", "xl/intlmacrosheets/", "xl/workbook.bin")),
    (EXTERNAL, ("xl/externallinks/", "xl/connections.", "xl/querytables/", "xl/model/")),
    (OBJECT, ("xl/embeddings/", "xl/activex/", "xl/ctrlprops/")),
)
_SHARED = 1_500_000  # elements of the shared texts: more than a sheet of the largest size can use
_PROGRAMS = ("macroEnabled", "vbaProject")


@dataclass(frozen=True)
class Tab:
    """A sheet with cells: its name, its part, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Book:
    """A workbook without its cells: `kinds` is what each style shows (see `format_kind`), `first` the year days count from."""

    tabs: tuple[Tab, ...]
    first: int
    kinds: tuple[str, ...]
    shared: tuple[str, ...]


def content_problems(package: Package) -> list[Problem]:
    """Return what in the package is no table: programs, links to data elsewhere, embedded objects; one problem of a kind."""
    problems = []
    for rule, begins in _REFUSED:
        if found := sorted(name for name in package.parts if name.startswith(begins)):
            problems.append(rule.at(package.file, 1, part=package.parts[found[0]]))
    types = read_elements(package, "[Content_Types].xml", frozenset({"Override", "Default"}))
    programs = [one for one in types if any(word in one.attributes.get("ContentType", "") for word in _PROGRAMS)]
    if programs and not any(problem.rule is MACRO for problem in problems):
        problems.append(MACRO.at(package.file, 1, part=programs[0].attributes.get("PartName", "")))
    return problems


def read_book(package: Package) -> Book:
    """Read everything of a workbook but its cells.

    Raises
    ------
    Refusal
        A part is missing, damaged, or declares entities.
    """
    main = next((target for kind, target in _relations(package, "") if kind == "officeDocument"), None)
    if main is None or main.lower() not in package.parts:
        raise package.damaged("xl/workbook.xml")
    related = {one.attributes.get("Id"): one for one in _relation_elements(package, main)}
    elements = read_elements(package, main, frozenset({"sheet", "workbookPr"}))
    tabs = []
    for one in elements:
        if one.name != "sheet" or one.parent != "sheets":
            continue
        identity = next((value for name, value in one.attributes.items() if name.endswith("relationships id")), None)
        relation = related.get(identity)
        if relation is None:
            raise package.damaged(main)
        if relation.attributes.get("Type", "").rpartition("/")[2] == "worksheet":
            part = _target(main, relation.attributes.get("Target", ""))
            tabs.append(Tab(one.attributes.get("name", ""), part, one.attributes.get("state", "visible") != "visible"))
    since_1904 = any(one.attributes.get("date1904") in ("1", "true") for one in elements if one.name == "workbookPr")
    parts = dict(_relations(package, main))
    kinds = _kinds(package, parts["styles"]) if "styles" in parts else ("number",)
    shared: list[str] = []
    if "sharedStrings" in parts:
        visit_elements(
            package, parts["sharedStrings"], frozenset({"si"}), frozenset({"t"}), lambda one: shared.append(one.text), _SHARED
        )
    return Book(tuple(tabs), 1904 if since_1904 else 1900, kinds, tuple(shared))


def comments_of(package: Package, part: str) -> list[str]:
    """Return the addresses of the cells of a sheet that have a comment with text, each once."""
    cells: dict[str, None] = {}
    for kind, target in _relations(package, part):
        if kind in ("comments", "threadedComment") and target.lower() in package.parts:
            for one in read_elements(package, target, frozenset({"comment", "threadedComment"}), frozenset({"t", "text"})):
                if one.text.strip():
                    cells[one.attributes.get("ref", "A1")] = None
    return list(cells)


def names_a_person(package: Package) -> bool:
    """Tell whether the properties of the workbook name who wrote it, changed it, or for whom."""
    wanted = frozenset({"creator", "lastModifiedBy", "Manager", "Company"})
    parts = [name for name in ("docprops/core.xml", "docprops/app.xml") if name in package.parts]
    return any(one.text.strip() for part in parts for one in read_elements(package, part, wanted, wanted))


def _kinds(package: Package, part: str) -> tuple[str, ...]:
    elements = read_elements(package, part, frozenset({"numFmt", "xf"}))
    try:
        codes = {
            int(one.attributes["numFmtId"]): one.attributes.get("formatCode", "")
            for one in elements
            if (one.name, one.parent) == ("numFmt", "numFmts")
        }
        numbers = [int(one.attributes.get("numFmtId", 0)) for one in elements if (one.name, one.parent) == ("xf", "cellXfs")]
    except (KeyError, ValueError):
        raise package.damaged(part) from None
    return tuple(format_kind(number, codes.get(number)) for number in numbers) or ("number",)


def _relations(package: Package, part: str) -> list[tuple[str, str]]:
    """Return kind and part of what a part is related to inside the package."""
    return [
        (one.attributes.get("Type", "").rpartition("/")[2], _target(part, one.attributes.get("Target", "")))
        for one in _relation_elements(package, part)
        if one.attributes.get("TargetMode") != "External"
    ]


def _relation_elements(package: Package, part: str) -> list[Element]:
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    return read_elements(package, path, frozenset({"Relationship"})) if path.lower() in package.parts else []


def _target(part: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")
