"""The simulated operation: it changes what it names, by what it says, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from labkit.errors import Refusal
from labkit.params import read_params
from labkit.simulate import Operation, simulate_city

OPERATION = Operation(("S2",), "ketamine", date(2022, 2, 7), 4, -0.3)


def test_only_the_named_site_analyte_and_weeks_change(tmp_path: Path) -> None:
    given = {"seed": 5, "sites": 3, "weeks": 12, "start": date(2022, 1, 3)}
    plain = simulate_city(tmp_path / "a", **given).table
    changed = simulate_city(tmp_path / "b", operation=OPERATION, **given).table
    hit = (plain["site"] == "S2") & (plain["analyte"] == "ketamine") & plain["date"].between("2022-02-07", "2022-03-06")
    name = "true_consumption_mg_day_1000inh"
    assert hit.sum() == 4
    assert (changed[name] / plain[name])[hit].to_list() == pytest.approx([0.7] * 4, abs=1e-4)
    pd.testing.assert_frame_equal(plain[~hit], changed[~hit])


STUDY = """
title: {en: What did it change?}
languages: [en]
notebooks: [load]
enters_at: load_per_1000
simulation:
  seed: 1
  start: 2022-01-03
  operation: {sites: [S1], analyte: ketamine, start: 2022-05-02, weeks: 13, change: -0.30}
results: {observe: simulated/water-north.csv}
correction_factor: {none: true}
errors: {none: true}
policy_change: 0.5
alerts: {false_alerts_a_month: 2}
operation: {sites: [S1], start: 2022-05-02, weeks: 13, source: simulated}
"""


def test_the_tree_says_operation_alarms_and_the_change_that_matters(tmp_path: Path) -> None:
    path = tmp_path / "params" / "one.yml"
    path.parent.mkdir()
    path.write_text(STUDY, encoding="utf-8")
    told = " ".join(str(read_params(path).choices).replace("│", "").split())
    assert "S1, from 2022-05-02, 13 weeks; source: simulated" in told
    assert "false alerts a month over all series: 2" in told
    assert "±50 %" in told
    assert "ketamine at S1, -30% for 13 weeks from 2022-05-02" in told


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("change: -0.30", "change: -1.5"),
        ("weeks: 13, source", "weeks: 0, source"),
        ("month: 2", "month: 0"),
        (": 0.5", ": .nan"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, right: str, wrong: str) -> None:
    path = tmp_path / "params" / "one.yml"
    path.parent.mkdir()
    path.write_text(STUDY.replace(right, wrong), encoding="utf-8")
    with pytest.raises(Refusal):
        read_params(path)
