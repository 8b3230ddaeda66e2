"""The sentences and tables of the notebook `trend`: is it rising, where, how sure, and what could have been found at all."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from labkit.edition import Edition, say_percent
from labkit.vocabulary import analyte_name
from labkit.wording.numbers import say_list, say_number, say_signed_percent
from labkit.wording.probability import say_probability
from labkit.wording.reasons import say_reason
from labkit.wording.sentences import Sentences, ShownTable, show_table

_NAMES = {
    "season": ("season, peak to trough", "季节（峰谷比）"),
    "monday": ("Monday", "星期一"),
    "tuesday": ("Tuesday", "星期二"),
    "wednesday": ("Wednesday", "星期三"),
    "thursday": ("Thursday", "星期四"),
    "friday": ("Friday", "星期五"),
    "saturday": ("Saturday", "星期六"),
    "sunday": ("Sunday", "星期日"),
    "holiday": ("holiday", "节假日"),
    "remainder": ("remainder, one log SD", "余项（一个对数标准差）"),
}
_STATEMENTS = {
    "rise": ("rise", "上升"),
    "fall": ("fall", "下降"),
    "not distinguishable": ("not distinguishable", "无法区分"),
    "not estimable": ("not estimable", "无法估计"),
}
_LABELS = {"increase": ("increase", "增加"), "stable": ("stable", "稳定"), "decrease": ("decrease", "减少"), "": ("–", "–")}


def say_trend_bottom_line(
    change: pd.DataFrame, pooled: pd.DataFrame, edition: Edition, policy_change: float = 0.25, level: float = 0.95
) -> Sentences:
    """Say for each analyte whether its load per head is rising over all sites, at which sites it moved, and how sure."""
    paragraphs = [
        _finding(str(analyte), part, pooled[pooled["analyte"] == analyte], edition, policy_change, level)
        for analyte, part in change.groupby("analyte", sort=False)
    ]
    return Sentences("finding", tuple(paragraphs))


def _finding(
    analyte: str, part: pd.DataFrame, pooled: pd.DataFrame, edition: Edition, policy_change: float, level: float
) -> str:
    name = analyte_name(analyte, edition.language)
    name = name[0].upper() + name[1:]
    known = part[part["ratio"].notna()]
    if not len(known):
        reason = say_reason(part["reason"].iloc[0], edition)
        return edition.pick(f"{name}: no change is estimable ({reason}).", f"{name}：无法估计变化（{reason}）。")
    weeks, n = known["weeks"].median(), int(part["n"].sum())
    below = int(part["n_censored"].sum())
    common = next(pooled.itertuples(), None)
    if common is not None and math.isfinite(common.ratio):
        ratio, low, high, p = common.ratio, common.low, common.high, common.p_rise
        whole = (
            f"over {int(common.sites)} sites together the load per 1,000 people",
            f"{int(common.sites)} 个采样点合计，每千人负荷",
        )
        more, less = common.p_more, common.p_less
    else:
        one = known.iloc[0]
        ratio, low, high, p = one["ratio"], one["low"], one["high"], one["p_rise"]
        whole = (f"at {one['site']} the load per 1,000 people", f"{one['site']} 的每千人负荷")
        more, less = one["p_more"], one["p_less"]
    rising = p >= 0.5
    sure = say_probability(p if rising else 1 - p, edition)
    change = f"{say_signed_percent(ratio)} ({say_signed_percent(low)} … {say_signed_percent(high)})"
    matters = say_probability(max(more, less), edition)
    smallest = known["smallest_ratio"].median() - 1
    up, down = (_sites(known[known["statement"] == one]) for one in ("rise", "fall"))
    if edition.language == "zh":
        where = "；".join([*([f"上升：{'、'.join(up)}"] if up else []), *([f"下降：{'、'.join(down)}"] if down else [])])
        where = where or "没有采样点的变化可与波动区分"
        return (
            f"{name}：最近 {weeks:.0f} 周与此前 {weeks:.0f} 周相比，{whole[1]}变化 {change}（{say_percent(level)} 区间），"
            f"{'上升' if rising else '下降'}：{sure}；变化超过 ±{say_percent(policy_change)}：{matters}。{where}。"
            f"单个采样点在本设计下有 80 % 把握发现的最小变化约为 {say_percent(smallest)}；"
            f"n = {n:,}，其中 {below:,} 个非确切值。"
        )
    where = "; ".join(
        [*([f"up at {say_list(up)}"] if up else []), *([f"down at {say_list(down)}"] if down else [])]
    )  # fmt: skip
    where = where or "at no single site can the change be told from noise"
    return (
        f"{name}: {whole[0]} changed by {change} ({say_percent(level)} interval) from the {weeks:.0f} weeks before to the last "
        f"{weeks:.0f}; that it {'rose' if rising else 'fell'} is {_as_clause(sure)}; a change of more than "
        f"±{say_percent(policy_change)}: {matters}. {where[0].upper()}{where[1:]}. At one site this design finds a change of "
        f"about {say_percent(smallest)} in four of five cases, and less only by luck; n = {n:,}, {below:,} of them not exact."
    )


def _as_clause(sure: str) -> str:
    """Return the probability so that it can follow a verb."""
    return sure.replace("leaning to", "what the data lean to").replace("evidence insufficient", "not shown")


def _probability(p: float) -> str:
    """Return a probability that never reads as certainty."""
    if not math.isfinite(p):
        return "–"
    return ">0.99" if p > 0.99 else "<0.01" if p < 0.01 else f"{p:.2f}"


def _sites(rows: pd.DataFrame) -> list[str]:
    return [f"{row.site} ({say_signed_percent(row.ratio)})" for row in rows.sort_values("ratio").itertuples()]


def say_change(change: pd.DataFrame, edition: Edition, policy_change: float = 0.25, level: float = 0.95) -> ShownTable:
    """Show each series: ratio, interval, probabilities, smallest change, the people's share, and the ten-percent label."""
    rows = []
    for row in change.itertuples():
        told = edition.pick(*_STATEMENTS[row.statement])
        rows.append(
            (
                analyte_name(row.analyte, edition.language),
                row.site,
                f"{row.n:,} ({row.n_censored:,})",
                say_signed_percent(row.ratio),
                f"{say_signed_percent(row.low)} … {say_signed_percent(row.high)}" if math.isfinite(row.ratio) else "–",
                _probability(row.p_rise),
                _probability(max(row.p_more, row.p_less)),
                say_signed_percent(row.smallest_ratio),
                say_signed_percent(row.population_ratio),
                told,
                edition.pick(*_LABELS[row.official_label]),
            )
        )
    matters = say_percent(policy_change)
    columns = (
        (edition.pick("analyte", "检测物"), "left"),
        (edition.pick("site", "采样点"), "left"),
        (edition.pick("n (not exact)", "n（非确切）"), "right"),
        (edition.pick("change", "变化"), "right"),
        (edition.pick(f"{say_percent(level)} interval", f"{say_percent(level)} 区间"), "right"),
        (edition.pick("P(rise)", "P(上升)"), "right"),
        (f"P(>±{matters})", "right"),
        (edition.pick("smallest found", "可发现的最小变化"), "right"),
        (edition.pick("people", "人口变化"), "right"),
        (edition.pick("statement", "表述"), "left"),
        (edition.pick("±10 % label", "±10 % 标签"), "left"),
    )
    refused = [
        f"{row.site} {analyte_name(row.analyte, edition.language)}: {say_reason(row.reason, edition)}"
        for row in change.itertuples()
        if row.reason
    ]
    note = edition.pick(
        "“Smallest found”: the change found in 80 % of cases, movements between weeks included. “People”: how the population "
        "of the sampled days changed between the two stretches; the load per head is freed of it.",
        "“可发现的最小变化”：80 % 的情况下能发现的变化，含周间波动。“人口变化”：两段采样日人口之比；每千人负荷已去除其影响。",
    )
    if refused:
        note += " " + edition.pick("Not estimable: ", "无法估计：") + "; ".join(refused) + "."
    caption = edition.pick("Change of each series, later against earlier stretch.", "各序列后期相对前期的变化。")
    return show_table("change", caption, columns, rows, edition, note)


