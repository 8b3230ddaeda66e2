"""What an operation changed, drawn: effects with intervals, and the gap to the synthetic control over time."""

from __future__ import annotations

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from labkit.edition import Edition, say_percent
from labkit.figures.figure import Figure, canvas, finish
from labkit.figures.marks import INK, panels, plain_numbers
from labkit.vocabulary import analyte_name
from labkit.wastewater.effect import EffectStudy

_COLOURS = {"fall": ("#0173b2", "v"), "rise": ("#d55e00", "^"), "not distinguishable": ("#8a8a8a", "o")}


def plot_effects(found: EffectStudy, edition: Edition, level: float = 0.95) -> Figure:
    """Draw the ratio of each analyte to what it would have been.

    Parameters
    ----------
    found : EffectStudy
        From `wastewater.study_effect`.
    edition : Edition
        Language and stamp.
    level : float
        Probability of the intervals.
    """
    rows = found.table[found.table["ratio"].notna()].iloc[::-1]
    with canvas(edition, 0.34 * max(len(rows), 1) + 1.2) as drawing:
        ax = drawing.subplots()
        if not len(rows):
            return _nothing(drawing, ax, "effects", found, edition)
        for y, row in enumerate(rows.itertuples()):
            colour, mark = _COLOURS[row.claim]
            ax.plot([row.low, row.high], [y, y], color=colour, linewidth=1.6)
            ax.plot([row.ratio], [y], marker=mark, color=colour, markersize=6, linestyle="")
        ax.axvline(1, color=INK, linewidth=0.8)
        names = [
            f"{analyte_name(row.analyte, edition.language)}  n={row.weeks_before:.0f}+{row.weeks_after:.0f}"
            for row in rows.itertuples()
        ]
        ax.set_yticks(range(len(rows)), names)
        ax.set_ylim(-0.6, len(rows) - 0.4)
        ax.set_xscale("log")
        plain_numbers(ax.xaxis)
        ax.set_xlabel(edition.pick("ratio to what it would have been", "与若无行动时之比"))
        ax.grid(False, axis="y")
        operation = found.operation
        sites = ", ".join(operation.sites) if operation else ""
        start = operation.start if operation else ""
        caption = edition.pick(
            f"Loads at {sites} from {start} against a weighted mean of the other sites, as a ratio to the year before, with "
            f"{say_percent(level)} intervals; n: weeks before and after. Logarithmic scale.",
            f"{sites} 自 {start} 起的负荷，与其余采样点加权均值及此前一年相比，附 {say_percent(level)} 区间；"
            "n 为前后周数。对数坐标。",
        )
        told = "; ".join(f"{analyte_name(row.analyte, edition.language)} {row.ratio:.2f}" for row in rows.itertuples())
        return finish(drawing, "effects", caption, edition.pick(f"Ratios: {told}.", f"比值：{told}。"), edition)


def plot_gap(found: EffectStudy, edition: Edition) -> Figure:
    """Draw the gap between the treated sites and their synthetic control, week by week, for the analytes with an estimate."""
    effects = found.effects
    with canvas(edition, 1.7 * max(-(-len(effects) // 2), 1) + 0.9) as drawing:
        if not effects:
            return _nothing(drawing, drawing.subplots(), "gap", found, edition)
        axes = panels(drawing, len(effects), 2, sharex=True)
        for ax, (analyte, effect) in zip(axes, effects.items(), strict=True):
            weeks = pd.to_datetime(effect.weeks)
            ax.plot(weeks, np.exp(effect.gap), "o-", color="#8a8a8a", markersize=2.5, linewidth=0.7)
            inside = weeks[effect.start :]
            ax.axvspan(inside[0], inside[-1], color="#cfe3f2", zorder=0)
            ax.axhline(1, color=INK, linewidth=0.7)
            ax.plot([inside[0], inside[-1]], [effect.ratio] * 2, color="#0173b2", linewidth=2)
            ax.set_yscale("log")
            plain_numbers(ax.yaxis)
            ax.set_title(f"{analyte_name(analyte, edition.language)} (n = {effect.n})")
            ax.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=3, maxticks=5))
            ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y-%m"))
        drawing.supylabel(edition.pick("ratio to the comparison", "与对照之比"), fontsize=9)
        keys = [
            Line2D([], [], color="#8a8a8a", marker="o", markersize=3, label=edition.pick("week", "周")),
            Patch(color="#cfe3f2", label=edition.pick("the weeks asked about", "所问各周")),
            Line2D([], [], color="#0173b2", linewidth=2, label=edition.pick("mean effect", "平均效果")),
        ]
        drawing.legend(handles=keys, loc="outside lower center", ncols=3, frameon=False)
        caption = edition.pick(
            "Treated sites over their synthetic control, week by week; 1 is the mean before. The four weeks just before the "
            "start are drawn and not used. Logarithmic scale.",
            "行动采样点与其合成对照之比（逐周），1 为此前均值。开始前四周画出但不使用。对数坐标。",
        )
        told = "; ".join(f"{analyte_name(key, edition.language)} {one.ratio:.2f}" for key, one in effects.items())
        return finish(drawing, "gap", caption, edition.pick(f"Mean effects: {told}.", f"平均效果：{told}。"), edition)


def _nothing(drawing, ax, name: str, found: EffectStudy, edition: Edition) -> Figure:  # type: ignore[no-untyped-def]
    declared = found.operation is not None
    text = (
        edition.pick("The design carries no estimate.", "该设计不足以作出估计。")
        if declared
        else edition.pick("No operation is declared.", "未声明行动。")
    )
    ax.text(0.5, 0.5, text, ha="center", va="center", transform=ax.transAxes)
    ax.set_axis_off()
    return finish(drawing, name, text, text, edition)
