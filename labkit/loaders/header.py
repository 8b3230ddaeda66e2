"""The header of a file: which of its columns is which of ours, in English or Chinese, long or wide.

Two things people confuse: a *long* file has one result a row, its analyte in a column; a *wide* one has one sample a row and a
column for each analyte, whose unit then stands in the header or in the laboratory's profile.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from labkit.errors import Problem, Refusal, Rule, printable
from labkit.loaders.findings import Findings
from labkit.loaders.header_rules import (
    ABOVE,
    ALIAS,
    COLUMN_MISSING,
    EXTRA,
    HEADER_TWICE,
    SIDE_BY_SIDE,
    UNIT_ROW,
)
from labkit.loaders.kinds import KINDS, Kind
from labkit.loaders.people.columns import check_person_header, looks_person_level, shown_header
from labkit.loaders.people.rules import PERSON_FILE
from labkit.loaders.sources.source import Source
from labkit.params.profile import Profile
from labkit.units import plain_unit, quantities, to_factor
from labkit.vocabulary import ANALYTES, nearest, to_analyte


@dataclass(frozen=True)
class Heading:
    """Where each of our columns stands in the file, and the unit that its header names."""

    places: Mapping[str, int]
    units: Mapping[str, str]  # of our columns, as written in the header, in the unit row or in the profile
    wide: Mapping[int, str]  # place of a column -> the analyte that it holds; empty in a long file
    unit_row: int | None  # the row that holds units and no data


def plain(header: str) -> str:
    r"""Return a header without what does not distinguish it: full width, capitals, spaces around, line breaks, underscores.

    >>> plain(" Sampling\nDate ")
    'sampling date'
    """
    return re.sub(r"[\s_]+", " ", unicodedata.normalize("NFKC", header)).strip().casefold()


def split_unit(header: str) -> tuple[str, str]:
    """Return a header and the unit in brackets behind it.

    >>> split_unit("浓度（ng/L）"), split_unit("site")
    (('浓度', 'ng/L'), ('site', ''))
    """
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", header)).strip()
    found = re.fullmatch(r"(.*?[^\s/,])[\s/,]*[(\[]\s*([^()\[\]]+?)\s*[)\]]", text)
    if found is None:
        found = re.fullmatch(r"(.*?[^\s/,])[\s,]+([^\s,]+/[^\s,]+)", text)  # 浓度 ng/L
        if found is not None and all(plain_unit(found[2], quantity) is None for quantity in quantities()):
            found = None
    return (found[1], found[2]) if found else (text, "")


@cache
def _spellings() -> Mapping[str, str]:
    with Path(__file__).with_name("headers.csv").open(encoding="utf-8", newline="") as file:
        return {plain(one): row["column"] for row in csv.DictReader(file) for one in row["spellings"].split("|")}


def to_column(header: str, kind: str) -> str | None:
    """Return which of the columns of `kind` a header names, or None.

    >>> to_column("采样点", "wastewater"), to_column("浓度（ng/L）", "wastewater"), to_column("subject", "flow")
    ('site', 'concentration', None)
    """
    names = {one.name for one in KINDS[kind].fields}
    for text in (header, split_unit(header)[0]):
        folded = plain(text)
        column = folded.replace(" ", "_") if folded.replace(" ", "_") in names else _spellings().get(folded)
        if column in names:
            return column
    return None


def read_header(source: Source, kind: Kind, profile: Profile, findings: Findings) -> Heading:
    """Settle which column of the file is which of `kind`.

    Raises
    ------
    Refusal
        If a column is missing or doubled, a person-level column stands where none may, or the header is not where it was
        looked for: all that is wrong with the header at once.
    """
    problems: list[Problem] = []
    at = _Header(source, findings)
    columns = columns_of(source.header, kind, profile)
    if not kind.person_level and looks_person_level(source.header):
        raise Refusal(at.problem(PERSON_FILE))
    problems += _doubled(at, columns)
    wide = _wide(source.header, columns, kind, profile)
    places = {column: index for index, column in enumerate(columns) if column}
    units = {column: unit for column, index in places.items() if (unit := split_unit(source.header[index])[1])}
    units |= dict(profile.unit)
    unit_row = _unit_row(source, places, kind, profile, at, units)
    given = (
        {"unit"} if kind.value in units or (wide and all(_wide_unit(source, place, kind, profile) for place in wide)) else set()
    )
    given |= {"analyte", kind.value} if wide else set()
    given |= {"medium"} if profile.medium else set()
    missing = [one.name for one in kind.fields if one.required and one.name not in places and one.name not in given]
    if missing and (row := _later_header(source, kind, profile)):
        raise Refusal(at.problem(ABOVE, row=row, first=source.header_row))
    wanted = ", ".join(one.name for one in kind.fields if one.required)
    for name in missing:
        near = _near(name, source, columns) if not kind.person_level else ""
        problems.append(at.problem(COLUMN_MISSING, name=name, hint=f" (“{near}”?)" if near else "", wanted=wanted))
    extra = [index for index, column in enumerate(columns) if not column and index not in wide and source.header[index].strip()]
    if kind.person_level:
        known = [source.header[index] for index, column in enumerate(columns) if column or index in wide]
        for index, rule in check_person_header(source.header, known).items():
            problems.append(at.problem(rule, index, shown_header(source.header[index].strip(), known)))
    elif extra:
        findings.note(EXTRA, [], names=printable(", ".join(source.header[index].strip() for index in extra)))
    if problems:
        raise Refusal(problems)
    for index, column in enumerate(columns):
        if column and source.header[index].strip().casefold() != column and not _is_spelling(source.header[index]):
            findings.note(
                ALIAS, [source.header_row], None, None, name=printable(" ".join(source.header[index].split())), column=column
            )
    return Heading(places, units, wide, unit_row)


class _Header:
    """Makes problems that stand in the header row."""

    def __init__(self, source: Source, findings: Findings) -> None:
        self.source, self.findings = source, findings

    def problem(self, rule: Rule, index: int | None = None, header: str | None = None, **fields: object) -> Problem:
        letter = None if index is None else self.source.letters[index]
        return Problem(rule, self.source.file, self.source.header_row, header, letter, fields, self.source.sheet)


def fits(header: tuple[str, ...], kind: Kind, profile: Profile) -> bool:
    """Return whether a header has the columns that `kind` must have."""
    columns = columns_of(header, kind, profile)
    wide = _wide(header, columns, kind, profile)
    given = {"analyte", kind.value, "unit"} if wide else {"unit"}
    return all(one.name in columns or one.name in given for one in kind.fields if one.required)


def columns_of(header: tuple[str, ...], kind: Kind, profile: Profile) -> list[str | None]:
    """Return for each column of the file which of ours it is, None if none."""
    theirs = {plain(header): ours for ours, header in profile.columns.items()}
    return [theirs.get(plain(one)) or to_column(one, kind.name) for one in header]


def _doubled(at: _Header, columns: list[str | None]) -> list[Problem]:
    source = at.source
    names = [plain(one) for one in source.header]
    groups: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        if name:
            groups.setdefault(columns[index] or name, []).append(index)
    twice = {name: places for name, places in groups.items() if len(places) > 1}
    if not twice:
        return []
    if len(twice) > 1 and any(not names[index] for index in range(len(names) - 1)):
        second = next(index for index in range(len(names)) if not names[index]) + 1
        return [at.problem(SIDE_BY_SIDE, min(second, len(names) - 1), letter=source.letters[min(second, len(names) - 1)])]
    known = [source.header[index] for index, column in enumerate(columns) if column]
    problems = []
    for name, places in twice.items():
        shown = shown_header(name, known) if at.findings.person_level else name
        letters = " + ".join(source.letters[place] for place in places)
        problems.append(at.problem(HEADER_TWICE, places[1], shown, name=shown, letters=letters))
    return problems


def _wide(header: tuple[str, ...], columns: list[str | None], kind: Kind, profile: Profile) -> dict[int, str]:
    if kind.value != "concentration" or "analyte" in columns or "concentration" in columns:
        return {}
    own = {plain(word): analyte for word, analyte in profile.analytes.items()}
    found = {}
    for index, name in enumerate(header):
        if columns[index] is None:
            analyte = (
                own.get(plain(name))
                or own.get(plain(split_unit(name)[0]))
                or to_analyte(name)
                or to_analyte(split_unit(name)[0])
            )
            if analyte in ANALYTES:
                found[index] = str(analyte)
    return found


def _wide_unit(source: Source, place: int, kind: Kind, profile: Profile) -> str:
    return split_unit(source.header[place])[1] or profile.unit.get(kind.value, "")


def _later_header(source: Source, kind: Kind, profile: Profile) -> int | None:
    """Return the row below the header that would be one: it names at least two of our columns more than the header does."""
    named = len({column for column in columns_of(source.header, kind, profile) if column})
    for row, cells in source.preview:
        if row > source.header_row and len({one for one in columns_of(cells, kind, profile) if one}) >= named + 2:
            return row
    return None


def _near(name: str, source: Source, columns: list[str | None]) -> str:
    free = {plain(header): header for index, header in enumerate(source.header) if not columns[index] and header.strip()}
    found = nearest(name, list(free))
    return " ".join(free[found].split()) if found else ""


def _is_spelling(header: str) -> bool:
    return header == header.strip() and header.casefold().replace("_", " ") in _spellings()


def _unit_row(
    source: Source, places: Mapping[str, int], kind: Kind, profile: Profile, at: _Header, units: dict[str, str]
) -> int | None:
    """Return the row of units under the header; it is taken only if the profile says that there is one."""
    below = next(
        ((row, cells) for row, cells in source.preview if row > source.header_row and any(map(str.strip, cells))), None
    )
    place = places.get(kind.value)
    if below is None or (place is None and not profile.unit_row):
        return None
    row, cells = below
    values = [(name, cells[index].strip().strip("()（）[]")) for name, index in places.items() if index < len(cells)]
    if profile.unit_row:
        quantity = kind.quantity
        units |= {name: unit for name, unit in values if unit and quantity and to_factor(unit, quantity) is not None}
        return row
    found = dict(values).get(kind.value, "")
    if kind.quantity and to_factor(found, kind.quantity) is not None:
        raise Refusal(
            Problem(
                UNIT_ROW,
                source.file,
                row,
                source.header[place or 0].strip(),
                source.letters[place or 0],
                {"unit": found},
                source.sheet,
            )
        )
    return None
