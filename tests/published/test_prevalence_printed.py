"""Printed answers on prevalence: epiR's manual, capture-recapture papers, SAS output on NNAL (../shared/data)."""

from __future__ import annotations

import pandas as pd
import pytest

from labkit.models.prevalence import chao, chapman, roc_area, rogan_gladen, zelterman, zero_truncated_poisson


def test_rogan_gladen_of_the_epir_manual() -> None:
    assert rogan_gladen(20, 120, 0.90, 0.99).value == pytest.approx(0.17603, abs=5e-6)
    found = rogan_gladen(45, 150, 0.96, 0.89, method="blaker")
    assert tuple(round(100 * v) for v in (found.value, *found.interval)) == (22, 14, 32)


def test_brussels_chapman(shared) -> None:
    table = pd.read_csv(shared("data/capture_recapture/PWID_Brussels.csv"))
    one, two = table.iloc[:, 0] == 1, table.iloc[:, 1] == 1
    found = chapman(*(int(table.loc[rows, "N"].sum()) for rows in (one, two, one & two)))
    assert found.value == pytest.approx(548.2308, abs=5e-5)


def test_bangkok_methamphetamine(shared) -> None:
    times = pd.read_csv(shared("data/capture_recapture/AbunOI_methuser.csv"))["y"]
    assert chao(times).value == pytest.approx(3680.1, abs=0.051)
    assert zelterman(times).value == pytest.approx(3714.5, abs=0.051)
    found = zero_truncated_poisson(times)
    assert found.value == pytest.approx(2392.6, abs=0.051)
    assert found.one_inflated


def test_immigrants_of_the_netherlands(shared) -> None:
    table = pd.read_csv(shared("data/capture_recapture/singleRcapture_netherlandsimmigrant.csv"))
    design = pd.get_dummies(table[["gender", "age", "nation"]], drop_first=True, dtype=float)
    found = zero_truncated_poisson(table["capture"], design)
    assert found.value == pytest.approx(12690.35, abs=0.1)
    assert found.se == pytest.approx(2808.2, abs=1.0)
    assert tuple(found.interval) == pytest.approx((7186, 18194), abs=2)


def test_nnal_areas_and_cut_offs(shared) -> None:
    table = pd.read_csv(shared("data/nhanes_nnal/nhanes_SI3.csv"))
    exposed = roc_area(table["URXNALln"], table["shsX3"] >= 1)
    smoker = roc_area(table["URXNALln"], table["shsX3"] == 2)
    assert [round(v, 4) for v in (exposed.area, *exposed.interval)] == [0.9535, 0.9497, 0.9573]
    assert [round(v, 4) for v in (smoker.area, *smoker.interval)] == [0.9679, 0.9646, 0.9712]
    assert (exposed.cut, smoker.cut) == pytest.approx((-4.828314, -4.006334), abs=1e-6)
    assert (round(exposed.specificity, 4), round(exposed.sensitivity, 4)) == (0.9197, 0.8725)
