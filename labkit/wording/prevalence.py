"""The sentences and tables of the notebook `prevalence`: how many, in whom, over which time, and on which assumptions."""

from __future__ import annotations

import math

from labkit.edition import Edition, say_percent
from labkit.prevalence import CAUTIONS, PrevalenceStudy, cautions_of
from labkit.prevalence.study import ASSUMPTION
from labkit.vocabulary import drug_name
from labkit.wording.numbers import say_number
from labkit.wording.reasons import say_reason
from labkit.wording.sentences import Sentences, ShownTable, show_table

_SOURCES = {
    "all sources": ("all sources together", "全部来源合计"),
    "water": ("water alone", "仅污水"),
    "hair": ("hair alone", "仅毛发"),
    "blood": ("blood alone", "仅血液"),
    "register": ("register alone", "仅登记"),
}
_BIASES = {
    "intake": ("milligrams a user and day", "每名使用者每天的毫克数"),
    "hair selection": ("how those tested in hair were chosen", "毛发受检者的选择"),
    "blood selection": ("how those tested in blood were chosen", "血液受检者的选择"),
    "hair sensitivity": ("what hair misses", "毛发的漏检"),
    "blood sensitivity": ("what blood misses", "血液的漏检"),
    "register coverage": ("what the register misses", "登记的遗漏"),
}
_GRADES = {
    "robust": ("robust", "稳健"),
    "depends on choices": ("depends on choices", "取决于选择"),
    "an assumption more than a finding": ("an assumption more than a finding", "与其说是发现，不如说是假定"),
}
_METHODS = {"approximation: scales held, importance resampled": "近似：尺度取最可能值，按重要性重抽样"}
_WINDOWS = {"past quarter": "过去一季", "past month": "过去一月", "past year": "过去一年"}
NOTHING = (
    "This study does not ask how many people: no drug is named under prevalence, or no areas are declared.",
    "本研究未询问人数：prevalence 中未写明毒品，或未声明区域。",
)


def _whom(found: PrevalenceStudy, edition: Edition) -> tuple[str, str, str]:
    sources = found.joint.sources if found.joint else None
    if sources is None:
        return "", "", ""
    ages = sources.age_range
    people = edition.pick(
        "people of all ages" if ages == "all" else f"people aged {ages}", "全部年龄人口" if ages == "all" else f"{ages} 岁人口"
    )
    window = edition.pick(sources.window, _WINDOWS.get(sources.window, sources.window))
    return drug_name(sources.drug, edition.language), people, window


def say_prevalence_bottom_line(found: PrevalenceStudy | None, edition: Edition, level: float = 0.95) -> Sentences:
    """Say how many, with interval, period, ages, the three assumptions it stands on, and what would change it."""
    if found is None:
        return Sentences("finding", (edition.pick(*NOTHING),))
    if found.joint is None:
        return Sentences(
            "warning",
            (edition.pick(f"No number is published: {found.refused}.", f"不公布数字：{say_reason(found.refused, edition)}。"),),
        )
    drug, people, window = _whom(found, edition)
    sources = found.joint.sources
    middle, low, high = (say_number(1000 * one, 3) for one in found.joint.interval(level))
    total = sources.people.sum() * found.joint.interval(level)[0]
    period = f"{sources.quarters[0]} – {sources.quarters[-1]}"
    told = [
        edition.pick(
            f"{drug[0].upper()}{drug[1:]}, {people}, {window}, {period}: {middle} users per 1,000 ({low} to {high}, "
            f"{say_percent(level)} interval), some {say_number(total, 2)} persons in {len(sources.areas)} areas; from "
            f"{', '.join(sources.names)}.",
            f"{drug}，{people}，{window}，{period}：每千人 {middle} 名使用者（{low} 至 {high}，{say_percent(level)} 区间），"
            f"{len(sources.areas)} 个区域约 {say_number(total, 2)} 人；来源：{_names(sources.names, edition)}。",
        )
    ]
    weak = [name for name, one in found.contraction.items() if one < ASSUMPTION]
    ranked = sorted(found.contraction, key=lambda name: found.contraction[name])[:3]
    names = [edition.pick(*_BIASES[name]) for name in ranked]
    told.append(edition.pick(f"It stands most on: {'; '.join(names)}.", f"最主要的假定：{'；'.join(names)}。"))
    if weak:
        told.append(
            edition.pick(
                f"Assumption, not data: {'; '.join(_BIASES[name][0] for name in weak)}. The data narrowed these by "
                f"less than a fifth.",
                f"属假定而非数据：{'；'.join(_BIASES[name][1] for name in weak)}。数据使其收窄不足五分之一。",
            )
        )
    if found.multiverse is not None:
        table = found.multiverse.table["users_per_1000"]
        told.append(
            edition.pick(
                f"Other defensible choices give {say_number(table.min(), 2)} to {say_number(table.max(), 2)} users "
                f"per 1,000 from water "
                f"alone ({len(table)} combinations): {_GRADES[found.multiverse.grade][0]}.",
                f"其他同样站得住脚的选择（{len(table)} 种组合）仅由污水给出每千人 {say_number(table.min(), 2)} 至 "
                f"{say_number(table.max(), 2)} 名：{_GRADES[found.multiverse.grade][1]}。",
            )
        )
    clash = found.conflicts[found.conflicts["conflict"] == "yes"]
    if len(clash):
        rows = [f"{row.place} ({edition.pick(row.source, _SOURCES[row.source][1][1:])})" for row in clash.itertuples()]
        told.append(edition.pick(f"Sources contradict each other: {', '.join(rows)}.", f"来源相互矛盾：{'、'.join(rows)}。"))
    return Sentences("finding", tuple(told))


