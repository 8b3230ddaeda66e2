"""What the pages under tests/spec leave: intervals, shared errors, weights, the ledger, and the comparison with a reference."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.tables import TABLES, check
from labkit.wastewater import (
    compare_with_reference,
    constants_used,
    summarise,
    variance_shares,
    with_consumption,
    with_daily_load,
    with_doses,
    with_interval,
    with_load_per_1000,
)
from labkit.wastewater.consumption import find_correction_factor, interval_of_factor
from labkit.wastewater.summary import ALL_SITES

ERRORS = {"analysis": 0.10, "sampling": 0.10, "flow": 0.05, "population": 0.20}
NONE: dict[str, float] = {}


def loads(*rows: tuple[str, str, float, str, float, float], **columns: object) -> pd.DataFrame:
    """Return bounded consumption of (site, analyte, load, censored, low, high)."""
    frame = pd.DataFrame(rows, columns=["site", "analyte", "load_mg_day_1000inh", "censored", "low", "high"])
    drugs = {"benzoylecgonine": "cocaine"}
    frame = frame.assign(date="2024-01-01", drug=[drugs.get(one, one) for one in frame["analyte"]], **columns)
    return with_doses(with_consumption(frame))


def test_a_study_that_enters_late_passes_the_earlier_steps_unchanged():
    frame = pd.DataFrame({"load_mg_day_1000inh": [3.0], "low": [0.0], "high": [3.0]})
    once = with_load_per_1000(with_daily_load(frame))
    assert once.equals(frame)
    once.loc[0, "low"] = 9.0
    assert frame.loc[0, "low"] == 0.0, "a copy, not the table of the caller"


def test_the_interval_of_an_exact_value_and_of_a_limit():
    """Both ends of a measurement move; of a value below a limit only the upper, reached from the limit."""
    bounded = loads(
        ("A", "codeine", 6, "exact", 6, 6), ("A", "codeine", 6, "below", 0, 6), ("A", "codeine", 6, "between", 3, 6)
    )
    low, high = interval_of_factor("codeine", "codeine", ERRORS, 0.95, "")
    ends = with_interval(bounded, ERRORS)[["low", "high"]].to_numpy()
    assert low < 1 < high
    assert ends == pytest.approx(np.array([[20 * low, 20 * high], [0, 20 * high], [10 * low, 20 * high]]))


def test_a_value_above_the_range_has_no_upper_end():
    bounded = loads(("A", "codeine", 6, "above", 6, np.inf))
    row = with_interval(bounded, ERRORS).iloc[0]
    assert 0 < row["low"] < 20
    assert row["high"] == np.inf


def test_without_any_error_an_exact_value_has_no_interval_and_a_limit_keeps_its_bounds():
    """Tramadol's excretion is a point: nothing is left that an interval could be made of."""
    bounded = loads(("A", "tramadol", 3, "exact", 3, 3), ("A", "tramadol", 3, "below", 0, 3))
    ends = with_interval(bounded, NONE)[["low", "high"]]
    assert ends.iloc[0].isna().all()
    assert ends.iloc[1].tolist() == pytest.approx([0, 10])
    summary = summarise(bounded.iloc[:1], NONE)
    assert summary[["low", "high"]].isna().to_numpy().all()
    check(summary, TABLES["summary"])


def test_only_the_sampling_error_averages_out():
    one, many = (interval_of_factor("tramadol", "tramadol", ERRORS, 0.95, "", n) for n in (1, 10**8))
    shared = interval_of_factor("tramadol", "tramadol", ERRORS | {"sampling": 0.0}, 0.95, "")
    assert many == pytest.approx(shared)
    assert one[1] > many[1]


def test_the_excretion_fraction_counts_only_where_a_correction_factor_is_used():
    with_factor, at_load = (interval_of_factor("codeine", "codeine", ERRORS, 0.95, one) for one in ("", None))
    assert with_factor[1] / with_factor[0] > at_load[1] / at_load[0]
    assert at_load[0] * at_load[1] == pytest.approx(1)


