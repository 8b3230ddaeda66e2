"""Trends of loads: what is told apart, what is refused by name, and that limits stay limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labkit.models.inputs import BadInput
from labkit.wastewater.trend import change_table, pooled_change, rank_table, study_trend, take_apart, to_series
from labkit.wastewater.trend.pooled import between_sites


def simulated(
    *,
    weeks: int = 110,
    a_week: int = 3,
    change: float = 0.0,
    limit: float = 0.0,
    sd: float = 0.25,
    site: str = "A",
    seed: int = 1,
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    days = np.sort(np.concatenate([7 * week + rng.choice(7, a_week, replace=False) for week in range(weeks)]))
    y = 20 * np.exp(np.where(days > 7 * (weeks - 52), change, 0.0) + sd * rng.standard_normal(days.size))
    below = y < limit
    return pd.DataFrame(
        {
            "site": site,
            "date": (np.datetime64("2022-01-03") + days).astype(str),
            "analyte": "methamphetamine",
            "drug": "methamphetamine",
            "low": np.where(below, 0.0, y),
            "high": np.where(below, limit, y),
            "load_mg_day_1000inh": np.where(below, limit, y),
            "censored": np.where(below, "below", "exact"),
            "population": 100_000.0,
        }
    )


def changed(loads: pd.DataFrame, **options) -> pd.Series:
    return change_table([take_apart(one) for one in to_series(loads)], **options).iloc[0]


@pytest.mark.parametrize("limit", [0.0, 18.0])
def test_a_change_is_found_with_its_size(limit: float) -> None:
    row = changed(simulated(change=np.log(1.5), limit=limit))
    assert row["statement"] == "rise" and row["low"] < 1.5 < row["high"]
    assert row["p_rise"] > 0.99 and row["p_more"] > 0.9 and row["p_less"] < 0.01
    assert row["official_label"] == "increase" and row["reason"] == ""
    assert row["population_ratio"] == pytest.approx(1.0)


def test_nothing_is_found_where_nothing_is_and_the_reach_is_said() -> None:
    rows = [changed(simulated(seed=seed)) for seed in range(12)]
    assert sum(row["statement"] == "not distinguishable" for row in rows) >= 10
    few = changed(simulated(a_week=1))
    assert all(1.0 < row["smallest_ratio"] < few["smallest_ratio"] for row in rows)


def test_half_the_limit_would_have_said_something_else() -> None:
    loads = simulated(change=np.log(0.6), limit=20.0)
    kept = changed(loads)
    half = loads.assign(low=np.where(loads["censored"] == "below", 10.0, loads["low"]), censored="exact")
    half["high"] = half["low"]
    filled = changed(half)
    assert kept["low"] < 0.6 < kept["high"]
    assert filled["high"] / filled["low"] < kept["high"] / kept["low"], "made-up numbers look surer"


@pytest.mark.parametrize(
    ("loads", "words"),
    [
        (simulated().iloc[[0, -1]], "2 results"),
        (simulated(weeks=120).iloc[[0, 30, 60, *range(-80, 0)]], "in the earlier part"),
        (simulated(limit=1e6), "every value is censored"),
        (pd.concat([simulated().iloc[:150], simulated().iloc[-8:]]), "gap of"),
        (simulated(weeks=2, a_week=2), "results"),
        (simulated(sd=0.0), "equal"),
    ],
    ids=["two samples", "one early sample", "all below", "a gap of a year", "two weeks", "constant"],
)
def test_what_cannot_be_said_is_refused_by_name(loads: pd.DataFrame, words: str) -> None:
    found = study_trend(loads)
    assert found.change["statement"].tolist() == ["not estimable"]
    assert words in found.change["reason"][0]
    assert found.pooled["reason"][0].startswith("0 sites")
    assert not len(found.ranking)


def test_a_result_without_a_day_has_no_place_in_a_series() -> None:
    with pytest.raises(BadInput, match="a day of sampling"):
        list(to_series(simulated().assign(date="")))


def test_weekdays_are_contrasts_that_do_not_move_the_trend() -> None:
    loads = simulated(a_week=7, weeks=60)
    weekend = pd.to_datetime(loads["date"]).dt.day_of_week >= 5
    for name in ("low", "high", "load_mg_day_1000inh"):
        loads[name] = loads[name] * np.where(weekend, 2.0, 1.0)
    found = study_trend(loads)
    factors = found.components.set_index("component")["factor"]
    assert factors["saturday"] / factors["wednesday"] == pytest.approx(2.0, rel=0.12)
    assert found.trend["median_load_mg_day_1000inh"].mean() == pytest.approx(20 * 2 ** (2 / 7), rel=0.08)
    assert "season" not in factors.index, "a year is too short to tell a season from a trend"


def test_holidays_get_one_effect() -> None:
    loads = simulated(a_week=7, weeks=60)
    marked = loads["date"].iloc[100:112].tolist()
    on = loads["date"].isin(marked)
    for name in ("low", "high"):
        loads[name] = loads[name] * np.where(on, 1.8, 1.0)
    factors = study_trend(loads, holidays=marked).components.set_index("component")
    assert factors.loc["holiday", "low"] < 1.8 < factors.loc["holiday", "high"]


def test_sites_together_and_their_places() -> None:
    loads = pd.concat([simulated(change=0.3, site=name, seed=k) for k, name in enumerate("ABCD")])
    loads.loc[loads["site"] == "B", ["low", "high"]] *= 3
    found = study_trend(loads, errors={"population": 0.2, "flow": 0.05})
    whole = found.pooled.iloc[0]
    assert whole["sites"] == 4 and whole["low"] < np.exp(0.3) < whole["high"] and whole["statement"] == "rise"
    assert whole["next_low"] < whole["low"]
    ranking = found.ranking.set_index("site")
    assert ranking.index[0] == "B" and ranking.loc["B", "p_highest"] > 0.99
    assert ranking.loc["A", "place_high"] - ranking.loc["A", "place_low"] >= 1
    exact = study_trend(loads).ranking.set_index("site")
    assert exact.loc["A", "high"] / exact.loc["A", "low"] < ranking.loc["A", "high"] / ranking.loc["A", "low"]


def test_order_of_rows_and_sites_does_not_matter() -> None:
    loads = pd.concat([simulated(site=name, seed=k) for k, name in enumerate("ABC")])
    shuffled = loads.sample(frac=1, random_state=3)
    keys = ["site", "analyte"]
    first, second = (study_trend(one).change.sort_values(keys, ignore_index=True) for one in (loads, shuffled))
    pd.testing.assert_frame_equal(first, second)


def test_variance_between_sites_is_the_one_put_in() -> None:
    rng = np.random.default_rng(4)
    found = [between_sites(rng.normal(0, np.hypot(0.3, 0.1), 30), np.full(30, 0.1)) for _ in range(40)]
    assert np.mean(found) == pytest.approx(0.3, rel=0.08)


def test_empty_ranks_and_pools() -> None:
    none = pooled_change(change_table([take_apart(one) for one in to_series(simulated())]))
    assert none["statement"].tolist() == ["not estimable"]
    assert not len(rank_table([]))


def test_the_weeks_of_a_step_are_found_and_drift_or_limits_are_told() -> None:
    stepped = simulated(change=np.log(1.6))
    row = study_trend(stepped).dates.iloc[0]
    assert (
        row["no_change"] == "ruled out" and row["first"] <= "2023-02-14" and row["last"] >= "2023-02-08"
    )  # weeks from the first day
    assert row["ratio"] == pytest.approx(1.6, rel=0.1)
    quiet = [study_trend(simulated(seed=seed)).dates["no_change"][0] for seed in range(2, 8)]
    assert quiet.count("possible") >= 5, "one in twenty is ruled out by chance"
    limited = study_trend(simulated(limit=20.0)).dates.iloc[0]
    assert limited["no_change"] == "not estimable" and "below a limit" in limited["reason"]


def test_a_thin_series_is_not_taken_apart() -> None:
    few = take_apart(next(iter(to_series(simulated(weeks=20, a_week=1)))))
    assert few.fit is None and few.refused == "a decomposition is not estimable: 20 results; instead: 24 or more"
    loads = simulated(weeks=260)
    a_week_a_year = loads[loads["date"].str[5:7].eq("03")]
    thin = take_apart(next(iter(to_series(a_week_a_year))))
    assert thin.fit is None and "results in 5 of 17 quarters" in thin.refused