def _names(names: tuple[str, ...], edition: Edition) -> str:
    return edition.pick(", ".join(names), "、".join(_SOURCES[name][1][1:] for name in names))


def say_prevalence(found: PrevalenceStudy | None, edition: Edition, level: float = 0.95) -> ShownTable:
    """Show what all sources say together beside what each says alone."""
    rows = [] if found is None else [
        (
            edition.pick(*_SOURCES[row.source]),
            say_number(row.users_per_1000, 3) if math.isfinite(row.users_per_1000) else "–",
            _ends(row, edition),
            f"× {row.width_ratio:.1f}" if math.isfinite(row.width_ratio) else "–",
        )
        for row in found.sources.itertuples()
    ]  # fmt: skip
    columns = (
        (edition.pick("source", "来源"), "left"),
        (edition.pick("users per 1,000", "每千人使用者"), "right"),
        (edition.pick(f"{say_percent(level)} interval", f"{say_percent(level)} 区间"), "right"),
        (edition.pick("high over low", "上限与下限之比"), "right"),
    )
    caption = edition.pick("What the sources say together, and each alone.", "各来源合计与各自的结果。")
    note = (
        edition.pick(
            f"Joint answer: {found.joint.method}.", f"联合结果的方法：{_METHODS.get(found.joint.method, found.joint.method)}。"
        )
        if found and found.joint
        else ""
    )
    return show_table("prevalence", caption, columns, rows, edition, note)


def _ends(row: object, edition: Edition) -> str:
    low, high = (getattr(row, name) for name in ("low", "high"))
    told = f"{say_number(low, 3)} – {say_number(high, 3)}"
    return told if math.isfinite(low) else say_reason(getattr(row, "reason"), edition)  # noqa: B009


def _standing(narrowed: float, edition: Edition) -> str:
    weak = narrowed < ASSUMPTION
    return edition.pick(*(("assumption, not data", "假定而非数据") if weak else ("told by the data", "由数据得知")))


def say_contraction(found: PrevalenceStudy | None, edition: Edition) -> ShownTable:
    """Show how much the data narrowed each bias: what is assumption and what is data."""
    rows = [] if found is None else [
        (
            edition.pick(*_BIASES[name]),
            f"{100 * one:.0f} %".replace("-", "−"),
            _standing(one, edition),
        )
        for name, one in sorted(found.contraction.items(), key=lambda pair: pair[1])
    ]  # fmt: skip
    columns = (
        (edition.pick("unknown", "未知量"), "left"),
        (edition.pick("narrowed by", "收窄"), "right"),
        (edition.pick("so it is", "因此"), "left"),
    )
    caption = edition.pick("What is assumed and what is known.", "哪些是假定，哪些是已知。")
    return show_table("contraction", caption, columns, rows, edition)


def say_cautions(found: PrevalenceStudy | None, edition: Edition) -> Sentences:
    """Say what makes a number of users wrong, as far as it holds here."""
    if found is None or found.joint is None:
        return Sentences("note", (edition.pick(*NOTHING),))
    _, _, window = _whom(found, edition)
    known = min((one for name, one in found.contraction.items() if "selection" in name), default=1.0) >= ASSUMPTION
    told = edition.pick("partly told by the data" if known else "an assumption", "部分由数据得知" if known else "属于假定")
    fields = {"window": window, "ages": found.joint.sources.age_range, "told": told}
    lines = [edition.pick(*CAUTIONS[key]).format(**fields) for key in cautions_of(found.joint, dict(found.contraction))]
    return Sentences("note", tuple(f"{line[0].upper()}{line[1:]}{edition.pick('.', '。')}" for line in lines))


def say_prevalence_check(found: PrevalenceStudy | None, edition: Edition, level: float = 0.95) -> Sentences:
    """Reveal the simulated truth, where there is one."""
    if found is None or found.joint is None or found.truth is None:
        return Sentences("note", (edition.pick("No truth is known: nothing is compared.", "真值未知：不作比较。"),))
    _, low, high = found.joint.interval(level)
    inside = low <= found.truth <= high
    truth = say_number(1000 * found.truth, 3)
    return Sentences(
        "note",
        (
            edition.pick(
                f"The simulated share is {truth} per 1,000; the interval {'holds' if inside else 'misses'} it.",
                f"模拟真值为每千人 {truth}；区间{'包含' if inside else '未包含'}它。",
            ),
        ),
    )


def say_prevalence_fingerprint(found: PrevalenceStudy | None, edition: Edition) -> str:
    """Return one line that changes when the answer does."""
    if found is None or found.joint is None:
        return edition.pick("no number of people", "无人数")
    middle, low, high = (say_number(1000 * one, 2) for one in found.joint.interval())
    return f"{middle} ({low}-{high}) / 1000"
