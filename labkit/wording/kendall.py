"""The table of the regional Kendall test: a trend that needs no curve, and no slope where values lie below limits."""

from __future__ import annotations

import math

import pandas as pd

from labkit.edition import Edition
from labkit.vocabulary import analyte_name
from labkit.wording.numbers import say_signed_percent
from labkit.wording.sentences import ShownTable, show_table


def say_kendall(kendall: pd.DataFrame, edition: Edition) -> ShownTable:
    """Show the test that needs no curve: regional Kendall over sites and months."""
    rows = [
        (
            analyte_name(row.analyte, edition.language),
            str(row.sites),
            f"{row.n:,} ({row.n_censored:,})",
            f"{row.tau:+.3f}".replace("-", "−") if math.isfinite(row.tau) else "–",
            ("<0.001" if row.p < 0.001 else f"{row.p:.3f}") if math.isfinite(row.p) else "–",
            f"{say_signed_percent(row.ratio_per_year)} ({say_signed_percent(row.low)} … {say_signed_percent(row.high)})"
            if math.isfinite(row.ratio_per_year)
            else "–",
        )
        for row in kendall.itertuples()
    ]
    columns = (
        (edition.pick("analyte", "检测物"), "left"),
        (edition.pick("sites", "采样点"), "right"),
        (edition.pick("n (not exact)", "n（非确切）"), "right"),
        ("τ", "right"),
        ("p", "right"),
        (edition.pick("change a year (Sen)", "年变化（Sen）"), "right"),
    )
    caption = edition.pick(
        "Regional Kendall: a monotone trend over the whole period, each site and month against itself.",
        "区域 Kendall 检验：整个时期的单调趋势，每个采样点和月份只与自身比较。",
    )
    note = edition.pick(
        "No slope is given where values lie below limits. Neighbouring weeks resemble each other, so p is too small.",
        "有低于限值者不给出斜率。相邻周相似，故 p 偏小。",
    )
    return show_table("kendall", caption, columns, rows, edition, note)
