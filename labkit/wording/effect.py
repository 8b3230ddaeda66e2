"""The sentences and table of the notebook `effect`: what changed, how sure, and what was refused."""

from __future__ import annotations

import math

from labkit.edition import Edition, say_percent
from labkit.vocabulary import analyte_name
from labkit.wastewater.effect import EffectStudy
from labkit.wording.reasons import say_reason
from labkit.wording.sentences import Sentences, ShownTable, show_table

_CLAIMS = {
    "fall": ("fall", "下降"),
    "rise": ("rise", "上升"),
    "not distinguishable": ("not distinguishable", "无法区分"),
    "refused": ("refused", "不作判断"),
}


def _signed(ratio: float) -> str:
    percent = 100 * (ratio - 1)
    return f"{'−' if percent < 0 else '+'}{abs(percent):.0f} %"


def say_effect_bottom_line(found: EffectStudy, edition: Edition, level: float = 0.95) -> Sentences:
    """Say what changed at the sites of the operation, or that nothing can be said, and why."""
    operation = found.operation
    if operation is None:
        return Sentences("finding", (edition.pick("No operation is declared in this study.", "本研究未声明行动。"),))
    where = edition.pick(
        f"Operation at {', '.join(operation.sites)} from {operation.start}, {operation.weeks} weeks asked about.",
        f"{'、'.join(operation.sites)} 自 {operation.start} 起的行动，所问为 {operation.weeks} 周。",
    )
    paragraphs = [where]
    for row in found.table[found.table["claim"].isin(["fall", "rise"])].itertuples():
        name = analyte_name(row.analyte, edition.language)
        people = _signed(row.population_ratio) if math.isfinite(row.population_ratio) else "–"
        paragraphs.append(
            edition.pick(
                f"{name[0].upper()}{name[1:]}: {_signed(row.ratio)} ({_signed(row.low)} … {_signed(row.high)}, "
                f"{say_percent(level)} interval) against what the other sites lead to expect; {row.weeks_before:.0f} weeks "
                "before, "
                f"{row.weeks_after:.0f} after, {row.donors:.0f} comparison sites; people at the sites {people}.",
                f"{name}：与其余采样点所预期的相比 {_signed(row.ratio)}（{_signed(row.low)} … {_signed(row.high)}，"
                f"{say_percent(level)} 区间）；此前 {row.weeks_before:.0f} 周，此后 {row.weeks_after:.0f} 周，"
                f"对照采样点 {row.donors:.0f} 个；采样点人口 {people}。",
            )
        )
    unclear = found.table[found.table["claim"] == "not distinguishable"]
    if len(unclear):
        names = [analyte_name(one, edition.language) for one in unclear["analyte"]]
        paragraphs.append(
            edition.pick(
                f"No change that can be told from chance: {', '.join(names)}. That is not evidence of no effect.",
                f"未见可与偶然区分的变化：{'、'.join(names)}。这并不证明没有效果。",
            )
        )
    refused = found.table[found.table["claim"] == "refused"]
    paragraphs += [
        edition.pick(
            f"{analyte_name(row.analyte, 'en').capitalize()}: no claim, because {row.reason}.",
            f"{analyte_name(row.analyte, 'zh')}：不作判断（{say_reason(row.reason, edition)}）。",
        )
        for row in refused.itertuples()
    ]
    return Sentences("finding", tuple(paragraphs))


def say_effects(found: EffectStudy, edition: Edition, policy_change: float = 0.25, level: float = 0.95) -> ShownTable:
    """Show each analyte's effect with p, the probability of a fall that matters, and the rank among placebo sites."""
    rows = [
        (
            analyte_name(row.analyte, edition.language),
            f"{_signed(row.ratio)} ({_signed(row.low)} … {_signed(row.high)})" if math.isfinite(row.ratio) else "–",
            ("<0.001" if row.p < 0.001 else f"{row.p:.3f}") if math.isfinite(row.p) else "–",
            f"{row.p_spatial:.3f}" if math.isfinite(row.p_spatial) else edition.pick("not with so few", "采样点过少"),
            (">0.99" if row.p_less > 0.99 else "<0.01" if row.p_less < 0.01 else f"{row.p_less:.2f}")
            if math.isfinite(row.p_less)
            else "–",
            edition.pick(*_CLAIMS[row.claim]),
        )
        for row in found.table.itertuples()
    ]
    columns = (
        (edition.pick("analyte", "检测物"), "left"),
        (edition.pick(f"effect ({say_percent(level)})", f"效果（{say_percent(level)}）"), "right"),
        ("p", "right"),
        (edition.pick("rank among placebo sites", "安慰剂采样点名次 p"), "right"),
        (edition.pick(f"P(fall > {say_percent(policy_change)})", f"P(下降 > {say_percent(policy_change)})"), "right"),
        (edition.pick("claim", "判断"), "left"),
    )
    caption = edition.pick("Effects at the sites of the operation.", "行动采样点的效果。")
    return show_table("effects", caption, columns, rows, edition)


def say_effect_fingerprint(found: EffectStudy, edition: Edition) -> str:
    """Return one line that changes when a claim does."""
    counts = found.table["claim"].value_counts()
    told = ", ".join(f"{claim} {int(counts.get(claim, 0))}" for claim in _CLAIMS)
    return edition.pick(told, told) if found.operation else edition.pick("no operation", "无行动")
