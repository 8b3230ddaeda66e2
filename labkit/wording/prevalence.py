"""The sentences and tables of the notebook `prevalence`: how many, in whom, over which time, and on which assumptions."""

from __future__ import annotations

import math

import numpy as np

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
    "survey": ("survey alone", "仅调查"),
    "register": ("register alone", "仅登记"),
}
_BIASES = {
    "intake": ("milligrams a user and day", "每名使用者每天的毫克数"),
    "regular": ("share of users who use regularly", "经常使用者所占比例"),
    "hair selection": ("how those tested in hair were chosen (log odds)", "毛发受检者的选择（对数优势）"),
    "blood selection": ("how those tested in blood were chosen (log odds)", "血液受检者的选择（对数优势）"),
    "survey selection": ("how those who answered differ (log odds)", "应答者的差异（对数优势）"),
    "hair regular": ("what hair finds of regular users", "毛发检出经常使用者的比例"),
    "hair occasional": ("what hair finds of occasional users", "毛发检出偶尔使用者的比例"),
    "hair specificity": ("non-users whose hair is negative", "非使用者毛发阴性的比例"),
    "blood regular": ("what blood finds of regular users", "血液检出经常使用者的比例"),
    "blood occasional": ("what blood finds of occasional users", "血液检出偶尔使用者的比例"),
    "blood specificity": ("non-users whose blood is negative", "非使用者血液阴性的比例"),
    "survey regular": ("regular users who say so", "承认使用的经常使用者比例"),
    "survey occasional": ("occasional users who say so", "承认使用的偶尔使用者比例"),
    "survey specificity": ("non-users who say so", "如实回答的非使用者比例"),
    "coverage": ("what the register knows", "登记所知的比例"),
    "retention": ("names of the register that are still users here", "登记中仍为本地使用者的比例"),
}
_GRADES = {
    "robust": ("robust", "稳健"),
    "depends on choices": ("depends on choices", "取决于选择"),
    "an assumption more than a finding": ("an assumption more than a finding", "与其说是发现，不如说是假定"),
}
_METHODS = {"approximation: normal areas inside, importance weighted": "近似：区域按正态处理，再按重要性加权"}
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
    weak = edition.pick(" (assumption, not data)", "（假定而非数据）")
    named = [edition.pick(*_BIASES[row.bias]) + (weak if _weak(row) else "") for row in found.biases.head(3).itertuples()]
    told.append(edition.pick(f"It stands most on: {'; '.join(named)}.", f"最主要的依据：{'；'.join(named)}。"))
    told += say_people_trend(found, edition, level)
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


def say_people_trend(found: PrevalenceStudy, edition: Edition, level: float) -> list[str]:
    """Say how users changed over the study where the drift of the intake is bounded, and else how the mass did."""
    joint = found.joint
    if joint is None or len(joint.sources.quarters) < 2:
        return []
    draws = joint.change(found.drift_log_sd)
    people = draws is not None
    if draws is None:
        draws = joint.mass_change()
    ends = np.quantile(draws, [(1 - level) / 2, 0.5, (1 + level) / 2])
    low, middle, high = (say_number(float(one), 3) for one in ends)
    more = say_percent(float((draws > 1).mean()))
    first, last = joint.sources.quarters[0], joint.sources.quarters[-1]
    if people:
        return [
            edition.pick(
                f"Users in {last} over {first}: {middle} times ({low} to {high}; more with probability {more}), if what a user "
                f"takes drifted by no more than a log standard deviation of {found.drift_log_sd:g}.",
                f"{last} 与 {first} 的使用者之比：{middle} 倍（{low} 至 {high}；增加的概率 {more}），前提是每名使用者用量的漂移"
                f"（对数标准差）不超过 {found.drift_log_sd:g}。",
            )
        ]
    if "water" not in joint.sources.names:
        return []
    return [
        edition.pick(
            f"Mass consumed in {last} over {first}: {middle} times ({low} to {high}; more with probability {more}). This "
            f"speaks of mass, not of people: nothing is assumed of how the intake of a user drifts.",
            f"{last} 与 {first} 的消耗质量之比：{middle} 倍（{low} 至 {high}；增加的概率 {more}）。"
            f"这是质量而非人数：对每名使用者用量的漂移未作任何假定。",
        )
    ]


def _weak(row: object) -> bool:
    return bool(getattr(row, "narrowed_by") < ASSUMPTION)  # noqa: B009


def say_contraction(found: PrevalenceStudy | None, edition: Edition) -> ShownTable:
    """Show how much the data narrowed each bias, and how much of the answer hangs on it: assumption, or data."""
    rows = [] if found is None else [
        (
            edition.pick(*_BIASES[row.bias]),
            f"{say_number(row.before_low, 3)} – {say_number(row.before_high, 3)}",
            f"{say_number(row.after_low, 3)} – {say_number(row.after_high, 3)}",
            f"{100 * row.narrowed_by:.0f} %".replace("-", "−"),
            f"{100 * row.leans:.0f} %",
            edition.pick(*(("assumption, not data", "假定而非数据") if _weak(row) else ("told by the data", "由数据得知"))),
        )
        for row in found.biases.itertuples()
    ]  # fmt: skip
    columns = (
        (edition.pick("unknown", "未知量"), "left"),
        (edition.pick("before", "事先"), "right"),
        (edition.pick("after the data", "有数据后"), "right"),
        (edition.pick("narrowed by", "收窄"), "right"),
        (edition.pick("answer leans on it", "结果对其依赖"), "right"),
        (edition.pick("so it is", "因此"), "left"),
    )
    caption = edition.pick(
        "What is assumed and what is known: 95 % ranges before and after the data.",
        "哪些是假定，哪些是已知：有数据前后的 95 % 范围。",
    )
    return show_table("contraction", caption, columns, rows, edition)


def say_cautions(found: PrevalenceStudy | None, edition: Edition) -> Sentences:
    """Say what makes a number of users wrong, as far as it holds here."""
    if found is None or found.joint is None:
        return Sentences("note", (edition.pick(*NOTHING),))
    _, _, window = _whom(found, edition)
    chosen = found.biases.loc[found.biases["bias"].str.endswith("selection"), "narrowed_by"]
    known = bool((chosen >= ASSUMPTION).all())
    told = edition.pick("partly told by the data" if known else "an assumption", "部分由数据得知" if known else "属于假定")
    fields = {"window": window, "ages": found.joint.sources.age_range, "told": told}
    lines = [edition.pick(*CAUTIONS[key]).format(**fields) for key in cautions_of(found.joint)]
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
