"""Which assumption matters most: each error's share of the variance of one sample's consumption."""

from __future__ import annotations

import pandas as pd

from labkit.edition import Edition, say_percent
from labkit.figures.figure import Figure, canvas, finish
from labkit.figures.marks import INK, colours
from labkit.vocabulary import analyte_name

_NAMES = {
    "analysis": ("chemical analysis", "化学分析"),
    "sampling": ("sampling", "采样"),
    "flow": ("flow", "流量"),
    "population": ("population", "人口"),
    "excretion": ("excretion fraction", "排泄率"),
}
_HATCHES = ("", "///", "...", "xx", "\\\\\\")


def plot_assumptions(shares: pd.DataFrame, edition: Edition) -> Figure:
    """Draw the shares of the declared errors as one bar an analyte.

    Parameters
    ----------
    shares : DataFrame
        From `wastewater.variance_shares`.
    edition : Edition
        Language and stamp.
    """
    shares = shares.fillna({"share": 0.0})
    table = shares.pivot_table(index="analyte", columns="component", values="share", aggfunc="first")
    table = table.loc[list(dict.fromkeys(shares["analyte"]))]
    with canvas(edition, 0.36 * len(table) + 1.3) as drawing:
        ax = drawing.subplots()
        start = pd.Series(0.0, index=table.index)
        for colour, hatch, (component, names) in zip(colours(len(_NAMES)), _HATCHES, _NAMES.items(), strict=True):
            ax.barh(
                range(len(table)), table[component], left=start, color=colour, edgecolor="white", hatch=hatch, height=0.7,
                label=edition.pick(*names),
            )  # fmt: skip
            for y, (share, left) in enumerate(zip(table[component], start, strict=True)):
                if share >= 0.08:
                    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1}
                    ax.text(left + share / 2, y, say_percent(share), ha="center", va="center", fontsize=8, color=INK, bbox=box)
            start = start + table[component]
        ax.set_yticks(range(len(table)), [analyte_name(str(analyte), edition.language) for analyte in table.index])
        ax.invert_yaxis()
        ax.set_xlim(0, 1)
        ax.xaxis.set_major_formatter(lambda value, _: say_percent(value))
        ax.set_xlabel(edition.pick("share of the variance of log consumption, one sample", "占单个样品对数消耗量方差的比例"))
        drawing.legend(loc="outside lower center", ncols=5, frameon=False)
        top = table.mean().idxmax()
        share_of_top = say_percent(table[top].mean())
        caption = edition.pick(
            "Which assumption matters most: the shares of the declared errors and of the excretion fraction in the variance of "
            "one sample's consumption. An excretion fraction without a range counts as exact and has no share.",
            "哪项假设影响最大：各项声明误差与排泄率占单个样品消耗量方差的比例。没有范围的排泄率按确切值处理，不占比例。",
        )
        alt = edition.pick(
            f"Stacked bars by analyte; on average the largest part is {_NAMES[str(top)][0]} with {share_of_top}.",
            f"按检测物的堆叠条形图；平均最大的一项为{_NAMES[str(top)][1]}，占 {share_of_top}。",
        )
        if not table.to_numpy().any():
            caption = alt = edition.pick(
                "No error is declared and no parameter in use has a range: there is no variance to share out, and no bar.",
                "未声明误差，所用参数也没有范围：没有可分配的方差，图中无条形。",
            )
        return finish(drawing, "assumptions", caption, alt, edition)
