"""Lead in tissues of 27 herons, dosed by design: two matrices of the same animals, both with values below limits.

Source: Golden et al., Environ. Toxicol. Chem. 2003;22:1517-1524, as the data set Golden of the R package NADA; tau-a and tau-b
from NADA's cenken (the reference results beside the data). Animals, declared public: shown per subject.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labkit.models.association import fit_bivariate_lognormal, kendall_tau, partial_correlation


@pytest.fixture(scope="module")
def herons(shared: Callable[[str], Path]) -> pd.DataFrame:
    frame = pd.read_csv(shared("data/censored_nada") / "Golden.csv")
    assert len(frame) == 27
    return frame


@pytest.mark.parametrize(("tissue", "tau_a", "tau_b"), [("Feather", 0.38746, 0.535), ("Kidney", 0.42165, 0.579)])
def test_blood_goes_with_feather_and_kidney(herons: pd.DataFrame, tissue: str, tau_a: float, tau_b: float) -> None:
    found = kendall_tau(
        herons["Blood"], herons[tissue], x_censored=herons["BloodCen"], y_censored=herons[f"{tissue}Cen"], variance="nada"
    )
    assert found.tau_a == pytest.approx(tau_a, abs=5e-6)
    assert found.tau_b == pytest.approx(tau_b, abs=5e-4)
    assert found.p < 0.01 and found.n_censored > 5
    latent = fit_bivariate_lognormal(
        herons["Blood"], herons[tissue], x_censored=herons["BloodCen"], y_censored=herons[f"{tissue}Cen"]
    )
    assert latent.correlation_interval.low > 0, "the same, by maximum likelihood of both censored"


def test_given_the_dose_two_tissues_still_go_together(herons: pd.DataFrame) -> None:
    """Liver and kidney of animals dosed by design: the dose is held constant, and what is left is the animals' own."""
    exact = herons[~herons["LiverCen"] & ~herons["KidneyCen"]]
    liver, kidney = np.log(exact["Liver"]), np.log(exact["Kidney"])
    dose = np.log(exact["Dosage"] + 0.05)
    plain = float(np.corrcoef(liver, kidney)[0, 1])
    given = partial_correlation(liver, kidney, dose)
    assert plain > 0.5 and given.interval.low > 0 and given.n == len(exact) == 22
