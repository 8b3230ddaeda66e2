"""Weeks, losses, people, sources: definitions by hand, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labkit.models.inputs import BadInput, NotEstimable
from labkit.wastewater import (
    adjusted_mean,
    decay_factor,
    declare,
    four_intervals,
    intake_mg_user_day,
    sorption_factor,
    weekly_means,
)
from labkit.wastewater.errors import DeclaredError
from labkit.wastewater.population import (
    Marker,
    combine_markers,
    cotinine_population,
    load_per_1000_by_cotinine,
    nitrogen_population,
)
from labkit.wastewater.sources import Source, apportion, factorise_panel, flag_ratios, flag_spikes


def week(values: list[float], start: str = "2024-01-01", limit: float = 0.0) -> pd.DataFrame:
    days = pd.date_range(start, periods=len(values)).strftime("%Y-%m-%d")
    y = np.array(values, dtype=float)
    below = y < limit
    return pd.DataFrame(
        {"site": "A", "analyte": "MDMA", "date": days, "low": np.where(below, 0.0, y), "high": np.where(below, limit, y),
         "load_mg_day_1000inh": np.where(below, limit, y), "censored": np.where(below, "below", "exact")}
    )  # fmt: skip


def test_the_two_weekends_of_one_week() -> None:
    loads = week([10, 1, 2, 3, 20, 30, 40])  # Monday first
    field, calendar = (weekly_means(loads, name).iloc[0] for name in ("field", "calendar"))
    assert field["weekday_low_mg_day_1000inh"] == 2 and field["weekend_low_mg_day_1000inh"] == 25
    assert calendar["weekday_low_mg_day_1000inh"] == pytest.approx(36 / 5) and calendar["weekend_low_mg_day_1000inh"] == 35
    assert field["all_low_mg_day_1000inh"] == field["all_high_mg_day_1000inh"] == pytest.approx(106 / 7)
    assert field["n_days"] == 7


def test_limits_stay_two_bounds() -> None:
    means = weekly_means(week([10, 1, 2, 3, 20, 30, 40], limit=5)).iloc[0]
    assert (means["weekday_low_mg_day_1000inh"], means["weekday_high_mg_day_1000inh"]) == (0, 5)


def test_a_week_of_unequal_days_is_adjusted() -> None:
    rng = np.random.default_rng(1)
    true = np.array([1.0, 0.9, 0.9, 1.0, 1.2, 1.6, 1.5])
    loads = pd.concat(
        [week((10 * true * np.exp(rng.normal(0, 0.1, 7))).tolist(), f"2024-01-{day:02d}") for day in (1, 8, 15, 22)]
    )
    few = loads[~pd.to_datetime(loads["date"]).dt.day_of_week.isin([5, 6]) | (loads["date"] < "2024-01-08")]
    found = adjusted_mean(few)
    whole = 10 * np.exp(np.log(true).mean())
    assert found.mean_interval.low < whole < found.mean_interval.high
    assert few["low"].mean() < 0.95 * found.mean, "the mean of the days sampled leans to the weekdays"
    assert np.log(list(found.factors.values())).sum() == pytest.approx(0, abs=1e-9)
    with pytest.raises(NotEstimable, match="no sunday"):
        adjusted_mean(loads[pd.to_datetime(loads["date"]).dt.day_of_week != 6])


def test_losses_by_hand() -> None:
    assert decay_factor(10, 10) == pytest.approx(2)
    assert decay_factor(10, 0) == 1
    assert sorption_factor(0.5) == 2
    for bad in (lambda: decay_factor(0, 1), lambda: decay_factor(1, -1), lambda: sorption_factor(1.0)):
        with pytest.raises(BadInput):
            bad()


def test_shared_errors_cancel_where_they_are_shared() -> None:
    only = {name: declare({"population": 0.2}, {"population": name}) for name in ("day", "site", "all")}
    found = {name: four_intervals(100.0, errors, n=4, n_before=4) for name, errors in only.items()}
    width = {
        name: [np.log(one.high / one.low) for one in (four.own_trend, four.site_against_site, four.consumption_level)]
        for name, four in found.items()
    }
    assert width["site"][0] == pytest.approx(0, abs=1e-9) and width["all"][0] == width["all"][1] == pytest.approx(0, abs=1e-9)
    assert width["site"][1] == pytest.approx(np.sqrt(2) * width["site"][2], rel=1e-3)
    assert width["day"][0] == pytest.approx(np.sqrt(2) * width["day"][2], rel=0.02)
    assert width["day"][2] == pytest.approx(width["site"][2] / 2, rel=0.03)
    with pytest.raises(BadInput, match="shared_by"):
        DeclaredError("flow", 0.1, "week")
    with pytest.raises(BadInput, match="nothing about"):
        declare({"weather": 0.1})


def test_flow_cancels_with_a_cotinine_denominator() -> None:
    concentration, cotinine, flow = np.array([100.0, 220.0]), np.array([1200.0, 1500.0]), np.array([5e4, 9e4])
    people = cotinine_population(cotinine, flow, 140.0)
    by_hand = concentration * flow / 1000 / (people / 1000)
    assert load_per_1000_by_cotinine(concentration, cotinine, 140.0) == pytest.approx(by_hand)
    assert load_per_1000_by_cotinine(concentration, cotinine, 140.0, 0.8) == pytest.approx(by_hand / 0.8)
    assert nitrogen_population(40.0, 2e4, 8.0) == pytest.approx(1e5)
    with pytest.raises(BadInput, match="zero or less"):
        cotinine_population([0.0], [1e4], 140.0)


def test_markers_are_weighted_by_what_is_known_of_their_bias() -> None:
    census, cotinine = Marker("census", [1e5], 0.0, 0.1), Marker("cotinine", [1.5e5] * 20, 0.2, 0.4)
    found = combine_markers([census, cotinine])
    assert found.weight["census"] > 0.9 and 1e5 < found.people < 1.1e5
    assert found.bias["cotinine"] > 1.2 > found.bias["census"] > 0.9
    alone = combine_markers([census])
    assert found.people_interval.high / found.people_interval.low < alone.people_interval.high / alone.people_interval.low
    assert combine_markers([Marker("a", [1e5], 0, 0.05), Marker("b", [3e5], 0, 0.05)]).p_conflict < 0.001
    for bad in ([], [census, census], [Marker("a", [0.0], 0, 0.1)], [Marker("a", [1e5], 0, 0)]):
        with pytest.raises(BadInput):
            combine_markers(bad)


def test_heroin_is_a_distribution() -> None:
    sources = [
        Source("heroin", 1, 3.08),
        Source("clinical morphine", 1, 5.0),
        Source("codeine", 1, 8.0),
        Source("poppy straw", 1, 5.0),
    ]
    nothing = apportion(6.7, sources)
    assert sum(nothing.share.values()) == pytest.approx(1)
    assert nothing.share["heroin"] == pytest.approx(0.25, abs=0.005)
    ends = nothing.consumption_interval["heroin"]
    assert ends.high / ends.low > 10, "the division is not known: more than a factor of ten"
    told = apportion(6.7, sources, known={"clinical morphine": (3.0, 0.1), "poppy straw": (2.5, 0.1)})
    assert told.share["heroin"] < nothing.share["heroin"] and told.share_interval["heroin"].high < 0.25
    with pytest.raises(BadInput, match="hardly any division"):
        apportion(6.7, sources, known={"heroin": (60.0, 0.05)})
    with pytest.raises(BadInput, match="above zero"):
        apportion(0.0, sources)


def test_ratios_are_flagged_only_where_limits_allow_it() -> None:
    rows = [("A", "2024-01-01", "cocaine", 80, 80), ("A", "2024-01-01", "benzoylecgonine", 50, 50),
            ("A", "2024-01-02", "cocaine", 40, 40), ("A", "2024-01-02", "benzoylecgonine", 0, 60),
            ("A", "2024-01-03", "cocaine", 30, 30), ("A", "2024-01-03", "benzoylecgonine", 60, 60)]  # fmt: skip
    loads = pd.DataFrame(rows, columns=["site", "date", "analyte", "low", "high"])
    found = flag_ratios(loads)
    assert found[["date", "side"]].to_numpy().tolist() == [["2024-01-01", "above"]], "a ratio to <60 may be anything above .67"


def test_one_day_spikes_are_not_a_rise() -> None:
    loads = week([10, 11, 9, 90, 10, 12, 10, 11, 9])
    assert flag_spikes(loads)["date"].tolist() == ["2024-01-04"]
    risen = week([10, 11, 9, 90, 80, 95, 85, 11, 9, 10, 9, 10])
    assert not len(flag_spikes(risen))


def test_profiles_of_a_wide_panel() -> None:
    rng = np.random.default_rng(3)
    strength = rng.gamma(2, 1, (40, 2))
    profile = np.array([[1, 0.8, 0.1, 0.05, 0.5], [0.1, 0.05, 1, 0.9, 0.5]])
    loads = strength @ profile + 0.01
    frame = pd.DataFrame(
        [{"site": "A", "date": f"2024-{1 + i // 28:02d}-{1 + i % 28:02d}", "analyte": f"a{j}", "load_mg_day_1000inh": loads[i,
        j],
          "censored": "exact"} for i in range(40) for j in range(5)]
    )  # fmt: skip
    found = factorise_panel(frame, 2)
    assert found.explained > 0.99 and found.n == 40
    frame.loc[frame["analyte"] == "a0", "censored"] = "below"
    assert "a0" not in factorise_panel(frame, 2).analytes
    with pytest.raises(NotEstimable, match="complete analytes"):
        factorise_panel(frame[frame["analyte"].isin(["a1", "a2"])], 1)


def test_intake_by_hand() -> None:
    assert intake_mg_user_day(365.0, 1000.0) == pytest.approx(1000.0)
