"""A report as one HTML file that opens anywhere, offline, and asks nothing of anyone.

Everything is inside: style, figures, fonts. No script; no address is loaded; text is escaped wherever it comes from.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from labkit.report.blocks import Heading
from labkit.report.document import Document, Meta, compose
from labkit.report.fonts import check_characters, font_faces
from labkit.report.words import SIMULATED, WORDS, stamp

TEMPLATES = Path(__file__).parent / "templates"


def render_html(documents: Sequence[Document], meta: Meta) -> str:
    """Return the report as one self-contained page; the same text whenever documents and meta are the same.

    Raises
    ------
    Refusal
        Rule TXT-GLYPH, if the fonts cannot show a character of the report.
    """
    check_characters(documents, meta)
    page = compose(documents, meta.title)
    parts = [block for block in page.blocks if isinstance(block, Heading)]
    return _template().render(
        meta=meta,
        page=page,
        words=WORDS[meta.language],
        simulated=SIMULATED,
        faces=font_faces(documents, meta),
        contents=[part for part in parts if part.level == 2],
        anchors={id(part): f"part-{number}" for number, part in enumerate(parts, start=1)},
        css=_style(meta.language),
    )


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    environment.filters["stamp"] = stamp
    environment.filters["identity"] = id
    environment.filters["address"] = lambda png: "data:image/png;base64," + base64.b64encode(png).decode("ascii")
    return environment.from_string((TEMPLATES / "report.html.j2").read_text(encoding="utf-8"))


@cache
def _style(language: str) -> Markup:
    families = '"labkit-zh", "labkit-en"' if language == "zh" else '"labkit-en", "labkit-zh"'
    css = (TEMPLATES / "report.css").read_text(encoding="utf-8").replace('"labkit"', families)
    return Markup(css)  # ours, word for word: no text of a report enters the style
