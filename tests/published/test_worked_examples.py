"""Worked examples of the domain brief, section 6.2, read from its table: what follows exactly, and what is consistent only.

Exact: W8's and W10's intake of a user and day, W12's change per head. Arithmetic consistency only, since inputs of the
published figures are not all known: W7 and W13. W14: one computed, two as published with the share of morphine each would
presume.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from labkit.wastewater import annual_mass_kg, declare, four_intervals, intake_mg_user_day, per_head_ratio, relative_error
from labkit.wastewater.consumption import find_correction_factor
from labkit.wastewater.sources import implied_share


@pytest.fixture(scope="module")
def brief(shared: Callable[[str], Path]) -> str:
    return shared("domain/domain.md").read_text("utf-8")


def row(brief: str, name: str) -> str:
    return next(line for line in brief.splitlines() if line.startswith(f"| {name} |"))


def numbers(text: str) -> list[float]:
    return [float(one.replace(" ", "")) for one in re.findall(r"\d+(?: \d{3})+|\d+\.?\d*", text)]


def test_w8_intake_of_a_user_that_mass_and_share_imply(brief: str) -> None:
    cells = row(brief, "W8").split("|")
    mean, mass, share = numbers(cells[2])[1], numbers(cells[3])[0], numbers(cells[3])[3]
    line = next(one for one in brief.splitlines() if one.startswith("**Implied mg METH"))
    implied, over_same, residents = re.search(r"of (\d+) M urban", line), re.search(r"\(([\d.]+) if over", line), None
    residents = float(implied[1]) * 1e6
    printed = float(re.search(r"residents = ([\d.]+)", line)[1])
    assert intake_mg_user_day(mass * 1e3, share / 100 * residents) == pytest.approx(printed, abs=0.05)
    people = mass * 1e3 / annual_mass_kg(mean, 1.0)  # those of whom the mass a year is this consumption
    assert intake_mg_user_day(mass * 1e3, share / 100 * people) == pytest.approx(float(over_same[1]), abs=0.05)


def test_w10_dalian(brief: str) -> None:
    cells = row(brief, "W10").split("|")
    mass, users = (float(one.replace(" ", "")) for one in re.search(r"~(\d+) kg/y, ~([\d ]+) users", cells[3]).groups())
    line = next(one for one in brief.splitlines() if one.startswith("**Implied mg METH"))
    printed = float(re.search(r"86 000 users = ([\d.]+)", line)[1])
    assert intake_mg_user_day(mass, users) == pytest.approx(printed, abs=0.05)
    first, _, last = (float(one) for one in re.findall(r"(\d+)±", cells[2]))
    later = float(re.search(r"(\d+) kg in 2017", cells[3])[1])
    assert mass * last / first == pytest.approx(later, rel=0.005)  # the same people in both years


def test_w12_change_per_head(brief: str) -> None:
    population, total = (-float(one) / 100 for one in re.findall(r"−(\d+) %", row(brief, "W12"))[:2])
    printed = float(re.search(r"= −([\d.]+) %", row(brief, "W12"))[1])
    assert 100 * (per_head_ratio(1 + total, 1 + population) - 1) == pytest.approx(-printed, abs=0.05)


def test_w7_and_w13_are_consistent_in_themselves(brief: str) -> None:
    low, high, median, share, share_low, share_high = (
        numbers(row(brief, "W7").split("|")[3])[:3] + numbers(row(brief, "W7").split("**")[1])[:3]
    )
    assert low < median < high and share_low < share < share_high
    beijing = re.search(r"([\d.]+)–([\d.]+) kg/d, median ([\d.]+)", row(brief, "W7"))
    assert float(beijing[1]) < float(beijing[3]) < float(beijing[2])
    lubbock = re.search(r"(\d+) ± (\d+) g/d", row(brief, "W13"))
    assert 0.1 < float(lubbock[2]) / float(lubbock[1]) < 0.2


def test_w14_the_heroin_share_of_morphine_each_figure_presumes(brief: str) -> None:
    text = row(brief, "W14")
    load, excretion = float(re.search(r"Morphine ([\d.]+) mg", text)[1]), float(re.search(r"by (\d+) %", text)[1]) / 100
    computed, subtraction, factorised = (
        float(re.search(pattern, text)[1]) for pattern in (r"= ([\d.]+) \(CALC\)", r"published ([\d.]+)", r"vs ([\d.]+) \(PMF")
    )
    masses = find_correction_factor("6-acetylmorphine", "heroin")
    heroin = next(one.value for one in masses.rows if one.drug == "heroin" and one.parameter == "molar_mass")
    factor = heroin / 285.34 / excretion
    assert load * factor == pytest.approx(computed, abs=0.05)
    assert implied_share(subtraction, load, factor) == pytest.approx(0.50, abs=0.005)
    assert implied_share(factorised, load, factor) == pytest.approx(0.031, abs=0.0005)


BUDGET = {"sampling": 0.10, "analysis": 0.10, "flow": 0.05, "population": 0.20}


@pytest.mark.parametrize(
    ("shared_by", "printed"),
    [
        ({"sampling": "day", "analysis": "all", "flow": "site", "population": "site"}, (0.250, 0.240, 0.232)),
        ({"sampling": "day", "analysis": "day", "flow": "day", "population": "site"}, (0.250, 0.226, 0.208)),
    ],
    ids=["sampling alone divided by n", "sampling, analysis and flow independent by day"],
)
def test_the_formula_both_ways_each_from_its_declaration(shared_by: dict, printed: tuple) -> None:
    """Printed in the domain brief, section 1.5, and in the issue: relative standard deviations for 1, 2 and 7 days."""
    errors = declare(BUDGET, shared_by)
    assert [round(relative_error(errors, n), 3) for n in (1, 2, 7)] == list(printed)


def test_golden_chain_by_monte_carlo(brief: str) -> None:
    """235 (138-403) mg/day per 1,000 and 0.54 % (0.18-1.67): read from the brief; half a unit of the last digit and 1.5 %."""
    from labkit.models.uncertainty import Beta, Lognormal

    line = next(one for one in brief.splitlines() if one.startswith("Same chain with lognormal errors"))
    middle, low, high = numbers(re.search(r"PNC ([\d]+ \([\d–]+\))", line)[1])
    share, share_low, share_high = numbers(re.search(r"prevalence \*\*([\d.]+) %( \([\d.–]+\))", line)[0])[:3]
    excretion = Beta("excretion", "all", -1, mean=0.43, sd=0.06)
    intake = Lognormal("intake", "all", -1, persons=True, median=43.0, cv=float((2.718281828**0.25 - 1) ** 0.5))
    found = four_intervals(100.0, declare(BUDGET), n=7, excretion=excretion, intake=intake)
    level = found.consumption_level
    assert (level.median, level.low, level.high) == pytest.approx((middle, low, high), rel=0.015)
    persons = found.persons
    assert [round(value / 10, 2) for value in (persons.median, persons.low, persons.high)] == pytest.approx(
        [share, share_low, share_high], abs=0.021
    )
    assert found.own_trend.high / found.own_trend.median < 1.12 < level.high / level.median
