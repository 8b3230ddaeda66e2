"""What a notebook shows and a report prints: sentences and tables, as data and never as markup."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from labkit.edition import Edition

_table_numbers: dict[str, int] = {}


@dataclass(frozen=True)
class Sentences:
    """Paragraphs of one kind: `finding`, `note` or `warning`."""

    kind: str
    paragraphs: tuple[str, ...]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            "application/vnd.labkit.text+json": {"kind": self.kind, "paragraphs": list(self.paragraphs)},
            "text/html": "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in self.paragraphs),
            "text/plain": str(self),
        }

    def __str__(self) -> str:
        """Return the paragraphs, an empty line between them."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True)
class ShownTable:
    """A table for reading: texts only; a column is aligned `left` or `right`."""

    name: str
    number: int
    caption: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        head = "".join(f"<th>{html.escape(title)}</th>" for title, _ in self.columns)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in self.rows)
        return {
            "application/vnd.labkit.table+json": {
                "name": self.name,
                "number": self.number,
                "caption": self.caption,
                "columns": [{"title": title, "align": align} for title, align in self.columns],
                "rows": [list(row) for row in self.rows],
                "note": self.note,
            },
            "text/html": f"<table><caption>{html.escape(self.caption)}</caption><tr>{head}</tr>{body}</table>",
            "text/plain": str(self),
        }

    def __str__(self) -> str:
        """Return the table as lines of text."""
        lines = [self.caption, " | ".join(title for title, _ in self.columns)]
        return "\n".join(lines + [" | ".join(row) for row in self.rows])


def show_table(
    name: str,
    caption: str,
    columns: tuple[tuple[str, str], ...],
    rows: Sequence[tuple[str, ...]],
    edition: Edition,
    note: str = "",
) -> ShownTable:
    """Return a table numbered by its name, its caption stamped."""
    number = _table_numbers.setdefault(name, len(_table_numbers) + 1)
    return ShownTable(name, number, edition.caption(caption), columns, tuple(rows), note)
