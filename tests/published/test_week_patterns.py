"""Weekday factors and the change that is just significant, of the European release, as the domain brief prints them.

Source: the domain brief, sections 1.2 and 5.2: factors to two decimals, scatter to three, changes in whole percent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from labkit.loaders.euda import EudaRelease, read_euda
from labkit.wastewater import just_significant_change, smallest_change, week_pattern
from labkit.wastewater.weekly import DAYS

SHORT = {"METH": "methamphetamine", "AMP": "amphetamine", "KET": "ketamine"}


@pytest.fixture(scope="module")
def release(shared: Callable[[str], Path]) -> EudaRelease:
    return read_euda(shared("data/euda_ww2025"), None)


@pytest.fixture(scope="module")
def brief(shared: Callable[[str], Path]) -> str:
    return shared("domain/domain.md").read_text("utf-8")


def of(release: EudaRelease, drug: str) -> np.ndarray:
    return release.weeks[release.weeks["drug"] == drug][list(DAYS)].to_numpy(float)


def test_weekday_factors(release: EudaRelease, brief: str) -> None:
    line = next(one for one in brief.splitlines() if one.startswith("- Day-of-week factors"))
    printed = {}
    for part in line.split("[CALC]:")[1].rstrip(".").split(";"):
        name = part.split()[0].replace("(BE)", "")
        printed[name] = [float(one) for one in re.findall(r"(?<![\d])\d?\.\d\d", part)]
    assert len(printed) == 6 and all(len(one) == 7 for one in printed.values())
    for drug, factors in printed.items():
        assert list(week_pattern(of(release, drug)).factors) == pytest.approx(factors, abs=0.0051), drug


def test_changes_that_are_just_significant(release: EudaRelease, brief: str) -> None:
    line = next(one for one in brief.splitlines() if one.startswith("METH .236"))
    found = 0
    for name, scatter, error, change in re.findall(r"(\w+) (\.\d+)→(\.\d+)→\**(\d+) %", line):
        pattern = week_pattern(of(release, SHORT.get(name, name)))
        assert pattern.within_week_log_sd == pytest.approx(float(scatter), abs=0.0006)
        assert pattern.within_week_log_sd / np.sqrt(7) == pytest.approx(float(error), abs=0.0006)
        percent = 100 * just_significant_change(pattern.within_week_log_sd)
        assert percent == pytest.approx(float(change), abs=0.51)
        assert 100 * smallest_change(pattern.within_week_log_sd, 0.0) > 1.4 * percent, "found with 80 % power is more"
        found += 1
    assert found == 6
    two = float(re.search(r"≈ (\d+) %", line)[1])
    assert 100 * just_significant_change(week_pattern(of(release, "methamphetamine")).within_week_log_sd, 2) == pytest.approx(
        two, abs=0.6
    )