def say_components(components: pd.DataFrame, edition: Edition) -> ShownTable:
    """Show what season, weekday and holiday do to each analyte: the median factor over sites, and its span."""
    rows = []
    for analyte, part in components.groupby("analyte", sort=False):
        for name, here in part.groupby("component", sort=False):
            factors = here["factor"].to_numpy()
            span = f"{factors.min():.2f}–{factors.max():.2f}" if len(factors) > 1 else "–"
            apart = int(((here["low"] > 1) | (here["high"] < 1)).sum()) if here["low"].notna().any() else -1
            rows.append(
                (
                    analyte_name(str(analyte), edition.language),
                    edition.pick(*_NAMES[str(name)]),
                    f"{np.median(factors):.2f}",
                    span,
                    f"{apart} / {len(factors)}" if apart >= 0 else "–",
                )
            )
    columns = (
        (edition.pick("analyte", "检测物"), "left"),
        (edition.pick("component", "成分"), "left"),
        (edition.pick("factor (median of sites)", "倍数（各点中位）"), "right"),
        (edition.pick("span over sites", "各点范围"), "right"),
        (edition.pick("sites where it differs from 1", "显著不同于 1 的采样点"), "right"),
    )
    caption = edition.pick(
        "What season, weekday and chance do to a load; a factor of 1 is no effect.",
        "季节、星期与偶然波动对负荷的影响；1 为无影响。",
    )
    return show_table("components", caption, columns, rows, edition)


