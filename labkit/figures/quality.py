"""Quality control drawn: found over expected in time with its control limits, and how much is no exact number."""

from __future__ import annotations

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from labkit.edition import Edition
from labkit.figures.figure import Figure, canvas, empty_figure, finish
from labkit.figures.marks import INK, MARKERS, colours, panels
from labkit.quality import chart, log_ratios
from labkit.vocabulary import analyte_name


def plot_control_charts(quality: pd.DataFrame, edition: Edition) -> Figure:
    """Draw the controls of each analyte over time, a mark a laboratory, with the widest laboratory's three-sigma limits.

    Parameters
    ----------
    quality : DataFrame
        Quality-control samples, from `Desk.read_quality`; may be empty.
    edition : Edition
        Language and stamp.
    """
    controls = quality[quality["type"] == "control"] if len(quality) else quality
    if not len(controls):
        return empty_figure(
            "control_charts", edition.pick("No quality-control samples are declared.", "未声明质控样品。"), edition
        )
    analytes, laboratories = list(dict.fromkeys(controls["analyte"])), list(dict.fromkeys(controls["laboratory"]))
    shades = colours(len(laboratories))
    with canvas(edition, 1.5 * (-(-len(analytes) // 2)) + 0.8) as drawing:
        axes = panels(drawing, len(analytes), 2, sharex=True)
        for ax, analyte in zip(axes, analytes, strict=True):
            limits = []
            for k, laboratory in enumerate(laboratories):
                part = controls[(controls["analyte"] == analyte) & (controls["laboratory"] == laboratory)].sort_values("date")
                r = log_ratios(part)
                if r.size < 2:
                    continue
                days = pd.to_datetime(part.loc[(part["censored"] == "exact") & (part["expected"] > 0), "date"])
                ax.plot(days, np.exp(r), MARKERS[k], color=shades[k], markersize=3, linestyle="")
                centre, reach = chart(r)
                limits.append((np.exp(centre - reach), np.exp(centre + reach)))
            for end in (min(low for low, _ in limits), max(high for _, high in limits)) if limits else ():
                ax.axhline(end, color=INK, linewidth=0.8, linestyle="--")
            ax.axhline(1, color=INK, linewidth=0.7)
            ax.set_title(f"{analyte_name(analyte, edition.language)} (n = {(controls['analyte'] == analyte).sum()})")
            ax.xaxis.set_major_locator(mdates.YearLocator())
            ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
        drawing.supylabel(edition.pick("found / expected", "测得 / 期望"), fontsize=9)
        keys = [
            Line2D([], [], color=shades[k], marker=MARKERS[k], linestyle="", label=name or "–")
            for k, name in enumerate(laboratories)
        ]
        drawing.legend(handles=keys, loc="outside lower center", ncols=max(len(keys), 1), frameon=False)
        caption = edition.pick(
            "Control samples over time, found over expected. Dashed: the limits that the first twelve set, "
            "the widest of the "
            "laboratories.",
            "质控样品随时间的测得值与期望值之比。虚线：由前十二个结果定出的界限，取各实验室中最宽者。",
        )
        alt = edition.pick(f"{len(controls)} controls around one.", f"{len(controls)} 个质控样品围绕 1 分布。")
        return finish(drawing, "control_charts", caption, alt, edition)


def plot_limits_over_time(limits: pd.DataFrame, edition: Edition) -> Figure:
    """Draw by file and quarter which share of each analyte's results is no exact number."""
    analytes = list(dict.fromkeys(limits["analyte"]))
    shades = colours(len(analytes))
    files = list(dict.fromkeys(limits["file"]))
    with canvas(edition, 1.6 * (-(-len(files) // 2)) + 0.9) as drawing:
        axes = panels(drawing, len(files), 2, sharey=True)
        quarters = sorted(limits["quarter"].unique())
        for ax, file in zip(axes, files, strict=True):
            for k, analyte in enumerate(analytes):
                part = limits[(limits["file"] == file) & (limits["analyte"] == analyte)]
                share = 100 * part[["below", "between", "above"]].sum(axis=1) / part["n"]
                ax.plot([quarters.index(one) for one in part["quarter"]], share, marker=MARKERS[k % len(MARKERS)],
                        color=shades[k], markersize=3, linewidth=0.9)  # fmt: skip
            ax.set_title(f"{file.rpartition('/')[2]} (n = {int(limits.loc[limits['file'] == file, 'n'].sum()):,})")
            step = max(1, len(quarters) // 4)
            ax.set_xticks(range(0, len(quarters), step), quarters[::step])
            ax.set_ylim(-4, 104)
        drawing.supylabel(edition.pick("no exact number, %", "非确切结果，%"), fontsize=9)
        keys = [
            Line2D(
                [],
                [],
                color=shades[k],
                marker=MARKERS[k % len(MARKERS)],
                markersize=4,
                label=analyte_name(one, edition.language),
            )
            for k, one in enumerate(analytes)
        ]
        drawing.legend(handles=keys, loc="outside lower center", ncols=3, frameon=False)
        caption = edition.pick(
            "Share of results below a limit (or above the range), by file and quarter. A step is a new method or a "
            "new limit, not a "
            "change of use.",
            "各文件各季度低于限值（或高于范围）的结果占比。台阶表示方法或限值的改变，而不是使用的变化。",
        )
        worst = limits.assign(share=1 - (limits["n"] - limits[["below", "between", "above"]].sum(axis=1)) / limits["n"])
        top = worst.groupby("analyte")["share"].mean().idxmax()
        alt = edition.pick(f"Most often not exact: {top}.", f"最常为非确切：{analyte_name(str(top), 'zh')}。")
        return finish(drawing, "limits_over_time", caption, alt, edition)
