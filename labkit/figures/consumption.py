"""Consumption site by site: the bounds of the mean as a bar, the interval around them as a line."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from labkit.edition import Edition, say_percent
from labkit.figures.figure import Figure, canvas, finish
from labkit.figures.marks import INK, label_below, panels, plain_numbers
from labkit.vocabulary import analyte_name
from labkit.wastewater.summary import ALL_SITES

_ACCENT = "#0a6e9e"


def plot_consumption(summary: pd.DataFrame, edition: Edition, level: float = 0.95) -> Figure:
    """Draw the mean of the sampled days by site, for each analyte with a consumption.

    Parameters
    ----------
    summary : DataFrame
        From `wastewater.summarise`.
    edition : Edition
        Language and stamp.
    level : float
        Probability of the interval, for the caption.
    """
    rows = summary[summary["quantity"] == "consumption"]
    rows = rows if len(rows) else summary
    analytes = list(dict.fromkeys(rows["analyte"]))
    tallest = max(rows.groupby("analyte").size())
    with canvas(edition, (0.22 * tallest + 0.75) * -(-len(analytes) // 2) + 0.7) as drawing:
        axes = panels(drawing, len(analytes))
        for ax, analyte in zip(axes, analytes, strict=True):
            part = rows[rows["analyte"] == analyte]
            _intervals(ax, part, edition)
            ax.set_title(analyte_name(analyte, edition.language))
        used = rows["quantity"].iloc[0] == "consumption"
        what = edition.pick("Consumption", "消耗量") if used else edition.pick("Load", "负荷")
        pure = edition.pick(", pure drug", "（纯毒品）") if used else edition.pick(", load", "（负荷）")
        label_below(axes, 2, edition.pick("mg/day per 1,000 people", "毫克/天/千人") + pure)
        interval = edition.pick(f"{say_percent(level)} interval", f"{say_percent(level)} 区间")
        mean = edition.pick("mean, nothing below a limit", "均值（无低于限值者）")
        bounds = edition.pick("bounds of the mean", "均值上下界")
        keys = [
            Line2D([], [], marker="o", linestyle="", color=_ACCENT, markersize=5, label=mean),
            Line2D([], [], marker="|", color=_ACCENT, linewidth=4, markersize=7, label=bounds),
            Line2D([], [], color=INK, linewidth=1, label=interval),
        ]
        drawing.legend(handles=keys, loc="outside lower center", ncols=3, frameon=False)
        caption = edition.pick(
            f"{what}, mean of the sampled days. Where values lie below a limit the mean is known between two bounds "
            f"(bar). Thin line: {say_percent(level)} interval from the declared errors and the range of the excretion "
            "fraction. n = samples, < = below a limit. Logarithmic scale; "
            "an arrow means that the lower end is zero, or that there is no upper end.",
            f"采样日平均{what}。有低于限值者时均值仅知其上下界（粗条）。"
            f"细线：由声明误差及排泄率范围得到的 {say_percent(level)} 区间。"
            "n 为样品数，< 为低于限值数。"
            "对数坐标；箭头表示下端为零或没有上端。",
        )
        spans = "; ".join(
            f"{analyte_name(analyte, edition.language)} {_span(part)}" for analyte, part in rows.groupby("analyte", sort=False)
        )
        alt = edition.pick(
            f"Intervals of mean {what.lower()} by site; over all sites they span {spans} mg/day per 1,000 people.",
            f"各采样点平均{what}区间；各物质跨度（毫克/天/千人）：{spans}。",
        )
        return finish(drawing, "consumption", caption, alt, edition)


def _span(part: pd.DataFrame) -> str:
    """Return the ends over all sites; a mean without interval counts as itself."""
    low = part["low"].fillna(part["mean_low_mg_day_1000inh"]).min()
    high = part["high"].fillna(part["mean_high_mg_day_1000inh"]).max()
    return f"≥{low:.3g}" if math.isinf(high) else f"{low:.3g}–{high:.3g}"


def _intervals(ax: Axes, part: pd.DataFrame, edition: Edition) -> None:
    ends = part[["low", "high", "mean_low_mg_day_1000inh", "mean_high_mg_day_1000inh"]].to_numpy()
    drawn = ends[np.isfinite(ends) & (ends > 0)]
    floor, ceiling = drawn.min() / (2 if (part["low"] > 0).any() else 20), drawn.max() * 2
    names = []
    for y, row in enumerate(part.iloc[::-1].itertuples()):
        if pd.notna(row.low):
            reach = max(row.low, floor), min(row.high, ceiling)
            ax.plot(reach, [y, y], color=INK, linewidth=1, solid_capstyle="butt", zorder=2)
        if math.isinf(row.high):
            ax.plot([ceiling], [y], marker=">", color=INK, markersize=4, linestyle="", zorder=4)
        if row.low <= 0:
            ax.plot([floor], [y], marker="<", color=INK, markersize=4, linestyle="", zorder=4)
        mean = max(row.mean_low_mg_day_1000inh, floor), min(row.mean_high_mg_day_1000inh, ceiling)
        if row.n_censored:
            ax.plot(mean, [y, y], color=_ACCENT, linewidth=4, solid_capstyle="butt", marker="|", markersize=7, zorder=3)
        else:
            ax.plot(mean[:1], [y], color=_ACCENT, marker="o", markersize=5, linestyle="", zorder=3)
        side = "<" if math.isfinite(row.mean_high_mg_day_1000inh) else "≷"
        site = row.site if row.site != ALL_SITES else edition.pick("all sites", "全部采样点")
        names.append(f"{site}  n={row.n}" + (f", {row.n_censored} {side}" if row.n_censored else ""))
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.set_xscale("log")
    plain_numbers(ax.xaxis)
