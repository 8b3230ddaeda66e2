"""Sentences on how ours stands to figures printed elsewhere, or to the simulated truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from labkit.edition import Edition
from labkit.errors import Note
from labkit.vocabulary import ANALYTES, Censored
from labkit.wording.numbers import say_known, say_share
from labkit.wording.sentences import Sentences

_AGREES = 0.005  # a recomputed figure agrees with a printed one within half a percent: the rounding of three digits


def say_check(comparison: pd.DataFrame, edition: Edition) -> Sentences:
    """Say how ours stands to the figures printed elsewhere, or whether the simulated truth would have been found."""
    if comparison.empty:
        text = edition.pick("Nothing to compare with: this study has no reference.", "没有可供比较的参考值。")
        return Sentences("note", (text,))
    if edition.simulated:
        return Sentences("note", (_truth_found(comparison.loc[comparison["censored"] == Censored.EXACT, "inside"], edition),))
    n, notes = len(comparison), disagreements(comparison)
    found = edition.pick(
        f"{n - len(notes)} of {n} printed figures are reproduced within 0.5 %.",
        f"{n} 个已发表数字中有 {n - len(notes)} 个在 0.5 % 以内重现。",
    )
    return Sentences("warning" if notes else "note", (found, *(note.text(edition.language) for note in notes)))


def _truth_found(inside: pd.Series, edition: Edition) -> str:
    stated = inside[inside != "no interval"]
    found, n = int((stated == "yes").sum()), len(stated)
    if n == 0:
        return edition.pick(
            "This study declares no error and so gives no interval: whether one would hold the simulated truth cannot be said.",
            "本研究未声明误差，因此不给出区间：无法说明区间是否包含模拟真值。",
        )
    return edition.pick(
        f"The simulated truth lies in the interval for {found:,} of {n:,} exact values ({say_share(found, n)}). Values below a "
        "limit are not counted: their interval starts at zero. A share above the level means that the declared errors are "
        "larger than the simulated ones; errors shared by all days are drawn once, so this is no test of coverage.",
        f"{n:,} 个确切值中，模拟真值落在区间内的有 {found:,} 个（{say_share(found, n)}）。低于限值者不计入：其区间由零开始。"
        "占比高于区间水平，说明声明误差大于模拟误差；各日共有的误差只抽取一次，因此这不是对覆盖率的检验。",
    )


def disagreements(comparison: pd.DataFrame) -> list[Note]:
    """Return a note for each printed figure that does not follow from its load: an anomaly, whoever is right."""
    notes = []
    for row in comparison[~_agree(comparison)].itertuples():
        printed = say_known(row.reference_mg_day_1000inh, row.reference_censored)
        computed = say_known(row.consumption_mg_day_1000inh, row.censored)
        notes.append(
            Note(
                f"Anomaly, {row.site}, {row.analyte}: printed {printed} does not follow from its load, which gives {computed} "
                "mg/day per 1,000 people with the correction factor used here.",
                f"异常：{row.site}，{ANALYTES[row.analyte].zh}：公布值 {printed} 与其负荷不符，"
                f"按本报告校正因子得 {computed} 毫克/天/千人。",
            )
        )
    return notes


def _agree(comparison: pd.DataFrame) -> pd.Series:
    """Tell where ours and the reference can both be right: the same number, or a number on the allowed side of a limit."""
    ours, theirs = (
        _range(comparison, "consumption_mg_day_1000inh", "censored"),
        _range(comparison, "reference_mg_day_1000inh", "reference_censored"),
    )
    overlap = (ours[0] <= theirs[1] * (1 + _AGREES)) & (theirs[0] <= ours[1] * (1 + _AGREES))
    same_kind = comparison["censored"] == comparison["reference_censored"]
    return overlap & (~same_kind | ((comparison["ratio"] - 1).abs() <= _AGREES))


def _range(comparison: pd.DataFrame, value: str, known: str) -> tuple[pd.Series, pd.Series]:
    number, how = comparison[value], comparison[known]
    return (
        number.mask(how.isin([Censored.BELOW, Censored.BETWEEN]), 0.0),
        number.mask(how == Censored.ABOVE, np.inf),
    )