def say_change_check(check: pd.DataFrame, edition: Edition, level: float = 0.95) -> Sentences:
    """Say how often the truth lies in the interval of the change, where the truth is known."""
    if not len(check):
        return Sentences("note", (edition.pick("No truth is known: nothing is compared.", "真值未知：不作比较。"),))
    inside = int((check["inside"] == "yes").sum())
    return Sentences(
        "note",
        (
            edition.pick(
                f"In {inside} of {len(check)} series the simulated change of the sampled days lies in the {say_percent(level)} "
                "interval.",
                f"{len(check)} 个序列中有 {inside} 个的模拟变化（采样日）落在 {say_percent(level)} 区间内。",
            ),
        ),
    )


def say_change_dates(dates: pd.DataFrame, edition: Edition, level: float = 0.95) -> ShownTable:
    """Show since when: the series in which "no change" is ruled out, with the weeks that are not."""
    called = dates[dates["no_change"] == "ruled out"].sort_values("p_no_change", kind="stable")
    rows = [
        (
            analyte_name(row.analyte, edition.language),
            row.site,
            f"{row.weeks:.0f}",
            f"{row.first} – {row.last}",
            row.best,
            say_signed_percent(row.ratio),
        )
        for row in called.itertuples()
    ]
    columns = (
        (edition.pick("analyte", "检测物"), "left"),
        (edition.pick("site", "采样点"), "left"),
        (edition.pick("weeks", "周数"), "right"),
        (edition.pick(f"between ({say_percent(level)} set)", f"变化时间范围（{say_percent(level)}）"), "left"),
        (edition.pick("most likely", "最可能"), "left"),
        (edition.pick("step", "变化幅度"), "right"),
    )
    caption = edition.pick(
        "Series whose level changed: the weeks that cannot be ruled out.", "水平发生变化的序列：无法排除的变化时间。"
    )
    possible, refused = (int((dates["no_change"] == word).sum()) for word in ("possible", "not estimable"))
    note = edition.pick(
        f"In {possible} series “no change” is possible; {refused} are not estimable (mostly below limits, or too short).",
        f"{possible} 个序列可能没有变化；{refused} 个无法估计（多数低于限值或过短）。",
    )
    return show_table("change_dates", caption, columns, rows, edition, note)


def say_trend_fingerprint(change: pd.DataFrame, edition: Edition) -> str:
    """Return one line that changes when any number of the change table does beyond rounding."""
    known = change[change["ratio"].notna()]
    middle = say_number(float(np.exp(np.log(known["ratio"]).mean())), 4) if len(known) else "–"
    return edition.pick(
        f"{len(change)} series, {len(known)} estimable, geometric mean ratio {middle}",
        f"{len(change)} 个序列，{len(known)} 个可估计，比值几何均值 {middle}",
    )
