"""What a report is made of: small frozen blocks, each of them data and none of them markup.

A *run* is a stretch of text in one style. A *block* stands on its own line. Both renderers, HTML and PDF, draw the same
blocks, so what one of them shows the other shows too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Run:
    """A stretch of text in one style; a line feed in it is a line break."""

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the report's title and appears once."""

    block: ClassVar[str] = "heading"
    level: int
    text: str

    def texts(self) -> Iterator[tuple[str, bool]]:
        """All text that is drawn, and whether it is drawn bold."""
        yield self.text, True


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of prose."""

    block: ClassVar[str] = "paragraph"
    runs: tuple[Run, ...]

    def texts(self) -> Iterator[tuple[str, bool]]:
        """All text that is drawn, and whether it is drawn bold."""
        for run in self.runs:
            yield run.text, run.strong


@dataclass(frozen=True)
class ListBlock:
    """A list; each item holds blocks, another list among them."""

    block: ClassVar[str] = "list"
    ordered: bool
    items: tuple[tuple[Block, ...], ...]
    start: int = 1

    def texts(self) -> Iterator[tuple[str, bool]]:
        """All text that is drawn, and whether it is drawn bold."""
        for item in self.items:
            for one in item:
                yield from one.texts()


@dataclass(frozen=True)
class Quote:
    """A block quotation of the prose."""

    block: ClassVar[str] = "quote"
    blocks: tuple[Block, ...]

    def texts(self) -> Iterator[tuple[str, bool]]:
        """All text that is drawn, and whether it is drawn bold."""
        for one in self.blocks:
            yield from one.texts()


@dataclass(frozen=True)
class Formula:
    """A formula in plain characters, set apart and centred: a fence marked `formula` in the prose."""

    block: ClassVar[str] = "formula"
    text: str

    def texts(self) -> Iterator[tuple[str, bool]]:
        """All text that is drawn, and whether it is drawn bold."""
        yield self.text, False


@dataclass(frozen=True)
class Code:
    """Text whose columns and lines matter: printed output, the tree of choices, a fence of the prose."""

    block: ClassVar[str] = "code"
    text: str

    def texts(self) -> Iterator[tuple[str, bool]]:
        """All text that is drawn, and whether it is drawn bold."""
        yield self.text, False


@dataclass(frozen=True)
class Figure:
    """A picture with its number, its caption, and the words for those who cannot see it."""

    block: ClassVar[str] = "figure"
    name: str
    number: int
    caption: str
    alt: str
    png: bytes
    width: int  # pixels
    height: int

    def texts(self) -> Iterator[tuple[str, bool]]:
        """All text that is drawn, and whether it is drawn bold; the alt text is spoken, and shown where the picture is not."""
        yield self.caption, False
        yield self.alt, False


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    title: str
    align: str  # left or right


@dataclass(frozen=True)
class Table:
    """A table of text cells; one typed in the prose has neither name, number nor caption."""

    block: ClassVar[str] = "table"
    name: str
    number: int | None
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def texts(self) -> Iterator[tuple[str, bool]]:
        """All text that is drawn, and whether it is drawn bold."""
        yield self.caption, False
        yield self.note, False
        for column in self.columns:
            yield column.title, True
        for row in self.rows:
            for cell in row:
                yield cell, False


@dataclass(frozen=True)
class Statement:
    """Sentences that labkit wrote from the results: a finding, a note or a warning."""

    block: ClassVar[str] = "statement"
    kind: str  # finding, note or warning
    paragraphs: tuple[str, ...]

    def texts(self) -> Iterator[tuple[str, bool]]:
        """All text that is drawn, and whether it is drawn bold."""
        for paragraph in self.paragraphs:
            yield paragraph, False


Block = Heading | Paragraph | ListBlock | Quote | Formula | Code | Figure | Table | Statement
