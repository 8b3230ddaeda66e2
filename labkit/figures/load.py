"""The loads as they came in: every sample a point, values below a limit as open markers at the limit."""

from __future__ import annotations

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from labkit.edition import Edition
from labkit.figures.figure import Figure, canvas, finish
from labkit.figures.marks import INK, MARKERS, colours, key_of_knowing, label_below, panels, plain_numbers
from labkit.vocabulary import UNDER_A_LIMIT, Censored, analyte_name

_SHORT = 180  # days; below, the axis names days


def plot_load(samples: pd.DataFrame, edition: Edition) -> Figure:
    """Draw the load per 1,000 people: over time where days are known, else site by site.

    Parameters
    ----------
    samples : DataFrame
        `site`, `date`, `analyte`, `load_mg_day_1000inh`, `censored`.
    edition : Edition
        Language and stamp.
    """
    dated = bool((samples["date"] != "").all())
    analytes = list(dict.fromkeys(samples["analyte"]))
    sites = list(dict.fromkeys(samples["site"]))
    columns = 2 if dated else 3
    rows_of_panels = -(-len(analytes) // columns)
    height = 2.1 * rows_of_panels + 0.9 if dated else (0.24 * len(sites) + 0.9) * rows_of_panels + 0.8
    below, above = (int(samples["censored"].isin(known).sum()) for known in (UNDER_A_LIMIT, [Censored.ABOVE]))
    with canvas(edition, height) as drawing:
        axes = panels(drawing, len(analytes), columns, sharex=dated, sharey=not dated)
        for ax, analyte in zip(axes, analytes, strict=True):
            rows = samples[samples["analyte"] == analyte]
            (_over_time if dated else _by_site)(ax, rows, sites)
            ax.set_title(f"{analyte_name(analyte, edition.language)} (n = {len(rows)})")
        unit = edition.pick("load (mg/day per 1,000 people)", "负荷（毫克/天/千人）")
        if dated:
            drawing.supylabel(unit, fontsize=9)
        else:
            label_below(axes, columns, unit)
        keys = list(key_of_knowing(edition, above > 0))
        if dated:
            keys += [
                Line2D([], [], marker=MARKERS[i % len(MARKERS)], linestyle="", color=colour, markersize=5, label=site)
                for i, (site, colour) in enumerate(zip(sites, colours(len(sites)), strict=True))
            ]
        drawing.legend(handles=keys, loc="outside lower center", ncols=min(len(keys), 8), frameon=False)
        over = edition.pick(f" and {above:,} above the range", f"、{above:,} 个高于范围") if above else ""
        places = f"{len(sites)} sites" if len(sites) != 1 else "1 site"
        caption = edition.pick(
            f"Load per 1,000 people, {len(samples):,} results from {places}, of which {below:,} below a limit{over} "
            "(open markers, drawn at the limit). Logarithmic scale.",
            f"每千人负荷：{len(sites)} 个采样点的 {len(samples):,} 个结果，其中 {below:,} 个低于限值{over}"
            "（空心标记，画在限值处）。对数坐标。",
        )
        middle = samples.groupby("analyte")["load_mg_day_1000inh"].agg(["min", "max"])
        ranges = "; ".join(
            f"{analyte_name(str(key), edition.language)} {row['min']:.3g}–{row['max']:.3g}" for key, row in middle.iterrows()
        )
        alt = edition.pick(
            f"Points by analyte; loads in mg/day per 1,000 people range over {ranges}.",
            f"按检测物分面的散点图；负荷范围（毫克/天/千人）：{ranges}。",
        )
        return finish(drawing, "load", caption, alt, edition)


def _over_time(ax: Axes, rows: pd.DataFrame, sites: list[str]) -> None:
    for i, (site, colour) in enumerate(zip(sites, colours(len(sites)), strict=True)):
        here = rows[rows["site"] == site]
        for exact in (False, True):
            part = here[(here["censored"] == Censored.EXACT) == exact]
            ax.plot(
                pd.to_datetime(part["date"]), part["load_mg_day_1000inh"], linestyle="", marker=MARKERS[i % len(MARKERS)],
                markersize=2.6 if len(rows) > 60 else 4.5, markeredgewidth=0.5, color=colour,
                markerfacecolor=colour if exact else "white",
                alpha=0.9 if exact else 0.6, zorder=3 if exact else 2,
            )  # fmt: skip
    ax.set_yscale("log")
    plain_numbers(ax.yaxis)
    days = pd.to_datetime(rows["date"])
    span = (days.max() - days.min()).days
    if span < _SHORT:  # a month's name would stand under several days
        ax.xaxis.set_major_locator(mdates.DayLocator(interval=1 + span // 3))
        if span == 0:
            ax.set_xticks([days.iloc[0]])
    else:
        ax.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=3, maxticks=6))
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y-%m" if span >= _SHORT else "%Y-%m-%d"))


def _by_site(ax: Axes, rows: pd.DataFrame, sites: list[str]) -> None:
    order = {site: len(sites) - 1 - i for i, site in enumerate(sites)}
    for exact in (False, True):
        part = rows[(rows["censored"] == Censored.EXACT) == exact]
        ax.plot(
            part["load_mg_day_1000inh"], part["site"].map(order), linestyle="", marker="o", markersize=5, color=INK,
            markerfacecolor=INK if exact else "white", zorder=3,
        )  # fmt: skip
    ax.set_yticks(list(order.values()), list(order))
    ax.set_ylim(-0.6, len(sites) - 0.4)
    ax.set_xscale("log")
    plain_numbers(ax.xaxis)
