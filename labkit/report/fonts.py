"""The characters of a report: each must be one its fonts can show, and the page carries a font of just these.

A *missing* character is an error that names it and where it stands, never an empty box. A *subset* is the font cut down to
the characters of one report, the same bytes whenever the characters are the same.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from fontTools import subset
from fontTools.ttLib import TTFont

from labkit.errors import Problem, Refusal
from labkit.fonts import GLYPH, WEIGHTS, characters, font_families, font_path, missing_characters
from labkit.report.document import Document, Meta
from labkit.report.words import WORDS

# Everything a printed page does not need: hints, vertical writing, alternative glyph shapes.
_DROPPED = ["GSUB", "GDEF", "BASE", "STAT", "vmtx", "vhea", "gasp", "prep", "fpgm", "cvt "]


@dataclass(frozen=True)
class Piece:
    """A stretch of text as it is drawn, and where it stands."""

    file: str
    kind: str
    text: str
    bold: bool


@dataclass(frozen=True)
class Face:
    """One font of a page: what CSS calls it, its weight, and the font itself as a `data:` address."""

    family: str
    weight: int
    address: str


def pieces(documents: Sequence[Document], meta: Meta) -> Iterator[Piece]:
    """All text of a report in reading order, the words around it included."""
    for kind in ("title", "study"):
        yield Piece(meta.study, kind, str(getattr(meta, kind)), True)
    for kind in ("period", "data", "version", "commit"):
        yield Piece(meta.study, kind, str(getattr(meta, kind)), False)
    for note in (*meta.notes, *meta.taken):
        yield Piece(meta.study, "note", note, False)
    words = WORDS[meta.language].all() + "0123456789•"  # the bullet is also the mark of Chinese emphasis
    for bold in (False, True):
        yield Piece(meta.study, "frame", words, bold)
    for document in documents:
        for block in document.blocks:
            for text, bold in block.texts():
                yield Piece(document.notebook, block.block, text, bold)
                if block.block == "heading":
                    yield Piece(document.notebook, block.block, text, False)  # once more, in the contents


def check_characters(documents: Sequence[Document], meta: Meta) -> None:
    """Refuse a report with a character its fonts cannot show.

    Raises
    ------
    Refusal
        Rule TXT-GLYPH, once for each such character: its code point, and the file, the kind and the first words of
        the text it stands in first.
    """
    problems: dict[str, Problem] = {}
    for piece in pieces(documents, meta):
        for character in missing_characters(piece.text):
            if character not in problems:
                begin = piece.text.strip()[:32]
                problems[character] = GLYPH.at(
                    file=piece.file, character=character, code=f"U+{ord(character):04X}", kind=piece.kind, begin=begin
                )
    if problems:
        raise Refusal(problems.values())


def font_faces(documents: Sequence[Document], meta: Meta) -> tuple[Face, ...]:
    """Return the fonts a page needs, cut down to its characters; each character comes from one family only."""
    wanted: dict[int, set[int]] = {weight: set() for weight in WEIGHTS}
    for piece in pieces(documents, meta):
        wanted[700 if piece.bold else 400].update(map(ord, piece.text))
    faces = []
    for weight, left in wanted.items():
        left.discard(ord("\n"))
        for family in font_families(meta.language):
            here = left & characters(family)
            left = left - here
            if here:
                woff = base64.b64encode(subset_font(family, weight, frozenset(here))).decode("ascii")
                faces.append(Face(family, weight, f"data:font/woff;base64,{woff}"))
    return tuple(faces)


@lru_cache(maxsize=16)
def subset_font(family: str, weight: int, code_points: frozenset[int]) -> bytes:
    """Return one font with just these characters, as WOFF; the same bytes for the same characters."""
    options = subset.Options()
    options.layout_features = ["kern", "mark", "halt"]
    options.drop_tables += _DROPPED
    options.hinting = False
    options.glyph_names = False
    options.recalc_timestamp = False
    options.name_IDs = [0, 1, 2, 13]  # copyright, family, style and licence stay with the font
    with TTFont(font_path(weight, family), lazy=True, recalcTimestamp=False) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=sorted(code_points))
        subsetter.subset(font)
        font.flavor = "woff"
        stream = io.BytesIO()
        font.save(stream, reorderTables=True)
    return stream.getvalue()
