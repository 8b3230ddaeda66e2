"""The mean of the sampled days as sentences and as a table: the bottom line of the notebook `load`."""

from __future__ import annotations

import math

import pandas as pd

from labkit.edition import Edition, say_percent
from labkit.vocabulary import analyte_name, drug_name
from labkit.wastewater.summary import ALL_SITES
from labkit.wording.numbers import say_number, say_share, say_span
from labkit.wording.sentences import Sentences, ShownTable, show_table


def say_bottom_line(summary: pd.DataFrame, edition: Edition, level: float = 0.95) -> Sentences:
    """Say for each analyte what was used: number, unit, interval, n, and how many lay below a limit.

    Where the sites' populations are known it is their weighted mean; else the span of the sites' means.
    """
    paragraphs = []
    for analyte, part in summary[summary["quantity"] == "consumption"].groupby("analyte", sort=False):
        row, where = _whole(part, edition)
        say = _finding if row["site"] else _range_of_sites
        paragraphs.append(say(str(analyte), row, where, edition, level))
    if not paragraphs:
        paragraphs.append(
            edition.pick("No correction factor is used: this study ends at the load.", "未使用校正因子：本研究止于负荷。")
        )
    return Sentences("finding", tuple(paragraphs))


def _whole(part: pd.DataFrame, edition: Edition) -> tuple[pd.Series, str]:
    """Return the row that speaks for all sites, and in words how it does."""
    whole = part[part["site"] == ALL_SITES]
    if len(whole):
        n = len(part) - 1
        return whole.iloc[0], edition.pick(f"{n} sites weighted by population", f"{n} 个采样点按人口加权")
    row = part.iloc[0].copy()
    if len(part) == 1:
        return row, edition.pick(f"site {row['site']}", f"采样点 {row['site']}")
    for name in ("mean_low_mg_day_1000inh", "low"):
        row[name] = part[name].min(skipna=False)  # no interval at one site is none for all
    for name in ("mean_high_mg_day_1000inh", "high"):
        row[name] = part[name].max(skipna=False)
    row["site"] = ""  # no single site, and no mean of them all
    row["n"], row["n_censored"] = part["n"].sum(), part["n_censored"].sum()
    return row, edition.pick(f"{len(part)} sites", f"{len(part)} 个采样点")


def _range_of_sites(analyte: str, row: pd.Series, where: str, edition: Edition, level: float) -> str:
    """Say the range of the sites' means; their intervals taken together are no interval of a mean, and are not called so."""
    means = say_span(row["mean_low_mg_day_1000inh"], row["mean_high_mg_day_1000inh"])
    together, n, below = say_span(row["low"], row["high"]), int(row["n"]), int(row["n_censored"])
    drug, name = drug_name(row["drug"], edition.language), analyte_name(analyte, edition.language)
    if edition.language == "zh":
        via = "" if drug == name else f"（由{name}推算）"
        return (
            f"{drug}{via}：{where}的平均消耗量范围为 {means} 毫克/天/千人，各点 {say_percent(level)} 区间合计覆盖 {together}；"
            f"人口未知，不作合并；n = {n:,}，其中 {below:,} 个非确切值。"
        )
    via = "" if drug == name else f" (from {name})"
    return (
        f"{drug[0].upper()}{drug[1:]}{via}: mean consumption at {where} ranges over {means} mg/day per 1,000 people, their "
        f"{say_percent(level)} intervals together over {together}; not combined, as their populations are not known; n = {n:,}"
        f", {below:,} of them not exact."
    )


def _finding(analyte: str, row: pd.Series, where: str, edition: Edition, level: float) -> str:
    low, high = say_number(row["mean_low_mg_day_1000inh"]), say_number(row["mean_high_mg_day_1000inh"])
    drug, name = drug_name(row["drug"], edition.language), analyte_name(analyte, edition.language)
    n, below, interval = int(row["n"]), int(row["n_censored"]), say_span(row["low"], row["high"])
    open_end = math.isinf(row["mean_high_mg_day_1000inh"])  # a value above the working range has no upper bound
    if edition.language == "zh":
        amount = f"{low} 毫克/天/千人" if low == high else f"介于 {low} 与 {high} 毫克/天/千人之间"
        amount = f"至少 {low} 毫克/天/千人" if open_end else amount
        share = f"，其中 {below:,} 个（{say_share(below, n)}）{'超出' if open_end else '低于'}限值" if below else "，均高于限值"
        via = "" if drug == name else f"（由{name}推算）"
        return f"{drug}{via}：平均消耗量{amount}，{say_percent(level)} 区间 {interval}；{where}，n = {n:,}{share}。"
    amount = f"is {low}" if low == high else f"lies between {low} and {high}"
    amount, side = (f"is at least {low}", "beyond") if open_end else (amount, "below")
    share = f", {below:,} of them ({say_share(below, n)}) {side} a limit" if below else ", none below a limit"
    via = "" if drug == name else f" (from {name})"
    return (
        f"{drug[0].upper()}{drug[1:]}{via}: mean consumption {amount} mg/day per 1,000 people, {say_percent(level)} interval "
        f"{interval}; {where}, n = {n:,}{share}."
    )


def say_summary(summary: pd.DataFrame, edition: Edition, level: float = 0.95) -> ShownTable:
    """Say site by site what was used, and the same in doses where a dose is assumed."""
    dosed = bool(summary["doses_high_day_1000inh"].notna().any())
    rows = []
    for row in summary.itertuples():
        site = row.site if row.site != ALL_SITES else edition.pick("all, by population", "全部（按人口）")
        doses = say_span(row.doses_low_day_1000inh, row.doses_high_day_1000inh) if pd.notna(row.doses_high_day_1000inh) else "–"
        what = "" if row.quantity == "consumption" else edition.pick(" (load)", "（负荷）")
        rows.append(
            (
                analyte_name(row.analyte, edition.language) + what,
                site,
                f"{row.n:,}",
                f"{row.n_censored:,}",
                _bounds(row.mean_low_mg_day_1000inh, row.mean_high_mg_day_1000inh),
                say_span(row.low, row.high),
                *((doses,) if dosed else ()),
            )
        )
    columns = (
        (edition.pick("analyte", "检测物"), "left"),
        (edition.pick("site", "采样点"), "left"),
        ("n", "right"),
        (edition.pick("not exact", "非确切"), "right"),
        (edition.pick("mean", "均值"), "right"),
        (edition.pick(f"{say_percent(level)} interval", f"{say_percent(level)} 区间"), "right"),
        *(((edition.pick("doses", "剂量数"), "right"),) if dosed else ()),
    )
    caption = edition.pick(
        "Mean consumption of the sampled days in mg/day per 1,000 people (pure drug)"
        + (", and in doses a day per 1,000 people." if dosed else "."),
        "采样日平均消耗量（毫克/天/千人，纯毒品）" + ("及折合剂量数（剂/天/千人）。" if dosed else "。"),
    )
    note = edition.pick(
        "Two numbers in “mean” are its bounds: values below a limit at their lowest and at the limit.",
        "“均值”列两数为上下界：低于限值者分别取最低值与限值。",
    )
    return show_table("summary", caption, columns, rows, edition, note)


def _bounds(low: float, high: float) -> str:
    """Return the bounds of a mean; where nothing was measured above a limit, it is only known to lie below one."""
    return f"<{say_number(high)}" if low == 0 else say_span(low, high)
