"""A profile drafted from a sample file: what the file proves is filled in, the rest is asked, and no number changes."""

from __future__ import annotations

import io
import random
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from labkit.errors import Refusal
from labkit.loaders.draft import draft_profile
from labkit.loaders.draft_evidence import Marks, days_of, marks_of
from labkit.loaders.draft_page import Draft
from labkit.loaders.read import read_file
from labkit.params import Profile
from labkit.params.read_profile import parse_profile
from labkit.simulate import simulate_laboratories
from labkit.vocabulary import FileKind

WATER = "site,date,analyte,concentration,unit,lod,loq\n"
TODAY = date(2025, 1, 1)


def drafted(
    folder: Path, content: str | bytes, name: str = "sample.csv", kind: FileKind | None = None
) -> tuple[Draft, Profile]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    draft = draft_profile(path, name, kind)
    return draft, parse_profile(draft.text.encode(), "draft.yml")


def asked(draft: Draft) -> str:
    return "\n".join(note.en for note in draft.questions)


def test_what_the_file_shows_is_filled_in(tmp_path: Path) -> None:
    text = """\
三月结果（模拟）

采样点;采样日期;检测物;浓度;颜色
;;;（ng/L）;
A;25/03/2024;冰毒;1.212,5;x
A;03/04/2024;氯胺酮;-;x
A;04/04/2024;XYZ;0;x
"""
    draft, profile = drafted(tmp_path, text.encode("gb18030"))
    assert profile.to_plain() == {
        "title": {"en": "Draft of a laboratory profile", "zh": "实验室配置草稿"},
        "kind": "wastewater",
        "encoding": "gb18030",
        "delimiter": ";",
        "header_row": 3,
        "unit_row": True,
        "columns": {"site": "采样点", "date": "采样日期", "analyte": "检测物", "concentration": "浓度"},
        "decimal": ",",
        "thousands": ".",
        "date_order": "dmy",
    }
    for question in (
        "E “颜色”",
        "does 0 mean not detected?",
        "“-”",
        "“XYZ”",
        "LOD and LOQ of methamphetamine, ketamine",
        "laboratory",
    ):
        assert question in asked(draft)
    assert all(any("\u4e00" <= one <= "\u9fff" for one in note.zh) for note in draft.questions)
    assert draft.text.count("# ASK: ") == len(draft.questions)


def test_a_plain_file_needs_no_more_than_its_kind(tmp_path: Path) -> None:
    draft, profile = drafted(tmp_path, WATER + "A,2024-03-05,ketamine,12.5,ng/L,1,3\n")
    assert set(profile.to_plain()) == {"title", "kind"}
    assert asked(draft) == "which laboratory? There is no such column"


def test_what_two_readings_allow_is_asked(tmp_path: Path) -> None:
    row = 'A,03/04/2024,ketamine,"1,234",ng/L,1,3\n'
    draft, profile = drafted(tmp_path, WATER + row)
    assert set(profile.to_plain()) == {"title", "kind"}
    assert "is the comma in “1,234” a decimal mark" in asked(draft)
    assert "is “03/04/2024” day first (dmy) or month first (mdy)?" in asked(draft)
    assert "# date_order: dmy" in draft.text


def test_answers_are_declared_by_taking_the_sign_away(tmp_path: Path) -> None:
    draft, _ = drafted(tmp_path, "site,date,analyte,concentration,unit\nA,03/04/2024,ketamine,0,ng/L\n")
    text = draft.text.replace("# zero: nd", "zero: nd").replace("# date_order: dmy", "date_order: dmy")
    text = text.replace("# limits:\n#   - {", "limits:\n  - {").replace("lod: …", "lod: 1").replace("loq: …", "loq: 3")
    profile = parse_profile(text.replace(", from: …", "").encode(), "draft.yml")
    assert (profile.zero, profile.date_order, profile.limits[0].lod, profile.limits[0].unit) == ("nd", "dmy", 1, "ng/L")


def test_no_unit_and_a_wide_shape(tmp_path: Path) -> None:
    draft, profile = drafted(tmp_path, "site,date,METH,氯胺酮\nA,2024-03-05,12,5\n")
    assert profile.kind == "wastewater"
    assert "# wide: one column for each analyte" in draft.text
    assert "# unit: {concentration: ng/L}" in draft.text
    assert "LOD and LOQ of methamphetamine, ketamine" in asked(draft)
    assert "METH" not in asked(draft), "a column that is known is not asked about"


