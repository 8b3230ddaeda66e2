"""Printed answers on censored data: EPA's manganese (EnvStats manual, ex. 15.1 of the Guidance 2009), Beal's lead (2010)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labkit.models.censored import fit_kaplan_meier, fit_lognormal, fit_ros


def test_manganese(shared) -> None:
    table = pd.read_csv(shared("data/censored_envstats/EPA.09.Ex.15.1.manganese.df.csv"))
    found = fit_lognormal(table["Manganese.ppb"], table["Censored"])
    assert (found.mu, found.sigma) == pytest.approx((2.215905, 1.356291), abs=5e-7)
    assert np.log(list(found.median_interval)) == pytest.approx([1.595062, 2.771197], abs=2e-6)
    assert found.mean == pytest.approx(23.003987, abs=2e-5)
    assert list(found.mean_interval) == pytest.approx([12.37629, 69.87694], abs=2e-3)
    robust = fit_ros(table["Manganese.ppb"], table["Censored"], constant=0.375)
    logs = np.log(robust.modelled)
    assert (logs.mean(), logs.std(ddof=1)) == pytest.approx((2.298656, 1.238104), abs=1e-6)
    weibull = np.log(fit_ros(table["Manganese.ppb"], table["Censored"]).modelled)
    assert (weibull.mean(), weibull.std(ddof=1)) == pytest.approx((2.277175, 1.261431), abs=1e-6)
    assert robust.mean == pytest.approx(19.886180, abs=1e-5)


def test_lead_under_both_conventions(shared) -> None:
    table = pd.read_csv(shared("data/censored_envstats/Beal.2010.Pb.df.csv"))
    at_detect = fit_kaplan_meier(table["Pb"], table["Censored"])
    assert at_detect.mean == pytest.approx(325.3396, abs=1e-4)
    assert at_detect.sd == pytest.approx(1651.0950, abs=1e-3)
    assert at_detect.se == pytest.approx(315.0023, abs=1e-3)
    at_limit = fit_kaplan_meier(table["Pb"], table["Censored"], lowest="limit")
    assert at_limit.mean == pytest.approx(325.20, abs=5e-3)
