"""The smallest rise that a design finds: two, four or seven samples a week, by weeks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labkit.design import MOST_WEEKS, Scatter, detectable_change
from labkit.edition import Edition
from labkit.figures.figure import Figure, canvas, finish
from labkit.vocabulary import analyte_name

_LINES = {2: ("#9a3412", ":"), 4: ("#0a6e9e", "--"), 7: ("#1f2933", "-")}


def plot_designs(scatter: Sequence[Scatter], edition: Edition, wanted: float = 0.25, level: float = 0.95) -> Figure:
    """Draw one panel an analyte: weeks of each stretch across, the smallest rise at one site upwards.

    Parameters
    ----------
    scatter : sequence of Scatter
        From `labkit.design.scatter_of`.
    edition : Edition
        Language and stamp.
    wanted : float
        The rise to be found, drawn as a line.
    level : float
        Of the two-sided test.
    """
    columns = min(3, len(scatter))
    rows = -(-len(scatter) // columns)
    weeks = np.arange(1, MOST_WEEKS + 1)
    with canvas(edition, 2.1 * rows + 0.7) as drawing:
        axes = np.atleast_1d(drawing.subplots(rows, columns, sharex=True, sharey=True)).ravel()
        for ax in axes[len(scatter) :]:
            ax.set_axis_off()
        for ax, one in zip(axes, scatter, strict=False):
            for days, (colour, style) in _LINES.items():
                rise = [
                    100 * detectable_change(one.day_log_sd, one.week_step_log_sd, days, week, level=level)
                    for week in weeks.tolist()
                ]
                label = edition.pick(f"{days} samples a week", f"每周 {days} 个样品")
                ax.plot(weeks, rise, color=colour, linestyle=style, linewidth=1.4, label=label)
            ax.axhline(100 * wanted, color="#8a8a8a", linewidth=0.8)
            ax.set_title(f"{analyte_name(one.analyte, edition.language)}  n = {one.n}")
            ax.set_ylim(0, 150)
        drawing.supxlabel(edition.pick("weeks before, and as many after", "之前的周数（之后相同）"), fontsize=9)
        drawing.supylabel(edition.pick("smallest rise found, %", "能发现的最小升幅，%"), fontsize=9)
        drawing.legend(*axes[0].get_legend_handles_labels(), loc="outside upper left", ncols=3, frameon=False)
        caption = edition.pick(
            f"Smallest rise at one site that is found in four of five cases, from the scatter of {len(scatter)} analytes in "
            f"the study's own series; grey line: {100 * wanted:.0f} %.",
            f"单个采样点五次中能发现四次的最小升幅，由本研究 {len(scatter)} 种检测物自身序列的散度算得；"
            f"灰线：{100 * wanted:.0f} %。",
        )
        ends = "; ".join(
            f"{analyte_name(one.analyte, edition.language)} "
            f"{100 * detectable_change(one.day_log_sd, one.week_step_log_sd, 4, 13, level=level):.0f} %"
            for one in scatter
        )
        alt = edition.pick(f"Falling curves; at 4 samples and 13 weeks: {ends}.", f"曲线下降；每周 4 个样品、13 周时：{ends}。")
        return finish(drawing, "designs", caption, alt, edition)
