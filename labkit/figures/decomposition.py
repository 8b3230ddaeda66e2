"""A trend with the results it was drawn from: per analyte the site that moved most, limits as open markers."""

from __future__ import annotations

from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from labkit.edition import Edition, say_percent
from labkit.figures.figure import Figure, canvas, finish
from labkit.figures.marks import INK, key_of_knowing, panels, plain_numbers
from labkit.vocabulary import Censored, analyte_name

_LINE = "#0173b2"


def plot_decomposition(
    loads: pd.DataFrame, trend: pd.DataFrame, change: pd.DataFrame, edition: Edition, level: float = 0.95
) -> Figure:
    """Draw, for each analyte, the series whose change is largest against its own noise: results, trend and band.

    Parameters
    ----------
    loads : DataFrame
        Loads per 1,000 with `site`, `date`, `analyte`, `load_mg_day_1000inh`, `censored`.
    trend, change : DataFrame
        The tables of `wastewater.study_trend`.
    edition : Edition
        Language and stamp.
    level : float
        Probability of the band.
    """
    chosen = _most_moved(change[change[["site", "analyte"]].apply(tuple, axis=1).isin(_pairs(trend))])
    with canvas(edition, 2.05 * max(-(-len(chosen) // 2), 1) + 0.95) as drawing:
        axes = panels(drawing, max(len(chosen), 1), 2, sharex=True)
        told = []
        for ax, row in zip(axes, chosen, strict=False):
            here = loads[(loads["site"] == row.site) & (loads["analyte"] == row.analyte)]
            line = trend[(trend["site"] == row.site) & (trend["analyte"] == row.analyte)]
            _panel(ax, here, line)
            ax.set_title(f"{analyte_name(row.analyte, edition.language)} · {row.site} (n = {row.n})")
            told.append(f"{analyte_name(row.analyte, edition.language)} {row.site} ×{row.ratio:.2f}")
        if not chosen:
            axes[0].text(0.5, 0.5, edition.pick("no series carries a trend", "没有可分解的序列"), ha="center")
        drawing.supylabel(edition.pick("load (mg/day per 1,000 people)", "负荷（毫克/天/千人）"), fontsize=9)
        keys = [
            *key_of_knowing(edition),
            Line2D([], [], color=_LINE, linewidth=1.8, label=edition.pick("trend (median)", "趋势（中位数）")),
            Patch(
                color=_LINE, alpha=0.25, label=edition.pick(f"its {say_percent(level)} band", f"其 {say_percent(level)} 区间带")
            ),
        ]
        drawing.legend(handles=keys, loc="outside lower center", ncols=4, frameon=False)
        caption = edition.pick(
            "For each analyte the site whose last year differs most from the year before, against its own noise. The trend is "
            "the median load freed of season and weekday; values below a limit entered as intervals, not at the marker. "
            "Logarithmic scale.",
            "每种检测物取最近一年与前一年差异（相对其自身波动）最大的采样点。趋势为去除季节与星期影响后的负荷中位数；"
            "低于限值者按区间计入，而非按标记位置。对数坐标。",
        )
        alt = edition.pick(
            f"Results and trend over time; ratio of later to earlier mean: {'; '.join(told)}.",
            f"结果与趋势随时间变化；后期与前期均值之比：{'；'.join(told)}。",
        )
        return finish(drawing, "decomposition", caption, alt, edition)


def _pairs(trend: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(trend["site"], trend["analyte"], strict=True))


def _most_moved(change: pd.DataFrame) -> list[Any]:
    """Return one row an analyte: the largest |log ratio| against the width of its interval."""
    found = []
    for _, part in change.groupby("analyte", sort=False):
        with np.errstate(invalid="ignore", divide="ignore"):
            moved = (np.log(part["ratio"]).abs() / np.log(part["high"] / part["low"])).fillna(-1.0)
        found.append(next(part.loc[[moved.idxmax()]].itertuples()))
    return found


def _panel(ax: Axes, here: pd.DataFrame, line: pd.DataFrame) -> None:
    for exact in (False, True):
        part = here[(here["censored"] == Censored.EXACT) == exact]
        ax.plot(
            pd.to_datetime(part["date"]), part["load_mg_day_1000inh"], linestyle="", marker="o", markersize=2.6,
            markeredgewidth=0.5, color=INK, markerfacecolor=INK if exact else "white", alpha=0.4 if exact else 0.8, zorder=2,
        )  # fmt: skip
    days = pd.to_datetime(line["date"])
    ax.set_yscale("log")
    bottom, top = ax.get_ylim()
    ax.fill_between(days, line["low"], line["high"], color=_LINE, alpha=0.25, linewidth=0, zorder=3)
    ax.plot(days, line["median_load_mg_day_1000inh"], color=_LINE, linewidth=1.8, zorder=4)
    ax.set_ylim(min(bottom, line["median_load_mg_day_1000inh"].min() * 0.8), top)
    plain_numbers(ax.yaxis)
    ax.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=3, maxticks=6))
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y-%m"))
