"""Printed answers on prevalence: epiR's manual, capture-recapture papers, SAS output on NNAL (../shared/data)."""

from __future__ import annotations

import pandas as pd
import pytest

from labkit.models.prevalence import (
    chao,
    chapman,
    closed_population,
    count_population,
    latent_class,
    roc_area,
    rogan_gladen,
    zelterman,
    zero_truncated_poisson,
)


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


def test_myocardial_infarction_without_a_gold_standard(shared) -> None:
    """Rindskopf and Rindskopf 1986: prevalence .4578; both rows of shares as in SOURCE.md of the data."""
    table = pd.read_csv(shared("data/latent_class_tests/myocardial.csv"))
    found = latent_class(table[["Q.wave", "History", "LDH", "CPK"]], table["freq"])
    assert found.prevalence == pytest.approx(0.4578, abs=5e-5)
    assert found.sensitivity == pytest.approx([0.767, 0.791, 0.828, 1], abs=5e-4)
    assert found.specificity == pytest.approx([1, 0.805, 0.973, 0.804], abs=5e-4)
    assert 0.4578 in found.prevalence_interval
    for dependence in ([(3, 4)], "random effect"):
        other = latent_class(table[["Q.wave", "History", "LDH", "CPK"]], table["freq"], dependence=dependence, starts=2)
        assert other.deviance < found.deviance
        assert other.prevalence in found.prevalence_interval


def test_lists_of_trafficked_persons(shared) -> None:
    """Six lists of 2013: independence gives 12,214, as told beside the data; the lists are not independent."""
    table = pd.read_csv(shared("data/capture_recapture/SparseMSE_UKdat.csv"))
    found = closed_population(table.iloc[:, :-1], table["count"])
    assert (found.seen, round(found.value)) == (2744, 12214)
    assert any("dependent" in said for said in found.warnings)


def test_ill_persons_by_the_lower_bound(shared) -> None:
    """Rcapture's manual: at least 8,000 by the lower end of the bound."""
    table = pd.read_csv(shared("data/capture_recapture/Rcapture_ill.csv"))
    found = count_population(table["freq"], heterogeneity="chao")
    assert 8000 < found.interval.low < 8150
    assert "a lower bound" in str(found)