def test_other_kinds(tmp_path: Path) -> None:
    draft, profile = drafted(tmp_path, '采样点,日期,流量\nA,2024-03-05,"1,234.5"\n', kind=FileKind.FLOW)
    assert (profile.kind, profile.thousands, profile.columns["flow"]) == ("flow", ",", "流量")
    assert "in which unit is “flow”?" in asked(draft)
    draft, profile = drafted(tmp_path, "alpha,beta\n1,2\n")
    assert profile.kind is None
    assert "what does the file hold?" in asked(draft)
    assert "alpha" not in draft.text, "what it holds is not known, so nothing of it is repeated"


def test_two_sheets_are_asked_about_and_one_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "结果"
    for row in [["simulated"], [], WATER.strip().split(","), ["A", "2024-03-05", "ketamine", 12.5, "ng/L", 1, 3]]:
        book.active.append(row)
    single = io.BytesIO()
    book.save(single)
    _, profile = drafted(tmp_path, single.getvalue(), "single.xlsx")
    assert (profile.sheet, profile.header_row, profile.encoding) == ("结果", 3, None)
    book.create_sheet("cover").append(["simulated"])
    double = io.BytesIO()
    book.save(double)
    draft, profile = drafted(tmp_path, double.getvalue(), "double.xlsx")
    assert profile.sheet is None
    assert "sheet" in asked(draft)
    assert "# sheet: …" in draft.text


HAIR = "subject,date,analyte,concentration,unit,segment_from_cm,segment_to_cm,{extra}\n"


def test_nothing_of_a_person_level_file_is_repeated(tmp_path: Path) -> None:
    secrets = ["CANARY-7", "03/04/2024", "1,234", "张三丰", "王小二", "秘密列"]
    text = HAIR.format(extra="秘密列")
    text += 'CANARY-7,03/04/2024,ketamine,"1,234",ng/mg,0,1,王小二\n' + "CANARY-7,03/04/2024,张三丰,张三丰,ng/mg,0,1,王小二\n"
    for kind in (None, FileKind.HAIR, FileKind.WASTEWATER, FileKind.FLOW):
        draft, _ = drafted(tmp_path, text, kind=kind)
        told = draft.text + "".join(note.en + note.zh for note in draft.questions)
        for secret in secrets:
            assert secret not in told, kind
    draft, profile = drafted(tmp_path, text)
    assert profile.kind == "hair"
    assert "column" in asked(draft)
    assert " H?" in asked(draft)
    assert "LOD and LOQ of ketamine" in asked(draft)


@pytest.mark.parametrize(
    ("texts", "marks"),
    [
        ([], Marks()),
        (["12", "1.5", "ND", "<0.5"], Marks()),
        (["<0,5", "12"], Marks(decimal=",")),
        (["1,234", "1,5"], Marks(decimal=",")),
        (["1.234,5"], Marks(decimal=",", thousands=".")),
        (["1,234,567"], Marks(thousands=",")),
        (["1,234.5", "1,234", "1.5"], Marks(thousands=",")),
        (["1,234", "1.5"], Marks(doubt="1,234")),
        (["1,5", "1.234"], Marks(doubt="1,5", mixed=True)),
        (["1,5", "1,234,567"], Marks(doubt="1,5", mixed=True)),
    ],
)
def test_marks_are_declared_only_where_one_reading_is_possible(texts: list[str], marks: Marks) -> None:
    assert marks_of(texts) == marks


def test_days() -> None:
    assert days_of(["03/04/2024", "03/25/2024"]).order == "mdy"
    assert days_of(["2024-03-25", "2024-03-25 08:30:00+08:00"]).timed is False
    assert days_of(["2024-03-25 08:30"]).timed
    both = days_of(["25/03/2024", "03/25/2024"])
    assert (both.order, both.mixed) == (None, True)


def rows_of(numbers: list[str], days: list[str]) -> str:
    lines = [f'S{n},{day},ketamine,"{number}",ng/L,1,3' for n, (number, day) in enumerate(zip(numbers, days, strict=True))]
    return WATER + "\n".join(lines) + "\n"


def read(path: Path, profile: Profile) -> pd.DataFrame | None:
    try:
        return read_file(path, path.name, "wastewater", profile, today=TODAY).frame
    except Refusal:
        return None


