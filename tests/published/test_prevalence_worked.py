"""The worked examples of prevalence in the shared domain brief, §6.2: computed again, or held to be consistent arithmetic.

W5, W6, W8 and W11 print answers whose inputs are not printed: what can be held is that their own numbers agree with each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from labkit.loaders.published.nnal import read_nnal
from labkit.models.prevalence import rogan_gladen
from labkit.prevalence import share_of_splits_that_cover, transport_test


@pytest.fixture(scope="module")
def rows(shared: Callable[[str], Path]) -> dict[str, str]:
    text = shared("domain/domain.md").read_text("utf-8")
    return {found[1]: found[0] for found in re.finditer(r"^\| (W\d+b?) \|.*$", text, re.MULTILINE)}


def numbers(text: str) -> list[float]:
    return [float(one) for one in re.findall(r"\d*\.\d+|\d+", text.replace(" ", " "))]


def counted(row: str) -> tuple[int, int, float, float]:
    """Positive, tested, sensitivity, specificity of a row."""
    found = re.search(r"(\d+)/(\d+)[^|]*?Se (\.\d+), Sp (\.\d+)", row)
    assert found
    return int(found[1]), int(found[2]), float(found[3]), float(found[4])


@pytest.mark.parametrize("name", ["W2", "W3b"])
def test_corrected_shares(rows: dict[str, str], name: str) -> None:
    point = re.search(r"point (0\.\d+)", rows[name])
    assert point
    assert rogan_gladen(*counted(rows[name])).value == pytest.approx(float(point[1]), abs=0.5 * 10 ** -(len(point[1]) - 2))


def test_five_intervals(rows: dict[str, str]) -> None:
    told = dict(re.findall(r"(normal|blaker|c-p|wilson|sterne) (\.\d+–\.\d+)", rows["W3"]))
    assert len(told) == 5
    k, n, se, sp = counted(rows["W3"])
    for name, ends in told.items():
        if name == "normal":  # not offered: it holds too little; its printed ends follow from the formula
            wide = 1.959964 * np.sqrt(k / n * (1 - k / n) / n)
            found = [(k / n + sign * wide + sp - 1) / (se + sp - 1) for sign in (-1, 1)]
        else:
            found = list(rogan_gladen(k, n, se, sp, method="clopper_pearson" if name == "c-p" else name).interval)
        steps = 1e-4 / (se + sp - 1) if name == "blaker" else 0.0  # the printed ends were searched in steps of .0001
        assert found == pytest.approx([float(one) for one in ends.split("–")], abs=6e-5 + steps), name


def test_forty_five_of_a_hundred_and_fifty() -> None:
    assert 100 * rogan_gladen(45, 150, 0.96, 0.89).value == pytest.approx(22.35, abs=0.005)


def test_hair_beside_what_people_said(rows: dict[str, str]) -> None:
    shares = [int(k) / int(n) for k, n in re.findall(r"(\d+)/(\d+)", rows["W4"])]
    told = [float(one) for one in re.findall(r"(?:Se |, )(\.\d{3})", rows["W4"].split("|")[3])]
    assert len(told) == 4 and [round(one, 3) for one in shares] == told


def test_users_over_registered(rows: dict[str, str]) -> None:
    users, registered = re.search(r"\((\d\.\d)–\d\.\d M/(\d\.\d+) M\)", rows["W9"]).groups()  # type: ignore[union-attr]
    ratio = re.search(r"≈ (\d\.\d)–(\d)", rows["W9"])
    assert ratio
    assert float(users) / float(registered) == pytest.approx(float(ratio[1]), abs=0.05)
    assert 5.3 / float(registered) == pytest.approx(float(ratio[2]), abs=0.1)


def test_consistent_arithmetic_where_inputs_are_not_printed(rows: dict[str, str]) -> None:
    """W5: counts and percent have one denominator; W6: the point lies inside; W8: tonnes over mg give China's people."""
    count, share = re.search(r"\*\*(\d+) \((\d+)–(\d+)\) = ([\d.]+) % \(([\d.]+)–([\d.]+)\)", rows["W5"]), None
    assert count
    persons, share = [float(count[k]) for k in (1, 2, 3)], [float(count[k]) for k in (4, 5, 6)]
    low = max(n / (p + 0.05) for n, p in zip(persons, share, strict=True))
    high = min(n / (p - 0.05) for n, p in zip(persons, share, strict=True))
    assert low <= high, "one number of people between 15 and 64 gives all three percentages as rounded"
    middle, first, last = numbers(rows["W6"].split("|")[3])[:3]
    assert first < middle < last
    mg = numbers(rows["W8"].split("|")[2].split("mean")[1])[0]
    tonnes, *ends = numbers(rows["W8"].split("|")[3])[:3]
    assert ends[0] < tonnes < ends[1]
    assert tonnes * 1e9 / 365 / mg * 1000 == pytest.approx(1.4e9, rel=0.06), "people of China, all ages"
    said, urine = re.findall(r"([\d.]+) % \(([\d.]+)–([\d.]+)\)", rows["W11"])
    assert float(urine[0]) < float(said[0]) and float(urine[2]) < float(said[1]), "a window of days sees less than a year told"


def test_a_sensitivity_holds_in_the_other_half_and_fails_in_the_next_survey(shared: Callable[[str], Path]) -> None:
    """NNAL and smoking: 93 % and more of 1,000 halves hold the truth; from one cycle to the next two they do not."""
    persons = read_nnal(shared("data/nhanes_nnal")).persons
    smokes = (persons["exposure"] == "smoker").to_numpy()
    over = (persons["ln_ng_mL"] > -4.006334).to_numpy()
    assert share_of_splits_that_cover(over, smokes) >= 0.93
    found = transport_test(over, smokes, (persons["cycle"] == "2007-2008").to_numpy())
    assert (round(found.share, 3), round(found.truth, 3)) == (0.184, 0.208) and not found.covers
    later = transport_test(over, smokes, (persons["cycle"] != "2007-2008").to_numpy())
    assert later.sensitivity != pytest.approx(found.sensitivity, abs=0.001)
    assert np.isfinite(later.share)
