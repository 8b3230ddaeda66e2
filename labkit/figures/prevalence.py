"""How many people, drawn: each source alone beside all together, and how far other defensible choices move the headline."""

from __future__ import annotations

import math

import numpy as np

from labkit.edition import Edition, say_percent
from labkit.figures.figure import Figure, canvas, empty_figure, finish
from labkit.figures.marks import INK, plain_numbers
from labkit.prevalence import PrevalenceStudy
from labkit.vocabulary import drug_name

_SOURCES = {
    "all sources": ("all together", "全部合计"),
    "water": ("water alone", "仅污水"),
    "hair": ("hair alone", "仅毛发"),
    "blood": ("blood alone", "仅血液"),
    "survey": ("survey alone", "仅调查"),
    "register": ("register alone", "仅登记"),
}
_NOTHING = ("No number of people is asked for, or none can be given.", "未询问人数，或无法给出。")


def plot_prevalence(found: PrevalenceStudy | None, edition: Edition, level: float = 0.95) -> Figure:
    """Draw the joint answer beside each source's own; a diamond is the simulated truth.

    Parameters
    ----------
    found : PrevalenceStudy or None
        From `Desk.study_prevalence`.
    edition : Edition
        Language and stamp.
    level : float
        Probability of the intervals.
    """
    rows = [] if found is None else [row for row in found.sources.itertuples() if math.isfinite(row.low)][::-1]
    if found is None or not rows:
        return empty_figure("prevalence", edition.pick(*_NOTHING), edition)
    with canvas(edition, 0.42 * len(rows) + 1.3) as drawing:
        ax = drawing.subplots()
        for y, row in enumerate(rows):
            joint = row.source == "all sources"
            colour, width = ("#0173b2", 2.6) if joint else ("#8a8a8a", 1.6)
            ax.plot([row.low, row.high], [y, y], color=colour, linewidth=width)
            ax.plot([row.users_per_1000], [y], "o", color=colour, markersize=7 if joint else 5)
        if found.truth is not None:
            ax.axvline(1000 * found.truth, color="#d55e00", linewidth=1, linestyle="--")
            ax.plot([1000 * found.truth], [len(rows) - 0.6], "D", color="#d55e00", markersize=5)
        ax.set_yticks(range(len(rows)), [edition.pick(*_SOURCES[row.source]) for row in rows])
        ax.set_ylim(-0.6, len(rows) - 0.3)
        ax.set_xscale("log")
        plain_numbers(ax.xaxis)
        ax.set_xlabel(edition.pick("users per 1,000 people", "每千人使用者数"))
        ax.grid(False, axis="y")
        drug = drug_name(found.joint.sources.drug, edition.language) if found.joint else ""
        truth = found.truth is not None
        caption = edition.pick(
            f"Users of {drug} by source, with {say_percent(level)} intervals on a logarithmic scale. Where two "
            f"sources lean on the same "
            f"assumption their agreement is no confirmation.{' Diamond: the simulated truth.' if truth else ''}",
            f"按来源的{drug}使用者数，附 {say_percent(level)} 区间，对数坐标。两个来源若依赖同一假定，其一致并不构成印证。"
            f"{'菱形为模拟真值。' if truth else ''}",
        )
        told = "; ".join(f"{edition.pick(*_SOURCES[row.source])} {row.users_per_1000:.2g}" for row in rows)
        return finish(drawing, "prevalence", caption, edition.pick(f"Middles: {told}.", f"中位：{told}。"), edition)


def plot_multiverse(found: PrevalenceStudy | None, edition: Edition) -> Figure:
    """Draw the number of users from water under every combination of choices, in order."""
    if found is None or found.multiverse is None:
        return empty_figure("multiverse", edition.pick(*_NOTHING), edition)
    values = found.multiverse.table["users_per_1000"].to_numpy(float)
    with canvas(edition, 2.6) as drawing:
        ax = drawing.subplots()
        ax.plot(np.arange(1, values.size + 1), values, "o", color="#0173b2", markersize=3)
        if found.joint is not None:
            middle, low, high = (1000 * one for one in found.joint.interval())
            ax.axhspan(low, high, color="#cfe3f2", zorder=0)
            ax.axhline(middle, color=INK, linewidth=0.8)
        ax.set_yscale("log")
        plain_numbers(ax.yaxis)
        ax.set_xlabel(edition.pick("combination of choices, in order", "选择的组合（按大小排列）"))
        ax.set_ylabel(edition.pick("users per 1,000", "每千人使用者"))
        first = next(iter(found.multiverse.shares))
        words = {
            "intake": "每名使用者的用量",
            "excretion": "排泄率",
            "people": "人口",
            "ages": "年龄范围",
            "consumption": "消耗量",
        }
        caption = edition.pick(
            f"Users from water alone under {values.size} combinations of defensible choices; the band is the joint "
            f"answer. Most of the "
            f"spread comes from: {first}.",
            f"在 {values.size} 种站得住脚的选择组合下仅由污水得到的使用者数；带为联合结果。"
            f"差异主要来自：{words.get(first, first)}。",
        )
        alt = edition.pick(f"From {values.min():.2g} to {values.max():.2g}.", f"由 {values.min():.2g} 至 {values.max():.2g}。")
        return finish(drawing, "multiverse", caption, alt, edition)
