"""The parameter library: each row held to its promise, the distributions to theirs, the molar masses to their formulas."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from labkit.constants import Constant, equally_likely, find_constant, read_constants
from labkit.constants.library import LIBRARY
from labkit.vocabulary import ANALYTES, DRUGS

# IUPAC abridged standard atomic weights; the formulas are those of the free base or acid.
WEIGHTS = {"H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "F": 18.998, "Cl": 35.45, "S": 32.06}
FORMULAS = {
    "methamphetamine": "C10H15N", "amphetamine": "C9H13N", "MDMA": "C11H15NO2", "cocaine": "C17H21NO4",
    "benzoylecgonine": "C16H19NO4", "heroin": "C21H23NO5", "6-acetylmorphine": "C19H21NO4", "morphine": "C17H19NO3",
    "codeine": "C18H21NO3", "ketamine": "C13H16ClNO", "norketamine": "C12H14ClNO", "methadone": "C21H27NO",
    "EDDP": "C20H23N", "cannabis": "C21H30O2", "THC-COOH": "C21H28O4", "tramadol": "C16H25NO2", "fentanyl": "C22H28N2O",
    "norfentanyl": "C14H20N2O", "etomidate": "C14H16N2O2", "etomidate acid": "C12H12N2O2", "mephedrone": "C11H15NO",
    "methcathinone": "C10H13NO", "nicotine": "C10H14N2", "cotinine": "C10H12N2O", "alcohol": "C2H6O",
    "ethyl sulfate": "C2H6O4S",
}  # fmt: skip
ROWS = read_constants()


def constant(distribution: str, value: float, low: float | None, high: float | None) -> Constant:
    return Constant(
        "excretion_fraction", "codeine", "codeine", value, low, high, distribution, "mol/mol", "x", "", "", "verified"
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join((row.parameter, row.drug, row.biomarker, row.jurisdiction)))
def test_each_row(row):
    assert row.source
    assert row.status in ("verified", "unverified")
    assert row.unit == {"excretion_fraction": "mol/mol", "dose": "mg", "molar_mass": "g/mol"}[row.parameter]
    assert row.drug in DRUGS or row.drug in ANALYTES
    if row.low is not None and row.high is not None:
        assert 0 < row.low <= row.value <= row.high
        assert row.distribution != "point"
    values = equally_likely(row, 100)
    assert (values > 0).all()
    assert (np.diff(values) >= 0).all()
    if row.parameter == "excretion_fraction":
        assert ANALYTES[row.biomarker].drug == row.drug
        assert values.max() <= 1
        assert values.min() <= row.value <= values.max()


@pytest.mark.parametrize("row", [row for row in ROWS if row.parameter == "molar_mass"], ids=lambda row: row.drug)
def test_molar_masses_are_those_of_the_formulas(row):
    atoms = re.findall(r"([A-Z][a-z]?)(\d*)", FORMULAS[row.drug])
    assert row.value == pytest.approx(sum(WEIGHTS[atom] * int(count or 1) for atom, count in atoms), abs=0.02)


def test_every_molar_mass_a_factor_needs_is_there():
    masses = {row.drug for row in ROWS if row.parameter == "molar_mass"}
    for row in ROWS:
        if row.parameter == "excretion_fraction" and row.drug != row.biomarker:
            assert {row.drug, row.biomarker} <= masses


def test_a_jurisdiction_is_never_replaced_by_another():
    codeine = ("excretion_fraction", "codeine", "codeine")
    assert find_constant(*codeine).value == 0.30
    assert find_constant(*codeine, "KR").value == 0.638
    assert find_constant(*codeine, "AU") is None
    assert find_constant("excretion_fraction", "codeine", "morphine") is None
    assert [find_constant("excretion_fraction", *["methamphetamine"] * 2, place).value for place in ("", "KR", "AU", "EU")] == [
        0.43, 0.43, 0.39, 0.227
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("distribution", "value", "low", "high", "mean", "deviation"),
    [
        ("point", 0.4, None, None, 0.4, 0.0),
        ("uniform", 0.3, 0.2, 0.5, 0.35, 0.3 / np.sqrt(12)),
        ("triangular", 0.3, 0.15, 0.638, (0.3 + 0.15 + 0.638) / 3, np.sqrt(0.187444 / 18)),
        ("beta", 0.43, 0.30, 0.54, 0.43, 0.06),
    ],
)
def test_equally_likely_values_have_the_moments_of_their_distribution(distribution, value, low, high, mean, deviation):
    """Triangular: variance (a² + b² + c² - ab - ac - bc) / 18."""
    values = equally_likely(constant(distribution, value, low, high), 20_000)
    assert values.mean() == pytest.approx(mean, abs=1e-4)
    assert values.std() == pytest.approx(deviation, abs=1e-4)
    if distribution in ("uniform", "triangular"):
        assert low < values.min() < values.max() < high


@pytest.mark.parametrize("distribution", ["uniform", "triangular", "beta"])
def test_a_distribution_without_its_range_is_an_error(distribution):
    with pytest.raises(ValueError, match=f"excretion_fraction of codeine: a {distribution} needs low and high"):
        equally_likely(constant(distribution, 0.3, None, 0.5))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",verified", ",probably"),
        (",point,", ",guess,"),
        ("A paper", ""),
        ("codeine,codeine", "tramadol,tramadol"),
    ],
    ids=["status", "distribution", "source", "twice"],
)
def test_a_row_that_breaks_its_promise_is_refused(tmp_path: Path, old, new):
    header = LIBRARY.read_text(encoding="utf-8").splitlines()[0]
    rows = [f"excretion_fraction,{name},{name},0.3,,,point,mol/mol,A paper,,,verified" for name in ("tramadol", "codeine")]
    path = tmp_path / "parameters.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    assert len(read_constants(path)) == 2
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join([header, rows[0], rows[1].replace(old, new)]), encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"bad.csv: the row \('excretion_fraction', '(codeine|tramadol)'.* is repeated, or lacks"
    ):
        read_constants(bad)
