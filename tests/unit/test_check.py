"""`labkit check`: what it says of files that are taken and of those that are not, to people and to machines."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from labkit.cli import main
from labkit.loaders.check import check_files

WATER = """\
site,date,analyte,concentration,unit,lod,loq
A,2024-03-05,methamphetamine,250,ng/L,3,10
B,2024-03-05,ketamine,ND,ng/L,3,10
"""
FLOW = "site,date,flow,unit\nA,2024-03-05,52000,m3/day\nB,2024-03-05,61000,m3/day\n"
PEOPLE = "site,kind,population,source\nA,census,10000,register\nB,census,20000,register\n"
SITES = "site,name,type,area,area_share\nA,North plant,plant,N-1,0.7\nB,East plant,plant,N-1,0.3\n"
QUALITY = "date,analyte,type,concentration,unit,expected\n2024-03-05,ketamine,spike,92,ng/L,100\n"
HAIR = """\
subject,date,analyte,concentration,unit,lod,loq
S01,2024-03-05,methamphetamine,1.25,ng/mg,0.05,0.1
S02,2024-03-05,ketamine,ND,ng/mg,0.05,0.1
"""
BLOOD = "subject,date,analyte,concentration,unit,lod,loq\nS01,2024-03-05,methamphetamine,25,ng/mL,0.5,1\n"
RIVER = "site,medium,date,analyte,concentration,unit\nR1,river,2024-03-05,ketamine,25,ng/L\n"
GOOD = {
    "water": WATER, "flow": FLOW, "people": PEOPLE, "sites": SITES, "quality": QUALITY, "hair": HAIR, "blood": BLOOD,
    "river": RIVER,
}  # fmt: skip
KINDS = {"water": "wastewater", "people": "population", "river": "environment"}
NOT_CHECKED = "sites were not checked: no sites table was given (--sites FILE)"
Check = Callable[..., Result]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Return the function that types `labkit check` in a folder with a good file of each kind."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LABKIT_LANGUAGE", raising=False)
    for name, text in GOOD.items():
        Path(f"{name}.csv").write_text(text, encoding="utf-8")

    def typed(*words: str, **environment: str) -> Result:
        result = CliRunner().invoke(main, ["check", *words], prog_name="labkit", env=environment)
        assert isinstance(result.exception, SystemExit | None), result.exception
        assert "Traceback" not in result.output
        return result

    return typed


def write(name: str, text: str | bytes) -> str:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def test_the_kind_is_told_from_the_columns(check: Check) -> None:
    for name in GOOD:
        said = check(f"{name}.csv")
        assert (said.exit_code, said.stderr) == (0, "")
        assert said.stdout.startswith(
            f"{name}.csv: {KINDS.get(name, name)}, {len(GOOD[name].splitlines()) - 1} rows understood"
        )
        with_a_site = name in ("water", "flow", "people", "river")
        assert (NOT_CHECKED in said.stdout) == with_a_site


def test_hair_and_blood_differ_by_their_unit(check: Check) -> None:
    """The same columns, and pg/mg beside the ng/mg of another row: where no unit decides, the kind is asked for."""
    assert check("hair.csv").stdout.startswith("hair.csv: hair, 2 rows understood, 2 subjects, 2 analytes, ")
    assert check("blood.csv").stdout.startswith("blood.csv: blood, 1 rows understood, 1 subjects, 1 analytes, ")
    name = write("either.csv", BLOOD.replace("ng/mL", "apples"))
    said = check(name)
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr.startswith("either.csv:1 KND-UNKNOWN a header that fits ")
    assert check(name, "--as", "hair").stderr.startswith("either.csv:2:unit (E) UNI-UNKNOWN ")


def test_what_fits_no_kind_is_asked_about(check: Check) -> None:
    said = check(write("odd.csv", "colour,shape\nred,round\n"))
    assert said.exit_code == 2
    assert said.stderr.startswith("odd.csv:1 KND-UNKNOWN ")
    assert "--as one of wastewater, environment, hair, blood, flow, population, sites, quality" in said.stderr


def test_a_sites_table_among_the_files_is_the_one_that_the_others_are_held_against(check: Check) -> None:
    said = check("water.csv", "sites.csv", "flow.csv")
    assert said.exit_code == 0
    assert NOT_CHECKED not in said.stdout
    assert [line.split(":")[0] for line in said.stdout.splitlines() if "understood" in line] == [
        "water.csv",
        "sites.csv",
        "flow.csv",
    ]
    write("flow.csv", FLOW.replace("B,", "C,"))
    said = check("water.csv", "sites.csv", "flow.csv")
    assert said.exit_code == 2
    (line,) = said.stderr.splitlines()
    assert line == (
        "flow.csv:3:site (A) KEY-SITE-LIST the site “C” is not in the sites table → sites of sites.csv; "
        "add the site there, or correct its code"
    )
    assert said.stdout.startswith("water.csv: wastewater, 2 rows understood"), "what is taken is said all the same"


def test_a_sites_table_that_is_given(check: Check) -> None:
    """It is not one of the files; if it is refused itself, that is all that is said."""
    assert NOT_CHECKED not in check("water.csv", "--sites", "sites.csv").stdout
    few = write("few.csv", "site\nA\n")
    said = check("water.csv", "flow.csv", "--sites", few)
    assert [line.split(" ")[0] for line in said.stderr.splitlines()] == ["water.csv:3:site", "flow.csv:3:site"]
    assert all("KEY-SITE-LIST" in line and "sites of few.csv" in line for line in said.stderr.splitlines())
    bad = write("bad.csv", SITES.replace("0.3", "0.5"))
    said = check("water.csv", "--sites", bad)
    assert (said.exit_code, said.stdout) == (2, "")
    (line,) = said.stderr.splitlines()
    assert line.startswith("bad.csv:3:area_share (E) SIT-SHARE the shares of area “N-1” add up to 1.2 → ")
    assert check("water.csv", "--sites", "none.csv").stderr.startswith("none.csv FILE-MISSING ")


def test_capitals_of_a_site_count(check: Check) -> None:
    write("flow.csv", FLOW.replace("B,", "b,"))
    said = check("flow.csv", "--sites", "sites.csv")
    assert "the site “b” is not in the sites table" in said.stderr


@pytest.mark.parametrize(
    ("name", "content", "row", "rule"),
    [
        ("empty.csv", b"", 1, "TEXT-EMPTY"),
        ("header.csv", FLOW.splitlines()[0].encode() + b"\n", 1, "TEXT-EMPTY"),
        ("cut.csv", FLOW.encode()[:-8], 3, "ROW-CUT"),
        ("nul.csv", FLOW.replace("52000", "52\0000").encode(), 2, "ENC-NUL"),
        ("bytes.csv", FLOW.encode().replace(b"B,", b"\xff,"), 3, "ENC-UNKNOWN"),
        ("many.csv", FLOW.replace("61000", "x").replace("m3/day", "buckets").encode(), 2, "UNI-UNKNOWN"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(100), 1, "TYPE-"),
    ],
)
def test_each_refusal_begins_with_the_file_and_the_row(check: Check, name: str, content: bytes, row: int, rule: str) -> None:
    """Editors jump to FILE:ROW; so in both languages, and once for each problem."""
    write(name, content)
    for language in ("en", "zh"):
        said = check(name, "--as", "flow", LABKIT_LANGUAGE=language)
        assert (said.exit_code, said.stdout) == (2, "")
        lines = said.stderr.splitlines()
        assert re.match(rf"{name}:{row}[: ]", lines[0])
        assert rule in lines[0]
        assert all(re.fullmatch(rf"{name}:\d+(:\S+ \([A-Z]\))? [A-Z]+(-[A-Z0-9]+)+ .+ → .+; .+", line) for line in lines)
        assert bool(re.search("[\u4e00-\u9fff]", lines[0].replace("万m3", ""))) == (language == "zh")


def test_in_chinese(check: Check) -> None:
    said = check("water.csv", LABKIT_LANGUAGE="zh")
    first, second = said.stdout.splitlines()
    assert first == (
        "water.csv：wastewater，已读入 2 行，2 个采样点，2 种检测物，2024-03-05 – 2024-03-05，1 个低于限值；"
        "未核对采样点：没有给出站点表（--sites 文件）"
    )
    assert second.startswith("water.csv:3:concentration (D) VAL-NOT-DETECTED 标记“ND” → ")


def test_the_json_says_what_the_text_says(check: Check) -> None:
    """Every sentence of the text is there in both languages, and no more; the exit codes are the same."""
    write("flow.csv", FLOW.replace("52000", "-1").replace("61000", "1,5"))
    files = ("water.csv", "flow.csv", "hair.csv", "none.csv", "sites.csv")
    for language in ("en", "zh"):
        text, machine = check(*files, LABKIT_LANGUAGE=language), check(*files, "--json", LABKIT_LANGUAGE=language)
        assert (text.exit_code, machine.exit_code) == (2, 2)
        assert machine.stderr == text.stderr
        checked = json.loads(machine.stdout)
        assert [one["file"] for one in checked] == list(files)
        assert [one["outcome"] for one in checked] == ["noted", "refused", "noted", "refused", "accepted"]
        taken = [one for one in checked if not one["problems"]]
        lines = [line for one in taken for line in (one["summary"][language], *(note[language] for note in one["notes"]))]
        assert text.stdout.splitlines() == lines
        refused = [problem["sentence"][language] for one in checked for problem in one["problems"]]
        assert text.stderr.splitlines() == refused
    problem = checked[1]["problems"][0]
    assert {name: problem[name] for name in ("file", "sheet", "row", "column", "letter", "rule")} == {
        "file": "flow.csv", "sheet": None, "row": 2, "column": "flow", "letter": "C", "rule": "VAL-NEGATIVE",
    }  # fmt: skip
    for language in ("en", "zh"):
        parts = problem[language]
        assert problem["sentence"][language].endswith(f"{parts['found']} → {parts['allowed']}; {parts['advice']}")
    assert checked[0]["notes"] == [{**checked[0]["notes"][0], "rule": "VAL-NOT-DETECTED", "rows": [3]}]
    good = check("flow.csv", "--json", "--as", "water")
    assert good.exit_code == 64
    accepted = check("people.csv", "--json")
    assert (accepted.exit_code, accepted.stderr) == (0, "")
    assert json.loads(accepted.stdout)[0] | {"summary": None} == {
        "file": "people.csv", "kind": "population", "outcome": "accepted", "rows": 2, "summary": None, "notes": [],
        "problems_total": 0, "problems": [],
    }  # fmt: skip


def test_problems_past_the_200th_are_counted(check: Check) -> None:
    rows = "".join(f"A,{day:%Y-%m-%d},-1,m3/day\n" for day in pd.date_range("2023-01-01", periods=250))
    name = write("long.csv", f"site,date,flow,unit\n{rows}")
    lines = check(name).stderr.splitlines()
    assert len(lines) == 201
    assert lines[-1] == "… and 50 more problems"
    assert check(name, LABKIT_LANGUAGE="zh").stderr.splitlines()[-1] == "……另有 50 处问题"
    (one,) = json.loads(check(name, "--json").stdout)
    assert (one["problems_total"], len(one["problems"])) == (250, 250)


@pytest.mark.parametrize(
    ("good", "bad", "place", "secret"),
    [
        ("1.25", "1.25 maybe", "hair.csv:2:concentration (D) ", "maybe"),
        ("2024-03-05,ketamine", "5th of March,ketamine", "hair.csv:3:date (B) ", "March"),
        ("ketamine", "Xanadrol", "hair.csv:3:analyte (C) ", "Xanadrol"),
        ("S02", "张三", "hair.csv:3:subject (A) PER-NAME ", "张三"),
        ("S02", "13912345678", "hair.csv:3:subject (A) PER-MOBILE ", "13912345678"),
        ("ng/mg,0.05,0.1\nS02", "stones,0.05,0.1\nS02", "hair.csv:2:unit (E) ", "stones"),
    ],
)
def test_of_a_person_only_the_shape_is_said(check: Check, good: str, bad: str, place: str, secret: str) -> None:
    """Neither the text nor the machine's twin, in neither language, repeats a value of a person-level file."""
    assert HAIR.count(good) == 1
    write("hair.csv", HAIR.replace(good, bad))
    for language in ("en", "zh"):
        said = check("hair.csv", "--as", "hair", "--json", LABKIT_LANGUAGE=language)
        assert said.exit_code == 2
        assert said.stderr.startswith(place)
        for one in (secret, "1.25", "S01", "S02"):
            assert one not in said.output
        shown = {"en": r"a text of \d+ (digits|characters?)|\d+ digits", "zh": r"\d+ (位数字|个字符)|共 \d+ 位"}[language]
        assert re.search(shown, said.stderr), said.stderr


