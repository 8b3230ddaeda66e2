"""The matrices drawn: their windows, the lag profile, associations with intervals, and where they disagree."""

from __future__ import annotations

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from labkit.compare import MatrixStudy
from labkit.compare.windows import kernel
from labkit.edition import Edition, say_percent
from labkit.figures.figure import Figure, canvas, empty_figure, finish
from labkit.figures.marks import INK, MARKERS, colours, panels
from labkit.vocabulary import MATRIX_NAMES, drug_name

_NOTHING = ("No hair, blood or areas are declared.", "未声明毛发、血液或区域。")
_MOST_AREAS, _FEWEST_TESTED = 4, 10


def plot_windows(found: MatrixStudy | None, edition: Edition) -> Figure:
    """Draw which months each matrix speaks of, and below it the three matrices of some areas on one standardised scale.

    Parameters
    ----------
    found : MatrixStudy or None
        From `Desk.compare_matrices`.
    edition : Edition
        Language and stamp.
    """
    if found is None or not found.table.shape[0]:
        return empty_figure("windows", edition.pick(*_NOTHING), edition)
    best = found.table.reindex(found.table["p"].sort_values(kind="stable").index).iloc[0]
    drug = str(best["drug"])
    sides = {matrix: found.sides[matrix, drug] for matrix in MATRIX_NAMES if (matrix, drug) in found.sides}
    shades = dict(zip(MATRIX_NAMES, colours(3), strict=True))
    areas = next(iter(sides.values())).areas[:_MOST_AREAS]
    with canvas(edition, 1.5 + 1.55 * (-(-len(areas) // 2)) + 0.6) as drawing:
        grid = drawing.add_gridspec(1 + (-(-len(areas) // 2)), 6)
        spans = [drawing.add_subplot(grid[0, 2 * k : 2 * k + 2]) for k in range(3)]
        for ax, matrix in zip(spans, MATRIX_NAMES, strict=True):
            weights = kernel(matrix)
            ax.bar(-np.arange(weights.size), weights, width=0.85, color=shades[matrix], edgecolor=INK, linewidth=0.5)
            ax.set_xlim(-5.6, 0.6)
            ax.set_ylim(0, 1.05)
            ax.set_title(edition.pick(*MATRIX_NAMES[matrix]))
            ax.set_xlabel(edition.pick("months before sampling", "采样前月数"))
        spans[0].set_ylabel(edition.pick("share", "权重"))
        for k, area in enumerate(areas):
            ax = drawing.add_subplot(grid[1 + k // 2, 3 * (k % 2) : 3 * (k % 2) + 3])
            for mark, (matrix, side) in zip(MARKERS, sides.items(), strict=False):
                y = side.value[side.areas.index(area)].copy()
                if matrix != "water":
                    y[side.n[side.areas.index(area)] < _FEWEST_TESTED] = np.nan
                y = (y - np.nanmean(y)) / np.nanstd(y)
                ax.plot(pd.to_datetime(list(side.months)), y, marker=mark, markersize=2.5, linewidth=0.9, color=shades[matrix])
            ax.set_title(area)
            ax.xaxis.set_major_locator(mdates.YearLocator())
            ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
        keys = [
            Line2D([], [], color=shades[name], marker=mark, markersize=3, label=edition.pick(*MATRIX_NAMES[name]))
            for mark, name in zip(MARKERS, sides, strict=False)
        ]
        drawing.legend(handles=keys, loc="outside lower center", ncols=3, frameon=False)
        name = drug_name(drug, edition.language)
        caption = edition.pick(
            f"Above: the months that a sample speaks of. Below: {name} in {len(areas)} areas, each matrix in standard "
            f"deviations of "
            f"its own (log load per head; log ratio of positives to those expected); months with fewer than "
            f"{_FEWEST_TESTED} "
            "persons tested are not drawn. Hair follows water because it is the mean of several past months.",
            f"上：一份样品所代表的月份。下：{len(areas)} 个区域的{name}，各基质以自身标准差为单位"
            f"（每千人负荷的对数；阳性与预期之比的对数）；"
            f"受检者少于 {_FEWEST_TESTED} 人的月份不画。毛发落后于污水，因为它是此前数月的平均。",
        )
        alt = edition.pick(
            "Hair’s bars spread over months; water’s and blood’s are one month.", "毛发的权重分布于数月，污水与血液只有一个月。"
        )
        return finish(drawing, "windows", caption, alt, edition)


def plot_lags(found: MatrixStudy | None, edition: Edition, level: float = 0.95) -> Figure:
    """Draw the lag profile of each drug and pair with its band; filled marks cannot be ruled out as the best lag."""
    if found is None or not found.lags:
        return empty_figure("lags", edition.pick(*_NOTHING), edition)
    with canvas(edition, 1.75 * (-(-len(found.lags) // 2)) + 0.9) as drawing:
        axes = panels(drawing, len(found.lags), 2, sharex=True)
        for ax, one in zip(axes, found.lags, strict=True):
            ax.fill_between(one.lags, one.low, one.high, color="#cfe3f2", linewidth=0)
            ax.axhline(0, color=INK, linewidth=0.7)
            ax.plot(one.lags, one.correlation, color="#0173b2", linewidth=1)
            kept = np.isin(one.lags, one.lag_set)
            for chosen, face in ((kept, "#0173b2"), (~kept, "white")):
                ax.plot(one.lags[chosen], one.correlation[chosen], "o", color="#0173b2", markerfacecolor=face, markersize=4)
            pair = edition.pick(" → ", " → ").join(edition.pick(*MATRIX_NAMES[name]) for name in one.pair)
            ax.set_title(f"{drug_name(one.drug, edition.language)}: {pair}")
            ax.set_ylim(max(-1.6, float(one.low.min()) - 0.1), min(1.6, float(one.high.max()) + 0.1))
        drawing.supxlabel(edition.pick("months by which the second is later", "第二者滞后月数"), fontsize=9)
        drawing.supylabel(edition.pick("correlation", "相关"), fontsize=9)
        caption = edition.pick(
            f"Correlation at each lag, month against month, noise taken out; bands hold for all lags at once "
            f"({say_percent(level)}). "
            "Filled: cannot be ruled out as the best lag.",
            f"各滞后的相关（逐月，已去除噪声）；带同时覆盖全部滞后（{say_percent(level)}）。实心：不能排除为最佳滞后。",
        )
        told = "; ".join(f"{one.drug} {one.pair[0]}-{one.pair[1]} {one.lags[np.argmax(one.correlation)]}" for one in found.lags)
        return finish(drawing, "lags", caption, edition.pick(f"Highest at: {told}.", f"最高处：{told}。"), edition)


def plot_associations(found: MatrixStudy | None, edition: Edition, level: float = 0.95) -> Figure:
    """Draw each drug and pair with its interval; a filled mark is a finding, a short bar the smallest correlation findable."""
    if found is None or not len(found.table):
        return empty_figure("associations", edition.pick(*_NOTHING), edition)
    rows = found.table.iloc[::-1]
    with canvas(edition, 0.36 * len(rows) + 1.4) as drawing:
        ax = drawing.subplots()
        for y, row in enumerate(rows.itertuples()):
            face = "#0173b2" if row.finding == "yes" else "white"
            ax.plot([row.low, row.high], [y, y], color="#0173b2", linewidth=1.6)
            ax.plot([row.correlation], [y], "o", color="#0173b2", markerfacecolor=face, markersize=6)
            ax.plot([row.smallest] * 2, [y - 0.25, y + 0.25], color="#d55e00", linewidth=1.6)
        names = [
            f"{drug_name(row.drug, edition.language)}: {edition.pick(*MATRIX_NAMES[row.first])} – "
            f"{edition.pick(*MATRIX_NAMES[row.second])}"
            for row in rows.itertuples()
        ]
        ax.set_yticks(range(len(rows)), names)
        ax.axvline(0, color=INK, linewidth=0.8)
        ax.set_xlim(-1.05, 1.05)
        ax.set_xlabel(edition.pick("correlation of the latent window means", "潜在窗口均值的相关"))
        ax.grid(False, axis="y")
        caption = edition.pick(
            f"How the matrices go together over {int(rows['areas'].max())} areas, with {say_percent(level)} "
            f"intervals. Filled: beyond "
            "chance over all questions asked. Upright bar: the smallest correlation found in 80 % of cases.",
            f"各基质在 {int(rows['areas'].max())} 个区域上的关联，附 {say_percent(level)} 区间。实心：在所有提问中超出偶然。"
            "竖线：80 % 情况下可发现的最小相关。",
        )
        told = "; ".join(f"{name} {value:.2f}" for name, value in zip(names, rows["correlation"], strict=True))
        return finish(drawing, "associations", caption, edition.pick(f"Correlations: {told}.", f"相关：{told}。"), edition)


def plot_agreement(found: MatrixStudy | None, edition: Edition) -> Figure:
    """Draw areas by stretches of months: how far the second matrix is from what the first foretells; crosses: conflicts."""
    if found is None or not len(found.conflicts):
        return empty_figure("agreement", edition.pick(*_NOTHING), edition)
    groups = list(found.conflicts.groupby(["drug", "first", "second"], sort=False))[:4]
    areas = sorted(found.conflicts["area"].unique(), key=lambda one: (len(one), one))
    with canvas(edition, (0.17 * len(areas) + 0.8) * (-(-len(groups) // 2)) + 0.6) as drawing:
        axes = panels(drawing, len(groups), 2)
        shown = None
        for ax, ((drug, first, second), part) in zip(axes, groups, strict=True):
            wide = part.pivot_table(index="area", columns="first_month", values="z").reindex(areas)
            shown = ax.imshow(wide.to_numpy(float), cmap="PuOr", vmin=-5, vmax=5, aspect="auto")
            called = part[part["conflict"] == "yes"]
            ax.plot(
                [list(wide.columns).index(month) for month in called["first_month"]],
                [areas.index(area) for area in called["area"]],
                "x", color="black", markersize=5,
            )  # fmt: skip
            ax.set_yticks(range(len(areas)), areas, fontsize=6)
            ax.set_xticks(range(wide.shape[1]), list(wide.columns), rotation=45, fontsize=6)
            ax.grid(False)
            pair = " – ".join(edition.pick(*MATRIX_NAMES[name]) for name in (first, second))
            ax.set_title(f"{drug_name(drug, edition.language)}: {pair}", fontsize=9)
        assert shown is not None
        drawing.colorbar(shown, ax=axes, shrink=0.7, label=edition.pick("standard deviations", "标准差"))
        caption = edition.pick(
            "How far the second matrix lies above (dark orange to purple) or below what the first leads to expect, "
            "by area and the "
            "stretch from the month named. A cross is a disagreement beyond chance.",
            "第二种基质高于或低于由第一种所预期的程度（按区域与自所示月份起的时段）。叉号为超出偶然的不一致。",
        )
        n = int((found.conflicts["conflict"] == "yes").sum())
        return finish(drawing, "agreement", caption, edition.pick(f"{n} crosses.", f"{n} 个叉号。"), edition)