def test_a_leaning_excretion_fraction_puts_the_point_off_the_middle():
    """Codeine: the point uses 0.30, the mode of its triangle from 0.15 to 0.638; 69 in 100 of its values are larger."""
    middle = interval_of_factor("codeine", "codeine", {}, 1e-9, "")[0]
    assert middle == pytest.approx(0.30 / (0.638 - np.sqrt(0.5 * 0.488 * 0.338)), rel=1e-3)
    assert 0.85 < middle < 0.87


def test_means_by_site_and_weighted_by_people():
    bounded = loads(
        ("A", "tramadol", 3, "exact", 3, 3), ("A", "tramadol", 9, "exact", 9, 9), ("B", "tramadol", 6, "below", 0, 6),
        ("A", "codeine", 6, "exact", 6, 6),
        population=[1000.0, 3000.0, 6000.0, 1000.0],
    )  # fmt: skip
    summary = check(summarise(bounded, ERRORS), TABLES["summary"]).set_index(["analyte", "site"])
    assert summary.index.tolist() == [("tramadol", "A"), ("tramadol", "B"), ("tramadol", ALL_SITES), ("codeine", "A")]
    whole, one = summary.loc[("tramadol", ALL_SITES)], summary.loc[("tramadol", "A")]
    assert (whole["n"], whole["n_censored"]) == (3, 1)
    assert whole["mean_low_mg_day_1000inh"] == pytest.approx((0.25 * 6 + 0.75 * 0) / 0.3)
    assert whole["mean_high_mg_day_1000inh"] == pytest.approx((0.25 * 6 + 0.75 * 6) / 0.3)
    ends = interval_of_factor("tramadol", "tramadol", ERRORS, 0.95, "", n=2)
    assert (one["low"], one["high"]) == pytest.approx((20 * ends[0], 20 * ends[1]))
    assert whole["low"] == pytest.approx(0.25 * one["low"])
    assert whole["doses_high_day_1000inh"] == pytest.approx(whole["mean_high_mg_day_1000inh"] / 100)


def test_one_site_or_unknown_people_give_no_line_for_all():
    two = loads(("A", "codeine", 6, "exact", 6, 6), ("B", "codeine", 6, "exact", 6, 6))
    for frame in (two, two.assign(population=[1.0, np.nan]), two.assign(site="A", population=5.0)):
        assert ALL_SITES not in summarise(frame, ERRORS)["site"].tolist()


def test_a_study_that_ends_at_the_load_sums_up_loads():
    frame = loads(("A", "codeine", 6, "below", 0, 6)).drop(columns=["dose_mg", "doses_day_1000inh"])
    at_load = with_doses(with_consumption(frame.assign(low=0.0, high=6.0), None))
    row = check(summarise(at_load, ERRORS, jurisdiction=None), TABLES["summary"]).iloc[0]
    assert (row["quantity"], row["mean_high_mg_day_1000inh"], row["source_status"]) == ("load", 6, "not used")
    assert np.isnan(row["doses_high_day_1000inh"])


@given(values=st.lists(st.floats(0.01, 100), min_size=1, max_size=8), data=st.data())
def test_the_bounds_hold_the_mean_whatever_the_censored_values_were(values, data):
    """Censor any of the values at any limit above them: the true mean lies between the bounds, and within the interval."""
    limits = [value * data.draw(st.floats(1, 10)) for value in values]
    hidden = [data.draw(st.booleans()) for _ in values]
    rows = [
        (
            "A",
            "tramadol",
            limit if gone else value,
            "below" if gone else "exact",
            0 if gone else value,
            limit if gone else value,
        )
        for value, limit, gone in zip(values, limits, hidden, strict=True)
    ]
    row = summarise(loads(*rows), ERRORS).iloc[0]
    true = np.mean(values) / 0.3
    assert row["mean_low_mg_day_1000inh"] <= true * (1 + 1e-9)
    assert row["mean_high_mg_day_1000inh"] >= true * (1 - 1e-9)
    assert row["low"] <= row["mean_low_mg_day_1000inh"] <= row["mean_high_mg_day_1000inh"] <= row["high"]
    assert row["n_censored"] == sum(hidden)


