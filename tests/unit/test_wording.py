"""What labkit says, in English and Chinese, of small frames whose numbers can be checked by eye."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labkit import wording
from labkit.edition import SIMULATED, Edition
from labkit.errors import Note
from labkit.fonts import missing_characters
from labkit.vocabulary import Stage
from labkit.wastewater import (
    compare_with_reference,
    constants_used,
    summarise,
    with_consumption,
    with_doses,
    with_interval,
)
from labkit.wording.numbers import say_known, say_number, say_share, say_span

EN, ZH = Edition("en"), Edition("zh")
ERRORS = {"analysis": 0.10, "sampling": 0.10, "flow": 0.05, "population": 0.20}
NONE: dict[str, float] = {}
Row = tuple[str, str, float, str, float, float]


def loads(*rows: Row, jurisdiction: str | None = "", doses: bool = True, **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["site", "analyte", "load_mg_day_1000inh", "censored", "low", "high"])
    drugs = frame["analyte"].replace({"benzoylecgonine": "cocaine"})
    frame = frame.assign(date="2024-01-01", drug=drugs, **columns)
    return with_doses(with_consumption(frame, jurisdiction), doses)


def exact(site: str, load: float, analyte: str = "tramadol") -> Row:
    return (site, analyte, load, "exact", load, load)


def below(site: str, limit: float, analyte: str = "tramadol") -> Row:
    return (site, analyte, limit, "below", 0, limit)


def bottom_line(frame: pd.DataFrame, errors: dict[str, float], edition: Edition, jurisdiction: str | None = "") -> str:
    said = wording.say_bottom_line(summarise(frame, errors, 0.95, jurisdiction), edition)
    assert said.kind == "finding"
    return str(said)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0"), (2.6, "2.60"), (47.953, "48.0"), (999.6, "1,000"), (9.996, "10.0"), (0.09996, "0.100"),
        (1_234_567, "1,230,000"), (1e-7, "0.000000100"), (np.nan, "–"), (np.inf, "–"),
    ],
)  # fmt: skip
def test_numbers(value, said):
    assert say_number(value) == said


def test_limits_spans_and_shares():
    assert [say_known(2.6047, known) for known in ("exact", "below", "between", "above")] == ["2.60", "<2.60", "<2.60", ">2.60"]
    assert [say_span(*ends) for ends in ((0, 1), (3, 3.0001), (np.nan, 1), (3, np.inf))] == ["0–1.00", "3.00", "–", "≥3.00"]
    assert [say_share(*pair) for pair in ((0, 9), (1, 999), (1, 3), (998, 999), (9, 9))] == (
        ["0 %", "<1 %", "33 %", ">99 %", "100 %"]
    )


def test_the_bottom_line_of_one_site_with_values_below_a_limit():
    frame = loads(exact("A", 6), below("A", 3))
    assert bottom_line(frame, ERRORS, EN) == (
        "Tramadol: mean consumption lies between 10.0 and 15.0 mg/day per 1,000 people, 95 % interval 6.27–23.9; "
        "site A, n = 2, 1 of them (50 %) below a limit."
    )
    assert bottom_line(frame, ERRORS, ZH) == (
        "曲马多：平均消耗量介于 10.0 与 15.0 毫克/天/千人之间，95 % 区间 6.27–23.9；"
        "采样点 A，n = 2，其中 1 个（50 %）低于限值。"
    )


def test_the_bottom_line_of_all_sites():
    frame = loads(exact("A", 6), exact("B", 3), population=[1000.0, 1000.0])
    assert bottom_line(frame, ERRORS, EN) == (
        "Tramadol: mean consumption is 15.0 mg/day per 1,000 people, 95 % interval 9.22–24.4; "
        "2 sites weighted by population, n = 2, none below a limit."
    )
    assert bottom_line(frame.drop(columns="population"), ERRORS, EN) == (
        "Tramadol: mean consumption at 2 sites ranges over 10.0–20.0 mg/day per 1,000 people, their 95 % intervals together "
        "over 6.15–32.5; not combined, as their populations are not known; n = 2, 0 of them not exact."
    )


def test_sites_whose_people_are_not_known_are_not_combined():
    frame = loads(exact("A", 6), below("B", 3))
    assert bottom_line(frame, NONE, ZH) == (
        "曲马多：2 个采样点的平均消耗量范围为 0–20.0 毫克/天/千人，各点 95 % 区间合计覆盖 –；人口未知，不作合并；"
        "n = 2，其中 1 个非确切值。"
    )


def test_the_bottom_line_where_nothing_was_measured():
    line = bottom_line(loads(below("A", 3), below("A", 3)), NONE, EN)
    assert "lies between 0 and 10.0" in line
    assert "2 of them (100 %) below a limit" in line


def test_the_bottom_line_of_a_value_above_the_range():
    frame = loads(exact("A", 3), ("A", "tramadol", 9, "above", 9, np.inf))
    assert bottom_line(frame, NONE, EN) == (
        "Tramadol: mean consumption is at least 20.0 mg/day per 1,000 people, 95 % interval ≥20.0; "
        "site A, n = 2, 1 of them (50 %) beyond a limit."
    )
    assert "平均消耗量至少 20.0 毫克/天/千人" in bottom_line(frame, NONE, ZH)
    assert "1 个（50 %）超出限值" in bottom_line(frame, NONE, ZH)


def test_the_bottom_line_without_any_declared_error_has_no_interval():
    assert "95 % interval –;" in bottom_line(loads(exact("A", 3)), NONE, EN)


def test_the_bottom_line_of_a_metabolite_names_it_and_of_a_load_says_so():
    frame = loads(exact("A", 3, "benzoylecgonine"))
    assert bottom_line(frame, ERRORS, EN).startswith("Cocaine (from benzoylecgonine): mean consumption is")
    assert bottom_line(frame, ERRORS, ZH).startswith("可卡因（由苯甲酰爱康宁推算）：")
    at_load = loads(exact("A", 3), jurisdiction=None)
    assert bottom_line(at_load, ERRORS, EN, None) == "No correction factor is used: this study ends at the load."
    assert bottom_line(at_load, ERRORS, ZH, None) == "未使用校正因子：本研究止于负荷。"


@pytest.mark.parametrize("edition", [EN, ZH], ids=["en", "zh"])
def test_the_table_of_means(edition):
    frame = loads(exact("A", 6), below("B", 3), exact("A", 2, "methcathinone"), population=[1000.0, 1000.0, 1000.0])
    table = wording.say_summary(summarise(frame, ERRORS), edition)
    every = edition.pick("all, by population", "全部（按人口）")
    assert [row[1] for row in table.rows] == ["A", "B", every, "A"]
    assert [row[2:5] for row in table.rows] == [
        ("1", "0", "20.0"), ("1", "1", "<10.0"), ("2", "1", "10.0–15.0"), ("1", "0", "5.00")
    ]  # fmt: skip
    assert [row[6] for row in table.rows] == ["0.200", "0–0.100", "0.100–0.150", "–"], "methcathinone has no dose"
    assert len(table.columns) == 7
    bare = wording.say_summary(summarise(loads(exact("A", 6), doses=False), NONE), edition)
    assert [title for title, _ in bare.columns][-1] == edition.pick("95 % interval", "95 % 区间")
    assert bare.rows[0][5] == "–"


@pytest.mark.parametrize("edition", [EN, ZH], ids=["en", "zh"])
def test_what_came_in(edition):
    frame = loads(exact("A", 6), below("B", 3), ("B", "codeine", 9, "above", 9, np.inf))
    frame["date"] = ["2024-01-02", "2024-01-01", ""]
    rows = wording.say_data(frame, edition).rows
    assert rows[0][2:] == ("2", "2", "1 (50 %)", "2024-01-01 – 2024-01-02")
    assert rows[1][2:] == (
        "1",
        "1",
        edition.pick("0 (0 %), 1 above the range", "0 (0 %)，1 个高于范围"),
        edition.pick("not given", "未给出"),
    )
    assert wording.say_fingerprint(frame, EN) == (
        "codeine: 1 rows, 0 below a limit, median of the others – mg/day/1000inh\n"
        "tramadol: 2 rows, 1 below a limit, median of the others 6.00 mg/day/1000inh"
    )
    assert wording.say_fingerprint(frame, ZH).startswith("可待因：1 行，0 个低于限值，其余负荷中位数 – 毫克/天/千人\n")


def test_parameters_with_their_status():
    table = wording.say_parameters(constants_used(loads(exact("A", 3, "benzoylecgonine"), exact("A", 3)), ""), EN)
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["excretion fraction: cocaine / benzoylecgonine"] == ("0.35 (0.29–0.45) mol/mol", "–", "unverified")
    assert rows["excretion fraction: tramadol"][0] == "0.3 mol/mol"
    assert rows["excretion fraction: tramadol"][2] == "verified"
    assert table.note == "5 of 6 rows are unverified: in use, but not yet checked against a source."
    zh = wording.say_parameters(constants_used(loads(exact("A", 3)), ""), ZH)
    assert [row[3] for row in zh.rows] == ["已核实", "未核实"]
    assert wording.say_parameters(constants_used(loads(exact("A", 3)), None), ZH).rows == ()


def test_what_the_figures_rest_on():
    frame = loads(exact("A", 3), exact("A", 3, "amphetamine"), exact("A", 3, "norketamine"))
    used = constants_used(frame, "", doses=False)
    said = wording.say_limits(frame, used, Stage.LOAD, [Note("blank rows", "空行")], EN)
    assert (said.kind, said.paragraphs) == ("warning", (
        "This study enters the chain at loads.",
        "Consumption of amphetamine rests on parameters that are unverified.",
        "No range is known here for the excretion fraction of tramadol: taken as exact, it makes the interval too narrow.",
        "Amphetamine in water is mostly a metabolite of methamphetamine: its consumption is an upper end.",
        "No correction factor is used for norketamine: only the load is given.",
        "The errors declared for steps before that are the errors inside what the others computed.",
        "blank rows",
    ))  # fmt: skip
    zh = wording.say_limits(frame, used, Stage.CONCENTRATION, [Note("blank rows", "空行")], ZH)
    assert zh.paragraphs[0] == "本研究由浓度进入计算链。"
    assert zh.paragraphs[1:] == (
        "苯丙胺的消耗量依据未核实的参数。",
        "此处未知曲马多排泄率的范围：按确切值处理，区间偏窄。",
        "水中的苯丙胺大多是甲基苯丙胺的代谢物：其消耗量只是上限。",
        "去甲氯胺酮未使用校正因子：仅给出负荷。",
        "空行",
    )
    sure = loads(exact("A", 3, "methamphetamine"))
    assert wording.say_limits(sure, constants_used(sure, "", doses=False), Stage.LOAD, [], EN).kind == "note"
    dosed = constants_used(frame.iloc[:1], "", doses=True)
    said = wording.say_limits(frame.iloc[:1], dosed, Stage.LOAD, [], EN)
    assert said.paragraphs[1] == "The doses rest on parameters that are unverified."


def compared(frame: pd.DataFrame, errors: dict[str, float], *references: tuple[float, str]) -> pd.DataFrame:
    values, known = zip(*references, strict=True)
    return compare_with_reference(
        with_interval(frame.assign(reference_mg_day_1000inh=values, reference_censored=known), errors)
    )


def test_ours_beside_printed_figures():
    """A figure agrees within half a percent, or on the allowed side of a limit; else it is named, whoever is right."""
    frame = loads(exact("A", 6), exact("B", 6), below("C", 6), below("D", 6), exact("E", 6))
    table = compared(frame, ERRORS, (20.05, "exact"), (30, "below"), (20, "below"), (10, "below"), (21, "exact"))
    said = wording.say_check(table, EN)
    assert said.kind == "warning"
    assert said.paragraphs == (
        "3 of 5 printed figures are reproduced within 0.5 %.",
        "Anomaly, D, tramadol: printed <10.0 does not follow from its load, which gives <20.0 mg/day per 1,000 people with the "
        "correction factor used here.",
        "Anomaly, E, tramadol: printed 21.0 does not follow from its load, which gives 20.0 mg/day per 1,000 people with the "
        "correction factor used here.",
    )
    assert wording.say_check(table, ZH).paragraphs[1] == (
        "异常：D，曲马多：公布值 <10.0 与其负荷不符，按本报告校正因子得 <20.0 毫克/天/千人。"
    )
    assert wording.say_check(table.iloc[:3], ZH).paragraphs == ("3 个已发表数字中有 3 个在 0.5 % 以内重现。",)
    assert wording.say_check(table.iloc[:3], EN).kind == "note"


def test_ours_beside_a_simulated_truth_and_beside_nothing():
    simulated, frame = Edition("en", simulated=True), loads(exact("A", 6), exact("B", 6), below("C", 6))
    truth = ((20, "exact"), (200, "exact"), (5, "exact"))
    said = str(wording.say_check(compared(frame, ERRORS, *truth), simulated))
    assert said.startswith("The simulated truth lies in the interval for 1 of 2 exact values (50 %). Values below a limit")
    assert "declares no error" in str(wording.say_check(compared(frame, NONE, *truth).iloc[:2], simulated))
    assert str(wording.say_check(pd.DataFrame(columns=["ratio"]), ZH)) == "没有可供比较的参考值。"


def test_a_table_is_data_its_caption_is_stamped_and_its_text_escaped():
    frame = loads(exact("<b>A</b>", 6))
    bundle = wording.say_summary(summarise(frame, ERRORS), Edition("en", simulated=True))._repr_mimebundle_()
    table = bundle["application/vnd.labkit.table+json"]
    assert table["caption"].startswith(SIMULATED)
    assert table["rows"][0][1] == "<b>A</b>"
    assert "<b>" not in bundle["text/html"]
    assert "&lt;b&gt;A&lt;/b&gt;" in bundle["text/html"]
    said = wording.Sentences("note", ("a < b", "c"))._repr_mimebundle_()
    assert said["application/vnd.labkit.text+json"] == {"kind": "note", "paragraphs": ["a < b", "c"]}
    assert said["text/html"] == "<p>a &lt; b</p><p>c</p>"


@pytest.mark.parametrize("edition", [EN, ZH], ids=["en", "zh"])
def test_whatever_is_said_can_be_printed_and_holds_no_nan(edition):
    frame = loads(exact("A", 6), below("B", 3), ("B", "codeine", 9, "above", 9, np.inf))
    for errors in (ERRORS, NONE):
        summary = summarise(frame, errors)
        for said in (wording.say_bottom_line(summary, edition), wording.say_summary(summary, edition)):
            assert missing_characters(str(said)) == ""
            assert not any(word in str(said) for word in ("nan", "inf ", "None"))
