"""The sentences and tables of the notebook `quality`: whether the laboratories' numbers can be believed."""

from __future__ import annotations

import math

import pandas as pd

from labkit.edition import Edition, say_percent
from labkit.vocabulary import analyte_name
from labkit.wording.sentences import Sentences, ShownTable, show_table

_TYPES = {
    "blank": ("blank", "空白"),
    "spike": ("spike", "加标"),
    "control": ("control", "质控"),
    "duplicate": ("duplicate", "平行"),
}
_VERDICTS = {
    "good": ("good", "良好"),
    "questionable": ("questionable", "存疑"),
    "action": ("action", "须处理"),
    "too few": ("too few", "过少"),
}
NOTHING = ("This study declares no quality-control samples.", "本研究未声明质控样品。")


def say_quality_bottom_line(quality: pd.DataFrame, limits: pd.DataFrame, edition: Edition) -> Sentences:
    """Say how many of the checks are good, which are not, and how much of the results is no exact number."""
    told = []
    if not len(quality):
        told.append(edition.pick(*NOTHING))
    else:
        good = int((quality["verdict"] == "good").sum())
        told.append(
            edition.pick(
                f"{good} of {len(quality)} checks of laboratories, analytes and sample types are good, on "
                f"{int(quality['n'].sum()):,} quality-control samples.",
                f"{len(quality)} 项实验室–检测物–质控类型检查中 {good} 项良好，共 {int(quality['n'].sum()):,} 个质控样品。",
            )
        )
        bad = quality[quality["verdict"].isin(["questionable", "action"])]
        if len(bad):
            names = [
                f"{row.laboratory} {analyte_name(row.analyte, edition.language)} {edition.pick(*_TYPES[row.type])}"
                for row in bad.itertuples()
            ]
            told.append(edition.pick(f"To look at: {', '.join(names)}.", f"需要查看：{'、'.join(names)}。"))
    if len(limits):
        n, open_ = int(limits["n"].sum()), int(limits[["below", "between", "above"]].to_numpy().sum())
        told.append(
            edition.pick(
                f"{open_:,} of {n:,} results ({say_percent(round(open_ / n, 2))}) are no exact numbers but intervals.",
                f"{n:,} 个结果中有 {open_:,} 个（{say_percent(round(open_ / n, 2))}）不是确切数字，而是区间。",
            )
        )
    return Sentences("finding", tuple(told))


def say_quality(quality: pd.DataFrame, edition: Edition, level: float = 0.95) -> ShownTable:
    """Show each laboratory's and analyte's checks, the doubtful ones first."""
    order = {"action": 0, "questionable": 1, "too few": 2, "good": 3}
    ranked = quality.assign(order=quality["verdict"].map(order)).sort_values("order", kind="stable").head(40)
    rows = [
        (
            row.laboratory,
            analyte_name(row.analyte, edition.language),
            edition.pick(*_TYPES[row.type]),
            str(row.n),
            _ratio(row),
            f"{100 * row.cv:.0f} %" if math.isfinite(row.cv) else "–",
            str(int(row.beyond)) if math.isfinite(row.beyond) else "–",
            f"{row.z:.1f}".replace("-", "−") if math.isfinite(row.z) else "–",
            edition.pick(*_VERDICTS[row.verdict]),
        )
        for row in ranked.itertuples()
    ]
    columns = (
        (edition.pick("laboratory", "实验室"), "left"),
        (edition.pick("analyte", "检测物"), "left"),
        (edition.pick("type", "类型"), "left"),
        ("n", "right"),
        (edition.pick(f"found / expected ({say_percent(level)})", f"测得/期望（{say_percent(level)}）"), "right"),
        (edition.pick("scatter", "离散"), "right"),
        (edition.pick("beyond", "超限"), "right"),
        ("z", "right"),
        (edition.pick("verdict", "评价"), "left"),
    )
    caption = edition.pick("Quality-control samples, the doubtful ones first.", "质控样品（存疑者在前）。")
    rest = len(quality) - len(rows)
    note = edition.pick(f"{rest} further rows are in the table.", f"另有 {rest} 行见数据表。") if rest > 0 else ""
    return show_table("quality", caption, columns, rows, edition, note)


def _ratio(row: object) -> str:
    ratio, low, high = (getattr(row, name) for name in ("ratio", "low", "high"))
    if getattr(row, "type") == "blank":  # noqa: B009
        return f"{100 * ratio:.0f} % (≤ {100 * high:.0f} %)"
    return f"{ratio:.2f} ({low:.2f}–{high:.2f})" if math.isfinite(ratio) else "–"


def say_quality_fingerprint(quality: pd.DataFrame, limits: pd.DataFrame) -> str:
    """Return one line that changes when a verdict does."""
    counts = quality["verdict"].value_counts() if len(quality) else {}
    told = ", ".join(f"{verdict} {int(counts.get(verdict, 0))}" for verdict in _VERDICTS)
    return f"{told}; {int(limits['n'].sum())} results"
