"""The sentences and tables of the notebook `official`: the publisher's figures found again, and labkit's own statement."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from labkit.edition import Edition
from labkit.errors import Problem
from labkit.vocabulary import drug_name
from labkit.wording.numbers import say_number, say_share
from labkit.wording.sentences import Sentences, ShownTable, show_table

_STATEMENTS = {
    "rise": ("rise", "上升"),
    "fall": ("fall", "下降"),
    "not distinguishable": ("not distinguishable", "无法区分"),
    "not estimable": ("not estimable", "无法估计"),
}
_LABELS = {"increase": ("increase", "增加"), "stable": ("stable", "稳定"), "decrease": ("decrease", "减少")}


def say_official_bottom_line(trend: pd.DataFrame, changes: pd.DataFrame, edition: Edition) -> Sentences:
    """Say how many official figures are found again, and how many of the flagged changes the days can carry."""
    found = int(((trend["load_mg_day_1000inh"] - trend["published"]).abs() <= 0.01).sum())
    same = int((changes["label"] == changes["published_label"]).sum())
    flagged = changes[changes["label"] != "stable"]
    estimable = flagged[flagged["statement"] != "not estimable"]
    unclear = int((estimable["statement"] == "not distinguishable").sum())
    blind = int((changes["statement"] == "not estimable").sum())
    return Sentences(
        "finding",
        (
            edition.pick(
                f"The official trend is reproduced to 0.01 mg/day per 1,000 people in {found} of {len(trend)} years, and so "
                f"are {same} of {len(changes)} official labels of change.",
                f"官方趋势在 {len(trend)} 年中有 {found} 年以 0.01 毫克/天/千人的精度重现；"
                f"{len(changes)} 个官方变化标签中有 {same} 个一致。",
            ),
            edition.pick(
                f"Of {len(estimable)} changes flagged as increase or decrease whose days all lie above the limit, {unclear} "
                f"({say_share(unclear, len(estimable))}) cannot be told from the noise within the two sampled weeks.",
                f"{len(estimable)} 个被标为增加或减少且逐日均高于限值的变化中，{unclear} 个"
                f"（{say_share(unclear, len(estimable))}）与两个采样周内的波动无法区分。",
            ),
            edition.pick(
                f"For {blind} of {len(changes)} changes a value lies below a limit that the release does not give, or too few "
                "days were sampled: labkit gives no figure there.",
                f"{len(changes)} 个变化中有 {blind} 个含低于限值（发布数据未给出限值）的数值，或采样日过少：本报告不给出数字。",
            ),
        ),
    )


def say_release_notes(notes: Iterable[Problem], edition: Edition) -> Sentences:
    """Say what was found odd in the release while it was read, and how it was taken."""
    texts = tuple(note.sentence(edition.language) for note in notes)
    return Sentences("note", texts or (edition.pick("Nothing was noted.", "无特别说明。"),))


def say_trend(trend: pd.DataFrame, edition: Edition) -> ShownTable:
    """Show the official trend year by year."""
    rows = [(str(row.year), f"{row.load_mg_day_1000inh:.2f}", f"{row.published:.2f}") for row in trend.itertuples()]
    columns = (
        (edition.pick("year", "年份"), "left"),
        (edition.pick("recomputed", "重算"), "right"),
        (edition.pick("published", "公布"), "right"),
    )
    caption = edition.pick(
        "The publisher's cocaine trend (benzoylecgonine, mg/day per 1,000 people), recomputed and as published.",
        "发布者的可卡因趋势（苯甲酰爱康宁，毫克/天/千人）：重算值与公布值。",
    )
    return show_table("official_trend", caption, columns, rows, edition)


def say_changes(changes: pd.DataFrame, edition: Edition) -> ShownTable:
    """Show how the official labels stand to labkit's own statements, drug by drug."""
    rows = []
    for drug, part in changes.groupby("drug", sort=True):
        for label, names in _LABELS.items():
            here = part[part["label"] == label]
            counts = tuple(str(int((here["statement"] == statement).sum())) for statement in _STATEMENTS)
            rows.append((drug_name(str(drug), edition.language), edition.pick(*names), str(len(here)), *counts))
    columns = (
        (edition.pick("drug", "毒品"), "left"),
        (edition.pick("official label", "官方标签"), "left"),
        ("n", "right"),
        *((edition.pick(*names), "right") for names in _STATEMENTS.values()),
    )
    caption = edition.pick(
        "Official labels of change and labkit's own statements about the two sampled weeks, number of sites.",
        "官方变化标签与本报告对两个采样周的表述（采样点数）。",
    )
    note = edition.pick(
        "The official label counts zero as zero and flags a change past ±10 %. A rise or fall here means that the days of the "
        "two weeks differ; it says nothing of the other weeks of the two years.",
        "官方标签将零计为零，变化超过 ±10 % 即标记。此处“上升/下降”仅表示两个采样周的逐日值不同，不涉及两年中的其他各周。",
    )
    return show_table("changes", caption, columns, rows, edition, note)


def say_cities(cities: pd.DataFrame, edition: Edition) -> ShownTable:
    """Show the figures that the press printed beside the recomputed ones."""
    measures = {"daily mean": "日均", "weekday mean": "工作日均（周二至周四）", "saturday": "周六"}
    rows = [
        (
            row.city,
            drug_name(row.drug, edition.language),
            edition.pick(row.measure.replace("saturday", "Saturday"), measures.get(row.measure, row.measure)),
            str(row.year),
            say_number(row.load_mg_day_1000inh, 4),
            "–" if pd.isna(row.published) else f"{row.published:g}",
        )
        for row in cities.itertuples()
    ]
    columns = (
        (edition.pick("city", "城市"), "left"),
        (edition.pick("drug", "毒品"), "left"),
        (edition.pick("measure", "指标"), "left"),
        (edition.pick("year", "年份"), "left"),
        (edition.pick("recomputed", "重算"), "right"),
        (edition.pick("printed", "公布"), "right"),
    )
    caption = edition.pick(
        "Figures printed by the press or noted with the release, recomputed from the days (mg/day per 1,000 people).",
        "新闻公布或随发布数据注明的数字，由逐日数据重算（毫克/天/千人）。",
    )
    return show_table("cities", caption, columns, rows, edition)


def say_zeros(census: pd.DataFrame, edition: Edition) -> ShownTable:
    """Show how many site-weeks are zero on every day: below a limit that is not given."""
    rows = [
        (
            drug_name(row.drug, edition.language),
            f"{row.n:,}",
            f"{row.n_all_zero:,}",
            f"{100 * row.share_all_zero:.1f} %",
            str(row.n_some_zero),
        )
        for row in census.itertuples()
    ]
    columns = (
        (edition.pick("drug", "毒品"), "left"),
        (edition.pick("weeks", "周数"), "right"),
        (edition.pick("all days zero", "全周为零"), "right"),
        (edition.pick("share", "占比"), "right"),
        (edition.pick("some days zero", "部分为零"), "right"),
    )
    caption = edition.pick(
        "Weeks whose published loads are zero: values below a limit that the release does not give.",
        "公布负荷为零的周：低于发布数据未给出的限值。",
    )
    return show_table("zeros", caption, columns, rows, edition)
