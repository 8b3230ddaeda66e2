"""What all figures share: a colour and a marker for each site, open markers for values below a limit, and words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator

from labkit.edition import Edition

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*")
INK = "#333333"


def colours(n: int) -> list[tuple[float, float, float]]:
    """Return `n` colours that stay apart in grey and for colour-blind readers; past ten, shades of one scale."""
    return list(sns.color_palette("colorblind", n) if n <= 10 else sns.color_palette("cividis", n))


def panels(drawing: Canvas, n: int, columns: int = 2, **options: Any) -> list[Axes]:
    """Return `n` axes in rows of `columns`."""
    columns = min(columns, n)
    rows = -(-n // columns)
    grid = drawing.subplots(rows, columns, squeeze=False, **options)
    axes = list(grid.flat)
    for spare in axes[n:]:
        spare.remove()
    return axes[:n]


def label_below(axes: Sequence[Axes], columns: int, label: str) -> None:
    """Label the horizontal axis of the lowest panels: a label of the whole drawing would lie on the legend."""
    for ax in axes[-min(columns, len(axes)) :]:
        ax.set_xlabel(label)


def plain_numbers(axis: object) -> None:
    """Write the ticks of a logarithmic axis as plain numbers at 1, 2 and 5 of each decade."""
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=12))  # type: ignore[attr-defined]
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))  # type: ignore[attr-defined]
    axis.set_minor_formatter(FuncFormatter(lambda value, _: ""))  # type: ignore[attr-defined]


def key_of_knowing(edition: Edition, above: bool = False) -> Sequence[Line2D]:
    """Return the legend entries for measured values and for values below a limit (`above`: or above the range)."""
    limit = edition.pick("below the limit, drawn at it", "低于限值（画在限值处）")
    if above:
        limit = edition.pick("below or above a limit, drawn at it", "低于或高于限值（画在限值处）")
    return (
        Line2D([], [], marker="o", linestyle="", color=INK, markersize=5, label=edition.pick("measured", "实测值")),
        Line2D(
            [], [], marker="o", linestyle="", color=INK, markersize=5, markerfacecolor="white",
            label=limit,
        ),
    )  # fmt: skip