def test_a_file_named_after_a_person_is_not_named(check: Check) -> None:
    name = write("张三.csv", HAIR)
    for words in ((name,), (name, "--as", "hair"), (name, "--json", "--as", "hair")):
        said = check(*words)
        assert said.exit_code == 2
        assert "PER-NAME-FILE" in said.stderr
        assert "张三" not in said.output


def test_a_day_after_today_is_refused(tmp_path: Path) -> None:
    from datetime import date

    path = tmp_path / "flow.csv"
    path.write_text(FLOW, encoding="utf-8")
    (taken,) = check_files([str(path)], today=date(2024, 3, 5))
    assert taken.outcome == "accepted"
    (refused,) = check_files([str(path)], today=date(2024, 3, 4))
    assert [problem.rule.id for problem in refused.problems] == ["DAT-FUTURE"] * 2
    assert (refused.rows, refused.kind) == (0, "flow")


def test_a_workbook_names_its_sheet(check: Check) -> None:
    frame = pd.DataFrame({"site": ["A", "B"], "date": ["2024-03-05"] * 2, "flow": [52000, -1], "unit": ["m3/day"] * 2})
    frame.to_excel("flow.xlsx", sheet_name="三月", index=False)
    said = check("flow.xlsx")
    assert said.exit_code == 2
    assert said.stderr.startswith("flow.xlsx[三月]:3:flow (C) VAL-NEGATIVE the negative number -1 → ")
    (problem,) = json.loads(check("flow.xlsx", "--json").stdout)[0]["problems"]
    assert (problem["sheet"], problem["row"]) == ("三月", 3)


def test_a_profile_by_its_path(check: Check) -> None:
    name = write("theirs.csv", "Station;Tag;Menge\nA;05.03.2024;52000,5\n")
    text = 'columns: {site: Station, date: Tag, flow: Menge}\ndate_order: dmy\ndecimal: ","\ndelimiter: ";"\n'
    text += "unit: {flow: m3/day}\nkind: flow\n"
    said = check(name, "--profile", write("north.yml", text))
    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout.startswith(
        "theirs.csv: flow, 1 rows understood, 1 sites, 2024-03-05 – 2024-03-05; sites were not checked"
    )
