"""Designs of sampling as lines of text: what each drug needs, and what the budget finds."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from labkit.design import Scatter
from labkit.vocabulary import analyte_name


def say_designs(found: pd.DataFrame, scatter: Sequence[Scatter], wanted: float, language: str, power: float = 0.8) -> str:
    """Return for each analyte its scatter, the best design of the budget, and the cheapest that finds the change wanted.

    Parameters
    ----------
    found : DataFrame
        From `labkit.design.designs`.
    scatter : sequence of Scatter
        From `labkit.design.scatter_of`.
    wanted : float
        The relative rise to be found at one site.
    language : str
        `en` or `zh`.
    power : float
        What the designs were computed for.
    """
    zh = language == "zh"
    share = f"{100 * power:.0f} %"
    lines = [
        f"在一个采样点以 {share} 的把握能发现的最小升幅（前后各若干周）："
        if zh
        else f"smallest rise found at one site in {share} of cases, between two stretches of so many weeks each:"
    ]
    for one in scatter:
        mine = found[found["analyte"] == one.analyte]
        best = mine[mine["best"]].iloc[0]
        enough = mine[mine["one_site"] <= wanted].sort_values(["samples", "one_site"])
        name = analyte_name(one.analyte, language)
        told = _told(best, zh)
        cheapest = _told(enough.iloc[0], zh) if len(enough) else ("预算内没有" if zh else "none within the budget")
        share_below = f"{100 * one.n_censored / one.n:.0f} %"
        day, step = f"{one.day_log_sd:.2f}", f"{one.week_step_log_sd:.3f}"
        lines.append(
            f"  {name}（日间对数标准差 {day}，水平每周 {step}；n = {one.n}，{share_below} 低于限值）："
            f"最佳 {told}；达到 {100 * wanted:.0f} % 的最省方案：{cheapest}"
            if zh
            else f"  {name} (day log-SD {day}, level {step} a week; n = {one.n}, {share_below} below "
            f"limits): best {told}; cheapest that finds {100 * wanted:.0f} %: {cheapest}"
        )
    lines.append(
        "散度为各点中位数；新样品若更多低于限值，能发现的变化会更大。"
        if zh
        else "Scatter is the median of the sites; where more of the new samples lie below limits, the change found is larger."
    )
    return "\n".join(lines)


def _told(row: pd.Series, zh: bool) -> str:
    days, weeks, samples = (int(row[name]) for name in ("days", "weeks", "samples"))
    rise = f"{100 * row['one_site']:.0f} %"
    return (
        f"{rise}，每周 {days} 天，前后各 {weeks} 周（共 {samples} 个样品）"
        if zh
        else f"{rise}, {days} days a week, {weeks} weeks each ({samples} samples)"
    )
