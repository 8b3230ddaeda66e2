"""The sentences and tables of the notebook `hotspots`: what was called, under which contract, and what to check first."""

from __future__ import annotations

import math

import pandas as pd

from labkit.edition import Edition, say_percent
from labkit.vocabulary import analyte_name
from labkit.wastewater.hotspots import COMMON_MODE, Watch
from labkit.wording.numbers import say_number
from labkit.wording.reasons import say_reason
from labkit.wording.sentences import Sentences, ShownTable, show_table

_TIERS = {"watch": ("watch", "关注"), "alert": ("alert", "预警"), "confirmed": ("confirmed", "确认")}
_CHECKS = {
    "flow": ("flow far from usual", "流量异常"),
    "population": ("people far from usual", "人口异常"),
    "one day": ("one day carries it", "单日突增"),
    "laboratory": ("half of the laboratory’s sites", "同一实验室过半采样点"),
    "ratio": ("ratio of analytes outside use", "检测物比值异常"),
    "none found": ("none found", "未发现"),
}
_MOST = 25


def say_watch_bottom_line(found: Watch, edition: Edition) -> Sentences:
    """Say how many calls there were against how many chance makes, which are confirmed, and what the whole city did."""
    alerts = found.alerts
    sure = alerts[alerts["tier"] != "watch"]
    sites = sure[sure["site"] != COMMON_MODE]
    paragraphs = [
        edition.pick(
            f"{found.series} series of sites and analytes were watched in {found.tests:,} tests. They were called "
            f"{len(alerts)} times, where {found.expected_false:.1f} calls would be expected if nothing had happened (contract: "
            f"{found.false_alerts_a_month:g} false a month over all series).",
            f"共监测 {found.series} 个采样点–检测物序列，{found.tests:,} 次检验。报警 {len(alerts)} 次；若无任何变化，"
            f"预计误报 {found.expected_false:.1f} 次（约定：全部序列每月误报 {found.false_alerts_a_month:g} 次）。",
        )
    ]
    if len(sites):
        named = [_named(row, edition) for row in sites.sort_values("z", ascending=False).head(5).itertuples()]
        paragraphs.append(
            edition.pick(
                f"Beyond tier watch: {'; '.join(named)}.",
                f"超出“关注”级别：{'；'.join(named)}。",
            )
        )
    else:
        paragraphs.append(edition.pick("No site went beyond tier watch.", "没有采样点超出“关注”级别。"))
    common = alerts[alerts["site"] == COMMON_MODE]
    names = list(dict.fromkeys(analyte_name(one, edition.language) for one in common["analyte"]))
    paragraphs.append(
        edition.pick(
            f"All sites together were called for {', '.join(names)}: a rise everywhere, which comparing sites cannot show."
            if names
            else "All sites together were not called for any analyte.",
            f"全部采样点合计报警：{'、'.join(names)}——各处同升，点间比较无法看出。" if names else "全部采样点合计没有报警。",
        )
    )
    blind = [_refused(key, reason, edition) for key, reason in found.refused.items()]
    if blind:
        paragraphs.append(edition.pick("Not watched: ", "未监测：") + "; ".join(blind) + ".")
    return Sentences("finding", tuple(paragraphs))


def _refused(key: str, reason: str, edition: Edition) -> str:
    """Say what was not watched, and why."""
    told = say_reason(reason, edition)
    return told if key == "sites" else f"{analyte_name(key, edition.language)}{edition.pick(': ', '：')}{told}"


def _named(row: object, edition: Edition) -> str:
    name = analyte_name(row.analyte, edition.language)  # type: ignore[attr-defined]
    tier = edition.pick(*_TIERS[row.tier])  # type: ignore[attr-defined]
    ratio, low, high = (f"{getattr(row, one):.2f}" for one in ("ratio", "low", "high"))
    place, week = row.site, row.week  # type: ignore[attr-defined]
    return edition.pick(
        f"{name} at {place}, week of {week}: {ratio} times the usual ({low}–{high}), {tier}",
        f"{place} 的{name}，{week} 所在周：为通常的 {ratio} 倍（{low}–{high}），{tier}",
    )


