"""A study's sources of one drug: what is not known is left out or refused, and never filled in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from test_zone import choices

from labkit.compare import Counted
from labkit.models.inputs import BadInput
from labkit.params import Choices
from labkit.users import _choices, count_users, lay_out
from labkit.zone import Zone

ASKED = {"drug": "methamphetamine", "intake_mg_user_day": 43, "source": "a test"}


def study(**more: object) -> Choices:
    return choices(prevalence={**ASKED, **more}, hair=None, blood=None)


def loads(days: int = 40, **more: object) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    dates = np.repeat((np.datetime64("2023-01-02") + 7 * np.arange(days)).astype(str), 2)
    value = rng.lognormal(3, 0.2, 2 * days)
    base = {"site": ["A", "B"] * days, "date": dates, "analyte": "methamphetamine", "low": value, "high": value}
    return pd.DataFrame(base | {"population": 1e5} | more)


def zone(*counted: Counted) -> Zone:
    areas = pd.DataFrame({"site": ["A", "B", "C"], "area": ["D10", "D2", "D3"], "area_share": 0.8})
    return Zone(counted, areas, pd.DataFrame(), (), (), {})


def test_areas_without_known_people_are_left_out() -> None:
    found = lay_out(zone(), loads(), study())
    assert found.areas == ("D2", "D10") and found.people.tolist() == [1e5, 1e5] and found.names == ("water",)


def test_people_that_nobody_knows_are_refused_and_not_made_up() -> None:
    with pytest.raises(BadInput, match="not known behind any site"):
        lay_out(zone(), loads(population=np.nan), study())
    refused = count_users(zone(), loads(population=np.nan), study(), "")
    assert refused is not None and refused.joint is None and "population" in refused.refused


def test_water_whose_scatter_is_unknown_is_left_out() -> None:
    assert lay_out(zone(), loads(low=0.0), study()).names == ()


def test_choices_of_another_drug_are_its_own() -> None:
    other = study(drug="ketamine", intake_mg_user_day=10).prevalence
    assert other is not None
    found = _choices(other, 0.2)
    assert "excretion" not in found and set(found["intake"].values()) != {1 / 24.5, 1 / 43, 1 / 54}
    own = study().prevalence
    assert own is not None and _choices(own, 0.39)["excretion"]["0.39 excreted"] == 1
