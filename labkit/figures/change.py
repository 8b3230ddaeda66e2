"""Changes and ranks as intervals: a forest of ratios beside the ten-percent label, and sites in the order that is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from labkit.edition import Edition, say_percent
from labkit.figures.figure import Figure, canvas, finish
from labkit.figures.marks import INK, label_below, panels, plain_numbers
from labkit.vocabulary import analyte_name

_UP, _DOWN, _OPEN = "#d55e00", "#0173b2", "#8a8a8a"
_MARKS = {"rise": (_UP, "^"), "fall": (_DOWN, "v"), "not distinguishable": (_OPEN, "o")}


def plot_change_of_sites(
    change: pd.DataFrame, pooled: pd.DataFrame, edition: Edition, policy_change: float = 0.25, level: float = 0.95
) -> Figure:
    """Draw every site's ratio with its interval, the sites' common ratio below, and the band inside which nothing matters.

    Parameters
    ----------
    change, pooled : DataFrame
        The tables of `wastewater.study_trend`.
    edition : Edition
        Language and stamp.
    policy_change : float
        The change that would matter: the shaded band runs from 1 / (1 + it) to 1 + it.
    level : float
        Probability of the intervals.
    """
    analytes = list(dict.fromkeys(change["analyte"]))
    most = int(change.groupby("analyte").size().max())
    size = 7 if most > 12 else 8
    with canvas(edition, (0.155 if most > 12 else 0.2) * (most + 2) * -(-len(analytes) // 2) + 1.25) as drawing:
        axes = panels(drawing, len(analytes), 2)
        for ax, analyte in zip(axes, analytes, strict=True):
            rows = change[change["analyte"] == analyte].sort_values("ratio", na_position="first")
            _forest(ax, rows, pooled[pooled["analyte"] == analyte], edition, policy_change)
            ax.set_title(analyte_name(analyte, edition.language))
            ax.tick_params(axis="y", labelsize=size)
        label_below(axes, 2, edition.pick("ratio, later to earlier", "后期与前期之比"))
        names = {
            "rise": ("rise", "上升"),
            "fall": ("fall", "下降"),
            "not distinguishable": ("not distinguishable", "无法区分"),
        }
        keys: list[Line2D | Patch] = [
            Line2D([], [], marker=mark, linestyle="", color=colour, markersize=5, label=edition.pick(*names[name]))
            for name, (colour, mark) in _MARKS.items()
        ]
        within = edition.pick(f"within ±{say_percent(policy_change)}", f"±{say_percent(policy_change)} 之内")
        keys += [
            Patch(color="#e3e3e3", label=within),
            Line2D([], [], color=INK, linewidth=0.8, linestyle=":", label=edition.pick("±10 % label", "±10 % 标签")),
        ]
        drawing.legend(handles=keys, loc="outside lower center", ncols=5, frameon=False)
        told = change["statement"].value_counts()
        sums = [int(told.get(name, 0)) for name in ("rise", "fall", "not distinguishable", "not estimable")]
        weeks = change["weeks"].dropna()
        stretch = f"{weeks.median():.0f}" if len(weeks) else "–"
        caption = edition.pick(
            f"Ratio of the mean trend of the last {stretch} weeks to that of the {stretch} weeks before, with "
            f"{say_percent(level)} intervals; “all sites” is their common ratio (random effects). "
            f"{sums[0]} rises, {sums[1]} falls, {sums[2]} not distinguishable, {sums[3]} not estimable (no marker).",
            f"最近 {stretch} 周与此前 {stretch} 周平均趋势之比及 {say_percent(level)} 区间；“全部”为各点共同比值（随机效应）。"
            f"上升 {sums[0]}，下降 {sums[1]}，无法区分 {sums[2]}，无法估计 {sums[3]}（无标记）。",
        )
        alt = edition.pick(
            f"Ratios from {change['ratio'].min():.2f} to {change['ratio'].max():.2f}.",
            f"比值介于 {change['ratio'].min():.2f} 与 {change['ratio'].max():.2f}。",
        )
        return finish(drawing, "change", caption, alt, edition)


def _forest(ax: Axes, rows: pd.DataFrame, pooled: pd.DataFrame, edition: Edition, policy_change: float) -> None:
    ax.axvspan(1 / (1 + policy_change), 1 + policy_change, color="#e9e9e9", zorder=0)
    ax.axvline(1, color=INK, linewidth=0.8, zorder=1)
    for end in (0.9, 1.1):
        ax.axvline(end, color=INK, linewidth=0.8, linestyle=":", zorder=1)
    labels = []
    for y, row in enumerate(rows.itertuples(), 1):
        labels.append(f"{row.site}  n={row.n}")
        if np.isnan(row.ratio):
            continue
        colour, mark = _MARKS[row.statement]
        ax.plot([row.low, row.high], [y, y], color=colour, linewidth=1.2, zorder=2)
        ax.plot([row.ratio], [y], color=colour, marker=mark, markersize=4.5, linestyle="", zorder=3)
    common = next(pooled.itertuples(), None)
    if common is not None and np.isfinite(common.ratio):
        colour, mark = _MARKS[common.statement]
        ax.plot([common.low, common.high], [0, 0], color=colour, linewidth=2.6, zorder=2)
        ax.plot([common.ratio], [0], color=colour, marker="D", markersize=5, linestyle="", zorder=3)
    ax.set_yticks(range(len(labels) + 1), [edition.pick("all sites", "全部"), *labels])
    ax.set_ylim(-0.7, len(labels) + 0.6)
    ax.set_xscale("log")
    ends = [rows["low"].min(), rows["high"].max(), 1 / (1 + 2 * policy_change), 1 + 2 * policy_change]
    finite = [end for end in ends if np.isfinite(end)]
    ax.set_xlim(max(min(finite) * 0.95, 0.1), min(max(finite) * 1.05, 10))
    plain_numbers(ax.xaxis)
    ax.grid(False, axis="y")


def plot_ranking(ranking: pd.DataFrame, edition: Edition, level: float = 0.95) -> Figure:
    """Draw the sites of each analyte in the order of their estimates, with the interval that separates sites and the places.

    Parameters
    ----------
    ranking : DataFrame
        The table `ranking` of `wastewater.study_trend`.
    edition : Edition
        Language and stamp.
    level : float
        Probability of intervals and of spans of places.
    """
    analytes = list(dict.fromkeys(ranking["analyte"]))
    most = int(ranking.groupby("analyte").size().max()) if len(ranking) else 1
    step = 0.155 if most > 12 else 0.2
    with canvas(edition, step * (most + 1.5) * max(-(-len(analytes) // 2), 1) + 1.0) as drawing:
        axes = panels(drawing, max(len(analytes), 1), 2)
        for ax, analyte in zip(axes, analytes, strict=False):
            rows = ranking[ranking["analyte"] == analyte].iloc[::-1]
            y = np.arange(len(rows))
            ax.hlines(y, rows["low"], rows["high"], color=_DOWN, linewidth=1.4)
            ax.plot(rows["median_load_mg_day_1000inh"], y, "o", color=_DOWN, markersize=4)
            places = [
                f"{row.site}  {row.place_low}" + (f"–{row.place_high}" if row.place_high > row.place_low else "")
                for row in rows.itertuples()
            ]
            ax.set_yticks(y, places, fontsize=7 if most > 12 else 8)
            ax.set_ylim(-0.7, len(rows) - 0.3)
            ax.set_xscale("log")
            plain_numbers(ax.xaxis)
            ax.set_title(analyte_name(analyte, edition.language))
        label_below(axes, 2, edition.pick("load (mg/day per 1,000 people)", "负荷（毫克/天/千人）"))
        caption = edition.pick(
            f"Median load of the later stretch at each site, with the {say_percent(level)} interval for comparing sites "
            "(errors of meter and census included, errors shared by all sites not). Beside each site the places it may hold; "
            f"{len(ranking)} series. Logarithmic scale.",
            f"各采样点后期负荷中位数及用于点间比较的 {say_percent(level)} 区间（含流量计与人口误差，不含各点共有误差）。"
            f"采样点旁为其可能的名次；共 {len(ranking)} 个序列。对数坐标。",
        )
        first = "; ".join(
            f"{analyte_name(analyte, edition.language)} {part.iloc[0]['site']} (P {part.iloc[0]['p_highest']:.2f})"
            for analyte, part in ranking.groupby("analyte", sort=False)
        )
        alt = edition.pick(f"Highest estimates: {first}.", f"估计值最高者：{first}。")
        return finish(drawing, "ranking", caption, alt, edition)
