"""A drawn result: one PNG with its number, caption and alternative text, the same bytes on every run."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas
from matplotlib.text import Text
from PIL import Image

from labkit.edition import SIMULATED, Edition
from labkit.errors import Refusal
from labkit.fonts import GLYPH, font_families, font_files, missing_characters

WIDTH_INCHES = 7.2
DOTS_PER_INCH = 150

_numbers: dict[str, int] = {}


@dataclass(frozen=True)
class Figure:
    """A figure as notebooks show and reports print it; `name` is its file name without ending."""

    name: str
    number: int
    caption: str
    alt: str
    png: bytes

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        about = {"name": self.name, "number": self.number, "caption": self.caption, "alt": self.alt}
        data = {"image/png": base64.b64encode(self.png).decode(), "text/plain": self.caption}
        return data, {"image/png": {"labkit": about, "alt": self.alt}}

    def __repr__(self) -> str:
        """Name the figure; its picture is shown by the notebook."""
        return f"Figure {self.number}: {self.caption}"


@cache
def _register_fonts() -> None:
    for path in font_files():
        font_manager.fontManager.addfont(path)


@contextmanager
def canvas(edition: Edition, height: float) -> Iterator[Canvas]:
    """Give an empty drawing in the house style; nothing outside of it changes, and no global state of pyplot is used."""
    _register_fonts()
    style = sns.axes_style("whitegrid") | {
        "font.family": list(font_families(edition.language)),
        "font.size": 9,
        "text.parse_math": False,  # a dollar sign in a site code is a dollar sign
        "axes.titlesize": 10,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.labelsize": 9,
        "axes.edgecolor": "#8a8a8a",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "grid.color": "#e3e3e3",
        "grid.linewidth": 0.6,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8,
        "legend.fontsize": 8,
        "hatch.linewidth": 0.6,
    }
    with mpl.rc_context(style):
        drawing = Canvas(figsize=(WIDTH_INCHES, height), layout="constrained")
        FigureCanvasAgg(drawing)
        yield drawing


def finish(drawing: Canvas, name: str, caption: str, alt: str, edition: Edition) -> Figure:
    """Stamp, check and save a drawing.

    Raises
    ------
    Refusal
        If a text in it holds a character that the shipped fonts lack.
    """
    if edition.simulated:
        drawing.suptitle(SIMULATED, x=0.995, ha="right", fontsize=9, color="#9a3412", fontweight="bold")
    for text in drawing.findobj(Text):
        for character in missing_characters(text.get_text()):
            code = f"U+{ord(character):04X}"
            raise Refusal(GLYPH.at(f"figure {name}", character=character, code=code, kind="label", begin=text.get_text()[:32]))
    number = _numbers.setdefault(name, len(_numbers) + 1)
    return Figure(name, number, edition.caption(caption), alt, _to_png(drawing))


def empty_figure(name: str, text: str, edition: Edition) -> Figure:
    """Return a figure that only says why there is nothing to draw."""
    with canvas(edition, 1.2) as drawing:
        ax = drawing.subplots()
        ax.text(0.5, 0.5, text, ha="center", va="center", transform=ax.transAxes)
        ax.set_axis_off()
        return finish(drawing, name, text, text, edition)


def _to_png(drawing: Canvas) -> bytes:
    """Save with a palette of 96 colours: a third of the bytes, so that a report of many points stays under a megabyte."""
    drawing.set_dpi(DOTS_PER_INCH)
    drawing.canvas.draw()
    pixels = np.asarray(drawing.canvas.buffer_rgba())  # type: ignore[attr-defined]
    picture = Image.fromarray(pixels).convert("RGB").quantize(96, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    out = io.BytesIO()
    picture.save(out, format="png", optimize=True, dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return out.getvalue()
