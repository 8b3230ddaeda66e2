"""The watch drawn: sites against the others over time, alerts by tier, the common mode beside; and the clearest alert."""

from __future__ import annotations

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from labkit.edition import Edition
from labkit.figures.figure import Figure, canvas, finish
from labkit.figures.marks import INK, panels, plain_numbers
from labkit.vocabulary import analyte_name
from labkit.wastewater.hotspots import COMMON_MODE, Watch

TIERS = {
    "watch": ("#8a8a8a", "o", ("watch", "关注")),
    "alert": ("#de8f05", "D", ("alert", "预警")),
    "confirmed": ("#d55e00", "^", ("confirmed", "确认")),
}


def plot_watch(found: Watch, edition: Edition) -> Figure:
    """Draw every watched series as a ratio to its usual standing among the others.

    Parameters
    ----------
    found : Watch
        From `wastewater.watch`.
    edition : Edition
        Language and stamp.
    """
    parts = [part for part in found.parts if (~np.isnan(part.z)).any()]
    with canvas(edition, 1.9 * max(-(-len(parts) // 2), 1) + 1.0) as drawing:
        axes = panels(drawing, max(len(parts), 1), 2, sharex=True)
        for ax, part in zip(axes, parts, strict=False):
            weeks = pd.to_datetime(part.panel.weeks)
            ax.plot(weeks, np.exp(part.log_ratio), color="#b5b5b5", linewidth=0.6, zorder=1)
            ax.plot(weeks, np.exp(part.common_log_ratio), color=INK, linewidth=1.4, zorder=2)
            here = found.alerts[found.alerts["analyte"] == part.panel.analyte]
            for tier, (colour, mark, _) in TIERS.items():
                rows = here[here["tier"] == tier]
                size = 3.5 if tier == "watch" else 5.5
                ax.plot(
                    pd.to_datetime(rows["week"]), rows["ratio"], mark, color=colour, markersize=size, linestyle="", zorder=3
                )
            ax.axhline(1, color=INK, linewidth=0.6)
            ax.set_yscale("log")
            plain_numbers(ax.yaxis)
            ax.set_title(f"{analyte_name(part.panel.analyte, edition.language)} ({len(part.panel.sites)})")
            ax.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=3, maxticks=6))
            ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y-%m"))
        drawing.supylabel(edition.pick("ratio to the usual", "与通常之比"), fontsize=9)
        keys = [
            Line2D(
                [], [], color="#b5b5b5", linewidth=1, label=edition.pick("one site against the others", "单个采样点相对其余")
            ),
            Line2D([], [], color=INK, linewidth=1.6, label=edition.pick("all sites together", "全部采样点合计")),
            *(
                Line2D([], [], marker=mark, color=colour, linestyle="", markersize=5, label=edition.pick(*names))
                for colour, mark, names in TIERS.values()
            ),
        ]
        drawing.legend(handles=keys, loc="outside lower center", ncols=5, frameon=False)
        counts = found.alerts["tier"].value_counts()
        told = [int(counts.get(tier, 0)) for tier in TIERS]
        caption = edition.pick(
            "Each site's load against the median of the others, as a ratio to what is usual for it; a week below a limit has "
            f"no point. In brackets the number of sites. {told[0]} calls of tier watch, {told[1]} alert, {told[2]} confirmed; "
            f"where nothing happened {found.expected_false:.1f} would be expected. Logarithmic scale.",
            "各采样点负荷相对其余采样点中位数，并与其自身通常水平相比；低于限值的周没有点。括号内为采样点数。"
            f"关注 {told[0]} 次，预警 {told[1]} 次，确认 {told[2]} 次；"
            f"若无任何变化，预计误报 {found.expected_false:.1f} 次。对数坐标。",
        )
        alt = edition.pick(
            f"Ratios over time for {found.series} series, with {sum(told)} calls marked.",
            f"{found.series} 个序列的比值随时间变化，标出 {sum(told)} 次报警。",
        )
        return finish(drawing, "watch", caption, alt, edition)


def plot_alert(found: Watch, edition: Edition) -> Figure:
    """Draw the clearest call of a single site: its weekly loads beside those of the others."""
    rows = found.alerts[found.alerts["site"] != COMMON_MODE]
    with canvas(edition, 2.9) as drawing:
        ax = drawing.subplots()
        if not len(rows):
            ax.text(0.5, 0.5, edition.pick("no site was called", "没有采样点报警"), ha="center", transform=ax.transAxes)
            nothing = edition.pick("No site was called.", "没有采样点报警。")
            return finish(drawing, "alert", nothing, nothing, edition)
        row = next(rows.loc[[rows["z"].idxmax()]].itertuples())
        panel = next(part.panel for part in found.parts if part.panel.analyte == row.analyte)
        place = panel.sites.index(row.site)
        weeks = pd.to_datetime(panel.weeks)
        others = np.delete(np.exp(panel.high), place, axis=1)
        ax.plot(weeks, others, color="#c4c4c4", linewidth=0.6, zorder=1)
        exact = panel.low[:, place] == panel.high[:, place]
        mine = np.exp(panel.high[:, place])
        ax.plot(weeks[exact], mine[exact], "o-", color="#0173b2", markersize=3, linewidth=0.9, zorder=3)
        below = ~exact & ~np.isnan(mine)
        ax.plot(weeks[below], mine[below], "o", color="#0173b2", markerfacecolor="white", markersize=3.5, zorder=3)
        called = rows[(rows["site"] == row.site) & (rows["analyte"] == row.analyte)]
        for week in pd.to_datetime(called["week"]):
            ax.axvline(week, color="#d55e00", linewidth=0.9, linestyle="--", zorder=2)
        ax.set_yscale("log")
        plain_numbers(ax.yaxis)
        ax.set_ylabel(edition.pick("load (mg/day per 1,000 people)", "负荷（毫克/天/千人）"))
        ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y-%m"))
        name = analyte_name(row.analyte, edition.language)
        n = int(panel.n[:, place].sum())
        ax.set_title(f"{name} · {row.site} (n = {n})")
        caption = edition.pick(
            f"The clearest call: {name} at {row.site} in the week of {row.week}, {row.ratio:.2f} times the usual "
            f"({row.low:.2f}–{row.high:.2f}). Dashed: weeks in which this series was called. Grey: the other sites. "
            "Open: below the limit.",
            f"最明确的一次报警：{row.site} 的{name}，{row.week} 所在周，"
            f"为通常的 {row.ratio:.2f} 倍（{row.low:.2f}–{row.high:.2f}）。"
            "虚线：该序列报警的周；灰线：其余采样点；空心：低于限值。",
        )
        alt = edition.pick(
            f"Weekly loads of {name} at {row.site} and the other sites; {len(called)} weeks marked.",
            f"{row.site} 与其余采样点的{name}周负荷；标出 {len(called)} 周。",
        )
        return finish(drawing, "alert", caption, alt, edition)
