"""The parts of the simulated city, what it refuses, and that it stays the same city by seed and in any size."""

from __future__ import annotations

import ast
import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import labkit.simulate
from labkit.errors import Refusal
from labkit.simulate import city_analytes, simulate_city
from labkit.simulate.catchment import CUBIC_METRES_IN_FLOW_UNIT, KNOWN_SITES, LARGEST, SMALLEST, nth_site, rainfall, stream
from labkit.simulate.holidays import SPRING_FESTIVAL, on_holiday, share_away
from labkit.simulate.laboratory import LABORATORIES, SMALLER_UNITS_IN_ONE, report, sampled_days, significant
from labkit.simulate.use import TRENDS, WEEKDAYS
from labkit.units import CONCENTRATION, FLOW, to_factor
from labkit.vocabulary import ANALYTES

START = date(2022, 1, 3)
FILES = ("flow.csv", "population.csv", "results.csv", "truth.csv")


def test_the_simulator_imports_none_of_the_science_it_tests() -> None:
    allowed = {"labkit.simulate", "labkit.vocabulary", "labkit.units", "labkit.errors", "labkit.tables"}
    for path in Path(labkit.simulate.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert not name.startswith("labkit") or ".".join(name.split(".")[:2]) in allowed, f"{path.name}: {name}"
            if isinstance(node, ast.ImportFrom) and node.module == "labkit.units":
                assert not {one.name for one in node.names} & {"daily_load", "per_1000"}, path.name


def test_new_years_day_is_a_day_off_and_at_a_new_moon() -> None:
    # mean lunation from the new moon of 6 January 2000, 18:14 UTC; true new moons stay within a day of it, China is 8 h ahead
    for year, (new_year, first, last) in SPRING_FESTIVAL.items():
        assert first <= new_year <= last
        assert 7 <= (last - first).days + 1 <= 9
        assert date(year, 1, 21) <= new_year <= date(year, 2, 20)
        moons = ((new_year - date(2000, 1, 6)).days + 0.5 - 0.76) / 29.530589
        assert abs(moons - round(moons)) * 29.53 < 1.5


def test_who_is_away() -> None:
    days = np.arange(np.datetime64("2022-01-01"), np.datetime64("2027-01-01"))
    away = share_away(days)
    assert away.max() == 1.0
    assert away[days == np.datetime64("2024-02-10")] == 1.0
    assert away[days == np.datetime64("2024-06-10")] == 0.0
    assert away[days == np.datetime64("2024-10-03")] == 0.25
    assert on_holiday(days).sum() == sum((last - first).days + 1 for _, first, last in SPRING_FESTIVAL.values()) + 5 * 7


def test_truth_parameters_say_that_they_are_simulated() -> None:
    table = city_analytes()
    assert (table["status"] == "simulated").all()
    assert (table["note"].str.len() > 0).all()
    assert [ANALYTES[key].drug for key in table["analyte"]] == table["drug"].tolist()
    assert (table["lod_ng_L"] < table["loq_ng_L"]).all()
    assert table["excretion_fraction"].between(0, 1, inclusive="neither").all()
    # weekday factors shift days within the week and leave its mean level (of logarithms) where it was
    assert np.allclose(np.log(table[list(WEEKDAYS)]).mean(axis=1), 0, atol=0.015)
    assert {analyte for _, analyte in TRENDS} <= set(table.index)


def test_streams_go_by_key_not_by_order() -> None:
    first = stream(7, "S1", "flow").standard_normal(5)
    stream(7, "S0", "flow").standard_normal(100)
    assert np.array_equal(stream(7, "S1", "flow").standard_normal(9)[:5], first)
    for other in (stream(8, "S1", "flow"), stream(7, "S2", "flow"), stream(7, "S1", "meter")):
        assert not np.isclose(other.standard_normal(5), first).any()


def test_sites_beyond_the_sixth_keep_to_the_range() -> None:
    for number in (*range(7, 40), 120):
        site = nth_site(number, seed=3)
        assert site.code == f"S{number}"
        assert SMALLEST - 500 <= site.residents <= LARGEST + 500
    assert {SMALLEST <= site.residents <= LARGEST for site in KNOWN_SITES} == {True}


def test_units_are_ones_that_the_doors_know_by_the_same_size() -> None:
    for unit, size in SMALLER_UNITS_IN_ONE.items():
        assert to_factor(unit, CONCENTRATION) == size
    for unit, size in CUBIC_METRES_IN_FLOW_UNIT.items():
        assert to_factor(unit, FLOW) == size
    assert {site.flow_unit for site in KNOWN_SITES} == set(CUBIC_METRES_IN_FLOW_UNIT)


@pytest.mark.parametrize("days_per_week", [1, 2, 3, 7])
def test_sampled_days_are_spread_evenly_over_the_weekdays(days_per_week: int) -> None:
    days = sampled_days(nth_site(4, 11), 11, weeks=156, days_per_week=days_per_week)
    assert np.array_equal(days, np.unique(days))
    assert np.array_equal(np.bincount(days // 7, minlength=156), np.full(156, days_per_week))
    for block in range(156 // 7):
        in_block = days[days // 49 == block]
        assert np.array_equal(np.bincount(in_block % 7, minlength=7), np.full(7, days_per_week))


def test_fewer_sampled_days_are_among_more_and_shorter_among_longer() -> None:
    site = nth_site(2, 5)
    long = set(sampled_days(site, 5, 50, 3).tolist())
    assert set(sampled_days(site, 5, 50, 1).tolist()) < long
    assert set(sampled_days(site, 5, 20, 3).tolist()) == {day for day in long if day < 140}


def test_rain_falls_in_summer_and_never_below_zero() -> None:
    days = np.arange(np.datetime64("2022-01-01"), np.datetime64("2026-12-31"))
    rain = rainfall(1, days)
    month = days.astype("datetime64[M]").astype(int) % 12
    assert rain.min() == 0
    assert rain[(month >= 4) & (month <= 7)].mean() > 1.5 * rain[(month >= 10) | (month <= 1)].mean()


@pytest.mark.parametrize(
    ("laboratory", "below", "between", "number", "unit", "lod", "loq"),
    [
        ("north", "ND", "<LOQ", "1230", "ng/L", "10", "30"),
        ("east", "<0.03", "<0.03", "1.23", "µg/L", "0.01", "0.03"),
        ("west", "未检出", "<LOQ", "1.23", "µg/L", "0.01", "0.03"),
    ],
)
def test_words_of_each_laboratory(
    laboratory: str, below: str, between: str, number: str, unit: str, lod: str, loq: str
) -> None:
    rows = report(LABORATORIES[laboratory], "cotinine", np.array([0.005, 0.02, 1.2345]), np.zeros(3, int), (10, 30))
    assert rows == [(below, unit, lod, loq), (between, unit, lod, loq), (number, unit, lod, loq)]


def test_a_value_that_would_round_up_to_the_limit_stays_below_it() -> None:
    rows = report(LABORATORIES["north"], "MDMA", np.array([0.00059999, 0.0006]), np.zeros(2, int), (0.2, 0.6))
    assert [row[0] for row in rows] == ["<LOQ", "0.600"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-7 / 3, "0.0000000333"), (0.09996, "0.100"), (999.6, "1000"), (1.5e6, "1500000"), (5, "5.00")],
)
def test_three_digits_without_an_exponent(value: float, text: str) -> None:
    assert significant(value, 3) == text


@pytest.mark.parametrize(
    ("wrong", "rules"),
    [
        ({"sites": 0}, ["SIM-SIZE"]),
        ({"weeks": 0, "days_per_week": 8, "seed": -1}, ["SIM-SIZE", "SIM-SIZE", "SIM-SIZE"]),
        ({"days_per_week": True}, ["SIM-SIZE"]),
        ({"start": date(2021, 12, 31)}, ["SIM-CALENDAR"]),
        ({"start": date(2024, 1, 10)}, ["SIM-CALENDAR"]),
        ({"analytes": ["sugar", "MDMA"]}, ["SIM-ANALYTE"]),
        ({"analytes": []}, ["SIM-ANALYTE"]),
    ],
)
def test_what_cannot_be_simulated_is_refused_and_nothing_written(
    tmp_path: Path, wrong: dict[str, object], rules: list[str]
) -> None:
    folder = tmp_path / "city"
    with pytest.raises(Refusal) as refused:
        simulate_city(folder, **{"seed": 1, "start": START, **wrong})
    assert [problem.rule.id for problem in refused.value.problems] == rules
    for problem in refused.value.problems:
        assert problem.sentence("zh") != problem.sentence("en")
    assert not folder.exists()


def digest(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}


def test_same_seed_same_bytes_in_another_process_zone_and_locale(tmp_path: Path) -> None:
    simulate_city(tmp_path / "here", seed=5, sites=3, weeks=20, start=START)
    code = (
        "import sys; from datetime import date; from pathlib import Path; from labkit.simulate import simulate_city; "
        "simulate_city(Path(sys.argv[1]), seed=5, sites=3, weeks=20, start=date(2022, 1, 3))"
    )
    env = {**os.environ, "TZ": "Asia/Shanghai", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "there")], env=env, cwd=tmp_path, check=True)
    assert digest(tmp_path / "here") == digest(tmp_path / "there")
    assert sorted(path.name for path in (tmp_path / "here").iterdir()) == list(FILES)
    assert b"\r" not in (tmp_path / "here" / "results.csv").read_bytes()
    simulate_city(tmp_path / "other", seed=6, sites=3, weeks=20, start=START)
    assert not set(digest(tmp_path / "other").values()) & set(digest(tmp_path / "here").values())


@pytest.mark.parametrize(
    "larger",
    [{"sites": 8}, {"weeks": 156}, {"days_per_week": 3}, {"analytes": None}, {"sites": 7, "weeks": 120, "days_per_week": 7}],
    ids=str,
)
def test_a_larger_look_at_the_same_city_changes_no_row(tmp_path: Path, larger: dict[str, object]) -> None:
    small = {"seed": 9, "sites": 4, "weeks": 85, "start": START, "analytes": ["MDMA", "cotinine"]}
    simulate_city(tmp_path / "small", **small)
    simulate_city(tmp_path / "large", **{**small, **larger})
    for name in FILES:
        rows = set((tmp_path / "small" / name).read_text(encoding="utf-8").splitlines())
        more = set((tmp_path / "large" / name).read_text(encoding="utf-8").splitlines())
        assert rows <= more, name
    assert digest(tmp_path / "small") != digest(tmp_path / "large")
