"""A restatement as lines of text: which row of the library changed, and old, new and factor of every site."""

from __future__ import annotations

import math

from labkit.constants import Constant
from labkit.vocabulary import analyte_name
from labkit.wastewater.restate import Restated
from labkit.wastewater.summary import ALL_SITES
from labkit.wording.numbers import say_number, say_span

_PARAMETERS = {"excretion_fraction": "排泄分数", "dose": "剂量", "molar_mass": "摩尔质量"}


def say_restated(restated: Restated, language: str) -> str:
    """Return the rows that changed, one line a site and analyte with consumption old → new, and what stayed.

    Parameters
    ----------
    restated : Restated
        From `labkit.wastewater.restate`.
    language : str
        `en` or `zh`.
    """
    zh = language == "zh"
    lines = [_row(old, new, zh) for old, new in zip(restated.old, restated.new, strict=True)]
    lines.append("消费量，mg/天/千人（区间）：" if zh else "consumption, mg/day/1,000 inhabitants (interval):")
    for row in restated.table.to_dict("records"):
        site = {True: "全部采样点（按人口）", False: row["site"]}[row["site"] == ALL_SITES] if zh else row["site"]
        both = " → ".join(_told(row, name) for name in ("old", "new"))
        doses = row["factor_doses"]
        more = "" if math.isnan(doses) or math.isclose(doses, row["factor"]) else (
            f"；剂次系数 {doses:.3f}" if zh else f"; doses, factor {doses:.3f}"
        )  # fmt: skip
        factor = f"系数 {row['factor']:.3f}" if zh else f"factor {row['factor']:.3f}"
        lines.append(f"  {analyte_name(row['analyte'], language)} · {site}: {both}   {factor}{more} (n = {row['n']})")
    if not len(restated.table):
        lines.append("  无变化" if zh else "  nothing moved")
    lines.append(
        f"负荷不变：{restated.n:,} 个结果相同。新数值没有已知范围，按精确值计。"
        if zh
        else f"loads unchanged: the same {restated.n:,} results. The new value has no known range and counts as exact."
    )
    return "\n".join(lines)


def _row(old: Constant, new: Constant, zh: bool) -> str:
    name = f"{_PARAMETERS[old.parameter] if zh else old.parameter.replace('_', ' ')} {old.biomarker or old.drug}"
    was = f"{old.value:g}" + (f" ({old.low:g}–{old.high:g})" if old.low is not None and old.high is not None else "")
    unit = f" {old.unit}" if old.unit else ""
    return f"{name}: {was} → {new.value:g}{unit}"


def _told(row: dict[str, float], name: str) -> str:
    mean = say_span(row[f"{name}_mean_low_mg_day_1000inh"], row[f"{name}_mean_high_mg_day_1000inh"])
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return mean if math.isnan(low) else f"{mean} ({say_number(low)}–{say_number(high)})"
