"""The simulated laboratory files: the city's numbers in three house styles, and persons who are nobody."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import subprocess
import sys
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from labkit.errors import Refusal
from labkit.params.profile import Profile, find_limit
from labkit.params.strict_yaml import read_tree
from labkit.simulate import simulate_city, simulate_laboratories
from labkit.simulate.habits import use_of_areas
from labkit.simulate.house_profiles import START, profile_text
from labkit.simulate.laboratory import LABORATORIES, NEW_INSTRUMENT_DAY
from labkit.simulate.persons import draw_persons, person_analytes
from labkit.simulate.workbook import write_workbook
from labkit.vocabulary import ANALYTES, to_analyte

LABS = Path(__file__).parents[2] / "params" / "labs"
CITY = ("results.csv", "flow.csv", "population.csv", "truth.csv")
WATER = ("water-north.csv", "water-east.csv", "water-west.xlsx")
PERSONS = tuple(f"{what}-{who}" for what in ("hair", "blood") for who in ("north.csv", "east.csv", "west.xlsx"))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("houses")
    paths = simulate_laboratories(folder, seed=7, sites=6, weeks=100, days_per_week=2)
    assert {path.name for path in paths} == {*WATER, *PERSONS, "flow.csv", "population.csv", "sites.csv", "quality.csv"}
    return folder


def table(path: Path) -> list[dict[str, object]]:
    """Read a laboratory file in the way of its house: rows under the header."""
    if path.suffix == ".xlsx":
        (sheet,) = openpyxl.load_workbook(path).worksheets
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    else:
        text = path.read_bytes().decode("gbk" if "-east" in path.name else "utf-8")
        rows = list(csv.reader(io.StringIO(text, newline="")))
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


def east_day(text: str) -> str:
    year, month, day = re.fullmatch(r"(\d{4})年(\d{1,2})月(\d{1,2})日", text).groups()
    return date(int(year), int(month), int(day)).isoformat()


def water_of(folder: Path, laboratory: str) -> set[tuple[object, ...]]:
    """The results of one laboratory as (site, day, analyte, number or mark, unit)."""
    if laboratory == "north":
        rows = table(folder / "water-north.csv")
        return {(row["site"], row["date"], row["analyte"], number(row["concentration"]), row["unit"]) for row in rows}
    if laboratory == "west":
        rows = table(folder / "water-west.xlsx")
        assert {type(row["采样日期"]) for row in rows} == {datetime}
        assert {type(row["检出限"]) for row in rows} == {float}
        return {
            (row["采样点"], row["采样日期"].date().isoformat(), to_analyte(row["检测物"]), number(row["检测结果"]), row["单位"])
            for row in rows
        }
    found = set()
    for row in table(folder / "water-east.csv"):
        for header, text in row.items():
            if match := re.fullmatch(r"(.+)（(.+)）", header):
                unit = match[2].replace("μ", "µ")
                found.add((row["采样点"], east_day(row["采样日期"]), to_analyte(match[1]), number(text), unit))
    return found


def number(text: object) -> object:
    try:
        return float(text)
    except ValueError:
        return text


def expected(folder: Path) -> dict[str, list[dict[str, str]]]:
    with (folder / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    of_site = {"S3": "east", "S6": "east", "S5": "west"}
    return {who: [row for row in rows if of_site.get(row["site"], "north") == who] for who in LABORATORIES}


@pytest.mark.parametrize("laboratory", ["north", "east", "west"])
def test_the_numbers_are_those_of_the_city(city: Path, laboratory: str) -> None:
    rows = expected(city)[laboratory]
    wanted = set()
    for row in rows:
        mark = "未检出" if laboratory == "east" and row["concentration"].startswith("<") else row["concentration"]
        wanted.add((row["site"], row["date"], row["analyte"], number(mark), row["unit"]))
    found = water_of(city, laboratory)
    assert found == wanted
    assert len(found) == len(rows) == {"north": 3, "east": 2, "west": 1}[laboratory] * 200 * 6
    assert any(isinstance(one[3], str) for one in found)


def test_the_files_of_the_city_itself_have_not_moved(city: Path, tmp_path: Path) -> None:
    simulate_city(tmp_path, seed=7, sites=6, weeks=100, days_per_week=2, start=START)
    for name in CITY:
        assert (city / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_each_house_has_its_style(city: Path) -> None:
    north, east = (city / "water-north.csv").read_bytes(), (city / "water-east.csv").read_bytes()
    assert north.startswith(b"site,date,sample,analyte,concentration,unit,lod,loq\nS1,2022-01-")
    assert b"\r" not in north
    assert east.count(b"\r\n") == east.count(b"\n") == 1 + 2 * 200
    lines = east.decode("gbk").splitlines()
    assert lines[0].startswith("样品编号,采样点,采样日期,甲基苯丙胺（ng/L）,氯胺酮（ng/L）,")
    assert lines[0].endswith("可替宁（μg/L）")
    with pytest.raises(UnicodeDecodeError):
        east.decode("utf-8")
    (sheet,) = openpyxl.load_workbook(city / "water-west.xlsx").worksheets
    assert (sheet.title, sheet["A1"].value, sheet["A3"].value) == ("结果", "模拟实验室（西）污水检测结果", "采样点")
    assert sheet["B4"].is_date
    assert {cell.value for cell in sheet["F"][3:]} == {"µg/L"}
    kinds = {cell.data_type for cell in sheet["E"][3:]}
    assert kinds == {"n", "s"}


def test_every_mark_of_the_east_has_its_limit_in_the_profile(city: Path) -> None:
    profile = Profile.model_validate(read_tree(profile_text("east").encode(), "east.yml").root)
    checked = 0
    for row in expected(city)["east"]:
        limit = find_limit(profile, row["analyte"], "wastewater", None, date.fromisoformat(row["date"]))
        assert limit is not None
        assert (limit.lod, limit.loq) == (None, float(row["loq"]))
        assert limit.unit == row["unit"].replace("µ", "u")
        checked += row["concentration"].startswith("<")
    assert checked > 100


@pytest.mark.parametrize("laboratory", ["north", "east", "west"])
def test_the_kept_profiles_are_those_of_the_simulator(city: Path, laboratory: str) -> None:
    text = profile_text(laboratory)
    assert (LABS / f"simulated-{laboratory}.yml").read_text("utf-8") == text
    assert (city / f"simulated-{laboratory}.yml").read_text("utf-8") == text
    assert "SIMULATED" in text.splitlines()[0]
    assert ("2023-07-03" in text) == LABORATORIES[laboratory].renews
    assert (date(2023, 7, 3) - START).days == NEW_INSTRUMENT_DAY
    assert "2024-07-01" in profile_text("north", date(2023, 1, 2))


@pytest.mark.parametrize("name", PERSONS)
def test_persons_are_drawn_within_their_bounds(city: Path, name: str) -> None:
    rows = table(city / name)
    zh = "north" not in name
    value, analyte, subject = ("检测结果", "检测物", "受试者编号") if zh else ("concentration", "analyte", "subject")
    drawn = person_analytes().loc[lambda one: one["matrix"] == name.partition("-")[0]]
    assert len(rows) == 120 * len(drawn)
    assert len({row[subject] for row in rows}) == 120
    for one in drawn.to_dict("records"):
        found = [number(row[value]) for row in rows if to_analyte(str(row[analyte])) == one["analyte"]]
        numbers = [each for each in found if isinstance(each, float)]
        assert set(found) - set(numbers) <= {"未检出" if zh else "ND", "<LOQ"}
        assert all(each >= float(one["loq"]) for each in numbers)
        assert len(numbers) / 120 < 1.6 * one["share_users"] + 0.1
        assert one["analyte"] in ANALYTES
    cutoffs = {float(row["阈值" if zh else "cutoff"]) for row in rows}
    assert cutoffs == set(drawn["cutoff"].astype(float))
    if name.startswith("hair"):
        ends = {
            (float(row["段起" if zh else "segment_from_cm"]), float(row["段止" if zh else "segment_to_cm"])) for row in rows
        }
        assert ends == {(0.0, 3.0)}


@pytest.mark.parametrize("name", PERSONS)
def test_nothing_of_a_person_looks_like_an_identifier(city: Path, name: str) -> None:
    rows = table(city / name)
    forbidden = re.compile("姓名|身份|电话|手机|住址|地址|生日|出生日期|病历|备注|name|phone|address|note", re.IGNORECASE)
    assert [header for header in rows[0] if forbidden.search(header)] == []
    codes = re.compile(r"[NEW]-\d{4}")
    assert all(codes.fullmatch(str(row.get("subject") or row["受试者编号"])) for row in rows)
    for text in {str(cell) for row in rows for cell in row.values() if not isinstance(cell, datetime)}:
        assert not re.search(r"\d{7,}|@", text), text
    assert all(re.fullmatch(r"D[1-6]", str(row.get("area") or row["街道"])) for row in rows)


def test_a_person_is_the_same_in_hair_and_in_blood(city: Path) -> None:
    about = [
        {row["subject"]: (row["sex"], row["birth_year"], row["area"]) for row in table(city / f"{matrix}-north.csv")}
        for matrix in ("hair", "blood")
    ]
    both = set(about[0]) & set(about[1])
    assert len(both) == 60
    assert all(about[0][one] == about[1][one] for one in both)


def test_shares_of_an_area_add_up_to_at_most_one_and_stay_when_sites_are_added(city: Path, tmp_path: Path) -> None:
    rows = table(city / "sites.csv")
    assert list(rows[0]) == ["site", "name", "type", "area", "area_share", "closed"]
    assert {row["site"] for row in rows} == {f"S{n}" for n in range(1, 7)}
    for area in (f"D{n}" for n in range(1, 7)):
        shares = [float(row["area_share"]) for row in rows if row["area"] == area]
        assert 0.6 <= sum(shares) <= 1
        assert min(shares) > 0
    simulate_laboratories(tmp_path, seed=7, sites=3, weeks=2, subjects=3)
    assert [row for row in table(tmp_path / "sites.csv") if row not in rows] == []


def test_quality_samples(city: Path) -> None:
    rows = table(city / "quality.csv")
    assert len(rows) == 25 * 3 * 6 * 5
    assert len({(row["date"], row["analyte"], row["type"], row["laboratory"], row["replicate"]) for row in rows}) == len(rows)
    assert {row["concentration"] for row in rows if row["type"] == "blank"} == {"ND"}
    for row in rows:
        if row["expected"]:
            assert 0.6 < float(row["concentration"]) / float(row["expected"]) < 1.6
        assert float(row["lod"]) < float(row["loq"])


def test_sizes_and_a_laboratory_without_sites(tmp_path: Path) -> None:
    paths = simulate_laboratories(tmp_path, seed=3, sites=2, weeks=1, subjects=2, analytes=["ketamine"])
    assert not {"water-east.csv", "water-west.xlsx"} & {path.name for path in paths}
    assert len(table(tmp_path / "water-north.csv")) == 2
    assert len(table(tmp_path / "hair-west.xlsx")) == 2 * 6
    assert all(path.stat().st_size > 0 for path in paths)
    for subjects in (0, 4001):
        with pytest.raises(Refusal, match="SIM-SIZE subjects is"):
            simulate_laboratories(tmp_path / "no", seed=3, subjects=subjects)
    with pytest.raises(Refusal, match="SIM-SIZE"):
        simulate_laboratories(tmp_path / "no", seed=3, sites=0)
    assert not (tmp_path / "no").exists()


def test_the_same_seed_gives_the_same_bytes_at_another_hour_and_place(city: Path, tmp_path: Path) -> None:
    youngest = max(path.stat().st_mtime for path in city.iterdir())
    time.sleep(max(0.0, youngest + 2.1 - time.time()))  # the hour in a zip counts by two seconds
    code = (
        "import sys, pathlib; from labkit.simulate import simulate_laboratories as s\n"
        "s(pathlib.Path(sys.argv[1]), seed=7, sites=6, weeks=100, days_per_week=2)"
    )
    elsewhere = {**os.environ, "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "4", "LC_ALL": "C", "PYTHONUTF8": "0"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=elsewhere, umask=0o077)
    names = sorted(path.name for path in city.iterdir())
    assert names == sorted(path.name for path in tmp_path.iterdir())
    assert [name for name in names if (city / name).read_bytes() != (tmp_path / name).read_bytes()] == []
    other = tmp_path / "other"
    simulate_laboratories(other, seed=8, weeks=2, subjects=3)
    assert (other / "hair-north.csv").read_bytes()[:400] != (city / "hair-north.csv").read_bytes()[:400]


def test_a_workbook_holds_what_it_is_given_and_nothing_of_its_making(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, "a & <b>", [["=1+1", " x ", 1, 0.1, date(2024, 3, 5), None, "检出 <LOQ & “"], [], [1e-7, "=1+1"]])
    (sheet,) = openpyxl.load_workbook(path).worksheets
    assert sheet.title == "a & <b>"
    assert [cell.value for cell in sheet[1]] == ["=1+1", " x ", 1, 0.1, datetime(2024, 3, 5), None, "检出 <LOQ & “"]
    assert sheet["A1"].data_type == "s", "a text is never a formula"
    assert [cell.value for cell in sheet[3]][:2] == [1e-7, "=1+1"]
    with zipfile.ZipFile(path) as package:
        assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert [name for name in package.namelist() if name.startswith("docProps")] == []
    digest = "87669fccde079f81b69faa32ff8fc1302d111aea935c074b3b528c90306b4094"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, "other bytes than on the machine where this was written"


def test_hair_and_blood_follow_the_use_of_their_area() -> None:
    use = use_of_areas(seed=7, start=START, weeks=150, areas=6)
    share = {}
    for matrix in ("hair", "blood"):
        rows = draw_persons(matrix, "north", use, seed=7, subjects=4000, weeks=150, areas=6)
        mine = [row for row in rows if row["analyte"] == "methamphetamine"]
        found = {
            area: [row["concentration"] != "ND" for row in mine if row["area"] == area] for area in ("D1", "D2", "D3", "D4")
        }
        share[matrix] = [sum(one) / len(one) for one in found.values()]
    level = use.relative["methamphetamine"][:4].mean(axis=1)
    for matrix in ("hair", "blood"):
        assert share[matrix].index(min(share[matrix])) == level.argmin(), matrix
        assert share[matrix].index(max(share[matrix])) == level.argmax(), matrix
    assert min(share["hair"]) > max(share["blood"]), "hair remembers months, blood a day"


def test_the_truth_of_the_use_stands_beside(city: Path) -> None:
    rows = table(city / "truth_use.csv")
    assert len(rows) == 6 * 6 * 24 and set(rows[0]) == {"area", "month", "analyte", "true_relative_use", "true_share_users"}
    truth = {(row["site"], row["date"]): float(row["true_consumption_mg_day_1000inh"]) for row in table(city / "truth.csv")
             if row["analyte"] == "ketamine"}  # fmt: skip
    month = [value for (site, day), value in truth.items() if site == "S2" and day.startswith("2022-05")]
    (own,) = [row for row in rows if (row["area"], row["month"], row["analyte"]) == ("D2", "2022-05", "ketamine")]
    assert float(own["true_relative_use"]) == pytest.approx(sum(month) / len(month) / 4.6, rel=0.35)