def test_a_draft_never_changes_a_number(tmp_path: Path) -> None:
    """Files of random writings: whatever is read without a profile is read the same with the draft."""
    rng = random.Random(20240305)
    numbers = ["12", "1.5", "1,5", "1,234", "1.234", "1,234.5", "1.234,5", "ND", "<3", "1234567", "0.25", "１２．５", "1e3"]
    days = ["2024-03-05", "2024/3/5", "2024年3月5日", "05.03.2024", "25/03/2024", "03/04/2024"]
    both = mended = 0
    for _ in range(150):
        n = rng.randint(1, 4)
        few = rng.sample(numbers, 3)
        text = rows_of([rng.choice(few) for _ in range(n)], [rng.choice(days[: rng.randint(1, 6)]) for _ in range(n)])
        _, profile = drafted(tmp_path, text)
        without, with_draft = read(tmp_path / "sample.csv", Profile()), read(tmp_path / "sample.csv", profile)
        if without is not None:
            assert with_draft is not None, text
            pd.testing.assert_frame_equal(with_draft, without)
            both += 1
        mended += without is None and with_draft is not None
    assert both > 10
    assert mended > 5, "and some files that were refused are read"


def test_simulated_laboratory_files_are_read_the_same_with_their_draft(tmp_path: Path) -> None:
    same = mended = 0
    for path in simulate_laboratories(tmp_path, seed=7, sites=6, weeks=12, days_per_week=1):
        kind = next((one for one in FileKind if path.name.startswith(one)), FileKind.WASTEWATER)
        profile = parse_profile(draft_profile(path, path.name, kind).text.encode(), "draft.yml")
        frames = []
        for one in (Profile(), profile):
            try:
                frames.append(read_file(path, path.name, kind, one).frame)
            except Refusal as refusal:
                frames.append(None)
                unread = {problem.rule.id for problem in refusal.problems}
        without, with_draft = frames
        if without is not None:
            pd.testing.assert_frame_equal(with_draft, without)
            same += 1
        elif with_draft is None:
            assert unread == {"VAL-NO-LIMIT"}, "a draft can ask for limits, and no more"
        mended += without is None and with_draft is not None
    assert same >= 6
    assert mended >= 3, "the workbooks with rows of title above the header"


def test_limits_of_an_unknown_kind_name_no_matrix(tmp_path: Path) -> None:
    draft, profile = drafted(tmp_path, "subject,date,analyte,concentration,unit\nS1,2024-03-05,ketamine,12,ng/mL\n")
    assert profile.kind is None, "hair and blood look alike"
    assert "{analyte: ketamine, matrix: …, lod: …, loq: …, unit: …, from: …}" in draft.text


def test_any_file_is_survived(tmp_path: Path) -> None:
    """Mutated bytes give a draft that is a profile, or a refusal; never anything else."""
    rng = random.Random(7)
    book = io.BytesIO()
    sheet = openpyxl.Workbook()
    sheet.active.append(WATER.strip().split(","))
    sheet.active.append(["A", "2024-03-05", "ketamine", 12.5, "ng/L", 1, 3])
    sheet.save(book)
    seeds = [
        (WATER + "A,2024-03-05,ketamine,12.5,ng/L,1,3\n").encode(),
        ("采样点;日期;检测物;浓度\nA;25/03/2024;冰毒;1,5\n" * 3).encode("gb18030"),
        (WATER + "A,2024-03-05,ketamine,12.5,ng/L,1,3\n").encode("utf-16"),
        ('"site","da\nte",#: [}\u2028{,"x"\n"' * 3).encode(),
        book.getvalue(),
        b"", b"\n\n", b"\0", b"%PDF-1.4", b"PAR1", b"a", b'"', b",,,\n,,,\n",
    ]  # fmt: skip
    drafts = 0
    for seed in seeds:
        for _ in range(40):
            content = bytearray(seed)
            for _ in range(rng.randint(0, 6)):
                if content:
                    content[rng.randrange(len(content))] = rng.choice(
                        [0, 9, 10, 34, 35, 44, 58, 59, 91, 123, 255, rng.randrange(256)]
                    )
            try:
                drafted(tmp_path, bytes(content), rng.choice(["a.csv", "a.tsv", "a.xlsx"]), rng.choice([None, *FileKind]))
                drafts += 1
            except Refusal as refusal:
                assert refusal.report("zh")
    assert drafts > 60
