"""A row put right: what it was stays, what it is now stands beside it with a reason and an author.

Two things people confuse: the source's row (what the laboratory sees; a wide file gives several stored rows for one of them)
and the stored row's place among its entry's rows, which is what a correction stands for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from labkit.errors import Problem, Refusal, Rule, Shape
from labkit.store.ingest import ROW, TEXT
from labkit.store.log import ADD, CORRECT, Entry
from labkit.store.rules import NO_MORE, STORE_COLUMN, STORE_ROW, STORE_VALUE, STORE_WHY, Words
from labkit.store.state import TYPES, parts_of, whole
from labkit.vocabulary import ANALYTES, Censored

NEVER_EMPTY = ("site", "subject", "date", "analyte", "censored")
ALLOWED = {
    "text": Words("a text", "应为文字"),
    "int64": Words("a whole number, as 12", "应为整数，如 12"),
    "float64": Words("a number, as 1.5 or 2e3", "应为数字，如 1.5 或 2e3"),
    "bool": Words("true or false", "应为 true 或 false"),
    "date32": Words("a day, as 2024-03-05", "应为日期，如 2024-03-05"),
}
NOT_EMPTY = Words("a value: this column is never empty", "此列不能为空")
BOUNDS = Words("low and high with 0 <= low <= high", "须满足 0 <= low <= high")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Version:
    """What a stored row was from one moment on; the first is as the laboratory sent it."""

    entry: Entry  # who, when, why
    position: int
    values: Mapping[str, Any]


def versions(
    folder: Path, entries: Sequence[Entry], number: int, row: int, where: Mapping[str, str] | None = None
) -> list[list[Version]]:
    """Return, for each stored row of a source's row, all it has been, the oldest first.

    `number` is an entry's; `where` leaves those whose present values, as texts, are these.

    Raises
    ------
    Refusal
        STORE-DAMAGED, STORE-LINK.
    """
    entry = next((one for one in entries if one.sequence == number and one.action == ADD), None)
    if entry is None:
        return []
    found: list[list[Version]] = []
    start = 0
    for part in parts_of(entries, entry):
        file = whole(folder, part)
        numbers = file.read(columns=[ROW])[ROW]
        for place in np.flatnonzero(pc.equal(numbers, row)).tolist():
            found.append([Version(entry, start + place, _values(file, place))])
        start += part.file.rows
    by_place = {one[0].position: one for one in found}
    for later in entries:
        if later.action == CORRECT and later.supersedes and later.supersedes.entry == entry.sequence:
            if one := by_place.get(later.supersedes.position):
                file = whole(folder, parts_of(entries, later)[0])
                one.append(Version(later, later.supersedes.position, _values(file, 0)))
    return [one for one in found if all(str(one[-1].values.get(name)) == value for name, value in (where or {}).items())]


def no_such_row(place: str, entry: int, row: int, where: Mapping[str, str] | None, found: int) -> Problem:
    """Say STORE-ROW of a row that is not there, or not one alone."""
    said = ", ".join(f"{name}={value}" for name, value in (where or {}).items())
    advice = Words(", and say which: --where analyte=…", "，并用 --where analyte=… 指明是哪一行") if found > 1 else NO_MORE
    with_where = Words(f" with {said}", f"（{said}）") if said else NO_MORE
    return STORE_ROW.at(place, entry=entry, number=row, found=found, where=with_where, which=advice)


def check_why(place: str, reason: str, author: str) -> None:
    """Refuse a correction that nobody answers for: STORE-WHY."""
    for text, missing in ((reason, Words("a reason", "原因")), (author, Words("an author", "更正人"))):
        if not text.strip():
            raise Refusal(STORE_WHY.at(place, missing=missing))


def changed(now: Version, origin: Entry, changes: Mapping[str, object]) -> pa.Table:
    """Return the whole new row.

    Parameters
    ----------
    now : Version
        The row as it is.
    origin : Entry
        The entry it came with.
    changes : mapping
        Column to new value: of the column's type, or a text that says it (`"12.5"`, `"2024-03-05"`); None or "" is not known.

    Raises
    ------
    Refusal
        STORE-COLUMN, STORE-VALUE: all of them at once; a person's values are not echoed.
    """
    row = now.values[ROW]
    problems: list[Problem] = []

    def refuse(rule: Rule, name: str, **fields: object) -> None:
        problems.append(rule.at(origin.file, row, name, None, name=name, **fields))

    new = dict(now.values)
    known = [name for name in origin.columns if name != ROW]
    for name, value in changes.items():
        said = Shape(str(value)) if origin.person_level else str(value)
        if name not in known:
            refuse(STORE_COLUMN, name, known=", ".join(known))
        elif value is None or value == "":
            new[name] = None
            if name in NEVER_EMPTY:
                refuse(STORE_VALUE, name, value=Words("nothing", "空"), allowed=NOT_EMPTY)
        else:
            new[name] = _typed(value, origin.columns[name])
            if new[name] is None:
                refuse(STORE_VALUE, name, value=said, allowed=ALLOWED[origin.columns[name]])
            elif (words := WORDS.get(name)) and new[name] not in words:
                listed = ", ".join(words)
                refuse(STORE_VALUE, name, value=said, allowed=Words(f"one of {listed}", f"应为以下之一：{listed}"))
    low, high = (math.nan if new.get(name) is None else new[name] for name in ("low", "high"))
    if not problems and (low < 0 or high < 0 or low > high):
        refuse(
            STORE_VALUE, "low" if "low" in changes else "high", value=Shape("") if origin.person_level else low, allowed=BOUNDS
        )
    if problems:
        raise Refusal(problems)
    return pa.table({name: pa.array([new[name]], TYPES[word]) for name, word in origin.columns.items()})


WORDS: dict[str, tuple[str, ...]] = {"censored": tuple(Censored), "analyte": tuple(ANALYTES)}


def _typed(value: object, word: str) -> object:
    """Return `value` as the store keeps it, or None if it is no such thing."""
    text = value.strip() if isinstance(value, str) else None
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if word == TEXT:
        return value if isinstance(value, str) and value.isprintable() else None
    if word == "bool":
        return value if isinstance(value, bool) else {"true": True, "false": False}.get(text or "")
    if word == "date32":
        try:
            return date.fromisoformat(text) if text else value if _is_day(value) else None
        except ValueError:
            return None
    if text is not None and text.isascii() and _NUMBER.fullmatch(text):
        number = int(text) if text.lstrip("+-").isdigit() else float(text)
    if number is None or not math.isfinite(number):
        return math.inf if number == math.inf or text == "inf" else None
    if word == "int64":
        return number if isinstance(number, int) and abs(number) < 1 << 63 else None
    return float(number)


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _values(file: Any, place: int) -> dict[str, Any]:
    """Read one row of a Parquet file by its place."""
    for group in range(file.num_row_groups):
        rows = file.metadata.row_group(group).num_rows
        if place < rows:
            values: dict[str, Any] = file.read_row_group(group).slice(place, 1).to_pylist()[0]
            return values
        place -= rows
    raise IndexError(place)
