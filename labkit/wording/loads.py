"""The sentences and tables of the notebook `load`: what came in, what was used, and what that rests on."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from labkit.edition import Edition
from labkit.errors import Note
from labkit.vocabulary import ANALYTES, DRUGS, UNDER_A_LIMIT, Censored, Stage, analyte_name, drug_name
from labkit.wording.cautions import CAUTIONS
from labkit.wording.numbers import say_list, say_number, say_share
from labkit.wording.sentences import Sentences, ShownTable, show_table

_PARAMETERS = {
    "excretion_fraction": ("excretion fraction", "排泄率"),
    "dose": ("dose", "单次剂量"),
    "molar_mass": ("molar mass", "摩尔质量"),
}


def say_data(frame: pd.DataFrame, edition: Edition) -> ShownTable:
    """Say what came in: for each analyte the results, sites, share below a limit and days."""
    rows = []
    for analyte, part in frame.groupby("analyte", sort=False):
        below, above = (int(part["censored"].isin(known).sum()) for known in (UNDER_A_LIMIT, [Censored.ABOVE]))
        over = edition.pick(f", {above:,} above the range", f"，{above:,} 个高于范围") if above else ""
        days = [day for day in part["date"] if day]
        rows.append(
            (
                analyte_name(str(analyte), edition.language),
                drug_name(part["drug"].iloc[0], edition.language),
                f"{len(part):,}",
                str(part["site"].nunique()),
                f"{below:,} ({say_share(below, len(part))}){over}",
                f"{min(days)} – {max(days)}" if days else edition.pick("not given", "未给出"),
            )
        )
    columns = (
        (edition.pick("analyte", "检测物"), "left"),
        (edition.pick("stands for", "对应毒品"), "left"),
        (edition.pick("results", "结果数"), "right"),
        (edition.pick("sites", "采样点"), "right"),
        (edition.pick("below a limit", "低于限值"), "right"),
        (edition.pick("days", "日期"), "left"),
    )
    caption = edition.pick("What came in, by analyte.", "输入数据概览（按检测物）。")
    return show_table("data", caption, columns, rows, edition)


def say_parameters(constants: pd.DataFrame, edition: Edition) -> ShownTable:
    """Say which numbers from the literature were used, with source and status."""
    rows = []
    for row in constants.itertuples():
        name = edition.pick(*_PARAMETERS[row.parameter])
        drug = drug_name(row.drug, edition.language) if row.drug in DRUGS or row.drug in ANALYTES else row.drug
        what = (
            drug
            if row.biomarker in ("", row.drug) or pd.isna(row.biomarker)
            else f"{drug} / {analyte_name(row.biomarker, edition.language)}"
        )
        span = "" if pd.isna(row.low) else f" ({row.low:g}–{row.high:g})"
        status = edition.pick(row.status, {"verified": "已核实", "unverified": "未核实"}[row.status])
        source = row.source if row.status == "verified" else "–"
        rows.append((f"{name}{edition.pick(': ', '：')}{what}", f"{row.value:g}{span} {row.unit}", source, status))
    columns = (
        (edition.pick("parameter", "参数"), "left"),
        (edition.pick("value (range)", "值（范围）"), "left"),
        (edition.pick("source", "来源"), "left"),
        (edition.pick("status", "状态"), "left"),
    )
    open_rows = int((constants["status"] == "unverified").sum())
    note = edition.pick(
        f"{open_rows} of {len(constants)} rows are unverified: in use, but not yet checked against a source.",
        f"{len(constants)} 项参数中 {open_rows} 项未核实：业内使用，但尚未对照来源核对。",
    )
    caption = edition.pick("Numbers taken from the literature.", "所用文献参数。")
    return show_table("constants", caption, columns, rows, edition, note)


def status_notes(consumption: pd.DataFrame, constants: pd.DataFrame) -> list[Note]:
    """Return notes on drugs whose consumption or doses rest on unverified parameters, and on analytes without a factor."""
    notes = []
    weak = [DRUGS.get(drug) or ANALYTES[drug] for drug in _where(consumption, "unverified", "drug")]
    if weak:
        en, zh = say_list(one.en for one in weak), "、".join(one.zh for one in weak)
        notes.append(Note(f"Consumption of {en} rests on parameters that are unverified.", f"{zh}的消耗量依据未核实的参数。"))
    doses = constants[constants["parameter"] == "dose"] if len(constants) else constants
    if len(doses) and (doses["status"] == "unverified").any():
        notes.append(Note("The doses rest on parameters that are unverified.", "剂量数依据未核实的参数。"))
    fixed = (
        constants[(constants["parameter"] == "excretion_fraction") & constants["low"].isna()] if len(constants) else constants
    )
    if len(fixed):
        exact = [ANALYTES[analyte] for analyte in fixed["biomarker"]]
        en, zh = say_list(one.en for one in exact), "、".join(one.zh for one in exact)
        notes.append(
            Note(
                f"No range is known here for the excretion fraction of {en}: taken as exact, it makes the interval too narrow.",
                f"此处未知{zh}排泄率的范围：按确切值处理，区间偏窄。",
            )
        )
    used = consumption[consumption["source_status"] != "not used"]["analyte"].unique()
    notes += [CAUTIONS[analyte] for analyte in used if analyte in CAUTIONS]
    bare = [ANALYTES[analyte] for analyte in _where(consumption, "not used", "analyte")]
    if bare:
        en, zh = say_list(one.en for one in bare), "、".join(one.zh for one in bare)
        notes.append(
            Note(f"No correction factor is used for {en}: only the load is given.", f"{zh}未使用校正因子：仅给出负荷。")
        )
    return notes


def _where(consumption: pd.DataFrame, status: str, column: str) -> list[str]:
    return list(consumption.loc[consumption["source_status"] == status, column].unique())


def say_limits(
    consumption: pd.DataFrame, constants: pd.DataFrame, stage: Stage, notes: Sequence[Note], edition: Edition
) -> Sentences:
    """Say what the figures rest on: where the study entered, unverified rows, and anomalies of the source."""
    entered = {
        Stage.CONCENTRATION: ("concentrations", "浓度"),
        Stage.LOAD: ("loads", "负荷"),
        Stage.LOAD_PER_1000: ("loads per 1,000 people that others computed", "他人计算的每千人负荷"),
    }[stage]
    first = Note(f"This study enters the chain at {entered[0]}.", f"本研究由{entered[1]}进入计算链。")
    rests = status_notes(consumption, constants)
    if stage is not Stage.CONCENTRATION:
        rests.append(
            Note(
                "The errors declared for steps before that are the errors inside what the others computed.",
                "对此前各步声明的误差，是他人计算结果中所含的误差。",
            )
        )
    said = [note for note in notes if not note.rule]
    if len(said) < len(list(notes)):
        said.append(
            Note(
                "How odd cells of the files were taken stands at the end of the report.",
                "文件中特殊单元格的读入方式见报告末尾。",
            )
        )
    texts = tuple(note.text(edition.language) for note in (first, *rests, *said))
    return Sentences("warning" if len(rests) > (stage is not Stage.CONCENTRATION) else "note", texts)


def say_fingerprint(frame: pd.DataFrame, edition: Edition) -> str:
    """Return a stable line an analyte: rows, rows below a limit, median load of the exact ones; re-execution compares it."""
    lines = []
    for analyte, part in frame.groupby("analyte", sort=True):
        below = int(part["censored"].isin(UNDER_A_LIMIT).sum())
        median = say_number(float(part.loc[part["censored"] == Censored.EXACT, "load_mg_day_1000inh"].median()))
        name = analyte_name(str(analyte), edition.language)
        lines.append(
            edition.pick(
                f"{analyte}: {len(part)} rows, {below} below a limit, median of the others {median} mg/day/1000inh",
                f"{name}：{len(part)} 行，{below} 个低于限值，其余负荷中位数 {median} 毫克/天/千人",
            )
        )
    return "\n".join(lines)
