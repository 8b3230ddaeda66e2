"""Quality control: drift, bias, dirty blanks and scattered duplicates are seen; limits are counted as what they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labkit.quality import chart, limits_over_time, log_ratios, quality_table


def samples(kind: str, values: np.ndarray, **columns: object) -> pd.DataFrame:
    n = len(values)
    base = {
        "date": [f"2023-{1 + k // 28:02}-{1 + k % 28:02}" for k in range(n)], "analyte": "MDMA", "type": kind,
        "laboratory": "A", "sample": [f"s{k}" for k in range(n)], "low": values, "high": values, "censored": "exact",
        "expected": 10.0 if kind in ("spike", "control") else np.nan,
    }  # fmt: skip
    return pd.DataFrame(base | columns)


def verdict(frame: pd.DataFrame, **options: float) -> pd.Series:
    return quality_table(frame, **options).iloc[0]


def test_a_right_and_steady_laboratory_is_good() -> None:
    rng = np.random.default_rng(1)
    row = verdict(samples("control", 10 * np.exp(0.05 * rng.normal(size=60))))
    assert (
        row["verdict"] == "good"
        and row["low"] < 1 < row["high"]
        and abs(row["z"]) < 0.5
        and row["cv"] == pytest.approx(0.05, rel=0.3)
    )


@pytest.mark.parametrize(("bias", "told"), [(1.25, "questionable"), (0.7, "action")])
def test_a_bias_is_scored_against_the_declared_error(bias: float, told: str) -> None:
    rng = np.random.default_rng(2)
    row = verdict(samples("spike", 10 * bias * np.exp(0.05 * rng.normal(size=40))), analysis_cv=0.1)
    assert row["verdict"] == told and row["ratio"] == pytest.approx(bias, rel=0.05)


def test_a_later_drift_cannot_hide_in_its_own_limits() -> None:
    rng = np.random.default_rng(3)
    row = verdict(samples("control", 10 * np.exp(0.03 * rng.normal(size=60) + np.r_[np.zeros(20), np.linspace(0, 0.3, 40)])))
    assert row["beyond"] > 10 and row["verdict"] == "questionable"


def test_blanks_and_duplicates() -> None:
    clean = verdict(samples("blank", np.full(20, 0.5), low=0.0, censored="below"))
    assert clean["verdict"] == "good" and clean["high"] == pytest.approx(1 - 0.05 ** (1 / 20))
    dirty = verdict(samples("blank", np.full(20, 0.5), censored=["exact"] * 2 + ["below"] * 18))
    assert dirty["verdict"] == "questionable" and dirty["beyond"] == 2
    rng = np.random.default_rng(4)
    names = [f"s{k // 2}" for k in range(40)]
    days = [f"2023-01-{1 + k // 2:02}" for k in range(40)]
    for cv, told in ((0.05, "good"), (0.4, "questionable")):
        row = verdict(samples("duplicate", np.exp(cv * rng.normal(size=40)), sample=names, date=days))
        assert row["verdict"] == told and row["cv"] == pytest.approx(cv, rel=0.4)
    assert verdict(samples("duplicate", np.ones(3)))["verdict"] == "too few"


def test_a_value_below_its_limit_is_no_ratio_and_nothing_is_a_table_of_nothing() -> None:
    frame = samples("control", np.full(10, 10.0), censored=["below"] * 3 + ["exact"] * 7)
    assert log_ratios(frame).size == 7 and chart(np.zeros(12)) == (0.0, 0.0)
    assert quality_table(pd.DataFrame()).empty


def test_limits_are_counted_by_kind_and_quarter() -> None:
    rows = pd.DataFrame(
        {"file": "a.csv", "analyte": "MDMA", "date": ["2023-01-05", "2023-02-05", "2023-04-05", ""],
         "censored": ["below", "between", "exact", "below"]}
    )  # fmt: skip
    assert limits_over_time(rows)[["quarter", "n", "below", "between", "above"]].to_numpy().tolist() == [
        ["2023-Q1", 2, 1, 1, 0],
        ["2023-Q2", 1, 0, 0, 0],
    ]
