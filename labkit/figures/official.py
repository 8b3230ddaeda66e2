"""The European release: the official trend found again, labels beside statements, and the week."""

from __future__ import annotations

import pandas as pd

from labkit.edition import Edition
from labkit.figures.figure import Figure, canvas, finish
from labkit.figures.marks import INK, colours
from labkit.vocabulary import drug_name

_STATEMENTS = {
    "rise": ("rise", "上升"),
    "not distinguishable": ("not distinguishable", "无法区分"),
    "fall": ("fall", "下降"),
    "not estimable": ("not estimable", "无法估计"),
}
_HATCHES = ("///", "", "...", "xx")
_LABELS = {"increase": ("increase", "增加"), "stable": ("stable", "稳定"), "decrease": ("decrease", "减少")}
_DAYS = {
    "wednesday": ("Wed", "三"),
    "thursday": ("Thu", "四"),
    "friday": ("Fri", "五"),
    "saturday": ("Sat", "六"),
    "sunday": ("Sun", "日"),
    "monday": ("Mon", "一"),
    "tuesday": ("Tue", "二"),
}


def plot_trend(trend: pd.DataFrame, edition: Edition) -> Figure:
    """Draw the publisher's aggregated trend and ours on top of it."""
    with canvas(edition, 2.8) as drawing:
        ax = drawing.subplots()
        ax.plot(trend["year"], trend["published"], color="#9a9a9a", linewidth=5, label=edition.pick("published", "公布"))
        ax.plot(
            trend["year"], trend["load_mg_day_1000inh"], color=INK, marker="o", markersize=4, linewidth=1,
            label=edition.pick("recomputed", "重算"),
        )  # fmt: skip
        ax.set_ylim(0)
        ax.set_ylabel(edition.pick("mg/day per 1,000 people", "毫克/天/千人"))
        ax.set_xticks(trend["year"], trend["year"])
        ax.legend(frameon=False, loc="upper left")
        first, last = trend.iloc[0], trend.iloc[-1]
        caption = edition.pick(
            "Cocaine (benzoylecgonine): the publisher's aggregated trend and the same recomputed from the weeks, plain mean of "
            "the sites that have every year.",
            "可卡因（苯甲酰爱康宁）：发布者的汇总趋势与由各周数据重算的趋势（各年均有数据的采样点的简单平均）。",
        )
        alt = edition.pick(
            f"Two lines that coincide, from {first['load_mg_day_1000inh']:.0f} in {first['year']:.0f} to "
            f"{last['load_mg_day_1000inh']:.0f} in {last['year']:.0f} mg/day per 1,000 people.",
            f"两条重合的线，由 {first['year']:.0f} 年的 {first['load_mg_day_1000inh']:.0f} 到 {last['year']:.0f} 年的 "
            f"{last['load_mg_day_1000inh']:.0f} 毫克/天/千人。",
        )
        return finish(drawing, "official_trend", caption, alt, edition)


def plot_changes(changes: pd.DataFrame, edition: Edition) -> Figure:
    """Draw, for each drug and official label, what the days of the two weeks can carry."""
    drugs = sorted(changes["drug"].unique())
    bars = [(drug, label) for drug in drugs for label in _LABELS]
    with canvas(edition, 0.23 * len(bars) + 1.2) as drawing:
        ax = drawing.subplots()
        counts = {
            bar: [
                int(((changes["drug"] == bar[0]) & (changes["label"] == bar[1]) & (changes["statement"] == one)).sum())
                for one in _STATEMENTS
            ]
            for bar in bars
        }
        start = [0] * len(bars)
        for k, (colour, hatch, names) in enumerate(zip(colours(4), _HATCHES, _STATEMENTS.values(), strict=True)):
            part = [counts[bar][k] for bar in bars]
            ax.barh(
                range(len(bars)), part, left=start, color=colour, hatch=hatch, edgecolor="white", height=0.75,
                label=edition.pick(*names),
            )  # fmt: skip
            start = [one + two for one, two in zip(start, part, strict=True)]
        ax.set_yticks(
            range(len(bars)), [f"{drug_name(drug, edition.language)} · {edition.pick(*_LABELS[label])}" for drug, label in bars]
        )
        ax.invert_yaxis()
        ax.set_xlabel(edition.pick("sites", "采样点数"))
        drawing.legend(loc="outside lower center", ncols=4, frameon=False)
        caption = edition.pick(
            f"Official label (±10 % rule) of {len(changes)} changes, and what the days of the two weeks can carry.",
            f"{len(changes)} 个变化的官方标签（±10 % 规则）及两周逐日数据所能支持的表述。",
        )
        total = changes["statement"].value_counts()
        said = ", ".join(f"{edition.pick(*names)} {int(total.get(one, 0))}" for one, names in _STATEMENTS.items())
        alt = edition.pick(f"Stacked bars by drug and label; over all: {said}.", f"按毒品与标签的堆叠条形图；合计：{said}。")
        return finish(drawing, "changes", caption, alt, edition)


def plot_week(pattern: pd.DataFrame, edition: Edition) -> Figure:
    """Draw the week of each drug: load of a day over the mean of its week, median over sites."""
    drugs = list(dict.fromkeys(pattern["drug"]))
    days = list(_DAYS)
    with canvas(edition, 3.0) as drawing:
        ax = drawing.subplots()
        for colour, marker, drug in zip(colours(len(drugs)), "osD^vP*X", drugs, strict=False):
            part = pattern[pattern["drug"] == drug].set_index("day").loc[days]
            label = f"{drug_name(drug, edition.language)} (n = {int(part['n'].iloc[0])})"
            ax.plot(range(7), part["share_of_mean"], color=colour, marker=marker, markersize=4, linewidth=1.2, label=label)
        ax.axhline(1, color=INK, linewidth=0.8)
        ax.set_xticks(range(7), [edition.pick(*names) for names in _DAYS.values()])
        ax.set_ylabel(edition.pick("day / mean of its week", "当日 / 周均"))
        drawing.legend(loc="outside right upper", frameon=False)
        caption = edition.pick(
            "The week of each drug: load of a day over the mean of its week, median over the whole weeks without a zero (n).",
            "各毒品的一周：当日负荷与周均之比，取无零值完整周（n）的中位数。",
        )
        top = pattern.loc[pattern["share_of_mean"].idxmax()]
        highest = drug_name(top["drug"], edition.language)
        alt = edition.pick(
            f"Lines by drug; the highest is {highest} on {_DAYS[top['day']][0]} with {top['share_of_mean']:.2f}.",
            f"各毒品折线；最高为{highest}，周{_DAYS[top['day']][1]}，{top['share_of_mean']:.2f}。",
        )
        return finish(drawing, "week", caption, alt, edition)