def say_alerts(found: Watch, edition: Edition, policy_change: float = 0.25, level: float = 0.95) -> ShownTable:
    """Show the calls, the highest tiers first, with what to check before they are believed."""
    order = {"confirmed": 0, "alert": 1, "watch": 2}
    ranked = found.alerts.assign(order=found.alerts["tier"].map(order)).sort_values(
        ["order", "z"], ascending=[True, False], kind="stable"
    )
    rows = [
        (
            edition.pick(*_TIERS[row.tier]),
            analyte_name(row.analyte, edition.language),
            row.site if row.site != COMMON_MODE else edition.pick("all sites", "全部"),
            row.week,
            f"{row.ratio:.2f} ({row.low:.2f}–{row.high:.2f})",
            ">0.99" if row.p_more > 0.99 else f"{row.p_more:.2f}",
            _checks(row.check, edition),
        )
        for row in ranked.head(_MOST).itertuples()
    ]
    columns = (
        (edition.pick("tier", "级别"), "left"),
        (edition.pick("analyte", "检测物"), "left"),
        (edition.pick("site", "采样点"), "left"),
        (edition.pick("week of", "周"), "left"),
        (edition.pick(f"times the usual ({say_percent(level)})", f"与通常之比（{say_percent(level)}）"), "right"),
        (f"P(>+{say_percent(policy_change)})", "right"),
        (edition.pick("check first", "先行核查"), "left"),
    )
    caption = edition.pick("Calls, and what to check before they are believed.", "报警及采信前应核查的事项。")
    rest = len(ranked) - len(rows)
    note = (
        edition.pick(f"{rest} further calls of tier watch are in the table.", f"另有 {rest} 次“关注”见数据表。")
        if rest > 0
        else ""
    )
    return show_table("alerts", caption, columns, rows, edition, note)


def _checks(text: str, edition: Edition) -> str:
    told = []
    for part in text.split("; "):
        if part.startswith("not checked: "):
            blind = ", ".join(edition.pick(*_CHECKS[one]) for one in part.removeprefix("not checked: ").split(", "))
            told.append(edition.pick(f"not checked: {blind}", f"未核查：{blind}"))
        else:
            told.append(edition.pick(*_CHECKS[part]))
    return edition.pick("; ", "；").join(told)


def say_scan(scan: pd.DataFrame, edition: Edition) -> ShownTable:
    """Show the strongest cluster of sites and weeks of each analyte, with a p that counts every set that was looked at."""
    rows = [
        (
            analyte_name(row.analyte, edition.language),
            row.sites,
            f"{row.first_week} – {row.last_week}" if row.first_week != row.last_week else row.first_week,
            f"{row.ratio:.2f}",
            f"{row.p:.2f}",
        )
        for row in scan.sort_values("p", kind="stable").itertuples()
    ]
    columns = (
        (edition.pick("analyte", "检测物"), "left"),
        (edition.pick("sites", "采样点"), "left"),
        (edition.pick("weeks of", "周"), "left"),
        (edition.pick("times the usual", "与通常之比"), "right"),
        ("p", "right"),
    )
    caption = edition.pick(
        "The strongest cluster of each analyte: sites that rose together, out of all sets of sites and up to four weeks.",
        "每种检测物最强的聚集：在所有采样点组合与至多四周的时段中，同时上升的采样点。",
    )
    note = edition.pick(
        "There always is a strongest one; p says how often noise alone makes one as strong.",
        "总会有一个最强的聚集；p 表示仅由波动产生同样强的聚集的频率。",
    )
    return show_table("scan", caption, columns, rows, edition, note)


def say_presence(presence: pd.DataFrame, edition: Edition, level: float = 0.95) -> ShownTable:
    """Show when each analyte was first found, and how common it can still be where it was not."""
    rows = []
    for analyte, part in presence.groupby("analyte", sort=False):
        found = part[part["n_found"] > 0]
        bound = part["share_upper"].max()
        rows.append(
            (
                analyte_name(str(analyte), edition.language),
                f"{int(part['n_found'].sum()):,} / {int(part['n'].sum()):,}",
                f"{len(found)} / {len(part)}",
                min(found["first_found"]) if len(found) else "–",
                f"≤ {say_number(100 * bound, 2)} %" if math.isfinite(bound) else "–",
            )
        )
    columns = (
        (edition.pick("analyte", "检测物"), "left"),
        (edition.pick("found / results", "检出 / 结果"), "right"),
        (edition.pick("sites with finds", "检出采样点"), "right"),
        (edition.pick("first found", "首次检出"), "left"),
        (
            edition.pick(
                f"where never found, share of days at most ({say_percent(level)})",
                f"从未检出处的日占比上限（{say_percent(level)}）",
            ),
            "right",
        ),
    )
    caption = edition.pick("What was found, and what nothing found can rule out.", "检出情况，以及未检出所能排除的范围。")
    return show_table("presence", caption, columns, rows, edition)


def say_watch_fingerprint(found: Watch, edition: Edition) -> str:
    """Return one line that changes when the calls do."""
    tiers = found.alerts["tier"].value_counts()
    told = ", ".join(f"{tier} {int(tiers.get(tier, 0))}" for tier in _TIERS)
    return edition.pick(
        f"{found.series} series, {found.tests} tests: {told}", f"{found.series} 个序列，{found.tests} 次检验：{told}"
    )
