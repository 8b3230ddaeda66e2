"""The sentences and tables of the notebook `matrices`: which matrices agree on what, how strongly, and what cannot be said."""

from __future__ import annotations

import math

import pandas as pd

from labkit.compare import MatrixStudy
from labkit.compare.counts import RULE
from labkit.edition import Edition, say_percent
from labkit.vocabulary import MATRIX_NAMES, drug_name
from labkit.wording.reasons import say_reason
from labkit.wording.sentences import Sentences, ShownTable, show_table

_ASIDE = {
    "hair without the length of its segment": "毛发未给出段长",
    "no area": "没有区域",
    "an area in no catchment": "区域不属于任何集水区",
    "no cut-off in force": "没有有效阈值",
}
_CHECKS = {
    "none found": "未发现",
    "fewer samples": "样品较少",
    "other testing effort": "检测力度不同",
    "months below limits or without samples": "有低于限值或无样品的月份",
}
NOTHING = (
    "This study declares no hair, blood or areas: there is nothing to compare the water with.",
    "本研究未声明毛发、血液或区域：没有可与污水比较的内容。",
)
_MOST = 20


def say_pair(first: str, second: str, edition: Edition) -> str:
    """Return a pair of matrices in words.

    >>> say_pair("water", "hair", Edition("en"))
    'water and hair'
    """
    one, other = (edition.pick(*MATRIX_NAMES[name]) for name in (first, second))
    return edition.pick(f"{one} and {other}", f"{one}与{other}")


def say_matrices_bottom_line(found: MatrixStudy | None, edition: Edition, level: float = 0.95) -> Sentences:
    """Say which matrices go together for which drug, where they disagree, and what could not be asked."""
    if found is None:
        return Sentences("finding", (edition.pick(*NOTHING),))
    told = []
    for row in found.table[found.table["finding"] == "yes"].itertuples():
        drug, pair = drug_name(row.drug, edition.language), say_pair(row.first, row.second, edition)
        told.append(
            edition.pick(
                f"{drug[0].upper()}{drug[1:]}: {pair} move together over areas and months, correlation {row.correlation:.2f} "
                f"({row.low:.2f} to {row.high:.2f}, {say_percent(level)} interval; {row.areas} areas).",
                f"{drug}：{pair}在各区域各月份同向变动，相关 {row.correlation:.2f}（{row.low:.2f} 至 {row.high:.2f}，"
                f"{say_percent(level)} 区间；{row.areas} 个区域）。",
            )
        )
    rest = found.table[found.table["finding"] == "no"]
    if len(rest):
        middle = rest["smallest"].median()
        names = [
            f"{drug_name(row.drug, edition.language)} ({say_pair(row.first, row.second, edition)})" for row in rest.itertuples()
        ]
        told.append(
            edition.pick(
                f"No association beyond chance: {', '.join(names)}. Correlations below about {middle:.2f} were out of reach.",
                f"未见超出偶然的关联：{'、'.join(names)}。约 {middle:.2f} 以下的相关不在可发现范围内。",
            )
        )
    clash = found.conflicts[found.conflicts["conflict"] == "yes"]
    areas = sorted(set(clash["area"]))
    told.append(
        edition.pick(
            f"The matrices disagree by more than chance in {len(areas)} areas: {', '.join(areas)}."
            if areas
            else "In no area do the matrices disagree by more than chance.",
            f"有 {len(areas)} 个区域的基质不一致超出偶然：{'、'.join(areas)}。" if areas else "没有区域的基质不一致超出偶然。",
        )
    )
    blind = [key for key in found.refused if "," in key and "conflict" not in key]
    if blind:
        told.append(
            edition.pick(
                f"Not answerable with these samples: {len(blind)} questions, listed with their reasons under the table.",
                f"以现有样品无法回答的问题有 {len(blind)} 个，原因列于表下。",
            )
        )
    told.append(
        edition.pick(
            "These are statements about areas and months. They say nothing about any person, and do not say that one matrix "
            "causes the other.",
            "以上结论针对区域与月份，不涉及任何个人，也不表示一种基质导致另一种。",
        )
    )
    return Sentences("finding", tuple(told))


def say_aside(found: MatrixStudy | None, edition: Edition) -> Sentences:
    """Say by which rule persons were counted, what was set aside and why, and how many rows are withheld."""
    if found is None:
        return Sentences("note", (edition.pick(*NOTHING),))
    told = [edition.pick(f"Counted: {RULE[0]}.", f"计数规则：{RULE[1]}。")]
    for why, n in found.aside.items():
        told.append(edition.pick(f"Set aside: {n:,} results, {why}.", f"未采用：{n:,} 个结果，{_ASIDE[why]}。"))
    frame = found.areas.frame
    told.append(
        edition.pick(
            f"Of {len(frame):,} rows of areas and periods, {int((frame['months'] > 1).sum()):,} are merged months and "
            f"{found.areas.n_withheld:,} are withheld: fewer than {found.areas.smallest} persons tested.",
            f"{len(frame):,} 个区域-时段行中，{int((frame['months'] > 1).sum()):,} 行由数月合并，"
            f"{found.areas.n_withheld:,} 行因受检者少于 {found.areas.smallest} 人而不公布。",
        )
    )
    return Sentences("note", tuple(told))


