"""A report as a PDF/UA-1 file: tagged, with alt text, in shipped fonts, the same bytes every time.

The report goes to typst as data (JSON) beside a fixed template, never as markup: `<2.6`, `#`, `$` and `*` stay what they are.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from labkit.errors import EnvironmentUnfit
from labkit.fonts import font_families, font_files
from labkit.report.blocks import Block, Figure, ListBlock, Quote, Table
from labkit.report.document import Document, Meta, compose
from labkit.report.fonts import check_characters
from labkit.report.words import SIMULATED, WORDS, stamp

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
_MONO = "DejaVu Sans Mono"  # carried by typst itself
_WIDEST, _NARROWEST = 36, 5  # of a column, in Latin characters, when the width of a table is shared out
_TALLEST = 1.15  # of a figure, height over width; a taller one is shown narrower, so that it fits a page with its caption


def render_pdf(documents: Sequence[Document], meta: Meta) -> bytes:
    """Return the report as PDF/UA-1; the same bytes whenever documents and meta are the same.

    Raises
    ------
    Refusal
        Rule TXT-GLYPH, if the fonts cannot show a character of the report.
    EnvironmentUnfit
        If the shipped fonts are not where they belong.
    """
    check_characters(documents, meta)
    with TemporaryDirectory(prefix="labkit-pdf-") as folder:
        root = Path(folder)
        (root / "report.typ").write_bytes(TEMPLATE.read_bytes())
        (root / "report.json").write_text(json.dumps(report_data(documents, meta, root), ensure_ascii=False), encoding="utf-8")
        return typst.compile(
            root / "report.typ",
            root=root,
            font_paths=_fonts(),
            format="pdf",
            pdf_standards="ua-1",
            timestamp=0,
        )


def report_data(documents: Sequence[Document], meta: Meta, folder: Path) -> dict[str, Any]:
    """Return what the template reads: JSON types only; the figures are written into `folder` as files."""
    page = compose(documents, meta.title)
    words = WORDS[meta.language]
    files = count(1)

    def plain(block: Block) -> dict[str, Any]:
        if isinstance(block, Figure):
            file = f"figure-{next(files)}.png"
            (folder / file).write_bytes(block.png)
            width = min(1.0, _TALLEST * block.width / block.height)
            label = words.figure.replace("{n}", str(block.number))
            fields = {"file": file, "alt": block.alt, "width": width, "label": label, **_caption(block.caption, meta)}
        elif isinstance(block, Table):
            fields = asdict(block) | _caption(block.caption, meta) | {"widths": column_widths(block)}
            fields["label"] = words.table.replace("{n}", str(block.number))
        elif isinstance(block, ListBlock):
            fields = {"ordered": block.ordered, "start": block.start, "items": [all_plain(item) for item in block.items]}
        elif isinstance(block, Quote):
            fields = {"blocks": all_plain(block.blocks)}
        else:
            fields = asdict(block)
        return {"block": block.block, **fields}

    def all_plain(blocks: Iterable[Block]) -> list[dict[str, Any]]:
        return [plain(block) for block in blocks]

    version = words.version.replace("{version}", meta.version).replace("{commit}", meta.commit)
    return {
        "meta": asdict(meta),
        "words": asdict(words) | {"version": version},
        "simulated": SIMULATED if meta.simulated else "",
        "families": list(font_families(meta.language)),
        "mono": [_MONO, *font_families(meta.language)],
        "question": page.question,
        "blocks": all_plain(page.blocks),
    }


def column_widths(table: Table) -> list[int]:
    """Return how the width of a page is shared among the columns, in Latin characters.

    A column asks for its longest cell, within bounds; of its title only the longest word, since titles may wrap.
    """
    widths = []
    for place, column in enumerate(table.columns):
        cells = max((_length(row[place]) for row in table.rows), default=0)
        title = max(map(_length, column.title.split()), default=0)
        if not column.title.isascii():  # Chinese wraps between any two characters: two lines, unless it is short
            title = min(title, max(8, title // 2 + 1))
        widths.append(min(_WIDEST, max(_NARROWEST, cells, title)) + 2)
    return widths


def _length(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _caption(caption: str, meta: Meta) -> dict[str, str]:
    mark, rest = stamp(caption, meta.simulated)
    return {"stamp": mark, "caption": rest}


@cache
def _fonts() -> typst.Fonts:
    folders = sorted({str(file.parent) for file in font_files()})  # typst takes folders, and is silent about anything else
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
    lacking = {_MONO, *font_families()} - set(fonts.families())
    if lacking:  # typst would leave their text out without a word
        raise EnvironmentUnfit(f"fonts not found in {', '.join(folders)}: {', '.join(sorted(lacking))}")
    return fonts
