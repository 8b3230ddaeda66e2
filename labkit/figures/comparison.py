"""Ours over the reference, value by value: the figure printed elsewhere, or the simulated truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from labkit.edition import Edition
from labkit.figures.figure import Figure, canvas, finish
from labkit.figures.marks import INK, plain_numbers
from labkit.vocabulary import Censored, analyte_name


def plot_comparison(comparison: pd.DataFrame, edition: Edition) -> Figure | None:
    """Draw ours divided by the reference for each exact value; nothing is drawn where nothing can be compared.

    Parameters
    ----------
    comparison : DataFrame
        From `wastewater.compare_with_reference`.
    edition : Edition
        Language and stamp.
    """
    exact = comparison[comparison["censored"] == Censored.EXACT]
    if exact.empty:
        return None
    analytes = list(dict.fromkeys(exact["analyte"]))
    with canvas(edition, 0.5 * len(analytes) + 1.2) as drawing:
        ax = drawing.subplots()
        names = []
        for y, analyte in enumerate(analytes):
            ratio = exact.loc[exact["analyte"] == analyte, "ratio"].sort_values().to_numpy()
            spread = 0.6 * ((np.arange(len(ratio)) * 0.618034) % 1 - 0.5)
            ax.plot(ratio, y + spread, linestyle="", marker="o", markersize=2.5, color="#0a6e9e", alpha=0.35, zorder=2)
            ax.plot(np.median(ratio), y, marker="D", markersize=6, color=INK, markerfacecolor="white", zorder=4)
            names.append(f"{analyte_name(analyte, edition.language)}\nn = {len(ratio)}")
        ax.axvline(1, color=INK, linewidth=1, zorder=3)
        ax.set_yticks(range(len(names)), names)
        ax.invert_yaxis()
        ax.set_xscale("log")
        plain_numbers(ax.xaxis)
        against = (
            edition.pick("the simulated truth", "模拟真值")
            if edition.simulated
            else edition.pick("the printed figure", "已发表值")
        )
        ax.set_xlabel(edition.pick(f"computed here / {against} (logarithmic)", f"本报告值 / {against}（对数坐标）"))
        caption = edition.pick(
            f"Consumption computed here divided by {against}, one point for each of {len(exact):,} exact values; "
            "diamonds: medians.",
            f"本报告消耗量除以{against}，每点一个确切值（共 {len(exact):,} 个）；菱形为中位数。",
        )
        medians = "; ".join(
            f"{analyte_name(str(key), edition.language)} {value:.2f}"
            for key, value in exact.groupby("analyte")["ratio"].median().items()
        )
        alt = edition.pick(f"Ratios by analyte around 1; medians {medians}.", f"各检测物之比围绕 1；中位数 {medians}。")
        return finish(drawing, "comparison", caption, alt, edition)
