"""A study restated: loads stay, consumption moves by old over new, and what cannot be changed is refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labkit.constants import find_constant
from labkit.errors import Refusal
from labkit.models.inputs import BadInput
from labkit.study import restate_study
from labkit.wastewater.restate import restate
from labkit.wording import say_restated

PARAMS = Path(__file__).parents[2] / "params"
ERRORS = {"sampling": 0.1, "population": 0.2}


@pytest.fixture
def loads() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "site": ["A", "A", "B"],
            "analyte": ["methamphetamine", "methamphetamine", "benzoylecgonine"],
            "drug": ["methamphetamine", "methamphetamine", "cocaine"],
            "load_mg_day_1000inh": [43.0, 10.0, 5.0],
            "low": [43.0, 0.0, 5.0],
            "high": [43.0, 10.0, 5.0],
            "censored": ["exact", "below", "exact"],
        }
    )


def test_an_excretion_fraction_moves_consumption_by_old_over_new(loads: pd.DataFrame) -> None:
    before = loads.copy()
    found = restate(loads, {"excretion.methamphetamine": 0.39}, ERRORS)
    pd.testing.assert_frame_equal(loads, before)
    row = found.table.iloc[0]
    assert found.table["analyte"].tolist() == ["methamphetamine"], "what does not move is not listed"
    assert row["factor"] == pytest.approx(0.43 / 0.39)
    assert row["old_mean_high_mg_day_1000inh"] == pytest.approx((43 + 10) / 2 / 0.43)
    assert row["new_mean_low_mg_day_1000inh"] == pytest.approx(43 / 2 / 0.39)
    assert (found.n, found.new[0].low, found.new[0].status) == (3, None, "unverified")
    assert find_constant("excretion_fraction", "methamphetamine", "methamphetamine").value == 0.43, "the library is as it was"


def test_a_dose_moves_doses_alone(loads: pd.DataFrame) -> None:
    row = restate(loads, {"dose.cocaine": 200.0}, ERRORS).table.iloc[0]
    assert (row["analyte"], row["factor"]) == ("benzoylecgonine", 1.0)
    assert row["factor_doses"] == pytest.approx(find_constant("dose", "cocaine").value / 200)


def test_a_drug_names_its_only_analyte(loads: pd.DataFrame) -> None:
    drug, analyte = (restate(loads, {f"excretion.{name}": 0.3}, ERRORS).table for name in ("cocaine", "benzoylecgonine"))
    pd.testing.assert_frame_equal(drug, analyte)


@pytest.mark.parametrize("change", [
    {"excretion.heroin": 0.3}, {"half_life.cocaine": 2.0}, {"excretion.cocaine": 0.0}, {"excretion.cocaine": 1.2},
    {"excretion.cocaine": np.nan}, {"dose.cocaine": np.inf}, {"dose.cocaine": -1.0},
])  # fmt: skip
def test_what_cannot_be_changed_is_refused(loads: pd.DataFrame, change: dict[str, float]) -> None:
    with pytest.raises(BadInput, match=next(iter(change))):
        restate(loads, change, ERRORS)


def test_a_study_restated_says_old_new_and_factor() -> None:
    found = restate_study(PARAMS / "korea.yml", ["excretion.methamphetamine=0.39"])
    said = say_restated(found, "en")
    assert "excretion fraction methamphetamine: 0.43 (0.3–0.54) → 0.39" in said
    assert f"factor {0.43 / 0.39:.3f}" in said
    assert f"loads unchanged: the same {found.n} results" in said
    assert "0–2.60" in said, "a value below its limit stays an interval"
    assert "负荷不变" in say_restated(found, "zh")


def test_refusals_of_a_study() -> None:
    with pytest.raises(Refusal, match="RUN-CHANGE"):
        restate_study(PARAMS / "korea.yml", ["excretion.methamphetamine=much"])
    with pytest.raises(Refusal, match="RUN-CHANGE"):
        restate_study(PARAMS / "korea.yml", ["excretion.nothing=0.3"])
    with pytest.raises(Refusal, match="RUN-NO-SAMPLES"):
        restate_study(PARAMS / "europe.yml", ["excretion.cocaine=0.3"])


def test_a_study_that_ends_at_the_load_has_nothing_to_restate(tmp_path: Path) -> None:
    text = (PARAMS / "first.yml").read_text(encoding="utf-8")
    for name in ("correction_factor", "dose"):
        text = text.replace(f"{name}: {{assume: constants}}", f"{name}: {{none: true}}")
    project = tmp_path / "project"
    for name in ("labkit", "notebooks", "params"):
        (project / name).mkdir(parents=True)
    (project / "params" / "first.yml").write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match="RUN-NO-FACTOR"):
        restate_study(project / "params" / "first.yml", ["excretion.cocaine=0.3"])
