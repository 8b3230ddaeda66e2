"""The store's answers as text: what was added, what it holds, and rows as a table.

Two things people confuse: an *entry* is a line of the store's log (a file that was added, a row that was corrected); a *row*
is what the laboratory sees in the margin of its file.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.csv as csv

from labkit.errors import Note, printable
from labkit.store import Entry

_ACTIONS = {
    "add": ("added", "已入库"),
    "correct": ("corrected", "已更正"),
    "restore": ("restored", "已修复"),
    "again": ("there already", "已在库中"),
}


def say_added(added: Sequence[tuple[Entry, Sequence[Note]]], language: str) -> str:
    """Return a line a file: its entry, and under it how its door took it."""
    lines = []
    for entry, notes in added:
        lines += [_line(entry, language), *(f"    {note.text(language)}" for note in notes)]
    return "\n".join(lines)


def say_entries(entries: Sequence[Entry], language: str) -> str:
    """Return a line an entry, the oldest first."""
    if not entries:
        return {"en": "the store is empty", "zh": "库中没有数据"}[language]
    return "\n".join(_line(entry, language) for entry in entries)


def say_rows(table: pa.Table, most: int, as_csv: bool = False, language: str = "en") -> str:
    """Return the first `most` rows (0: all) as aligned text, or as CSV."""
    shown = table.slice(0, most) if most else table
    for index, column in enumerate(shown.schema):
        if pa.types.is_dictionary(column.type):
            shown = shown.set_column(index, column.name, shown.column(index).cast(pa.string()))
    if as_csv:
        out = io.BytesIO()
        csv.write_csv(shown, out)
        return out.getvalue().decode("utf-8")
    if not table.num_rows:
        return {"en": "no rows were in force then\n", "zh": "当时没有有效的行\n"}[language]
    text = shown.to_pandas().to_string(index=False, na_rep="")
    more = table.num_rows - shown.num_rows
    return f"{text}\n" + (f"… +{more}\n" if more else "")


def _line(entry: Entry, language: str) -> str:
    action = _ACTIONS["again" if entry.again else entry.action][0 if language == "en" else 1]
    what = printable(entry.file)
    if entry.supersedes is not None:
        what += f" {entry.supersedes.entry}:{entry.supersedes.row}"
    rows = {"en": f"{entry.rows} rows", "zh": f"{entry.rows} 行"}[language]
    when = entry.when.strftime("%Y-%m-%dT%H:%M:%SZ")
    why = f" · {printable(entry.reason)}" if entry.reason else ""
    return f"{entry.sequence:>4}  {when}  {action}  {entry.kind}  {what}  {rows} · {printable(entry.author)}{why}"