def test_the_status_is_that_of_the_weakest_row():
    assert find_correction_factor("codeine", "codeine", "KR").status == "verified"
    assert find_correction_factor("EDDP", "methadone").status == "unverified", "its molar masses are"
    assert find_correction_factor("cotinine", "nicotine").rows[0].parameter == "excretion_fraction"
    assert find_correction_factor("norketamine", "ketamine") is None


def test_the_ledger_lists_each_row_once():
    bounded = loads(("A", "codeine", 6, "exact", 6, 6), ("B", "codeine", 6, "exact", 6, 6), ("A", "EDDP", 6, "exact", 6, 6))
    bounded.loc[2, "drug"] = "methadone"
    used = check(constants_used(bounded, ""), TABLES["constants"])
    assert used[["parameter", "drug"]].to_numpy().tolist() == [
        ["excretion_fraction", "codeine"], ["dose", "codeine"],
        ["excretion_fraction", "methadone"], ["molar_mass", "methadone"], ["molar_mass", "EDDP"],
        ["dose", "methadone"],
    ]  # fmt: skip
    assert "dose" not in constants_used(bounded, "", doses=False)["parameter"].tolist()
    assert check(constants_used(bounded, None), TABLES["constants"]).empty


def test_shares_of_the_variance():
    bounded = loads(("A", "tramadol", 6, "exact", 6, 6), ("A", "codeine", 6, "exact", 6, 6))
    shares = variance_shares(bounded, ERRORS, "").pivot_table(index="component", columns="analyte", values="share")
    assert shares.sum().tolist() == pytest.approx([1, 1])
    total = sum(np.log1p(one**2) for one in ERRORS.values())
    assert shares.loc["population", "tramadol"] == pytest.approx(np.log1p(0.04) / total)
    assert shares.loc["excretion", "tramadol"] == 0
    assert shares["codeine"].idxmax() == "excretion"
    assert variance_shares(bounded.iloc[:1], NONE, "")["share"].isna().all()


@pytest.mark.parametrize(
    ("censored", "low", "reference", "known", "inside"),
    [
        ("exact", 6, 20, "exact", "yes"),
        ("exact", 6, 200, "exact", "no"),
        ("below", 0, 3, "exact", "yes"),
        ("below", 0, 200, "exact", "no"),
        ("below", 0, 20, "below", "yes"),
        ("exact", 6, 2, "below", "no"),
    ],
)
def test_whether_a_reference_lies_in_the_interval(censored, low, reference, known, inside):
    bounded = loads(("A", "codeine", 6, censored, low, 6), reference_mg_day_1000inh=float(reference), reference_censored=known)
    row = check(compare_with_reference(with_interval(bounded, ERRORS)), TABLES["comparison"]).iloc[0]
    assert row["inside"] == inside
    assert row["ratio"] == pytest.approx(20 / reference)


def test_nothing_to_compare_and_no_interval_to_lie_in():
    bounded = loads(("A", "tramadol", 6, "exact", 6, 6), reference_mg_day_1000inh=20.0, reference_censored="exact")
    assert compare_with_reference(with_interval(bounded, NONE))["inside"].tolist() == ["no interval"]
    assert compare_with_reference(with_interval(bounded.assign(reference_mg_day_1000inh=np.nan), NONE)).empty
    without = bounded.drop(columns=["reference_mg_day_1000inh", "reference_censored"])
    assert check(compare_with_reference(with_interval(without, NONE)), TABLES["comparison"]).empty