def say_associations(found: MatrixStudy | None, edition: Edition, level: float = 0.95) -> ShownTable:
    """Show each drug and pair with correlation, interval, p and the smallest correlation that could have been found."""
    table = found.table if found is not None else pd.DataFrame()
    rows = [
        (
            drug_name(row.drug, edition.language),
            say_pair(row.first, row.second, edition),
            f"{row.correlation:.2f} ({row.low:.2f} … {row.high:.2f})",
            f"{row.partial:.2f}" if math.isfinite(row.partial) else "–",
            f"{row.attenuated:.2f}",
            f"{row.tau_b:.2f}",
            f"{row.p_adjusted:.3f}",
            f"{row.smallest:.2f}",
            f"{row.areas} × {row.cells:,}",
        )
        for row in table.itertuples()
    ]
    columns = (
        (edition.pick("drug", "毒品"), "left"),
        (edition.pick("matrices", "基质"), "left"),
        (edition.pick(f"correlation ({say_percent(level)})", f"相关（{say_percent(level)}）"), "right"),
        (edition.pick("given effort", "给定检测力度"), "right"),
        (edition.pick("with noise", "含噪声"), "right"),
        ("τ-b", "right"),
        (edition.pick("p, adjusted", "校正 p"), "right"),
        (edition.pick("smallest found", "可发现的最小相关"), "right"),
        (edition.pick("areas × cells", "区域 × 单元"), "right"),
    )
    caption = edition.pick(
        "How the matrices go together, area, trend and common months removed.", "基质间的关联（已去除区域、趋势与共同月份）。"
    )
    refused = {} if found is None else {key: why for key, why in found.refused.items() if "conflict" not in key}
    note = "; ".join(f"{_named(key, edition)}: {say_reason(why, edition)}" for key, why in refused.items())
    return show_table("associations", caption, columns, rows, edition, note)


def _named(key: str, edition: Edition) -> str:
    drug, _, what = key.partition(", ")
    if not what:
        return edition.pick(drug, {"profiles": "区域分组"}.get(drug, drug))
    for name, (en, zh) in {**MATRIX_NAMES, "one factor": ("one factor", "单因子")}.items():
        what = what.replace(name, edition.pick(en, zh))
    what = what.replace(" and ", edition.pick(" and ", "与"))
    return f"{drug_name(drug, edition.language)}, {what}"


def say_conflicts(found: MatrixStudy | None, edition: Edition) -> ShownTable:
    """Show the areas and months in which two matrices disagree, with what to check first."""
    clash = found.conflicts[found.conflicts["conflict"] == "yes"] if found is not None else pd.DataFrame({"z": []})
    ranked = clash.reindex(clash["z"].abs().sort_values(ascending=False, kind="stable").index).head(_MOST)
    rows = [
        (
            drug_name(row.drug, edition.language),
            row.area,
            f"{row.first_month} – {row.last_month}",
            say_pair(row.first, row.second, edition),
            f"{row.ratio:.2f}",
            edition.pick(row.check, "；".join(_CHECKS[one] for one in row.check.split("; "))),
        )
        for row in ranked.itertuples()
    ]
    columns = (
        (edition.pick("drug", "毒品"), "left"),
        (edition.pick("area", "区域"), "left"),
        (edition.pick("months", "月份"), "left"),
        (edition.pick("matrices", "基质"), "left"),
        (edition.pick("second over expected", "第二者与预期之比"), "right"),
        (edition.pick("check first", "先行核查"), "left"),
    )
    caption = edition.pick("Where two matrices disagree by more than chance.", "两种基质不一致超出偶然之处。")
    return show_table("conflicts", caption, columns, rows, edition)


def say_naive(found: MatrixStudy | None, edition: Edition) -> Sentences:
    """Say what a plain correlation of the columns would have called, beside what is called here."""
    if found is None:
        return Sentences("note", (edition.pick(*NOTHING),))
    called = int((found.table["finding"] == "yes").sum())
    return Sentences(
        "note",
        (
            edition.pick(
                f"A plain correlation of the same columns would have called {found.naive} of {len(found.table)} pairs; here "
                f"{called} are called. Levels of areas, trends and seasons make the difference.",
                f"对同样的列直接求相关，会报告 {len(found.table)} 对中的 {found.naive} 对；这里报告 {called} 对。"
                "差别来自区域水平、趋势与季节。",
            ),
        ),
    )


def say_matrices_fingerprint(found: MatrixStudy | None, edition: Edition) -> str:
    """Return one line that changes when a finding does."""
    if found is None:
        return edition.pick("no hair or blood", "无毛发或血液")
    called = found.table[found.table["finding"] == "yes"]
    told = "; ".join(f"{row.drug} {row.first}-{row.second} {row.correlation:.1f}" for row in called.itertuples())
    return f"{len(found.table)}: {told}"
